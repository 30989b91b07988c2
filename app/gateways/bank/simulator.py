"""The bank simulator seen from the hall: its HTTP interface behind the ``Bank`` Protocol."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from app.gateways.bank.protocol import BankState, Payment, Receipt, Statement, StatementLine
from app.gateways.errors import Unavailable
from app.gateways.exchange import Answer, exchange

MOST = Decimal(10) ** 12
"""No sum of a bank reaches it, yuan."""

CENT = Decimal("0.01")
_CONFLICT = 409
_OK = 200
_NOT_READABLE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    InvalidOperation,
    OverflowError,
    RecursionError,
)
_JSON = {"Content-Type": "application/json; charset=utf-8"}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SimulatorBank:
    """A client of the bank simulator at ``url``; each exchange ends within ``seconds``.

    Whatever is not a clear answer is ``UNKNOWN``: silence, HTTP errors, broken bodies, states
    that do not exist, an answer about another reference. ``clock`` stamps receipts without a
    time of their own. Statements are those of the payer's ``account``, or of all.
    """

    def __init__(
        self,
        url: str,
        *,
        account: str = "",
        seconds: float = 10.0,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._url = url.rstrip("/")
        self._account = account
        self._seconds = seconds
        self._clock = clock

    def send(self, payment: Payment) -> Receipt:
        """Hand in one payment; ``DUPL`` with the first one's state when it was there before."""
        body = json.dumps(asdict(payment) | {"amount": f"{payment.amount:.2f}"}).encode()
        receipt = self._ask("POST", "/payments", payment.reference, body)
        if receipt.state is BankState.NOT_FOUND:
            return replace(receipt, state=BankState.UNKNOWN, code="unreadable")
        return receipt

    def query(self, reference: str) -> Receipt:
        """Ask what became of a reference."""
        return self._ask("GET", f"/payments/{quote(reference, safe='')}", reference, b"")

    def statement(self, day: date) -> Statement:
        """Read the bookings of one day and compare them with the declared count and total."""
        target = f"/statement?day={day.isoformat()}&account={quote(self._account, safe='')}"
        try:
            answer = exchange("bank", "GET", self._url + target, seconds=self._seconds)
        except Unavailable as fault:
            return Statement(day, (), complete=False, problem=fault.code)
        if answer.status != _OK:
            code = f"http_{answer.status}"
            return Statement(day, (), complete=False, problem=code, raw=answer.body)
        try:
            return _statement(day, answer.body)
        except _NOT_READABLE:
            return Statement(day, (), complete=False, problem="unreadable", raw=answer.body)

    def _ask(self, method: str, target: str, reference: str, body: bytes) -> Receipt:
        sent = f"{method} {target}\n".encode() + body
        try:
            answer = exchange(
                "bank",
                method,
                self._url + target,
                seconds=self._seconds,
                body=body or None,
                headers=_JSON,
            )
        except Unavailable as fault:
            return self._unknown(fault.code, str(fault), sent, b"")
        try:
            return self._receipt(reference, sent, answer)
        except _NOT_READABLE:
            return self._unknown("unreadable", "", sent, answer.body)

    def _receipt(self, reference: str, sent: bytes, answer: Answer) -> Receipt:
        if answer.status == _CONFLICT:
            text = "the reference was used for another payment"
            return self._unknown("AM05", text, sent, answer.body)
        if answer.status != _OK:
            return self._unknown(f"http_{answer.status}", "", sent, answer.body)
        said = json.loads(answer.body)
        if said["reference"] != reference:
            return self._unknown("unreadable", "about another reference", sent, answer.body)
        return Receipt(
            state=BankState(said["state"]),
            code=_words(said.get("code", "")),
            text=_words(said.get("text", "")),
            at=_moment(said["at"]),
            raw_request=sent,
            raw_answer=answer.body,
            amount=_yuan(said["amount"]) if "amount" in said else None,
            payee_tail=_words(said.get("payee_tail", "")),
        )

    def _unknown(self, code: str, text: str, sent: bytes, got: bytes) -> Receipt:
        return Receipt(BankState.UNKNOWN, code, text, self._clock(), sent, got)


def _statement(day: date, body: bytes) -> Statement:
    said = json.loads(body)
    if said["day"] != day.isoformat():
        raise ValueError("a statement of another day")
    lines = tuple(_line(row) for row in said["lines"])
    total = sum((line.amount for line in lines), Decimal(0))
    problem = "" if said["closed"] is True else "day_open"
    if said["count"] != len(lines) or _yuan(said["total"]) != total:
        problem = "wrong_totals"
    return Statement(day, lines, complete=not problem, problem=problem, raw=body)


def _line(row: dict[str, Any]) -> StatementLine:
    return StatementLine(
        reference=_words(row["reference"]),
        amount=_yuan(row["amount"]),
        payee_name=_words(row["payee_name"]),
        payee_card=_words(row["payee_card"]),
        booked_at=_moment(row["at"]),
    )


def _words(value: Any) -> str:
    """Return a text of the bank without signs that no database keeps: NUL, halves of a sign."""
    return "".join(sign for sign in str(value) if sign.isprintable())


def _yuan(text: Any) -> Decimal:
    if not isinstance(text, str):
        raise TypeError("an amount is written as text")
    amount = Decimal(text)
    if not amount.is_finite() or abs(amount) > MOST or amount != amount.quantize(CENT):
        raise ValueError("an amount is a number of whole fen")
    return amount


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.astimezone(UTC)
