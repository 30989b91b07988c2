"""The proof of what was paid in, reversed and kept waiting: files, twins and suspense agree."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.domain.terms import AccountState, LedgerCode
from app.domain.violation import Violation
from app.models import (
    Account,
    AccountFile,
    ContributionBatch,
    ContributionFile,
    ContributionLine,
    ImportBatch,
    JournalEntry,
    LedgerAccount,
    LedgerReversal,
    Posting,
)  # fmt: skip

MONEY = Account.available.type
KINDS = ("contribution", "late")
SIDES = 2
TWO_HANDS = ((ContributionFile, ContributionBatch), (AccountFile, ImportBatch))
"""Files that one person brings, and what they become when another posts them."""


@cache
def _batches_query() -> sa.Select[*tuple[Any, ...]]:
    posted = (
        sa.select(
            ContributionLine.batch_id,
            sa.func.count().label("count"),
            sa.func.sum(Posting.amount).label("total"),
        )
        .join(JournalEntry, JournalEntry.id == ContributionLine.entry_id)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(
            JournalEntry.kind.in_(KINDS),
            Posting.amount == ContributionLine.amount,
            LedgerAccount.account_id == ContributionLine.account_id,
        )
        .group_by(ContributionLine.batch_id)
        .subquery()
    )
    count = sa.func.coalesce(posted.c.count, 0)
    total = sa.type_coerce(sa.func.coalesce(posted.c.total, 0), MONEY)
    return (
        sa.select(
            ContributionBatch.id, ContributionBatch.rows, ContributionBatch.total, count, total
        )
        .outerjoin(posted, posted.c.batch_id == ContributionBatch.id)
        .where(sa.or_(count != ContributionBatch.rows, total != ContributionBatch.total))
    )


def batches(session: Session) -> Iterator[Violation]:
    """Name every file of contributions whose lines or postings are not what it declared."""
    rows = session.execute(_batches_query())
    for key, rows_said, total_said, rows_there, total_there in rows:
        yield Violation(
            "batch_differs", "contribution_batch", key,
            f"{rows_said} lines and {total_said} yuan were declared, "
            f"{rows_there} and {total_there} are posted",
        )  # fmt: skip


@cache
def _alone_query(file: Any, batch: Any) -> sa.Select[int]:
    first = sa.select(sa.func.min(file.batch_id)).scalar_subquery()
    return (
        sa.select(batch.id)
        .outerjoin(file, file.batch_id == batch.id)
        .where(
            batch.actor_id.is_not(None),
            batch.id >= first,
            sa.or_(
                file.id.is_(None), file.sha256 != batch.sha256, file.total != batch.total,
                file.settled_by != batch.actor_id, file.brought_by == batch.actor_id,
            ),
        )
    )  # fmt: skip


def alone(session: Session) -> Iterator[Violation]:
    """Name every file that a person posted and nobody else brought, since two are asked for."""
    for file, batch in TWO_HANDS:
        for key in session.scalars(_alone_query(file, batch)):
            yield Violation(
                "posted_alone", batch.__tablename__, key, "no other person brought this file"
            )


@cache
def _twins_query() -> sa.Select[*tuple[Any, ...]]:
    """Return the reversals whose twin is not both sides of the entry the other way.

    What came out of suspense goes back to where it came from: the twin gives it to the source
    of contributions.
    """
    asked, entry, twin = LedgerReversal, aliased(Posting), aliased(Posting)
    was, is_ = aliased(LedgerAccount), aliased(LedgerAccount)
    same = sa.or_(
        was.id == is_.id,
        sa.and_(
            was.code == LedgerCode.SUSPENSE, entry.amount < 0,
            is_.code == LedgerCode.CONTRIBUTIONS, is_.agency_id == was.agency_id,
        ),
    )  # fmt: skip
    turned = (
        sa.select(sa.func.count())
        .select_from(entry)
        .join(was, was.id == entry.ledger_account_id)
        .join(twin, sa.and_(twin.entry_id == asked.twin_id, twin.amount == -entry.amount))
        .join(is_, is_.id == twin.ledger_account_id)
        .where(entry.entry_id == asked.entry_id, same)
        .correlate(asked)
        .scalar_subquery()
    )
    half = asked.confirmed_at.is_(None) | asked.twin_id.is_(None) | asked.confirmed_by.is_(None)
    alone = sa.func.coalesce(asked.proposed_by == asked.confirmed_by, sa.false())
    begun = asked.confirmed_at.is_not(None) | asked.twin_id.is_not(None)
    return sa.select(asked.id, half, alone).where(begun, sa.or_(half, alone, turned != SIDES))


def twins(session: Session) -> Iterator[Violation]:
    """Name every reversal whose twin is not the entry the other way, or that two did not do."""
    rows = session.execute(_twins_query())
    for key, half, alone in rows:
        why = "one person did both steps" if alone else "its twin is another entry"
        said = "it has a twin, and nobody confirmed it" if half else why
        yield Violation("reversal_differs", "ledger_reversal", key, said)
    lone = session.scalars(
        sa.select(JournalEntry.id)
        .outerjoin(LedgerReversal, LedgerReversal.twin_id == JournalEntry.id)
        .where(JournalEntry.kind.endswith("_reversal"), LedgerReversal.id.is_(None))
    )
    for key in lone:
        yield Violation("reversal_unsigned", "journal_entry", key, "nobody confirmed it")


@cache
def _suspense_query() -> sa.Select[*tuple[Any, ...]]:
    total = sa.func.sum(Posting.amount)
    takes = sa.and_(
        Account.closing.is_(False), Account.state != AccountState.CLOSED_BY_WITHDRAWAL
    )
    return (
        sa.select(Account.id, total)
        .join(LedgerAccount, LedgerAccount.account_id == Account.id)
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .where(LedgerAccount.code == LedgerCode.SUSPENSE)
        .group_by(Account.id, takes)
        .having(sa.or_(total < 0, sa.and_(total != 0, takes)))
    )


def suspense(session: Session) -> Iterator[Violation]:
    """Name accounts whose suspense is below zero, or holds money although the account takes it."""
    rows = session.execute(_suspense_query())
    for key, amount in rows:
        yield Violation("suspense_differs", "account", key, f"{amount} waits in suspense")
