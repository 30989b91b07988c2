"""TLS between proxy and hall: the line of the service serves it when a certificate is given."""

import re
import signal
import socket
import ssl
import subprocess
import sys
import time

import pytest

from config import SettingMissing, tls_files
from tests.conventions.sources import ROOT

HALL = "tests.pages.test_tls:answer"
"""A page as small as can be, in the place of the hall's own."""


def answer(_environ, start):
    """Say that somebody came."""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"here"]


@pytest.fixture
def pair(tmp_path):
    """A certificate of this machine and its key, as files."""
    certificate, key = tmp_path / "hall.crt", tmp_path / "hall.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=hall", "-addext", "subjectAltName=DNS:hall",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return {"ANJU_TLS_CERTIFICATE": str(certificate), "ANJU_TLS_KEY": str(key)}


@pytest.fixture
def served(tmp_path, pair):
    """The web server as the service starts it, with the pair in its environment."""
    unit = (ROOT / "deploy" / "anju-web.service").read_text(encoding="utf-8")
    line = re.search(r"(?m)^ExecStart=((?:.*\\\n)*.*)", unit)[1].replace("\\\n", " ").split()
    line[line.index("wsgi:app")] = HALL
    line[line.index("--bind") + 1] = f"unix:{tmp_path / 's'}"
    line[line.index("--workers") + 1] = "1"
    at = line.index("--logger-class")
    del line[at : at + 2]  # it brings the whole hall along, and writes what nobody reads here
    command = [sys.executable, "-m", "gunicorn", *line[1:], "--no-control-socket"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=pair | {"ANJU_HOME": str(tmp_path)}, stderr=subprocess.DEVNULL
    )
    yield tmp_path / "s"
    server.send_signal(signal.SIGQUIT)
    server.wait(10)


def connected(place):
    """Return a line to the server as soon as it listens."""
    for _ in range(400):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(10)
        try:
            line.connect(str(place))
        except OSError:
            line.close()
            time.sleep(0.05)
        else:
            return line
    raise AssertionError("the server did not start")


def test_the_line_between_proxy_and_hall_is_tls_with_the_given_certificate(served, pair):
    trusting = ssl.create_default_context(cafile=pair["ANJU_TLS_CERTIFICATE"])
    with trusting.wrap_socket(connected(served), server_hostname="hall") as line:
        version = line.version()
        line.sendall(b"GET / HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: line.recv(4096), b""))
    assert said.startswith(b"HTTP/1.1 200")
    assert said.endswith(b"here")
    assert version == "TLSv1.3"

    with connected(served) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: hall\r\nConnection: close\r\n\r\n")
        assert b"here" not in plain.recv(4096)


@pytest.mark.parametrize("missing", ["ANJU_TLS_CERTIFICATE", "ANJU_TLS_KEY"])
def test_half_a_pair_or_a_file_that_is_not_there_stops_the_start(monkeypatch, missing):
    for name in ("ANJU_TLS_CERTIFICATE", "ANJU_TLS_KEY"):
        monkeypatch.setenv(name, __file__)
    assert tls_files() == (__file__, __file__)

    for wrong in ("", "/nowhere/hall.pem"):
        monkeypatch.setenv(missing, wrong)
        with pytest.raises(SettingMissing, match=missing):
            tls_files()
