"""A stand-in for the WeChat platform: the calls the hall makes, with the faults they can have."""

import html
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

LASTS = 7200
MOST_BUTTONS, MOST_UNDER = 3, 5


@dataclass
class Platform:
    """What the platform knows and was told; ``faults`` are given out once each, in order.

    A fault is ``(path, number)`` for an error number, ``(path, "slow")``, ``(path, "garbage")``,
    ``(path, "list")`` or ``(path, "down")``.
    """

    appid: str = "wx49f0ab532d5d035a"
    secret: str = field(default="stand-in-secret")
    token: str = field(default="T1")
    tokens_given: int = 0
    visitor: str = "oVisitor"
    followers: set[str] = field(default_factory=lambda: {"oVisitor"})
    codes: dict[str, str] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    menu: list[Any] = field(default_factory=list)
    faults: list[tuple[str, int | str]] = field(default_factory=list)
    seconds: float = 3.0
    url: str = ""
    _lock: Any = field(default_factory=threading.Lock)

    def fault(self, path: str) -> int | str | None:
        """Return the next fault of a path, once."""
        with self._lock:
            for place, (where, what) in enumerate(self.faults):
                if where == path:
                    del self.faults[place]
                    return what
        return None

    def expire(self) -> None:
        """Let the token that was given out end, as after two hours."""
        self.token = f"T{int(self.token[1:]) + 1}"

    def answer(self, path: str, query: dict[str, str], asked: dict[str, Any]) -> Any:
        """Return the object that answers a call."""
        match path:
            case "/cgi-bin/stable_token":
                return self._give_token(asked)
            case "/sns/oauth2/access_token":
                return self._exchange(query)
            case "/cgi-bin/message/template/send" | "/cgi-bin/menu/create":
                if query.get("access_token") != self.token:
                    return error(40001 if query.get("access_token") else 41001)
                return self._send(asked) if "touser" in asked else self._take_menu(asked)
        return error(40066)

    def code_for(self, openid: str) -> str:
        """Return a fresh code of the page authorisation."""
        code = f"code{len(self.codes):04d}"
        self.codes[code] = openid
        return code

    def _give_token(self, asked: dict[str, Any]) -> Any:
        if (asked.get("appid"), asked.get("secret")) != (self.appid, self.secret):
            return error(40013 if asked.get("appid") != self.appid else 40125)
        self.tokens_given += 1
        return {"access_token": self.token, "expires_in": LASTS}

    def _exchange(self, query: dict[str, str]) -> Any:
        if (query.get("appid"), query.get("secret")) != (self.appid, self.secret):
            return error(40125)
        openid = self.codes.get(query.get("code", ""))
        if openid is None:
            return error(40029)
        if not openid:
            return error(40163)
        self.codes[query["code"]] = ""
        return {
            "access_token": "page", "expires_in": LASTS, "refresh_token": "again",
            "openid": openid, "scope": "snsapi_base",
        }  # fmt: skip

    def _send(self, asked: dict[str, Any]) -> Any:
        if asked["touser"] not in self.followers:
            return error(43004)
        with self._lock:
            known = [each["client_msg_id"] for each in self.sent]
            if asked["client_msg_id"] not in known:
                self.sent.append(asked)
                known.append(asked["client_msg_id"])
        number = 200_000_001 + known.index(asked["client_msg_id"])
        return {"errcode": 0, "errmsg": "ok", "msgid": number}

    def _take_menu(self, asked: dict[str, Any]) -> Any:
        buttons = asked.get("button", [])
        if (
            not buttons
            or len(buttons) > MOST_BUTTONS
            or any(len(each.get("sub_button", [])) > MOST_UNDER for each in buttons)
        ):
            return error(40016)
        self.menu = buttons
        return {"errcode": 0, "errmsg": "ok"}


def error(number: int) -> dict[str, Any]:
    """Return the platform's answer to a call it refuses."""
    return {"errcode": number, "errmsg": f"refused rid: {number}"}


@contextmanager
def serving(platform: Platform, port: int = 0) -> Iterator[Platform]:
    """Serve the platform on this machine; ``platform.url`` says where."""
    handler = type("Handler", (_Call,), {"platform": platform})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Call(BaseHTTPRequestHandler):
    """One call."""

    platform: Platform

    def do_GET(self) -> None:
        """Answer a call, or show the page on which a visitor says who is there."""
        if urlsplit(self.path).path == "/connect/oauth2/authorize":
            self._authorise()
        else:
            self._answer()

    def do_POST(self) -> None:
        """Answer a call."""
        self._answer()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        asked = json.loads(self.rfile.read(length)) if length else {}
        fault = self.platform.fault(parts.path)
        if fault == "slow":
            time.sleep(self.platform.seconds)
        if isinstance(fault, int):
            self._write(200, json.dumps(error(fault)))
        elif fault in ("garbage", "list", "down"):
            self._write(502 if fault == "down" else 200, "<html>" if fault != "list" else "[]")
        else:
            said = self.platform.answer(parts.path, _plain(parts.query), asked)
            self._write(200, json.dumps(said))

    def _authorise(self) -> None:
        asked = _plain(urlsplit(self.path).query)
        back, state = asked.get("redirect_uri", ""), quote(asked.get("state", ""))
        code = self.platform.code_for(self.platform.visitor)
        yes, no = f"{back}?code={code}&state={state}", f"{back}?state={state}"
        self._write(200, (
            f"<!doctype html><title>WeChat stand-in</title><h1>{html.escape(self.platform.visitor)}</h1>"
            f"<p><a id=yes href='{html.escape(yes)}'>允许 Allow</a>"
            f" <a id=no href='{html.escape(no)}'>拒绝 Refuse</a></p>"
        ), "text/html; charset=utf-8")  # fmt: skip

    def _write(self, status: int, text: str, kind: str = "application/json") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(body)


def _plain(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}
