"""What the hall asks of WeChat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.gateways.errors import Unavailable
from app.gateways.wechat.account import WechatAccount


class WechatFailed(Unavailable):
    """Nobody can tell whether it was taken, or not now: trying again later may help."""


class WechatRefused(WechatFailed):
    """The platform will never take this: not followed, not a template, not a code."""


class WechatBusy(WechatFailed):
    """The platform wants fewer calls (45009, 45011): leave it alone for a while."""


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """One template message: to whose ``openid``, its template and fields, where it leads.

    ``reference`` is the outbox row's; the platform sends one message a reference.
    """

    openid: str
    template_id: str
    fields: Mapping[str, str]
    url: str
    reference: str


class Wechat(Protocol):
    """The official account of one agency, as the platform serves it."""

    def send(self, message: TemplateMessage) -> str:
        """Send one message and return the platform's number of it.

        Raises ``WechatRefused`` (send it another way), ``WechatBusy`` or ``WechatFailed``.
        """

    def sign_in_address(self, back: str, state: str) -> str:
        """Return where a browser asks the platform who is there; it comes ``back``."""

    def openid_of(self, code: str) -> str:
        """Return whom a code of the page authorisation stands for; a code works once.

        Raises ``WechatRefused`` for a code that is wrong, used or old, else ``WechatFailed``.
        """

    def set_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Replace the account's menu. Raises ``WechatRefused`` or ``WechatFailed``."""


@dataclass(frozen=True, slots=True)
class WechatLine:
    """An official account with the way to it."""

    account: WechatAccount
    gateway: Wechat
