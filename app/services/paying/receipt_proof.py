"""The proof of receipts: each says what its payment, its case and its entry say."""

import datetime as dt
import json
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import anju_verify
from app.domain import masking
from app.domain.capitals import in_capitals
from app.domain.terms import Kind
from app.domain.violation import Violation
from app.domain.workdays import local_date
from app.models import (
    Application,
    Bank,
    JournalEntry,
    Payout,
    Receipt,
    StatementFinding,
    StatementLine,
)  # fmt: skip
from app.services.paying.receipts import KINDS

AT_ONCE = 1000


@cache
def _query() -> sa.Select[*tuple[Any, ...]]:
    """Return every receipt with its payment, once for every entry that booked it as paid."""
    paid = sa.and_(JournalEntry.payout_id == Payout.id, JournalEntry.kind == "paid")
    return (
        sa.select(
            Receipt.id, Receipt.number, Receipt.check_code, Receipt.facts, Receipt.issued_at,
            Receipt.application_id, Payout.application_id.label("case_id"), Payout.amount,
            Payout.bank_reference, Payout.payee_name, Payout.payee_last_four,
            Payout.payee_bank_code, Payout.paid_at, Application.number.label("case_number"),
            Application.kind, Application.interest, Application.decided_at,
            JournalEntry.reference.label("entry"), _day_of_line().label("line_day"),
            _day_found().label("found_day"),
        )
        .join(Payout, Payout.id == Receipt.payout_id)
        .join(Application, Application.id == Payout.application_id)
        .outerjoin(JournalEntry, paid)
        .order_by(Receipt.id)
    )  # fmt: skip


def _day_of_line() -> sa.ScalarSelect[dt.date]:
    """Return the day on which the bank booked a payment under its reference."""
    line = StatementLine
    booked = line.payout_id == Payout.id, line.direction == "out"
    return sa.select(sa.func.min(line.on_date)).where(*booked).scalar_subquery()


def _day_found() -> sa.ScalarSelect[dt.date]:
    """Return the day of the line in which two people found a payment."""
    finding, line = StatementFinding, StatementLine
    return (
        sa.select(sa.func.min(line.on_date))
        .join(finding, finding.line_id == line.id)
        .where(finding.payout_id == Payout.id, line.direction == "out")
        .where(finding.confirmed_at.is_not(None))
        .scalar_subquery()
    )


def verify(session: Session) -> Iterator[Violation]:
    """Name every receipt that says anything else than the payment itself."""
    banks = _banks(session)
    rows = session.execute(_query().execution_options(yield_per=AT_ONCE))
    for key, of_one in groupby(rows, key=lambda row: row.id):
        if wrong := _wrong(list(of_one), banks):
            yield Violation("receipt_differs", "receipt", key, wrong)


def is_confirmed(session: Session, receipt: Receipt) -> bool:
    """Tell whether what a receipt says is what was paid: before anybody calls it genuine."""
    rows = session.execute(_query().where(Receipt.id == receipt.id)).all()
    return bool(rows) and not _wrong(list(rows), _banks(session))


def _wrong(rows: list[Any], banks: dict[str, str]) -> str:
    """Return what is wrong with a receipt in a sentence, or nothing."""
    try:
        said = json.loads(rows[0].facts)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return "what it says cannot be read"
    for name, is_so in _must(rows[0]).items():
        if said.get(name) != is_so:
            return f"its {name} is {said.get(name)}, that of the payment is {is_so}"
    if said.get("paid_on") not in (days := _days(rows[0])):
        return f"its paid_on is {said.get('paid_on')}, that of the payment is {days[0]}"
    if said.get("entry") not in {row.entry for row in rows}:
        return f"no entry {said.get('entry')} booked the payment"
    if rows[0].application_id != rows[0].case_id:
        return "it names the case of another payment"
    return _wrong_bank(said.get("bank"), rows[0].payee_bank_code, banks)


def _must(row: Any) -> dict[str, str | None]:
    """Return what a receipt must say; None stands for what it must not name."""
    is_closing, decided = row.kind is Kind.CLOSING, row.decided_at
    return {
        "number": row.number, "check": anju_verify.digest(row.check_code),
        "case": row.case_number or "", "kind": KINDS[row.kind],
        "amount": f"{row.amount:.2f}", "capitals": in_capitals(row.amount),
        "principal": f"{row.amount - row.interest:.2f}" if is_closing else None,
        "interest": f"{row.interest:.2f}" if is_closing else None,
        "payee": masking.mask_name(row.payee_name),
        "card": f"{masking.STARS} {row.payee_last_four}",
        "bank_reference": row.bank_reference or "",
        "approved_on": local_date(decided).isoformat() if decided else None,
    }  # fmt: skip


def _days(row: Any) -> list[str]:
    """Return the days a payment may be said to be paid on: when it was told, when it was booked."""
    told = local_date(row.paid_at or row.issued_at)
    return [day.isoformat() for day in (told, row.line_day, row.found_day) if day is not None]


def _wrong_bank(said: object, code: str, banks: dict[str, str]) -> str:
    """A bank may have been given another name since: only another bank's name is wrong."""
    now = banks.get(code, code)
    if said == now or (said and said not in banks.values() and code in banks):
        return ""
    return f"its bank is {said}, that of the payment is {now}"


def _banks(session: Session) -> dict[str, str]:
    rows = session.execute(sa.select(Bank.code, Bank.short_name_zh))
    return {row.code: row.short_name_zh for row in rows}
