"""What a provider says of itself: its addresses and its keys, kept for a while."""

import threading
import time
from typing import Any

from app.gateways.errors import Unavailable
from app.gateways.openid.line import Line
from app.gateways.openid.settings import Provider, is_safe

KEPT_SECONDS = 600
AGAIN_SECONDS = 10
"""How long a provider that did not answer is left alone."""

KEYS_AGAIN_SECONDS = 30
"""A key nobody knows makes the keys be read again, at most so often."""

NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Directory:
    """The addresses and keys of one provider, shared by the threads of a process."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._addresses: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._addresses_until = self._keys_until = self._ill_until = self._keys_again = 0.0
        self._guard = threading.Lock()

    def addresses(self, line: Line) -> dict[str, Any]:
        """Return the provider's metadata; raise ``Unavailable``."""
        now = time.monotonic()
        if now < self._addresses_until:
            return self._addresses
        if now < self._ill_until:
            raise Unavailable(line.service, "resting")
        issuer = self._provider.issuer
        try:
            said = line.get_json(issuer.rstrip("/") + "/.well-known/openid-configuration")
            self._check(line, said)
        except Unavailable:
            self._ill_until = time.monotonic() + AGAIN_SECONDS
            raise
        with self._guard:
            self._addresses, self._addresses_until = said, time.monotonic() + KEPT_SECONDS
        return said

    def keys(self, line: Line, *, fresh: bool = False) -> dict[str, Any]:
        """Return the provider's signing keys (JWKS); ``fresh`` asks again, but not often."""
        now = time.monotonic()
        if now < self._keys_until and (not fresh or now < self._keys_again):
            return self._keys
        said = line.get_json(self.addresses(line)["jwks_uri"])
        if not isinstance(said.get("keys"), list):
            raise Unavailable(line.service, "unreadable", "no keys")
        with self._guard:
            self._keys, self._keys_until = said, time.monotonic() + KEPT_SECONDS
            self._keys_again = time.monotonic() + KEYS_AGAIN_SECONDS
        return said

    def _check(self, line: Line, said: dict[str, Any]) -> None:
        """Refuse metadata of another issuer, or with addresses that anybody could read along."""
        if said.get("issuer") != self._provider.issuer:
            raise Unavailable(line.service, "another_issuer")
        for name in NEEDED:
            if not isinstance(said.get(name), str) or not is_safe(said[name]):
                raise Unavailable(line.service, "unreadable", name)
