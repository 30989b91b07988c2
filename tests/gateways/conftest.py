"""Real processes and servers that stand for the outside world."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.gateways.bank.process import SimulatorProcess


@dataclass
class StandIn:
    """A web server that gives one answer and remembers what it was asked."""

    status: int = 200
    body: bytes = b"{}"
    url: str = ""
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """Serve one answer over HTTP on a free port."""
    kept = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.asked.append((self.path, headers, self.rfile.read(length)))
            self.send_response(kept.status)
            self.send_header("Content-Length", str(len(kept.body)))
            self.end_headers()
            self.wfile.write(kept.body)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


Talk = Callable[[socket.socket], None]


@pytest.fixture
def listener() -> Iterator[Callable[[Talk], int]]:
    """Start a raw socket server that talks to one caller as told; returns its port."""
    with ExitStack() as open_things:

        def start(talk: Talk) -> int:
            server = open_things.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve() -> None:
                line, _ = server.accept()
                with line:
                    talk(line)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            open_things.callback(thread.join, 3)
            return int(server.getsockname()[1])

        yield start


@pytest.fixture(scope="module")
def bank_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """Run one bank simulator for the tests of a file."""
    store: Path = tmp_path_factory.mktemp("bank") / "bank.db"
    with SimulatorProcess(store) as process:
        yield process
