"""What the hall asks of WeChat."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.gateways.errors import Unavailable


class WechatFailed(Unavailable):
    """The message was not taken; the outbox may try again."""


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """One template message: to whose ``openid``, its template and fields, where it leads.

    ``reference`` is the outbox row's.
    """

    openid: str
    template_id: str
    fields: Mapping[str, str]
    url: str
    reference: str


class Wechat(Protocol):
    """A sender of template messages."""

    def send(self, message: TemplateMessage) -> None:
        """Send one message; raises ``WechatFailed`` when it was not taken for certain."""
