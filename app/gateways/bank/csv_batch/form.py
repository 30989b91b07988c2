"""The table way of a bank: what each file holds, cell by cell."""

import datetime as dt
from collections.abc import Mapping

from app.domain.numbers import bank_reference_ok
from app.gateways.bank.orders import (
    Answer,
    DayStatement,
    Order,
    Read,
    Said,
    Unreadable,
    Unwritable,
)
from app.gateways.bank.protocol import BankState, StatementLine

from . import table
from .table import Row

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
ORDER, ANSWER, STATEMENT = "ANJU-DF1", "ANJU-HP1", "ANJU-DZ1"
"""Kinds of files: payments out (代付), their answer (回盘), a day's bookings (对账)."""

STATES: Mapping[str, BankState] = {
    "0": BankState.PAID,
    "1": BankState.REJECTED,
    "2": BankState.PROCESSING,
    "3": BankState.RETURNED,
}
"""Results as the national data standard numbers them: done, failed, under way; 3 sent back."""

CURRENCY = "CNY"
MONEY_IN = frozenset({"", "ACDT", "CDPT", "CHKD", "DMCT", "ESCT", "INTR", "XBCT"})
"""No code, or ISO's codes of money that comes from others: transfers, cash, interest."""

EARLIEST = dt.date(1990, 1, 1)
"""No statement is of a day before."""


class CsvBatch:
    """Writes batches; reads answers and statements in the same manner."""

    name = "csv"
    suffix = ".csv"

    def write(self, order: Order) -> bytes:
        """Write a batch, the same bytes for the same order; raises ``Unwritable``."""
        references = {payment.reference for payment in order.payments}
        if not references or len(references) != len(order.payments):
            raise Unwritable("a batch holds each payment once, and one at least")
        if any(payment.amount <= 0 for payment in order.payments):
            raise Unwritable("a payment without an amount")
        head = (
            ORDER, order.message_id, order.pay_on.isoformat(), order.payer_account,
            order.payer_name, CURRENCY,
        )  # fmt: skip
        rows = (
            (
                payment.reference, f"{payment.amount:.2f}", payment.payee_name,
                payment.payee_card, *order.clearing.get(payment.payee_bank_code, ("", "")),
                payment.purpose,
            )
            for payment in order.payments
        )  # fmt: skip
        return table.write(head, rows, order.total)

    def read(self, data: bytes) -> Read:
        """Read a whole file of the bank; raises ``Unreadable`` naming line and column."""
        start = data[:400].decode(table.ENCODING, "replace").removeprefix("\ufeff")
        kind = start.replace('"', "").split(",", 2)[1:2]
        if kind == [ANSWER]:
            return _answer(data)
        if kind == [STATEMENT]:
            return _statement(data)
        raise Unreadable("not_known", "".join(kind), line=1, column=2)


def _answer(data: bytes) -> Answer:
    """Read an answer.

    H: kind, number, batch, its count, its sum, result, code, words. D: number, reference,
    amount, result, code, words.
    """
    head, rows, _ = table.read(data, head=9, row=7, sum_at=4)
    seen: set[str] = set()
    for row in rows:
        if row.must(3) in seen:
            raise row.wrong("twice", 3)
        seen.add(row.must(3))
    whole = _said(head, 7) if head.cells[6] else None
    return Answer(
        message_id=head.must(3),
        about=head.must(4),
        whole=whole,
        lines=tuple(_said(row, 5, row.must(3), 4) for row in rows),
        count=head.number(5),
        total=head.amount(6),
    )


def _said(row: Row, place: int, reference: str = "", amount_at: int = 0) -> Said:
    result = row.cells[place - 1]
    if result not in STATES:
        raise row.wrong("value", place)
    return Said(
        state=STATES[result],
        code=row.text(place + 1).strip().upper() or ("NARR" if result == "1" else ""),
        text=row.text(place + 2) if place + 2 <= len(row.cells) else "",
        reference=reference,
        amount=row.amount(amount_at) if amount_at else None,
        line=row.line,
        column=place,
    )


def _statement(data: bytes) -> DayStatement:
    """Read a day's statement.

    H: kind, number, account, day, opening, closing. D: number, reference, amount (out is
    positive), name, account, time, code.
    """
    head, rows, trailer = table.read(data, head=7, row=8, sum_at=4)
    day, opening, closing = _day(head, 5), head.amount(6), head.amount(7)
    if opening - trailer.amount(3) != closing:
        raise head.wrong("total", 7)
    lines = [_line(row, day) for row in rows]
    return DayStatement(
        message_id=head.must(3),
        account=head.must(4),
        day=day,
        opening=opening,
        closing=closing,
        lines=tuple(line for line in lines if not _is_from_others(line)),
    )


def _is_from_others(line: StatementLine) -> bool:
    """Tell whether a line is money in that never was ours to pay: it counts for the balance only."""
    return line.amount < 0 and line.code in MONEY_IN and not bank_reference_ok(line.reference)


def _line(row: Row, day: dt.date) -> StatementLine:
    if not row.amount(4):
        raise row.wrong("value", 4)
    try:
        time = dt.time.fromisoformat(row.must(7))
    except ValueError:
        raise row.wrong("value", 7) from None
    booked = dt.datetime.combine(day, time.replace(tzinfo=None), SHANGHAI)
    return StatementLine(
        reference=row.must(3),
        amount=row.amount(4),
        payee_name=row.text(5),
        payee_card=row.text(6),
        booked_at=booked.astimezone(dt.UTC),
        code=row.text(8).strip().upper(),
    )


def _day(row: Row, place: int) -> dt.date:
    try:
        day = dt.date.fromisoformat(row.cells[place - 1])
    except ValueError:
        raise row.wrong("value", place) from None
    if day < EARLIEST:
        raise row.wrong("value", place)
    return day
