"""Sealing of personal data at rest: AES-256-GCM under a key ring, keyed hashes for look-up.

A sealed value is ``key id : base64(nonce ‖ ciphertext ‖ tag)``. Table, column and the row's random
``seal_id`` are associated data, so that a value moved to another row or column does not open.
"""

import base64
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32
INDEX = "index"
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
log = logging.getLogger(__name__)


class SealBroken(Exception):
    """A sealed value was changed, moved to another place, or its key is missing."""


class KeyRing:
    """Keys by id; the first seals, all of them open, ``index`` hashes for look-up."""

    def __init__(self, keys: Mapping[str, bytes], index_key: bytes) -> None:
        """Take the keys (32 bytes each), the current one first."""
        for key in (*keys.values(), index_key):
            if len(key) != KEY_BYTES:
                raise ValueError(f"a key must have {KEY_BYTES} bytes")
        self.ids = tuple(keys)
        self.current = self.ids[0]
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._index_key = index_key

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read ``id:base64,id:base64,index:base64`` (setting ANJU_KEYS), the current key first."""
        keys = {key_id: base64.b64decode(value) for key_id, value in parts(text).items()}
        index_key = keys.pop(INDEX)
        if odd := [key_id for key_id in keys if not _KEY_ID.fullmatch(key_id)]:
            raise ValueError(f"{len(odd)} keys have no proper name: small letters and digits")
        return cls(keys, index_key)

    @staticmethod
    def generate() -> str:
        """Return the text of a new ring with one random key."""
        return f"k1:{new_key()},{INDEX}:{new_key()}"

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

    def is_current_file(self, sealed: bytes) -> bool:
        """Tell whether a file, or the beginning of it, is sealed under the current key."""
        return sealed.startswith(self.current.encode() + b":")

    def index(self, value: str) -> str:
        """Return the keyed hash by which an equal value is found (128 bits, hexadecimal)."""
        return hmac.new(self._index_key, value.encode(), hashlib.sha256).hexdigest()[:32]

    @staticmethod
    def _bound(key_id: str, place: str) -> bytes:
        return f"{key_id}|{place}".encode()


def new_key() -> str:
    """Return a random key as it stands in the text of a ring."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def parts(text: str) -> dict[str, str]:
    """Return the text of a ring by id, in its order; the index key is called ``index``."""
    pairs = (part.split(":", 1) for part in text.strip().split(","))
    return {key_id.strip(): value.strip() for key_id, value in pairs}


def key_of(sealed: str) -> str:
    """Return the id of the key under which a value is sealed."""
    return sealed.partition(":")[0]


class _Bound:
    """The ring of this process, and the file it follows."""

    ring: KeyRing | None = None
    file: Path | None = None
    stamp: tuple[int, int] | None = None


def bind(ring: KeyRing, *, file: Path | None = None) -> None:
    """Make ``ring`` the one that columns and services use; it follows ``file`` from here on."""
    _Bound.ring, _Bound.file = ring, file
    _Bound.stamp = _stamp(file) if file else None


def ring() -> KeyRing:
    """Return the ring in use; a ring kept in a file is read again when the file was replaced.

    So every running process seals with a new key, and opens what is sealed with it, from the
    moment the file is there. A file that cannot be read leaves the ring as it was.
    """
    if _Bound.ring is None:
        raise RuntimeError("no keys are bound; create_app() does it")
    if _Bound.file is not None and (stamp := _stamp(_Bound.file)) not in (None, _Bound.stamp):
        try:
            _Bound.ring = KeyRing.parse(_Bound.file.read_text())
        except (OSError, ValueError, KeyError):
            log.exception("the key file cannot be read; the keys stay as they were")
        _Bound.stamp = stamp
    return _Bound.ring


def _stamp(file: Path) -> tuple[int, int] | None:
    """Return what changes when the file is replaced."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def index_of(value: str) -> str:
    """Return the look-up hash of a personal value, already normalised by the caller."""
    return ring().index(value)
