"""No fen bears twice: what an account was given is what lay there, day by day, at the most."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import LedgerCode
from app.models import Account, JournalEntry, LedgerAccount, Posting
from app.services import reference
from tests.simulation.story import Broken

LAY = (LedgerCode.AVAILABLE, LedgerCode.HELD, LedgerCode.SUSPENSE)
SLACK_DAYS = 2
"""The hall's clock may be set back by a day, and by a day again."""

FEN = Decimal("0.01")
BASIS = 360


def bounded(session: Session, *, to: dt.date) -> None:
    """Raise ``Broken`` when an account was given more interest than all that lay there earned."""
    lay: dict[int, dict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    given: dict[int, Decimal] = defaultdict(Decimal)
    times: dict[int, int] = defaultdict(int)
    rows = session.execute(
        sa.select(
            LedgerAccount.account_id, JournalEntry.value_date, JournalEntry.kind, Posting.amount
        )
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(LedgerAccount.code.in_(LAY))
    )
    for key, day, kind, amount in rows:
        lay[key][min(day, to)] += amount
        if "interest" in kind:
            given[key] += amount
            times[key] += 1
    for key, sums in lay.items():
        rate = _rate(session, key)
        most = _earned(sums, to) * rate / BASIS + times[key] * FEN
        if given[key] > most:
            raise Broken(
                "interest_twice", f"account {key} was given {given[key]}, not {most:.2f}"
            )


def _earned(sums: dict[dt.date, Decimal], to: dt.date) -> Decimal:
    """Return yuan times days: what lay there, and some days more of the most that ever did."""
    whole, balance, most = Decimal(0), Decimal(0), Decimal(0)
    for day, following in pairwise([*sorted(sums), to]):
        balance += sums[day]
        most = max(most, balance)
        whole += balance * (following - day).days
    return whole + most * SLACK_DAYS


def _rate(session: Session, account_id: int) -> Decimal:
    scheme_id = session.get_one(Account, account_id).scheme_id
    return max(rate for _, rate in reference.interest_rates(session, scheme_id))
