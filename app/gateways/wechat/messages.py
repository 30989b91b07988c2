"""Messages as the platform writes them: flat XML in, a text answer out (接收普通消息, 被动回复)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from app.gateways.wechat.signature import signature

MOST_BYTES = 64 * 1024
"""More than any message of the platform holds."""

MOST_TEXT = 2000
"""Bytes of an answer in UTF-8; the platform takes 2048."""

_DEEPEST = 4
_UNDER_ROOT = 2
_LAST = True
"""The bytes given to the reader are all there are."""


class MessageBroken(ValueError):
    """A body that is not a message of the platform."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What somebody wrote or did: ``kind`` is text, event and so on, ``event`` in lower case."""

    account: str
    openid: str
    at: str
    kind: str
    text: str = ""
    event: str = ""
    key: str = ""
    number: str = ""
    status: str = ""

    @property
    def name(self) -> str:
        """Return under which name a repeat is known: its number, or who did what when."""
        if self.kind == "event":
            return f"{self.openid}:{self.at}:{self.event}:{self.key}"
        return f"{self.openid}:{self.number or self.at}"


def elements(body: bytes) -> dict[str, str]:
    """Return the elements under the root of an XML document by name.

    Raises ``MessageBroken`` for anything but plain elements: a document type, entities,
    deep nesting, too many bytes.
    """
    if len(body) > MOST_BYTES:
        raise MessageBroken("too long")
    reader = _Reader()
    try:
        reader.parser.Parse(body, _LAST)
    except (expat.ExpatError, LookupError, ValueError) as fault:
        raise MessageBroken("not XML") from fault
    return reader.found


class _Reader:
    """Collects the text of first-level elements; knows no document types and no entities."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._path: list[str] = []
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        self.parser = parser

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise MessageBroken("too deep")

    def _end(self, _name: str) -> None:
        self._path.pop()

    def _text(self, text: str) -> None:
        if len(self._path) == _UNDER_ROOT:
            name = self._path[1]
            self.found[name] = self.found.get(name, "") + text

    def _refuse(self, *_what: Any) -> None:
        raise MessageBroken("a document type or an entity")


def incoming(body: bytes) -> Incoming:
    """Return the message in a body. Raises ``MessageBroken``."""
    found = {name: value.strip() for name, value in elements(body).items()}
    missing = {"ToUserName", "FromUserName", "CreateTime", "MsgType"} - found.keys()
    if missing:
        raise MessageBroken(f"without {', '.join(sorted(missing))}")
    return Incoming(
        account=found["ToUserName"],
        openid=found["FromUserName"],
        at=found["CreateTime"],
        kind=found["MsgType"].lower(),
        text=found.get("Content", ""),
        event=found.get("Event", "").lower(),
        key=found.get("EventKey", ""),
        number=found.get("MsgId", "") or found.get("MsgID", ""),
        status=found.get("Status", ""),
    )


def text_answer(to: Incoming, text: str, *, now: dt.datetime) -> str:
    """Return the XML that answers a message with text, cut to what the platform takes."""
    return _document({
        "ToUserName": _quoted(to.openid),
        "FromUserName": _quoted(to.account),
        "CreateTime": str(int(now.timestamp())),
        "MsgType": _quoted("text"),
        "Content": _quoted(_cut(text)),
    })  # fmt: skip


def envelope(sealed: str, *, token: str, timestamp: str, nonce: str) -> str:
    """Return the XML around a sealed answer, signed."""
    return _document({
        "Encrypt": _quoted(sealed),
        "MsgSignature": _quoted(signature(token, timestamp, nonce, sealed)),
        "TimeStamp": timestamp,
        "Nonce": _quoted(nonce),
    })  # fmt: skip


def _document(parts: Mapping[str, str]) -> str:
    inner = "\n".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    return f"<xml>\n{inner}\n</xml>"


def _quoted(text: str) -> str:
    """Return text as CDATA; what XML cannot hold is left out, an end mark is split."""
    kept = "".join(sign for sign in text if sign >= " " or sign in "\n\t")
    return "<![CDATA[" + kept.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _cut(text: str) -> str:
    """Return whole lines of text up to what an answer may hold."""
    if len(text.encode()) <= MOST_TEXT:
        return text
    kept: list[str] = []
    left = MOST_TEXT - 3
    for line in text.splitlines():
        left -= len(line.encode()) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join([*kept, "…"])
