"""Many movements at once: what ``ledger.contribute`` and ``post_interest`` post one by one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.errors import IllegalMove
from app.domain.terms import AccountState, LedgerCode
from app.models import Account, JournalEntry, LedgerAccount, Posting
from app.services.accounting import entries
from app.services.records.updates import changed_rows


@dataclass(frozen=True, slots=True)
class Due:
    """One sum for a holder, yuan, from a side of the agency to a side of the holder."""

    account_id: int
    kind: str
    reference: str
    amount: Decimal
    value_date: dt.date
    source: LedgerCode
    target: LedgerCode = LedgerCode.AVAILABLE


@dataclass(frozen=True, slots=True)
class Locked:
    """An account as it is now, while nobody else writes to it."""

    id: int
    closing: bool
    state: AccountState

    @property
    def closes(self) -> bool:
        """Tell whether it takes no postings: it closes, or it is closed."""
        return self.closing or self.state is AccountState.CLOSED_BY_WITHDRAWAL


def lock(session: Session, account_ids: Sequence[int]) -> list[Locked]:
    """Return accounts as they are now, locked until the transaction ends, in one order."""
    session.flush()
    rows = session.execute(
        sa.select(Account.id, Account.closing, Account.state)
        .where(Account.id.in_(account_ids))
        .order_by(Account.id)
        .with_for_update()
    )
    return [Locked(*row) for row in rows]


def post_many(
    session: Session, agency_id: int, dues: Sequence[Due], *, now: dt.datetime, note: str = ""
) -> dict[str, int]:
    """Post sums to accounts of one agency; return the entries by reference.

    The accounts are locked by the caller. Their rows move first, and only while they take
    money: an entry's key tells what came before it. The database refuses a reference that was
    posted before. Raises ``IllegalMove`` when an account takes no money.
    """
    if not dues:
        return {}
    _raise_rows(session, [due for due in dues if due.target is LedgerCode.AVAILABLE])
    found = session.execute(
        sa.insert(JournalEntry).returning(JournalEntry.reference, JournalEntry.id),
        [
            {
                "agency_id": agency_id, "kind": due.kind, "reference": due.reference,
                "value_date": due.value_date, "at": now, "note": note[:200],
            }
            for due in dues
        ],
    )  # fmt: skip
    keys = {row.reference: row.id for row in found}
    sides = _chart(session, agency_id, dues)
    session.execute(
        sa.insert(Posting),
        [
            {
                "agency_id": agency_id, "entry_id": keys[due.reference],
                "ledger_account_id": sides[holder, code], "amount": amount,
            }
            for due in dues
            for holder, code, amount in (
                (None, due.source, -due.amount), (due.account_id, due.target, due.amount),
            )
        ],
    )  # fmt: skip
    return keys


def _raise_rows(session: Session, dues: Iterable[Due]) -> None:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for due in dues:
        sums[due.account_id] += due.amount
    if not sums:
        return
    session.flush()
    amount = sa.bindparam("amount", type_=Account.available.type)
    moved = changed_rows(
        session,
        sa.update(Account.__table__)
        .where(
            Account.id == sa.bindparam("key"),
            Account.closing.is_(False),
            Account.state != AccountState.CLOSED_BY_WITHDRAWAL,
        )
        .values(available=Account.available + amount),
        [{"key": key, "amount": sums[key]} for key in sorted(sums)],
    )
    if moved != len(sums):
        raise IllegalMove("an account takes no money", code="account_closing")


def _chart(
    session: Session, agency_id: int, dues: Sequence[Due]
) -> dict[tuple[int | None, LedgerCode], int]:
    """Return the places of the chart that the sums need; those that lack are made.

    Of two files that are the first of an agency the slower waits here, and uses what is there.
    """
    wanted = {(None, due.source) for due in dues} | {
        (due.account_id, due.target) for due in dues
    }
    holders = sorted({holder for holder, _ in wanted if holder is not None})
    found = _there(session, agency_id, holders)
    lacking = sorted(wanted - found.keys(), key=str)
    if lacking:
        postgres = session.get_bind().dialect.name == "postgresql"
        insert = postgresql.insert if postgres else sqlite.insert
        session.execute(
            insert(LedgerAccount).on_conflict_do_nothing(),
            [
                {"agency_id": agency_id, "account_id": holder, "code": code}
                for holder, code in lacking
            ],
        )
        found = _there(session, agency_id, holders)
    return found


def _there(
    session: Session, agency_id: int, holders: Sequence[int]
) -> dict[tuple[int | None, LedgerCode], int]:
    place = sa.select(LedgerAccount.account_id, LedgerAccount.code, LedgerAccount.id)
    of_holders = place.where(LedgerAccount.account_id.in_(holders))
    of_agency = place.where(
        LedgerAccount.agency_id == agency_id,
        LedgerAccount.account_id.is_(None),
        LedgerAccount.code.in_(set(LedgerCode) - set(entries.OF_HOLDER)),
    )
    rows = [*session.execute(of_holders), *session.execute(of_agency)]
    return {(holder, code): key for holder, code, key in rows}
