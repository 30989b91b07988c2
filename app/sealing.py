"""Sealing of personal data at rest: AES-256-GCM under a key ring, keyed hashes for look-up.

A sealed value is ``key id : base64(nonce ‖ ciphertext ‖ tag)``. Table, column and the row's random
``seal_id`` are associated data, so that a value moved to another row or column does not open.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(Exception):
    """A sealed value was changed, moved to another place, or its key is missing."""


class Sealer(Protocol):
    """What seals and opens values; the pluggable place for another cipher (SM4)."""

    def seal(self, plain: bytes, place: str) -> str:
        """Return the sealed form of ``plain``, bound to ``place``."""

    def open(self, sealed: str, place: str) -> bytes:
        """Return the plain value, or raise ``SealBroken``."""

    def index(self, value: str) -> str:
        """Return the keyed hash by which an equal value is found."""


class KeyRing:
    """Keys by id; the first seals, all of them open, ``index`` hashes for look-up."""

    def __init__(self, keys: Mapping[str, bytes], index_key: bytes) -> None:
        """Take the keys (32 bytes each), the current one first."""
        for key in (*keys.values(), index_key):
            if len(key) != KEY_BYTES:
                raise ValueError(f"a key must have {KEY_BYTES} bytes")
        self.current = next(iter(keys))
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._index_key = index_key

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read ``id:base64,id:base64,index:base64`` (setting ANJU_KEYS), the current key first."""
        pairs = (part.split(":", 1) for part in text.strip().split(","))
        keys = {key_id.strip(): base64.b64decode(value) for key_id, value in pairs}
        index_key = keys.pop("index")
        return cls(keys, index_key)

    @staticmethod
    def generate() -> str:
        """Return the text of a new ring with one random key."""

        def key() -> str:
            return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()

        return f"k1:{key()},index:{key()}"

    def seal(self, plain: bytes, place: str) -> str:
        """Return the sealed form of ``plain``, bound to ``place``, under the current key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = self._ciphers[self.current].encrypt(
            nonce, plain, self._bound(self.current, place)
        )
        return f"{self.current}:{base64.b64encode(nonce + box).decode()}"

    def open(self, sealed: str, place: str) -> bytes:
        """Return the plain value, or raise ``SealBroken``."""
        key_id, _, text = sealed.partition(":")
        try:
            box = base64.b64decode(text)
            cipher = self._ciphers[key_id]
            return cipher.decrypt(
                box[:NONCE_BYTES], box[NONCE_BYTES:], self._bound(key_id, place)
            )
        except (KeyError, ValueError, InvalidTag) as broken:
            raise SealBroken(place) from broken

    def seal_file(self, plain: bytes, place: str) -> bytes:
        """Return the sealed form of a file: key id, nonce, ciphertext, without base64."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = self._ciphers[self.current].encrypt(
            nonce, plain, self._bound(self.current, place)
        )
        return self.current.encode() + b":" + nonce + box

    def open_file(self, sealed: bytes, place: str) -> bytes:
        """Return the plain file, or raise ``SealBroken``."""
        key_id, _, box = sealed.partition(b":")
        try:
            cipher = self._ciphers[key_id.decode()]
            bound = self._bound(key_id.decode(), place)
            return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound)
        except (KeyError, ValueError, InvalidTag) as broken:
            raise SealBroken(place) from broken

    def index(self, value: str) -> str:
        """Return the keyed hash by which an equal value is found (128 bits, hexadecimal)."""
        return hmac.new(self._index_key, value.encode(), hashlib.sha256).hexdigest()[:32]

    @staticmethod
    def _bound(key_id: str, place: str) -> bytes:
        return f"{key_id}|{place}".encode()


class _Bound:
    """The ring of this process, bound once by the application factory."""

    ring: KeyRing | None = None


def bind(ring: KeyRing) -> None:
    """Make ``ring`` the one that columns and services use."""
    _Bound.ring = ring


def ring() -> KeyRing:
    """Return the ring in use."""
    if _Bound.ring is None:
        raise RuntimeError("no keys are bound; create_app() does it")
    return _Bound.ring


def index_of(value: str) -> str:
    """Return the look-up hash of a personal value, already normalised by the caller."""
    return ring().index(value)
