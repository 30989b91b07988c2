"""One HTTP exchange with a total time limit: no redirect, no proxy, no kept connection."""

import http.client
import io
import socket
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.gateways.errors import Unavailable

MOST_BYTES = 32 * 1024 * 1024

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status and the whole body."""

    status: int
    body: bytes


def exchange(
    service: str,
    method: str,
    url: str,
    *,
    seconds: float,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request and read its whole answer within ``seconds``.

    Raises ``Unavailable`` with ``no_connection`` when nothing was sent, ``time_out`` or
    ``unreadable`` when the request may have been taken. A certificate is always checked.
    """
    deadline = time.monotonic() + seconds
    parts = urlsplit(url)
    target = parts.path or "/"
    if parts.query:
        target += "?" + parts.query
    with closing(_connection(parts.scheme, parts.netloc, seconds)) as line:
        try:
            line.connect()
        except OSError as fault:
            raise Unavailable(service, "no_connection", type(fault).__name__) from fault
        try:
            line.request(method, target, body=body, headers=dict(headers or {}))
            return _read(line.sock, method, deadline)
        except TimeoutError as fault:
            raise Unavailable(service, "time_out") from fault
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise Unavailable(service, "unreadable", type(fault).__name__) from fault


def _connection(scheme: str, netloc: str, seconds: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=seconds)
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=seconds)
    raise ValueError(f"the address of a service starts with http or https, not {scheme!r}")


class _TimedReader(io.RawIOBase):
    """A socket's incoming bytes, until the deadline of the whole exchange."""

    def __init__(self, wire: socket.socket, deadline: float) -> None:
        self._wire = wire
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Be what an HTTP response reads from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Tell that bytes can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what is there within the time that is left."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._wire.settimeout(left)
        return self._wire.recv_into(buffer)


def _read(wire: socket.socket, method: str, deadline: float) -> Answer:
    reader: Any = _TimedReader(wire, deadline)
    answer = http.client.HTTPResponse(reader, method=method)
    with closing(answer):
        answer.begin()
        body = answer.read(MOST_BYTES)
        if not answer.isclosed() and answer.read(1):
            raise ValueError("the answer is too long")
        if answer.length:
            raise http.client.IncompleteRead(body)
        return Answer(answer.status, body)
