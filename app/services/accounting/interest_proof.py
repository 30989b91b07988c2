"""The proof of settled interest: every posting of a yearly run, reckoned again another way.

Nothing is shared with the settlement but the rates: fractions instead of decimals, one account
at a time, entry by entry in the order of their keys.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import LedgerCode
from app.domain.violation import Violation
from app.models import (
    Account,
    InterestRun,
    JournalEntry,
    LedgerAccount,
    LedgerReversal,
    Posting,
)  # fmt: skip
from app.services import reference
from app.services.accounting import settlement

CHUNK = 1000
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Booked:
    """What one entry did to a balance: fen, from a day; of a twin, whose it is."""

    key: int
    day: dt.date
    kind: str
    name: str
    fen: int
    of: int | None


def interest(session: Session) -> Iterator[Violation]:
    """Name every interest entry of a yearly run that is not what its account earned until then."""
    runs = session.execute(
        sa.select(InterestRun.scheme_id, InterestRun.year).order_by(InterestRun.id)
    ).all()
    for scheme_id, year in runs:
        yield from _run(session, scheme_id, year)


def _run(session: Session, scheme_id: int, year: int) -> Iterator[Violation]:
    to = settlement.credited_on(year)
    rates = reference.interest_rates(session, scheme_id)
    basis = int(reference.settings_on(session, scheme_id, to).get("interest_basis") or 360)
    last = 0
    while keys := _accounts(session, scheme_id, after=last):
        for account_id, booked in _books(session, keys):
            name = settlement.reference_of(account_id, year)
            for one in booked:
                if one.name != name:
                    continue
                must = earned(booked, one, to=to, rates=rates, basis=basis)
                if must != one.fen:
                    yield Violation(
                        "interest_differs", "journal_entry", one.key,
                        f"it posted {one.fen} fen of interest, {must} were earned",
                    )  # fmt: skip
        last = keys[-1]


def earned(
    booked: Sequence[Booked],
    at: Booked,
    *,
    to: dt.date,
    rates: Sequence[tuple[dt.date, Decimal]],
    basis: int,
) -> int:
    """Return the fen that an account had earned until a day when an entry was posted."""
    before = [one for one in booked if one.key < at.key]
    undone = {one.of for one in before if one.of is not None}
    posted = [one for one in before if one.kind == "interest" and one.key not in undone]
    last = posted[-1] if posted else None
    whole = Fraction(0)
    for one in before:
        day = one.day
        if last is not None and one.key <= last.key:
            day = max(day, last.day)
        whole += one.fen * _days_times_rate(day, to, rates)
    return int((whole / basis + HALF) // 1)


def _days_times_rate(
    day: dt.date, to: dt.date, rates: Sequence[tuple[dt.date, Decimal]]
) -> Fraction:
    found = Fraction(0)
    for place, (begins, rate) in enumerate(rates):
        ends = rates[place + 1][0] if place + 1 < len(rates) else to
        days = (min(ends, to) - max(begins, day)).days
        found += max(days, 0) * Fraction(rate)
    return found


def _accounts(session: Session, scheme_id: int, *, after: int) -> Sequence[int]:
    """Return the next accounts of a service, by key."""
    return session.scalars(
        sa.select(Account.id)
        .where(Account.scheme_id == scheme_id, Account.id > after)
        .order_by(Account.id)
        .limit(CHUNK)
    ).all()


def _books(session: Session, keys: Sequence[int]) -> Iterator[tuple[int, list[Booked]]]:
    """Give each account with what moved its balance, in the order it was posted."""
    total = sa.func.sum(Posting.amount)
    rows = session.execute(
        sa.select(
            LedgerAccount.account_id, JournalEntry.id, JournalEntry.value_date,
            JournalEntry.kind, JournalEntry.reference, total, LedgerReversal.entry_id,
        )
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(LedgerReversal, LedgerReversal.twin_id == JournalEntry.id)
        .where(
            LedgerAccount.account_id.in_(keys),
            LedgerAccount.code.in_((LedgerCode.AVAILABLE, LedgerCode.HELD)),
        )
        .group_by(
            LedgerAccount.account_id, JournalEntry.id, JournalEntry.value_date,
            JournalEntry.kind, JournalEntry.reference, LedgerReversal.entry_id,
        )
        .order_by(LedgerAccount.account_id, JournalEntry.id)
    )  # fmt: skip
    for account_id, of_account in groupby(rows, key=lambda row: row[0]):
        yield (
            account_id,
            [
                Booked(key, day, kind, name, int(amount * 100), of)
                for _, key, day, kind, name, amount, of in of_account
            ],
        )
