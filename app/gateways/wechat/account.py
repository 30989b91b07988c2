"""The settings of an agency's official account, read from JSON and checked at the start."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from app.gateways.wechat.crypt import KEY_LENGTH

API = "https://api.weixin.qq.com"
OPEN = "https://open.weixin.qq.com"
LOCAL = "local"
"""Instead of the platform's address: messages are kept on this machine, everybody is one visitor."""

VALUES = frozenset({"number", "service", "status", "time", "agency"})
"""What a field of a template message can say. Sums, cards and reasons (an illness is one) stay
in the hall: a telephone shows such messages to who looks at it."""

CASE_EVENTS = frozenset({
    "application_submitted", "application_returned", "return_reminder", "not_accepted",
    "rejected", "investigation_started", "approved_subsidy", "approved_fund", "paid_partial",
    "paid_closing", "pay_failed", "payment_bounced", "voided",
})  # fmt: skip
"""What may be told by WeChat: steps of a case. What happens to a log-in goes by text message
only: a thief who bound a WeChat of his own must not be the one who reads it."""

_APPID = re.compile(r"wx[0-9a-zA-Z]{4,22}")
_TOKEN = re.compile(r"[0-9a-zA-Z]{3,32}")
_OPTIONAL = frozenset({"name", "qr", "templates", "api", "open"})
_NEEDED = frozenset({"appid", "secret", "token", "aes_key", "hall"})


class AccountWrong(ValueError):
    """Settings with which an account cannot work; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the account and what its fields say: field of the template → value."""

    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WechatAccount:
    """One official account: ``hall`` is this site's own address, ``qr`` the text of its code.

    ``api`` and ``open`` are the platform's addresses; another one is for stand-ins only.
    """

    appid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    hall: str
    name: str = ""
    qr: str = ""
    templates: Mapping[str, Template] = field(default_factory=dict)
    api: str = API
    open: str = OPEN

    @property
    def provider(self) -> str:
        """Return under which name people are bound: an openid belongs to one account."""
        return f"wechat:{self.appid}"


def accounts(text: str, *, hall: str = "", production: bool = True) -> dict[str, WechatAccount]:
    """Return the accounts by agency code from JSON; ``hall`` is for those that name none.

    Raises ``AccountWrong``.
    """
    if not text.strip():
        return {}
    try:
        read = json.loads(text)
    except ValueError as fault:
        raise AccountWrong(f"is not JSON: {fault}") from fault
    if not isinstance(read, dict):
        raise AccountWrong("must be an object with one entry an agency")
    return {
        code: _account(code, row, hall=hall, production=production)
        for code, row in read.items()
    }


def _account(code: str, row: Any, *, hall: str, production: bool) -> WechatAccount:
    if isinstance(row, dict) and hall:
        row = {"hall": hall} | row
    if not isinstance(row, dict) or not row.keys() >= _NEEDED:
        raise AccountWrong(f"of {code} needs {', '.join(sorted(_NEEDED))}")
    if unknown := row.keys() - _NEEDED - _OPTIONAL:
        raise AccountWrong(f"of {code} has unknown entries: {', '.join(sorted(unknown))}")
    templates = {
        event: _template(code, event, each) for event, each in row.get("templates", {}).items()
    }
    made = WechatAccount(
        **{**row, "hall": str(row["hall"]).rstrip("/"), "templates": templates}
    )
    _check(code, made, production=production)
    return made


def _template(code: str, event: str, row: Any) -> Template:
    where = f"of {code}, template {event},"
    if event not in CASE_EVENTS:
        raise AccountWrong(f"{where} is no step of a case: it goes by text message only")
    if (
        not isinstance(row, dict)
        or not row.get("id")
        or not isinstance(row.get("fields"), dict)
    ):
        raise AccountWrong(f"{where} needs id and fields")
    if odd := set(map(str, row["fields"].values())) - VALUES:
        said, known = ", ".join(sorted(odd)), ", ".join(sorted(VALUES))
        raise AccountWrong(f"{where} cannot say {said}; only {known}")
    return Template(str(row["id"]), {str(k): str(v) for k, v in row["fields"].items()})


def _check(code: str, account: WechatAccount, *, production: bool) -> None:
    if not _APPID.fullmatch(account.appid):
        raise AccountWrong(f"of {code}: the appid begins with wx")
    if not _TOKEN.fullmatch(account.token):
        raise AccountWrong(f"of {code}: the token has 3 to 32 letters and digits")
    _check_key(code, account.aes_key)
    if account.api == LOCAL and production:
        raise AccountWrong(f"of {code}: the api cannot be {LOCAL} in production")
    for address in {account.hall, account.api, account.open} - {LOCAL}:
        parts = urlsplit(address)
        if not parts.netloc or parts.scheme not in ("https", "http"):
            raise AccountWrong(f"of {code}: {address} is not the address of a site")
        if production and parts.scheme != "https":
            raise AccountWrong(f"of {code}: {address} must begin with https in production")


def _check_key(code: str, key: str) -> None:
    try:
        base64.b64decode(key + "=", validate=True)
    except binascii.Error as fault:
        raise AccountWrong(f"of {code}: the aes_key is not the platform's") from fault
    if len(key) != KEY_LENGTH:
        raise AccountWrong(f"of {code}: the aes_key has {KEY_LENGTH} characters")
