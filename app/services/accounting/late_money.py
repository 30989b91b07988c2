"""Money that came for an account whose closing was fixed: what of it still waits to be paid."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import LedgerCode, Status
from app.models import Account, Application, JournalEntry, LedgerAccount, Posting
from app.services.accounting import entries


@dataclass(frozen=True, slots=True)
class Late:
    """A sum that came late, yuan, and the day from which it counts."""

    entry_id: int
    value_date: dt.date
    amount: Decimal


def open_entries(session: Session, account: Account) -> list[Late]:
    """Return what came late since the last supplementary payment, reversed and credited left out."""
    rows = session.execute(
        entries.postings_of(account)
        .with_only_columns(JournalEntry.id, JournalEntry.value_date, Posting.amount)
        .where(
            JournalEntry.kind == "late",
            LedgerAccount.code == LedgerCode.SUSPENSE,
            JournalEntry.id > _paid_up_to(session, account),
        )
        .order_by(JournalEntry.id)
    ).all()
    names = [f"{word}-{key}" for key, _, _ in rows for word in ("reversal", "late-credit")]
    gone = set(
        session.scalars(
            sa.select(JournalEntry.reference).where(JournalEntry.reference.in_(names))
        )
    )
    return [
        Late(key, day, amount)
        for key, day, amount in rows
        if not gone & {f"reversal-{key}", f"late-credit-{key}"}
    ]


def interest_posted(session: Session, account: Account) -> Decimal:
    """Return the interest that late money was given in cases that were not paid, yuan."""
    found = session.scalar(
        entries.postings_of(account)
        .with_only_columns(sa.func.sum(Posting.amount))
        .join(Application, Application.id == JournalEntry.application_id)
        .where(JournalEntry.kind == "late_interest", Application.status != Status.PAID)
    )
    return Decimal(found or entries.ZERO)


def taken_up(session: Session, account: Account, entry_id: int) -> bool:
    """Tell whether late money is in a supplementary case that lives or was paid, or credited."""
    if entries.find(session, f"late-credit-{entry_id}") is not None:
        return True
    ended = (Status.VOIDED, Status.REJECTED, Status.DECLINED, Status.CANCELLED)
    found = session.scalar(
        _supplements(account).where(
            JournalEntry.id > entry_id, Application.status.not_in(ended)
        )
    )
    return found is not None


def _paid_up_to(session: Session, account: Account) -> int:
    """Return the entry by which the last paid supplementary case took what waited, or 0."""
    return session.scalar(_supplements(account).where(Application.status == Status.PAID)) or 0


def _supplements(account: Account) -> sa.Select[int]:
    return (
        entries.postings_of(account)
        .with_only_columns(sa.func.max(JournalEntry.id))
        .join(Application, Application.id == JournalEntry.application_id)
        .where(JournalEntry.kind == "supplement")
    )
