"""The proof of the ledger: entries balance, sums agree with rows, payments stand as booked."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.terms import LedgerCode, PayoutStatus
from app.domain.violation import Violation
from app.models import Account, JournalEntry, LedgerAccount, Payout, Posting

P, L = PayoutStatus, LedgerCode
MONEY = Account.available.type
SIDES = 2
"""An entry has two sides."""


@cache
def _entries_query() -> sa.Select[*tuple[Any, ...]]:
    total = sa.func.coalesce(sa.func.sum(Posting.amount), 0)
    return (
        sa.select(JournalEntry.id, sa.type_coerce(total, MONEY), sa.func.count(Posting.id))
        .outerjoin(Posting, Posting.entry_id == JournalEntry.id)
        .group_by(JournalEntry.id)
        .having(sa.or_(total != 0, sa.func.count(Posting.id) != SIDES))
    )


def entries(session: Session) -> Iterator[Violation]:
    """Name every entry that does not sum to zero, and the posting that was changed if it shows."""
    rows = session.execute(_entries_query()).all()
    off = {row[0]: by for row, by in _accounts_off(session)} if rows else {}
    for entry_id, over, count in rows:
        if count != SIDES:
            yield Violation(
                "entry_one_sided", "journal_entry", entry_id, f"it has {count} postings"
            )
        if over:
            yield Violation(
                "entry_unbalanced", "journal_entry", entry_id, f"its postings sum to {over}"
            )
            yield from _changed(session, entry_id, over, off)


@cache
def _whole_query() -> sa.Select[*tuple[Any, ...]]:
    total = sa.func.sum(Posting.amount)
    return sa.select(Posting.agency_id, total).group_by(Posting.agency_id).having(total != 0)


def whole(session: Session) -> Iterator[Violation]:
    """Say so when all postings of an agency do not sum to zero."""
    rows = session.execute(_whole_query())
    for agency_id, over in rows:
        yield Violation("ledger_unbalanced", "agency", agency_id, f"its books sum to {over}")


def accounts(session: Session) -> Iterator[Violation]:
    """Name every account whose row differs from its postings, or that is below zero."""
    for (account_id, available, held), (more, more_held) in _accounts_off(session):
        yield Violation(
            "account_differs", "account", account_id,
            f"the row says {available} and {held} held, the postings "
            f"{available + more} and {held + more_held}",
        )  # fmt: skip
    rows = session.scalars(
        sa.select(Account.id).where(sa.or_(Account.available < 0, Account.held < 0))
    )
    for account_id in rows:
        yield Violation("account_negative", "account", account_id, "it is below zero")


@cache
def _payments_query() -> sa.Select[*tuple[Any, ...]]:
    transit, bank = _sum_of(L.IN_TRANSIT), _sum_of(L.BANK)
    booked = (
        sa.select(JournalEntry.payout_id, transit.label("transit"), bank.label("bank"))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(JournalEntry.payout_id.is_not(None))
        .group_by(JournalEntry.payout_id)
        .subquery()
    )
    flying = _if(Payout.status.in_(lifecycle.PAYOUT_IN_FLIGHT))
    out = _if(Payout.status.in_((P.PAID, P.SETTLED)))
    in_transit = sa.type_coerce(sa.func.coalesce(booked.c.transit, 0), MONEY)
    at_bank = sa.type_coerce(sa.func.coalesce(booked.c.bank, 0), MONEY)
    return (
        sa.select(Payout.id, Payout.status, in_transit, at_bank)
        .outerjoin(booked, booked.c.payout_id == Payout.id)
        .where(sa.or_(in_transit != flying, at_bank != out))
    )


def payments(session: Session) -> Iterator[Violation]:
    """Name every payment whose money does not stand where its status says."""
    rows = session.execute(_payments_query())
    for payout_id, status, moving, gone in rows:
        yield Violation(
            "payment_differs", "payout", payout_id,
            f"it is {status}; {moving} is in transit and {gone} at the bank",
        )  # fmt: skip


def held_by_case() -> sa.Subquery:
    """Return what the postings hold for every case: ``application_id``, ``amount``."""
    return (
        sa.select(JournalEntry.application_id, sa.func.sum(Posting.amount).label("amount"))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(JournalEntry.application_id.is_not(None), LedgerAccount.code == L.HELD)
        .group_by(JournalEntry.application_id)
        .subquery()
    )


def _sum_of(code: LedgerCode) -> sa.ColumnElement[Decimal]:
    amount = sa.case((LedgerAccount.code == code, Posting.amount), else_=0)
    return sa.func.sum(sa.type_coerce(amount, MONEY))


def _if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Decimal]:
    return sa.type_coerce(sa.case((condition, Payout.amount), else_=0), MONEY)


@cache
def _accounts_off_query() -> sa.Select[*tuple[Any, ...]]:
    posted = (
        sa.select(
            LedgerAccount.account_id,
            _sum_of(L.AVAILABLE).label("available"),
            _sum_of(L.HELD).label("held"),
        )
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .where(LedgerAccount.account_id.is_not(None))
        .group_by(LedgerAccount.account_id)
        .subquery()
    )
    available = sa.type_coerce(sa.func.coalesce(posted.c.available, 0), MONEY)
    held = sa.type_coerce(sa.func.coalesce(posted.c.held, 0), MONEY)
    return (
        sa.select(Account.id, Account.available, Account.held, available, held)
        .outerjoin(posted, posted.c.account_id == Account.id)
        .where(sa.or_(available != Account.available, held != Account.held))
    )


def _accounts_off(
    session: Session,
) -> list[tuple[tuple[int, Decimal, Decimal], tuple[Decimal, Decimal]]]:
    """Return the accounts whose row differs from the postings, and by how much."""
    rows = session.execute(_accounts_off_query())
    return [
        ((key, free, kept), (there - free, there_held - kept))
        for key, free, kept, there, there_held in rows
    ]


def _changed(
    session: Session, entry_id: int, over: Decimal, off: dict[int, tuple[Decimal, Decimal]]
) -> Iterator[Violation]:
    """Name the posting that explains both: its entry and its account are off by the same sum."""
    rows = session.execute(
        sa.select(Posting.id, LedgerAccount.account_id, LedgerAccount.code)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(Posting.entry_id == entry_id)
    ).all()
    shown = [
        posting_id
        for posting_id, account_id, code in rows
        if account_id in off and over == off[account_id][0 if code == L.AVAILABLE else 1]
    ]
    agency_side = [posting_id for posting_id, account_id, _ in rows if account_id is None]
    for posting_id in shown or agency_side:
        yield Violation(
            "posting_changed", "posting", posting_id, f"its amount was changed by {over}"
        )
