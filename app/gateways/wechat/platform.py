"""The WeChat platform over HTTP: token, template messages, page authorisation, menu."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from app.gateways.errors import Unavailable
from app.gateways.exchange import exchange
from app.gateways.wechat.account import WechatAccount
from app.gateways.wechat.protocol import (
    TemplateMessage,
    WechatBusy,
    WechatFailed,
    WechatRefused,
)

TOKEN_OLD = frozenset({40001, 40014, 42001})
"""The token is not (any more) the one: it is asked for again and the call repeated once."""

REST = {45009: 1800, 45011: 60}
"""The calls of the day or of the minute are used up: for so many seconds nothing is asked."""

PASSING = frozenset({-1, 43108})
"""The platform is busy with itself."""

EARLY = 120
"""Seconds before its end at which a token is asked for again; for 300 both are good."""

_OK = 200


class WechatPlatform:
    """One official account on the platform.

    The token is the platform's stable one: every process that asks is given the same until it
    ends, so that nothing has to be shared here.
    """

    def __init__(
        self,
        account: WechatAccount,
        *,
        seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._token, self._ends = "", 0.0
        self._rests, self._why = 0.0, ""

    def send(self, message: TemplateMessage) -> str:
        """Send one message and return the platform's number; a reference is sent once."""
        said = self._call("/cgi-bin/message/template/send", {
            "touser": message.openid,
            "template_id": message.template_id,
            "url": message.url,
            "client_msg_id": hashlib.sha256(message.reference.encode()).hexdigest()[:32],
            "data": {name: {"value": value} for name, value in message.fields.items()},
        })  # fmt: skip
        return str(said.get("msgid", ""))

    def set_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Replace the account's menu."""
        self._call("/cgi-bin/menu/create", {"button": list(buttons)})

    def sign_in_address(self, back: str, state: str) -> str:
        """Return the platform's page; it insists on this order of the parameters."""
        asked = (
            ("appid", self._account.appid),
            ("redirect_uri", back),
            ("response_type", "code"),
            ("scope", "snsapi_base"),
            ("state", state),
        )
        query = urlencode(asked, quote_via=quote, safe="")
        return f"{self._account.open}/connect/oauth2/authorize?{query}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        """Exchange a code for whom it stands for."""
        query = urlencode({
            "appid": self._account.appid,
            "secret": self._account.secret,
            "code": code,
            "grant_type": "authorization_code",
        })  # fmt: skip
        said = self._ask("GET", f"/sns/oauth2/access_token?{query}")
        raise_for(said)
        openid = said.get("openid")
        if not isinstance(openid, str) or not openid:
            raise WechatFailed("wechat", "unreadable")
        return openid

    def _call(self, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """POST with the token, and once more with a new one when the platform wants that."""
        if self._clock() < self._rests:
            raise WechatBusy("wechat", self._why)
        token = self._current()
        said = self._ask("POST", f"{path}?{urlencode({'access_token': token})}", asked)
        if said.get("errcode") in TOKEN_OLD:
            token = self._current(instead_of=token)
            said = self._ask("POST", f"{path}?{urlencode({'access_token': token})}", asked)
        if (code := said.get("errcode")) in REST:
            self._rests, self._why = self._clock() + REST[code], str(code)
        raise_for(said)
        return said

    def _current(self, *, instead_of: str = "") -> str:
        """Return the token; it is asked for when it ends soon or is ``instead_of`` a refused one."""
        with self._lock:
            if self._clock() >= self._ends or self._token == instead_of:
                said = self._ask("POST", "/cgi-bin/stable_token", {
                    "grant_type": "client_credential",
                    "appid": self._account.appid,
                    "secret": self._account.secret,
                })  # fmt: skip
                raise_for(said)
                token, lasts = said.get("access_token"), said.get("expires_in")
                if not isinstance(token, str) or not isinstance(lasts, int):
                    raise WechatFailed("wechat", "unreadable")
                self._token, self._ends = token, self._clock() + lasts - EARLY
            return self._token

    def _ask(
        self, method: str, target: str, asked: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object the platform answers; a fault never tells the address: it has keys."""
        body = None if asked is None else json.dumps(asked, ensure_ascii=False).encode()
        try:
            answer = exchange(
                "wechat", method, self._account.api + target, seconds=self._seconds, body=body,
                headers={"Content-Type": "application/json"},
            )  # fmt: skip
        except Unavailable as fault:
            raise WechatFailed("wechat", fault.code) from fault
        if answer.status != _OK:
            raise WechatFailed("wechat", f"http_{answer.status}")
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError) as fault:
            raise WechatFailed("wechat", "unreadable") from fault
        if not isinstance(said, dict):
            raise WechatFailed("wechat", "unreadable")
        return said


def raise_for(said: Mapping[str, Any]) -> None:
    """Raise what the error number of an answer means; 0 or none is fine."""
    code = said.get("errcode", 0)
    if code == 0:
        return
    if code in REST:
        raise WechatBusy("wechat", str(code))
    if code in PASSING or code in TOKEN_OLD or not isinstance(code, int):
        raise WechatFailed("wechat", str(code)[:16])
    raise WechatRefused("wechat", str(code))
