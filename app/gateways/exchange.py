"""One HTTP exchange with a total time limit: no redirect, no proxy, no kept connection."""

import http.client
import socket
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.gateways.errors import Unavailable

MOST_BYTES = 32 * 1024 * 1024
CHUNK = 64 * 1024


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
            return _read(line, deadline)
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


def _read(line: http.client.HTTPConnection, deadline: float) -> Answer:
    wire = line.sock
    _allow(wire, deadline)
    answer = line.getresponse()
    body = bytearray()
    while chunk := _next_chunk(answer, wire, deadline):
        body += chunk
        if len(body) > MOST_BYTES:
            raise ValueError("the answer is too long")
    if answer.length:
        raise http.client.IncompleteRead(bytes(body))
    return Answer(answer.status, bytes(body))


def _next_chunk(
    answer: http.client.HTTPResponse, wire: socket.socket, deadline: float
) -> bytes:
    if answer.isclosed():
        return b""
    _allow(wire, deadline)
    return answer.read1(CHUNK)


def _allow(wire: socket.socket, deadline: float) -> None:
    """Give the next read what is left of the total time."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    wire.settimeout(left)
