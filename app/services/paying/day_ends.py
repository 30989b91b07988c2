"""The end of a money day: ledger, payments, the bank's statement and applicants' pages agree.

Each is summed for itself; every sum in which two differ is named. A payment that the bank
booked a day earlier or later than we heard of it is a difference of time and explained.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.terms import Action, LedgerCode, PayoutStatus
from app.domain.workdays import SHANGHAI, local_date
from app.models import (
    Application,
    BankStatement,
    CaseEvent,
    DayEnd,
    JournalEntry,
    LedgerAccount,
    Payout,
    Posting,
    StatementFinding,
    StatementLine,
)  # fmt: skip
from app.services.paying import statements

ZERO = Decimal("0.00")
TIMES = ("bank_other_day", "back_other_day", "explained", "never_booked", "bank_fee")
"""Differences that are none of our money: another day, explained by two people, the bank's fees."""

MOST_DAYS = 31
SHOWN = 20
Sums = dict[int, Decimal]
Named = dict[str, Any]


def days_to_close(session: Session, agency_id: int, *, now: dt.datetime) -> list[dt.date]:
    """Return the days whose statement was compared and whose end is not written, oldest first.

    Of the last month only: what was there before days were closed stays as it is.
    """
    since = local_date(now) - dt.timedelta(days=MOST_DAYS)
    closed = sa.exists().where(
        DayEnd.agency_id == agency_id, DayEnd.on_date == BankStatement.on_date
    )
    return list(
        session.scalars(
            sa.select(BankStatement.on_date)
            .where(
                BankStatement.agency_id == agency_id, BankStatement.on_date >= since, ~closed
            )
            .order_by(BankStatement.on_date)
        )
    )


def close(session: Session, agency_id: int, day: dt.date, *, now: dt.datetime) -> DayEnd:
    """Write the end of a day, once and for good; the database refuses a second one."""
    paid, back = _paid(session, agency_id, day), _came_back(session, agency_id, day)
    ledger_out, ledger_back = _ledger(session, agency_id, day)
    bank_out, bank_back, off, strange = _bank(session, agency_id, day)
    pages_out = _pages(session, paid, Action.PAY, day)
    pages_back = _pages(session, back, Action.BANK_RETURNED, day)
    lost = statements.given_up(session, list(back))
    transit, flight = _on_its_way(session, agency_id)
    named = [
        *_between("ledger_payments", ledger_out, paid),
        *_between("ledger_payments_back", ledger_back, back),
        *_between("payments_pages", paid, pages_out),
        *_between("payments_pages_back", back, pages_back),
        *_against_bank(session, paid, bank_out, off, "bank_other_day", day),
        *_against_bank(session, _without(back, lost), bank_back, off, "back_other_day", day),
        *_never_booked(back, lost),
        *strange,
    ]
    if transit != flight:
        named.append(_named("transit", 1, transit - flight, []))
    end = DayEnd(
        agency_id=agency_id, on_date=day, count_out=len(paid),
        ledger_out=_sum(ledger_out), ledger_back=_sum(ledger_back), payouts_out=_sum(paid),
        payouts_back=_sum(back), bank_out=_bank_total(session, agency_id, day, out=True),
        bank_back=_bank_total(session, agency_id, day, out=False), pages_out=_sum(pages_out),
        pages_back=_sum(pages_back), in_transit=transit, in_flight=flight,
        balanced=all(one["kind"] in TIMES for one in named), differences=named, closed_at=now,
    )  # fmt: skip
    session.add(end)
    session.flush()
    return end


