"""The bank simulator: a process of its own that takes payments, pays once and misbehaves.

``POST /payments``, ``GET /payments/<reference>``, ``GET /statement?day=&account=``,
``POST /control`` (see ``faults.Script.update``), ``GET /healthz``. Never for a production bank.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .books import FIELDS, Books, Differs, bank_day
from .faults import Fault, Script

MOST_BODY = 64 * 1024
GARBAGE = b"\x00\xff<html>502 \xe9\x93</ht"
SILENT = frozenset({Fault.TIME_OUT, Fault.LOST})


class BankServer(ThreadingHTTPServer):
    """The listening bank with its books and its script."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, books: Books) -> None:
        self.books = books
        self.script = Script()
        super().__init__((host, port), Counter)


class Counter(BaseHTTPRequestHandler):
    """The bank's counter: one request of one customer."""

    server: BankServer
    wbufsize = -1
    timeout = 60

    def do_POST(self) -> None:
        """Take a payment or a control message."""
        try:
            said = json.loads(self._body())
            if self.path == "/payments":
                self._take({field: said[field] for field in FIELDS})
            elif self.path == "/control":
                self.server.script.update(said)
                self._say(200, {"state": "ok"})
            else:
                self._say(404, {"error": "no such page"})
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            self._say(400, {"error": f"{type(fault).__name__}: {fault}"})

    def do_GET(self) -> None:
        """Answer a query, hand out a statement, or say that the bank is open."""
        asked = urlsplit(self.path)
        if asked.path == "/healthz":
            self._say(200, {"state": "ok"})
        elif asked.path == "/statement":
            self._statement(parse_qs(asked.query))
        elif asked.path.startswith("/payments/"):
            self._query(unquote(asked.path.removeprefix("/payments/")))
        else:
            self._say(404, {"error": "no such page"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep quiet: addresses hold references and bodies hold cards."""

    def _take(self, content: dict[str, str]) -> None:
        if not all(isinstance(value, str) for value in content.values()):
            raise TypeError("every field is text")
        books, script = self.server.books, self.server.script
        again = books.sent_before(content["reference"], now=script.now())
        behaviour = script.for_send(
            content["payee_card"], content["amount"], content["reference"], again=again
        )
        if behaviour.fault is Fault.HTTP_500:
            return self._say(500, {"error": "internal"})
        if behaviour.fault is not Fault.LOST:
            try:
                held, before = books.take(content, behaviour, now=script.now())
            except Differs:
                return self._say(409, {"error": "reference used for another payment"})
            answer = asdict(held) | ({"code": "DUPL"} if before else {})
            if behaviour.fault not in SILENT | {Fault.GARBAGE}:
                return self._answer(answer, behaviour.fault)
        return self._fail(behaviour.fault)

    def _query(self, reference: str) -> None:
        behaviour = self.server.script.for_query()
        if behaviour.fault in SILENT | {Fault.GARBAGE}:
            return self._fail(behaviour.fault)
        if behaviour.fault is Fault.HTTP_500:
            return self._say(500, {"error": "internal"})
        now = self.server.script.now()
        held = self.server.books.ask(reference, now=now)
        if held is None:
            nothing = {"reference": reference, "state": "not_found", "at": now.isoformat()}
            return self._answer(nothing, behaviour.fault)
        return self._answer(asdict(held), behaviour.fault)

    def _statement(self, asked: dict[str, list[str]]) -> None:
        try:
            day = date.fromisoformat(asked["day"][0])
        except (KeyError, ValueError):
            return self._say(400, {"error": "which day?"})
        script = self.server.script
        lines = self.server.books.bookings(day, asked.get("account", [""])[0])
        for fault in script.statement:
            if fault["kind"] != "wrong_totals":
                lines = _spoilt(lines, fault["kind"], fault.get("reference", ""))
        total = sum((Decimal(line["amount"]) for line in lines), Decimal("0.00"))
        if any(fault["kind"] == "wrong_totals" for fault in script.statement):
            total += Decimal("0.01")
        said = {
            "day": day.isoformat(),
            "closed": day < bank_day(script.now()),
            "count": len(lines),
            "total": str(total),
            "lines": lines,
        }
        return self._say(200, said)

    def _answer(self, said: dict[str, Any], fault: Fault) -> None:
        if fault is Fault.SLOW:
            time.sleep(self.server.script.delay)
        self._say(200, said)

    def _fail(self, fault: Fault) -> None:
        if fault is Fault.GARBAGE:
            return self._write(200, GARBAGE)
        time.sleep(self.server.script.hold)
        self.close_connection = True
        return None

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length", "0"))
        if not 0 <= length <= MOST_BODY:
            raise ValueError("the message is too long")
        return self.rfile.read(length)

    def _say(self, status: int, said: dict[str, Any]) -> None:
        self._write(status, json.dumps(said, ensure_ascii=False).encode())

    def _write(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _spoilt(lines: list[dict[str, str]], kind: str, reference: str) -> list[dict[str, str]]:
    """Return the lines with one fault at ``reference``, or at the first line without one."""
    spot = next((n for n, line in enumerate(lines) if line["reference"] == reference), 0)
    if not lines:
        return lines
    line = lines[spot]
    changed = {
        "missing": [],
        "doubled": [line, line],
        "wrong_amount": [line | {"amount": str(Decimal(line["amount"]) + 1)}],
        "extra": [line, line | {"reference": reference or "NOBODY0001"}],
    }[kind]
    return [*lines[:spot], *changed, *lines[spot + 1 :]]


def serve(port: int, store_path: Path, *, host: str = "127.0.0.1") -> None:
    """Run the bank until it is interrupted or terminated; port 0 lets the machine choose.

    Prints one line, ``bank simulator on http://host:port``, when it takes payments.
    """
    signal.signal(signal.SIGTERM, _leave)
    books = Books(store_path)
    try:
        with BankServer(host, port, books) as server:
            place = f"http://{host}:{server.server_port}"
            sys.stdout.write(f"bank simulator on {place}\n")
            sys.stdout.flush()
            server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        books.close()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Read the command line and serve."""
    words = argparse.ArgumentParser(description="A bank that is not one, for tests and demos.")
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--store", type=Path, required=True)
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--with-parent", action="store_true", help="end when the caller ends")
    chosen = words.parse_args()
    if chosen.with_parent:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    serve(chosen.port, chosen.store, host=chosen.host)


if __name__ == "__main__":
    main()
