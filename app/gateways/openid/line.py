"""The line to a provider: JSON over HTTP, within the time of one whole log-in."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from app.gateways.errors import Unavailable
from app.gateways.exchange import exchange
from app.gateways.openid.settings import is_safe

MOST_BYTES = 512 * 1024
MOST_AT_ONCE = 2
"""Exchanges of one process with all providers: a slow one never takes every thread."""

WAIT_SECONDS = 0.5
_OK, _SERVER_FAULT = 200, 500
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


class Response:
    """An answer as Authlib reads it."""

    def __init__(self, service: str, status: int, body: bytes) -> None:
        self.service = service
        self.status_code = status
        self.body = body

    def json(self) -> dict[str, Any]:
        """Return the object answered; raise ``Unavailable`` for anything else."""
        try:
            said = json.loads(self.body)
        except (ValueError, RecursionError) as fault:
            raise Unavailable(self.service, "unreadable") from fault
        if not isinstance(said, dict):
            raise Unavailable(self.service, "unreadable")
        return said

    def raise_for_status(self) -> None:
        """Raise ``Unavailable`` unless the answer is a plain yes."""
        if self.status_code != _OK:
            raise Unavailable(self.service, f"http_{self.status_code}")


class Line:
    """Everything one log-in asks a provider, within ``seconds`` in all."""

    def __init__(self, service: str, seconds: float) -> None:
        self.service = service
        self._until = time.monotonic() + seconds

    def get_json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the object at an address; raise ``Unavailable``."""
        answer = self._send("GET", url, None, {"Accept": "application/json", **(headers or {})})
        answer.raise_for_status()
        return answer.json()

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any
    ) -> Response:
        """Send a form with the client's own proof, as Authlib asks for it."""
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        answer = self._send("POST", url, body.encode(), sent)
        if answer.status_code >= _SERVER_FAULT:
            answer.raise_for_status()
        return answer

    def _send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Response:
        if not is_safe(url):
            raise Unavailable(self.service, "unsafe_address")
        with self._place():
            left = self._until - time.monotonic()
            if left <= 0:
                raise Unavailable(self.service, "time_out")
            answer = exchange(
                self.service, method, url, seconds=left, body=body, headers=headers
            )
        if len(answer.body) > MOST_BYTES:
            raise Unavailable(self.service, "unreadable", "too long")
        return Response(self.service, answer.status, answer.body)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not _places.acquire(timeout=WAIT_SECONDS):
            raise Unavailable(self.service, "busy")
        try:
            yield
        finally:
            _places.release()
