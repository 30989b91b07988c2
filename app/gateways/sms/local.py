"""Text messages kept on this machine, shown on the development page."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.gateways.journal import Journal
from app.gateways.sms.protocol import SmsFailed

logger = logging.getLogger(__name__)


class LocalSms:
    """Writes messages to a file of JSON lines; never for production."""

    def __init__(
        self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._journal = Journal(path)
        self._clock = clock

    def send(self, mobile: str, text: str, reference: str) -> None:
        """Keep one message; the log tells the last four digits and never the text."""
        entry = {"at": self._clock().isoformat(), "mobile": mobile}
        entry |= {"text": text, "reference": reference}
        try:
            self._journal.append(entry)
        except OSError as fault:
            raise SmsFailed("sms", "not_kept", type(fault).__name__) from fault
        logger.info("sms %s kept for mobile ending %s", reference, mobile[-4:])

    def messages(self, limit: int = 50) -> list[dict[str, Any]]:
        """Return the newest messages first: ``at``, ``mobile``, ``text``, ``reference``."""
        return self._journal.latest(limit)
