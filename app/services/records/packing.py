"""Bytes of a file as the text that is sealed with its row, and back."""

import base64
import zlib


def pack(data: bytes) -> str:
    """Return bytes as the text that is sealed."""
    return base64.b64encode(zlib.compress(data)).decode()


def unpack(text: str) -> bytes:
    """Return the bytes of a packed text, the same as were packed."""
    return zlib.decompress(base64.b64decode(text))
