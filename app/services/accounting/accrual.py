"""What has borne interest and since when: the movements from which interest is reckoned."""

import datetime as dt
from collections.abc import Callable, Collection
from decimal import Decimal
from functools import cache, partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import interest
from app.models import Account, JournalEntry, LedgerAccount, LedgerReversal, Posting
from app.services import reference
from app.services.accounting import entries

Movements = list[tuple[dt.date, Decimal]]
ASKED: sa.BindParameter[int] = sa.bindparam("account_ids", expanding=True)
"""The accounts that a question names."""

BASIS = 360
"""Days of an interest year where the fund's numbers do not say."""


def reckoner(
    session: Session, scheme_id: int, *, to: dt.date
) -> Callable[[Movements], Decimal]:
    """Return what tells what movements earn until a day, yuan, by the scheme's rates (IN02)."""
    basis = reference.settings_on(session, scheme_id, to).get("interest_basis")
    rates = reference.interest_rates(session, scheme_id)
    return partial(interest.interest, to=to, rates=rates, basis=int(basis or BASIS))


def accrued(session: Session, account: Account, *, to: dt.date) -> Decimal:
    """Return the interest earned since the last interest posting, yuan (IN02, AM08)."""
    return reckoner(session, account.scheme_id, to=to)(movements(session, account))


def movements(session: Session, account: Account) -> Movements:
    """Return what has borne interest since interest was last posted, by day.

    The first line is what lay in the account on the day of that posting. What was posted after
    it with an earlier day counts from its own day: it has borne nothing yet.
    """
    return movements_of(session, [account.id]).get(account.id, [])


def movements_of(session: Session, account_ids: Collection[int]) -> dict[int, Movements]:
    """Return the same for many accounts, by key; sums are added up in the database."""
    rows = session.execute(_moved(), {"account_ids": list(account_ids)})
    found: dict[int, Movements] = {}
    for account_id, on, amount in rows:
        if amount:
            found.setdefault(account_id, []).append((on, amount))
    return found


def last_interest(session: Session, account: Account) -> int | None:
    """Return the key of the newest interest entry of an account that stands."""
    row = session.execute(_last_postings(), {"account_ids": [account.id]}).first()
    return row.entry_id if row else None


def settled_beyond(
    session: Session, account_ids: Collection[int], day: dt.date
) -> frozenset[int]:
    """Return the accounts, by key, whose newest standing interest was posted for a later day."""
    rows = session.execute(_last_postings(), {"account_ids": list(account_ids)})
    return frozenset(row.account_id for row in rows if row.on > day)


@cache
def _moved() -> sa.Select[int, dt.date, Decimal]:
    """Return the sums by account and day, each counted from when it bears interest."""
    last = _last_postings().subquery()
    known = sa.and_(JournalEntry.id <= last.c.entry_id, JournalEntry.value_date <= last.c.on)
    day = sa.case((known, last.c.on), else_=JournalEntry.value_date).label("day")
    return (
        sa.select(LedgerAccount.account_id, day, sa.func.sum(Posting.amount))
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(last, last.c.account_id == LedgerAccount.account_id)
        .where(
            LedgerAccount.account_id.in_(ASKED),
            LedgerAccount.code.in_(entries.BALANCE),
        )
        .group_by(LedgerAccount.account_id, day)
        .order_by(LedgerAccount.account_id, day)
    )


@cache
def _last_postings() -> sa.Select[tuple[int, int, dt.date]]:
    """Return the newest standing interest entry of each account: account, entry, its day.

    Interest is posted in the order of its days, and reversed from the newest back.
    """
    reversed_ = sa.exists().where(
        LedgerReversal.entry_id == JournalEntry.id, LedgerReversal.twin_id.is_not(None)
    )
    newest = (
        sa.select(LedgerAccount.account_id, sa.func.max(JournalEntry.id).label("entry_id"))
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(
            LedgerAccount.account_id.in_(ASKED),
            JournalEntry.kind == "interest",
            ~reversed_,
        )
        .group_by(LedgerAccount.account_id)
        .subquery()
    )
    return sa.select(
        newest.c.account_id, newest.c.entry_id, JournalEntry.value_date.label("on")
    ).join(JournalEntry, JournalEntry.id == newest.c.entry_id)
