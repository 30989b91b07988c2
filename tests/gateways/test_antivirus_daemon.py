"""The ClamAV daemon, by a raw socket server that speaks its protocol."""

import socket
import struct
from pathlib import Path

import pytest

from app.domain.errors import Invalid
from app.gateways.errors import Unavailable
from app.gateways.scanner import Clamd, Limits, scan


def exactly(line: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count and (piece := line.recv(count - len(got))):
        got += piece
    return got


def clamd_that_says(verdict: bytes, heard: list[bytes]):
    """Speak INSTREAM: chunks with their length until a length of zero, then the verdict."""

    def talk(line: socket.socket) -> None:
        heard.append(exactly(line, len(b"zINSTREAM\0")))
        data = b""
        while size := struct.unpack(">I", exactly(line, 4))[0]:
            data += exactly(line, size)
        heard.append(data)
        line.sendall(verdict)

    return talk


def test_a_clean_file_passes_and_arrives_whole(listener):
    heard: list[bytes] = []
    port = listener(clamd_that_says(b"stream: OK\0", heard))
    data = bytes(range(256)) * 1000

    Clamd(f"tcp://127.0.0.1:{port}").check(data)

    assert heard == [b"zINSTREAM\0", data]


def test_malware_is_refused_before_anything_is_decoded(listener):
    port = listener(clamd_that_says(b"stream: Win.Test.EICAR_HDB-1 FOUND\0", []))

    with pytest.raises(Invalid) as refused:
        scan(
            b"not even a picture",
            filename="a.jpg",
            limits=Limits(),
            antivirus=Clamd(f"tcp://127.0.0.1:{port}"),
        )

    assert refused.value.code == "file_virus"


@pytest.mark.parametrize(
    "verdict", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"\xff" * 9000]
)
def test_no_clear_verdict_is_no_pass(listener, verdict):
    port = listener(clamd_that_says(verdict, []))

    with pytest.raises(Unavailable):
        Clamd(f"tcp://127.0.0.1:{port}").check(b"data")


def test_a_daemon_that_is_silent_or_gone_is_no_pass(listener, tmp_path: Path):
    port = listener(lambda line: line.recv(65536) and line.recv(65536) and line.recv(1))

    for address in (f"tcp://127.0.0.1:{port}", "tcp://127.0.0.1:1", f"unix://{tmp_path}/no"):
        with pytest.raises(Unavailable):
            Clamd(address, seconds=0.2).check(b"data")