def _span(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    begin = dt.datetime.combine(day, dt.time(), SHANGHAI)
    return begin, begin + dt.timedelta(days=1)


def _paid(session: Session, agency_id: int, day: dt.date) -> Sums:
    """Return the payments whose money left on a day, by our own rows."""
    begin, end = _span(day)
    rows = session.execute(
        sa.select(Payout.id, Payout.amount).where(
            Payout.agency_id == agency_id, Payout.paid_at >= begin, Payout.paid_at < end
        )
    )
    return dict(rows.all())


def _came_back(session: Session, agency_id: int, day: dt.date) -> Sums:
    begin, end = _span(day)
    rows = session.execute(
        sa.select(Payout.id, Payout.amount).where(
            Payout.agency_id == agency_id, Payout.status == PayoutStatus.RETURNED,
            Payout.paid_at.is_not(None), Payout.ended_at >= begin, Payout.ended_at < end,
        )
    )  # fmt: skip
    return dict(rows.all())


def _ledger(session: Session, agency_id: int, day: dt.date) -> tuple[Sums, Sums]:
    """Return what the ledger's bank account moved on a day by payment: out, and back."""
    rows = session.execute(
        sa.select(JournalEntry.payout_id, Posting.amount)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(
            LedgerAccount.agency_id == agency_id, LedgerAccount.account_id.is_(None),
            LedgerAccount.code == LedgerCode.BANK, JournalEntry.value_date == day,
        )
    )  # fmt: skip
    out: Sums = {}
    back: Sums = {}
    for payout_id, amount in rows:
        side = out if amount > 0 else back
        side[payout_id or 0] = side.get(payout_id or 0, ZERO) + abs(amount)
    return out, back


def _bank(
    session: Session, agency_id: int, day: dt.date
) -> tuple[Sums, Sums, set[int], list[Named]]:
    """Return what the bank booked for our payments, and what it booked that is none of them."""
    rows = session.execute(
        sa.select(
            StatementLine.id, StatementLine.amount, StatementLine.bucket,
            StatementLine.payout_id, StatementFinding.payout_id, StatementFinding.confirmed_at,
        )
        .outerjoin(StatementFinding, StatementFinding.line_id == StatementLine.id)
        .where(StatementLine.agency_id == agency_id, StatementLine.on_date == day)
    )  # fmt: skip
    out: Sums = {}
    back: Sums = {}
    wrong: set[int] = set()
    strange: dict[str, list[tuple[int, Decimal]]] = {}
    for line_id, amount, bucket, by_reference, by_finding, confirmed in rows:
        if bucket == "fee":
            strange.setdefault("bank_fee", []).append((line_id, amount))
            continue
        found_by_two = confirmed is not None and by_finding is not None
        ours = by_finding if found_by_two else by_reference
        if bucket == "only_theirs" and not found_by_two:
            kind = "explained" if confirmed is not None else "only_theirs"
            strange.setdefault(kind, []).append((line_id, amount))
            continue
        if bucket == "differing" and confirmed is None:
            wrong.add(ours or 0)
        side = out if amount > 0 else back
        side[ours or 0] = side.get(ours or 0, ZERO) + abs(amount)
    named = [
        _named(
            kind, len(found), sum((one[1] for one in found), ZERO), [one[0] for one in found]
        )
        for kind, found in strange.items()
    ]
    return out, back, wrong, named


def _bank_total(session: Session, agency_id: int, day: dt.date, *, out: bool) -> Decimal:
    side = StatementLine.amount > 0 if out else StatementLine.amount < 0
    total = session.scalar(
        sa.select(sa.func.sum(StatementLine.amount)).where(
            StatementLine.agency_id == agency_id, StatementLine.on_date == day, side
        )
    )
    return abs(Decimal(total or ZERO))


def _pages(session: Session, ours: Sums, action: Action, day: dt.date) -> Sums:
    """Return what applicants' pages say of these payments: the course of their case, that day."""
    begin, end = _span(day)
    said: Sums = {}
    for keys in _chunks(list(ours)):
        rows = session.execute(
            sa.select(Payout.id, Application.amount)
            .join(Application, Application.id == Payout.application_id)
            .where(
                Payout.id.in_(keys),
                sa.exists().where(
                    CaseEvent.application_id == Application.id, CaseEvent.action == action,
                    CaseEvent.at >= begin, CaseEvent.at < end,
                ),
            )
        )  # fmt: skip
        said |= dict(rows.all())
    return said


def _on_its_way(session: Session, agency_id: int) -> tuple[Decimal, Decimal]:
    """Return what the ledger has in transit now, and what our payments have in flight.

    Asked in one question: between two of them a payment may move on.
    """
    transit = (
        sa.select(sa.func.sum(Posting.amount))
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(
            LedgerAccount.agency_id == agency_id, LedgerAccount.account_id.is_(None),
            LedgerAccount.code == LedgerCode.IN_TRANSIT,
        )
    ).scalar_subquery()  # fmt: skip
    flight = (
        sa.select(sa.func.sum(Payout.amount))
        .where(Payout.agency_id == agency_id, Payout.status.in_(lifecycle.PAYOUT_IN_FLIGHT))
        .scalar_subquery()
    )
    found = session.execute(sa.select(transit, flight)).one()
    return Decimal(found[0] or ZERO), Decimal(found[1] or ZERO)


def _between(kind: str, one: Sums, other: Sums) -> list[Named]:
    """Name the payments in which two sums differ."""
    off = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
    if not off:
        return []
    amount = sum((one.get(key, ZERO) - other.get(key, ZERO) for key in off), ZERO)
    return [_named(kind, len(off), amount, sorted(off))]


def _against_bank(
    session: Session, ours: Sums, theirs: Sums, wrong: set[int], times: str, day: dt.date
) -> list[Named]:
    """Name where our payments and the bank's lines of a day differ; another day is no fault."""
    off = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
    elsewhere = _other_days(session, [key for key in off if key not in theirs], day)
    kinds: dict[str, list[int]] = {}
    for key in off:
        if key in theirs and (key in ours or key in wrong):
            kind = "differing"
        elif key in theirs or key in elsewhere:
            kind = times
        else:
            kind = "only_ours"
        kinds.setdefault(kind, []).append(key)
    return [
        _named(
            kind, len(keys),
            sum((ours.get(key, ZERO) - theirs.get(key, ZERO) for key in keys), ZERO),
            sorted(keys),
        )
        for kind, keys in kinds.items()
    ]  # fmt: skip


def _other_days(session: Session, keys: list[int], day: dt.date) -> set[int]:
    """Return the payments that a line of another day has, by reference or found by two people."""
    found: set[int] = set()
    for chunk in _chunks(keys):
        by_reference = sa.select(StatementLine.payout_id).where(
            StatementLine.payout_id.in_(chunk), StatementLine.on_date != day
        )
        by_two = (
            sa.select(StatementFinding.payout_id)
            .join(StatementLine, StatementLine.id == StatementFinding.line_id)
            .where(
                StatementFinding.payout_id.in_(chunk),
                StatementFinding.confirmed_at.is_not(None),
                StatementLine.on_date != day,
            )
        )
        rows = session.scalars(by_reference.union(by_two))
        found |= {key for key in rows if key is not None}
    return found


def _without(sums: Sums, keys: set[int]) -> Sums:
    return {key: amount for key, amount in sums.items() if key not in keys}


def _never_booked(back: Sums, lost: set[int]) -> list[Named]:
    """Name what two people took back because the bank had never booked it."""
    keys = sorted(lost & back.keys())
    total = sum((back[key] for key in keys), ZERO)
    return [_named("never_booked", len(keys), total, keys)] if keys else []


def _named(kind: str, count: int, amount: Decimal, rows: list[int]) -> Named:
    return {"kind": kind, "count": count, "amount": f"{amount:.2f}", "rows": rows[:SHOWN]}


def _sum(sums: Sums) -> Decimal:
    return sum(sums.values(), ZERO)


def _chunks(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + 500] for start in range(0, len(keys), 500))
