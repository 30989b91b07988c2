"""Looks for malware in uploads: a clamd beside the hall, or only the test signature."""

import socket
import struct
from contextlib import closing
from typing import Protocol
from urllib.parse import urlsplit

from app.domain.errors import Invalid
from app.gateways.errors import Unavailable

# Kept in two parts, so that no scanner takes this source for the test file itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_CHUNK = 64 * 1024
_MOST_ANSWER = 4096


class Antivirus(Protocol):
    """Something that knows malware."""

    def check(self, data: bytes) -> None:
        """Raise ``Invalid`` (``file_virus``) of malware, ``Unavailable`` if nobody knows."""


class NoAntivirus:
    """No scanner is connected: only the EICAR test file is known."""

    def check(self, data: bytes) -> None:
        """Refuse the EICAR test file, alone or inside another file."""
        if EICAR in data:
            raise Invalid("the antivirus test file", code="file_virus")


class Clamd:
    """A ClamAV daemon, ``tcp://host:3310`` or ``unix:///run/clamav/clamd.ctl``.

    An upload is refused while it does not answer: unchecked files are not taken.
    """

    def __init__(self, address: str, *, seconds: float = 15.0) -> None:
        self._address = urlsplit(address)
        self._seconds = seconds

    def check(self, data: bytes) -> None:
        """Send the file by INSTREAM and read the verdict."""
        try:
            with closing(self._connect()) as line:
                said = _ask(line, data)
        except OSError as fault:
            raise Unavailable("antivirus", "no_connection", type(fault).__name__) from fault
        if said.endswith(b" FOUND"):
            raise Invalid("malware was found", code="file_virus")
        if said != b"stream: OK":
            raise Unavailable("antivirus", "unreadable")

    def _connect(self) -> socket.socket:
        if self._address.scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self._seconds)
            try:
                line.connect(self._address.path)
            except OSError:
                line.close()
                raise
            return line
        place = (self._address.hostname or "127.0.0.1", self._address.port or 3310)
        return socket.create_connection(place, timeout=self._seconds)


def _ask(line: socket.socket, data: bytes) -> bytes:
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        line.sendall(struct.pack(">I", len(chunk)) + chunk)
    line.sendall(struct.pack(">I", 0))
    said = b""
    while not said.endswith(b"\0") and len(said) < _MOST_ANSWER:
        piece = line.recv(_MOST_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n")
