"""An official account kept on this machine: messages and menu are written to a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.gateways.journal import Journal
from app.gateways.wechat.protocol import TemplateMessage, WechatFailed, WechatRefused

CODE = "local-"
"""A code of this adapter is this and the openid."""


class LocalWechat:
    """Writes messages to a file of JSON lines and knows everybody; never for production."""

    def __init__(
        self,
        path: Path,
        *,
        visitor: str = "oLocalVisitor",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._journal = Journal(path)
        self._visitor = visitor
        self._clock = clock

    def send(self, message: TemplateMessage) -> str:
        """Keep one message."""
        entry = asdict(message) | {"fields": dict(message.fields)}
        self._keep(entry)
        return message.reference

    def set_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Keep the menu."""
        self._keep({"menu": list(buttons)})

    def sign_in_address(self, back: str, state: str) -> str:
        """Return the way straight back: everybody is the one local visitor."""
        return f"{back}?{urlencode({'code': CODE + self._visitor, 'state': state})}"

    def openid_of(self, code: str) -> str:
        """Return whom a code of this adapter stands for."""
        if not code.startswith(CODE):
            raise WechatRefused("wechat", "40029")
        return code.removeprefix(CODE)

    def messages(self, limit: int = 50) -> list[dict[str, Any]]:
        """Return the newest entries first: fields of ``TemplateMessage`` or ``menu``, and ``at``."""
        return self._journal.latest(limit)

    def _keep(self, entry: dict[str, Any]) -> None:
        try:
            self._journal.append({"at": self._clock().isoformat()} | entry)
        except OSError as fault:
            raise WechatFailed("wechat", "not_kept", type(fault).__name__) from fault
