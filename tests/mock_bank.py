"""A bank written by others (mock-bank), in this process, on a port of the machine's choice."""

import datetime as dt
import json
import threading
import urllib.error
import urllib.request
from types import TracebackType
from typing import Any, Self

from mockbank.server import Config, make_server

OURS = "NL26MOCK0000000077"
ROUTING = "999999992"
"""What this bank's own clearing number is: a payee at it may be one of its accounts."""


class MockBank:
    """The bank as a test holds it: files in, files out, its clock moved on command."""

    def __init__(self, start: dt.datetime) -> None:
        self.server = make_server(
            Config(
                port=0, quiet=True, clock=start.strftime("%Y-%m-%dT%H:%M"), timezone="UTC",
                cutoff="23:00",
            )
        )  # fmt: skip
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def open_account(self, code: str, **fields: Any) -> None:
        """Open an account in yuan; balances are in fen."""
        self.ask("POST", "/_mock/accounts", {"id": code, "currency": "CNY", **fields})

    def change(self, code: str, **fields: Any) -> None:
        """Change what an account does with payments."""
        self.ask("PATCH", f"/_mock/accounts/{code}", fields)

    def send(self, data: bytes) -> dict[str, Any]:
        """Hand in a file; a refused one has an answer too."""
        answer: dict[str, Any] = self.ask("POST", "/payments", data)
        return answer

    def findings(self, data: bytes) -> str:
        """Return what the bank's own check of a file says."""
        return self._call("POST", "/_mock/validate", data).decode()

    def post(self, kind: str = "") -> list[tuple[str, bytes]]:
        """Collect the messages the bank has for us, with a name for each."""
        waiting = self.ask("GET", f"/_mock/mailbox?type={kind}")
        return [
            (f"{one['type']}-{one['id']}.xml", self._call("GET", f"/_mock/mailbox/{one['id']}"))
            for one in waiting
        ]

    def wait_until(self, day: dt.date) -> None:
        """Move the bank's clock to midnight of a day."""
        self.ask("POST", f"/_mock/advance?to={day.isoformat()}")

    def ask(self, method: str, path: str, said: Any = None) -> Any:
        """Ask one thing and read the answer."""
        data = said if isinstance(said, bytes | None) else json.dumps(said).encode()
        return json.loads(self._call(method, path, data))

    def _call(self, method: str, path: str, data: bytes | None = None) -> bytes:
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if data and data[:1] == b"{":
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                found: bytes = answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.read()
        return found
