"""The platform's secure mode: AES-256-CBC under the account's EncodingAESKey (安全模式)."""

import base64
import binascii
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_LENGTH = 43
BLOCK = 32
"""The padding fills blocks of 32 bytes, twice the block of AES."""

_RANDOM = 16
_HEAD = _RANDOM + 4


class CryptFailed(ValueError):
    """A message that was not sealed with this key for this account."""


class MessageCrypt:
    """Seals and opens messages of one account."""

    def __init__(self, encoding_aes_key: str, appid: str) -> None:
        if len(encoding_aes_key) != KEY_LENGTH:
            raise ValueError(f"an EncodingAESKey has {KEY_LENGTH} characters")
        self._key = base64.b64decode(encoding_aes_key + "=", validate=True)
        self._appid = appid.encode()

    def seal(self, text: str, *, random: bytes = b"") -> str:
        """Return a message sealed, in base64; ``random`` is 16 bytes, in tests only."""
        content = text.encode()
        plain = b"".join(
            (random or secrets.token_bytes(_RANDOM), struct.pack("!I", len(content)), content, self._appid)
        )  # fmt: skip
        short = BLOCK - len(plain) % BLOCK
        worker = self._cipher().encryptor()
        sealed = worker.update(plain + bytes([short]) * short) + worker.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> str:
        """Return what a sealed message says. Raises ``CryptFailed``, the same for every fault."""
        try:
            content, appid = _parts(self._decrypted(sealed))
            text = content.decode()
        except (binascii.Error, struct.error, ValueError) as fault:
            raise CryptFailed("not sealed for this account") from fault
        if not hmac.compare_digest(appid, self._appid):
            raise CryptFailed("not sealed for this account")
        return text

    def _decrypted(self, sealed: str) -> bytes:
        raw = base64.b64decode(sealed, validate=True)
        if not raw or len(raw) % BLOCK:
            raise ValueError("not whole blocks")
        worker = self._cipher().decryptor()
        return worker.update(raw) + worker.finalize()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def _parts(padded: bytes) -> tuple[bytes, bytes]:
    """Return content and appid of an opened message."""
    short = padded[-1]
    if not 1 <= short <= BLOCK or padded[-short:] != bytes([short]) * short:
        raise ValueError("not padded")
    plain = padded[:-short]
    (length,) = struct.unpack("!I", plain[_RANDOM:_HEAD])
    end = _HEAD + length
    if end > len(plain):
        raise ValueError("shorter than it says")
    return plain[_HEAD:end], plain[end:]
