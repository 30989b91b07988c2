"""The simulated bank's books: its own SQLite file, on disk before anything is answered."""

import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from .faults import Behaviour, Fault

SHANGHAI = timezone(timedelta(hours=8))
FIELDS = (
    "reference",
    "amount",
    "payee_name",
    "payee_card",
    "payee_bank_code",
    "purpose",
    "payer_account",
)
MOST_REFERENCE = 20
CENT = Decimal("0.01")
_TABLES = """
CREATE TABLE IF NOT EXISTS payment (
    reference TEXT PRIMARY KEY, content TEXT NOT NULL, fault TEXT NOT NULL,
    state TEXT NOT NULL, code TEXT NOT NULL, queries INTEGER NOT NULL DEFAULT 0,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS attempt (reference TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS attempt_reference ON attempt (reference);
CREATE TABLE IF NOT EXISTS booking (
    id INTEGER PRIMARY KEY, reference TEXT NOT NULL, amount_fen INTEGER NOT NULL,
    day TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS booking_day ON booking (day);
"""


class Differs(Exception):
    """The reference was used before for a payment with other contents."""


@dataclass(frozen=True, slots=True)
class Held:
    """One payment as the bank holds it."""

    reference: str
    state: str
    code: str
    at: str
    amount: str
    payee_tail: str


class Books:
    """Payments and bookings; a reference is booked once, however often it is sent."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._line = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._line.execute("PRAGMA journal_mode = WAL")
        self._line.execute("PRAGMA synchronous = FULL")
        self._line.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._line.close()

    def sent_before(self, reference: str, *, now: datetime) -> bool:
        """Note that a reference was sent, and tell whether it had been sent before."""
        with self._lock, self._line:
            self._line.execute("BEGIN IMMEDIATE")
            asked = "SELECT 1 FROM attempt WHERE reference = ? LIMIT 1"
            before = self._line.execute(asked, (reference,)).fetchone() is not None
            self._line.execute("INSERT INTO attempt VALUES (?, ?)", (reference, _iso(now)))
        return before

    def take(
        self, content: dict[str, str], behaviour: Behaviour, *, now: datetime
    ) -> tuple[Held, bool]:
        """Take a payment and book it where it is paid; the flag says it was there before.

        Raises ``Differs`` when the reference stands for another payment.
        """
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        with self._lock, self._line:
            self._line.execute("BEGIN IMMEDIATE")
            row = self._row(content["reference"])
            if row is not None:
                if row["content"] != text:
                    raise Differs
                return _held(row), True
            state, code = _first_state(content, behaviour)
            self._line.execute(
                "INSERT INTO payment (reference, content, fault, state, code, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (content["reference"], text, behaviour.fault, state, code, _iso(now)),
            )
            if state == "accepted":
                self._book(content["reference"], fen(content["amount"]), now)
            return Held(content["reference"], state, code, _iso(now), *_shown(content)), False

    def ask(self, reference: str, *, now: datetime) -> Held | None:
        """Answer a query and let the payment move on as its fault has it."""
        with self._lock, self._line:
            self._line.execute("BEGIN IMMEDIATE")
            row = self._row(reference)
            if row is None:
                return None
            self._move_on(row, now)
            return _held(self._row(reference))

    def bookings(self, day: date, account: str = "") -> list[dict[str, str]]:
        """Return the bookings of a day, of one payer's account or all, as a statement's lines."""
        with self._lock:
            rows = self._line.execute(
                "SELECT b.reference, b.amount_fen, b.at, p.content FROM booking b"
                " JOIN payment p ON p.reference = b.reference WHERE b.day = ? ORDER BY b.id",
                (day.isoformat(),),
            ).fetchall()
        return [
            _statement_line(*row)
            for row in rows
            if account in ("", json.loads(row[3])["payer_account"])
        ]

    def _row(self, reference: str) -> Any:
        cursor = self._line.execute("SELECT * FROM payment WHERE reference = ?", (reference,))
        cursor.row_factory = sqlite3.Row
        return cursor.fetchone()

    def _move_on(self, row: Any, now: datetime) -> None:
        state, asked = row["state"], row["queries"] + 1
        if state == "accepted":
            state = "paid"
        elif state == "processing" and asked > 1:
            state = "paid"
            self._book(row["reference"], _amount(row), now)
        elif state == "paid" and row["fault"] == Fault.RETURN:
            state = "returned"
            self._book(row["reference"], -_amount(row), now)
        self._line.execute(
            "UPDATE payment SET state = ?, queries = ?, at = ? WHERE reference = ?",
            (state, asked, _iso(now) if state != row["state"] else row["at"], row["reference"]),
        )

    def _book(self, reference: str, amount_fen: int, now: datetime) -> None:
        self._line.execute(
            "INSERT INTO booking (reference, amount_fen, day, at) VALUES (?, ?, ?, ?)",
            (reference, amount_fen, bank_day(now).isoformat(), _iso(now)),
        )


def bank_day(now: datetime) -> date:
    """Return the bank's date of a moment, Asia/Shanghai."""
    return now.astimezone(SHANGHAI).date()


def fen(yuan: str) -> int:
    """Return fen of an amount written in yuan."""
    return int(Decimal(yuan) * 100)


def yuan(amount_fen: int) -> str:
    """Write fen as yuan with two decimals."""
    return str((Decimal(amount_fen) / 100).quantize(CENT))


def _first_state(content: dict[str, str], behaviour: Behaviour) -> tuple[str, str]:
    if not _well_formed(content):
        return "rejected", "FF01"
    if behaviour.fault is Fault.REJECT:
        return "rejected", behaviour.code
    if behaviour.fault is Fault.LATE:
        return "processing", ""
    return "accepted", behaviour.code


def _well_formed(content: dict[str, str]) -> bool:
    try:
        amount = Decimal(content["amount"])
        if not (amount > 0 and amount == amount.quantize(CENT)):
            return False
    except InvalidOperation:
        return False
    card = content["payee_card"]
    return (
        card.isascii()
        and card.isdigit()
        and bool(content["payee_name"].strip())
        and 0 < len(content["reference"]) <= MOST_REFERENCE
    )


def _held(row: Any) -> Held:
    content = json.loads(row["content"])
    code = row["code"] if row["state"] in {"returned", "rejected"} else ""
    return Held(row["reference"], row["state"], code, row["at"], *_shown(content))


def _amount(row: Any) -> int:
    return fen(json.loads(row["content"])["amount"])


def _shown(content: dict[str, str]) -> tuple[str, str]:
    return content["amount"], content["payee_card"][-4:]


def _statement_line(reference: str, amount_fen: int, at: str, content: str) -> dict[str, str]:
    said = json.loads(content)
    return {
        "reference": reference,
        "amount": yuan(amount_fen),
        "payee_name": said["payee_name"],
        "payee_card": said["payee_card"],
        "at": at,
    }


def _iso(now: datetime) -> str:
    return now.astimezone(UTC).isoformat()
