"""Start and end a bank simulator as a real process of its own."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.gateways.bank.simulator import SimulatorBank
from app.gateways.errors import Unavailable
from app.gateways.exchange import exchange

# Started as ``gateways.bank.server`` from within ``app``: the web framework stays unloaded.
_APP = Path(__file__).resolve().parents[2]


class SimulatorProcess:
    """A running bank simulator; leaves the store behind, so that it can be started again.

    ``with SimulatorProcess(tmp_path / "bank.db") as bank_process: …``
    """

    def __init__(self, store: Path, *, port: int = 0) -> None:
        self.store = store
        self.port = port
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Start it and return when it takes payments; a second start uses the same port."""
        process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            [
                *(sys.executable, "-m", "gateways.bank.server", "--with-parent"),
                *("--port", str(self.port), "--store", str(self.store.resolve())),
            ],
            cwd=_APP,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._process = process
        told = process.stdout.readline().split() if process.stdout else []
        if not told:
            self.stop()
            raise Unavailable("bank simulator", "no_connection", "it did not start")
        self.url = told[-1]
        self.port = int(self.url.rpartition(":")[2])
        return self

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def control(self, **said: Any) -> None:
        """Script its behaviour, see ``Script.update``; raises ``ValueError`` if refused."""
        body = json.dumps(said).encode()
        answer = exchange("bank", "POST", f"{self.url}/control", seconds=5, body=body)
        if answer.status != HTTPStatus.OK:
            raise ValueError(answer.body.decode())

    def client(self, *, seconds: float = 5.0) -> SimulatorBank:
        """Return the hall's adapter to it."""
        return SimulatorBank(self.url, seconds=seconds)

    def booked(self) -> Counter[str]:
        """Count the outgoing bookings of every reference, straight from the bank's own file."""
        line = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        try:
            rows = line.execute("SELECT reference FROM booking WHERE amount_fen > 0")
            return Counter(reference for (reference,) in rows)
        finally:
            line.close()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(timeout=10)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
