"""What a day of money is made of: one text for every entry with its postings, every receipt."""

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import anju_verify
from app.models import JournalEntry, LedgerAccount, Payout, Posting, Receipt

_BATCH = 1000
Keys = tuple[int, int]
"""Key of an entry and key of a receipt."""

Row = tuple[str, int, str]
"""Table, key and text of a row of a day."""


def receipt_text(key: int, number: str, facts: str) -> str:
    """Return the row of a receipt; what it says is in it by its hash."""
    return anju_verify.canonical(
        {"id": key, "receipt": number, "facts": anju_verify.digest(facts)}
    )


def rows_between(
    session: Session, agency_id: int, after: tuple[int, int], until: tuple[int, int]
) -> Iterator[Row]:
    """Give the rows of an agency between two pairs of keys: entries, then receipts."""
    yield from _entries(session, agency_id, after[0], until[0])
    receipts = session.execute(
        sa.select(Receipt.id, Receipt.number, Receipt.facts)
        .where(Receipt.agency_id == agency_id, Receipt.id > after[1], Receipt.id <= until[1])
        .order_by(Receipt.id)
        .execution_options(yield_per=_BATCH)
    )
    for key, number, facts in receipts:
        yield Receipt.__tablename__, key, receipt_text(key, number, facts)


def _entries(session: Session, agency_id: int, after: int, until: int) -> Iterator[Row]:
    """Give the entries with their postings, and with what was paid and may not change."""
    entry = JournalEntry
    while True:
        rows = session.execute(
            sa.select(
                entry.id, entry.kind, entry.reference, entry.application_id, entry.value_date,
                entry.at, entry.note, Payout.id, Payout.bank_reference, Payout.amount,
                Payout.decision_hash,
            )
            .outerjoin(Payout, Payout.id == entry.payout_id)
            .where(entry.agency_id == agency_id, entry.id > after, entry.id <= until)
            .order_by(entry.id)
            .limit(_BATCH)
        ).all()  # fmt: skip
        postings = _postings(session, [row[0] for row in rows])
        for row in rows:
            yield entry.__tablename__, row[0], _entry_text(row, postings.get(row[0], []))
        if len(rows) < _BATCH:
            return
        after = rows[-1][0]


def _postings(session: Session, entries: list[int]) -> dict[int, list[list[Any]]]:
    rows = session.execute(
        sa.select(
            Posting.entry_id,
            Posting.id,
            LedgerAccount.code,
            LedgerAccount.account_id,
            Posting.amount,
        )
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(Posting.entry_id.in_(entries))
        .order_by(Posting.entry_id, Posting.id)
    )
    return {
        entry_id: [
            [key, code.value, holder, str(amount)] for _, key, code, holder, amount in of
        ]
        for entry_id, of in itertools.groupby(rows, key=lambda row: row[0])
    }


def _entry_text(row: Any, postings: list[list[Any]]) -> str:
    key, kind, reference, case, on, at, note, payout, bank_reference, amount, decided = row
    paid = None if payout is None else [payout, bank_reference, str(amount), decided]
    return anju_verify.canonical(
        {
            "entry": key, "kind": kind, "reference": reference, "case": case,
            "on": on.isoformat(), "note": note, "payment": paid, "postings": postings,
            "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        }
    )  # fmt: skip
