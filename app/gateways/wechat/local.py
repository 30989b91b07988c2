"""Template messages kept on this machine."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.gateways.journal import Journal
from app.gateways.wechat.protocol import TemplateMessage, WechatFailed


class LocalWechat:
    """Writes messages to a file of JSON lines; never for production."""

    def __init__(
        self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._journal = Journal(path)
        self._clock = clock

    def send(self, message: TemplateMessage) -> None:
        """Keep one message."""
        entry = asdict(message) | {"fields": dict(message.fields)}
        try:
            self._journal.append({"at": self._clock().isoformat()} | entry)
        except OSError as fault:
            raise WechatFailed("wechat", "not_kept", type(fault).__name__) from fault

    def messages(self, limit: int = 50) -> list[dict[str, Any]]:
        """Return the newest messages first, fields of ``TemplateMessage`` and ``at``."""
        return self._journal.latest(limit)
