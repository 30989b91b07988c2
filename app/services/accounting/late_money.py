"""Money that came for an account whose closing was fixed: what of it waits, and which case has it.

Suspense is read from its first entry to its last. What came late waits; a supplementary case
takes all that waits; when it ends without payment it puts back what it took, and the interest it
was given waits with that as a rest that bears nothing more. What another case held of an account
that is closed by now comes late too, on the day it was let go.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import LedgerCode
from app.models import Account, Application, JournalEntry, LedgerAccount, Posting, Supplement
from app.services.accounting import entries

_SUPPLEMENT = sa.select(Supplement.id).where(
    Supplement.application_id == sa.bindparam("case_id")
)
_NAMED = ("late-credit-", "reversal-")
"""How the reference of an entry begins that takes one sum out of suspense; its key follows."""


@dataclass(frozen=True, slots=True)
class Late:
    """A sum that came late, yuan, and the day from which it counts."""

    entry_id: int
    value_date: dt.date
    amount: Decimal


@dataclass(slots=True)
class Sums:
    """Sums that came late, by their entries, and interest of ended cases beside them, yuan."""

    late: dict[int, Late] = field(default_factory=dict)
    rest: Decimal = entries.ZERO

    def total(self) -> Decimal:
        """Return all of it, yuan."""
        return sum((one.amount for one in self.late.values()), self.rest)

    def add(self, other: "Sums") -> None:
        """Take in what another has."""
        self.late |= other.late
        self.rest += other.rest


@dataclass(frozen=True, slots=True)
class Suspense:
    """What waits for an account, and what each supplementary case has taken of it."""

    waits: Sums
    taken: dict[int | None, Sums]


def is_supplement(session: Session, case: Application) -> bool:
    """Tell whether a case pays what came after an account was closed."""
    return session.scalar(_SUPPLEMENT, {"case_id": case.id}) is not None


def open_entries(session: Session, account: Account) -> list[Late]:
    """Return what came late and waits: neither in a case, nor reversed, nor credited."""
    return [*suspense(session, account).waits.late.values()]


def taken_by(session: Session, case: Application) -> Sums:
    """Return what a supplementary case has taken; nothing when it has put it back."""
    return suspense(session, case.account).taken.get(case.id, Sums())


def taken_up(session: Session, account: Account, entry_id: int) -> bool:
    """Tell whether late money is in a supplementary case that lives or was paid, or credited."""
    return entry_id not in suspense(session, account).waits.late


def suspense(session: Session, account: Account) -> Suspense:
    """Return where everything stands that ever came late for an account."""
    found = Suspense(Sums(), {})
    for row in session.execute(_moves(account)):
        _follow(found, row)
    return found


def _moves(account: Account) -> sa.Select[int, str, str, dt.date, int | None, Decimal]:
    return (
        entries.postings_of(account)
        .with_only_columns(
            JournalEntry.id, JournalEntry.kind, JournalEntry.reference,
            JournalEntry.value_date, JournalEntry.application_id, Posting.amount,
        )
        .where(LedgerAccount.code == LedgerCode.SUSPENSE)
        .order_by(JournalEntry.id)
    )  # fmt: skip


def _follow(found: Suspense, row: sa.Row[int, str, str, dt.date, int | None, Decimal]) -> None:
    key, kind, reference, day, case_id, amount = row
    if kind == "late" or (kind == "release" and case_id not in found.taken):
        found.waits.late[key] = Late(key, day, amount)
    elif kind == "supplement":
        found.taken[case_id] = Sums(dict(found.waits.late), found.waits.rest)
        found.waits.late.clear()
        found.waits.rest = entries.ZERO
    elif kind == "release":
        back = found.taken.pop(case_id)
        back.rest += amount - back.total()
        found.waits.add(back)
    elif (named := _named(reference)) in found.waits.late:
        del found.waits.late[named]
    else:
        found.waits.rest += amount


def _named(reference: str) -> int | None:
    """Return the key of the entry that a reference names, if it names one."""
    for begins in _NAMED:
        if reference.startswith(begins):
            return int(reference.removeprefix(begins))
    return None
