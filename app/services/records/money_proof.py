"""The proof of the closed days of money: in order, files as they were, rows as they were booked."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import anju_verify
from app.domain.violation import Violation
from app.gateways.storage import NotStored, Storage
from app.models import Agency, AuditDay, JournalEntry, MoneyDay, Receipt
from app.sealing import SealBroken
from app.services.records.money_days import ONE_DAY, lines_of, seal_of
from app.services.records.money_rows import Row, rows_between


def verify(session: Session, *, storage: Storage) -> Iterator[Violation]:
    """Prove the closed days of every agency: in order, each file as it was, its rows those booked."""
    for agency in session.scalars(sa.select(Agency).order_by(Agency.id)).all():
        before: MoneyDay | None = None
        rows = session.scalars(
            sa.select(MoneyDay).where(MoneyDay.agency_id == agency.id).order_by(MoneyDay.day)
        ).all()
        for kept in rows:
            yield from _proved(session, agency, kept, before, storage)
            before = kept


def _proved(
    session: Session,
    agency: Agency,
    kept: MoneyDay,
    before: MoneyDay | None,
    storage: Storage,
) -> Iterator[Violation]:
    if before is not None and kept.day != before.day + ONE_DAY:
        yield _broken("money_day_missing", kept, f"nothing is closed after {before.day}")
    if kept.previous_root != (before.root if before else anju_verify.FIRST):
        yield _broken("money_day_order", kept, "it does not follow the day before")
    if anju_verify.root_of(seal_of(agency, kept)) != kept.root:
        yield _broken("money_day_changed", kept, "its root is not that of its row")
    audit = session.scalar(sa.select(AuditDay.day_hash).where(AuditDay.day == kept.day))
    if kept.audit_hash and kept.audit_hash != audit:
        yield _broken("money_day_audit", kept, "the audit of the day is another one")
    yield from _compared(session, kept, before, storage)


def _compared(
    session: Session, kept: MoneyDay, before: MoneyDay | None, storage: Storage
) -> Iterator[Violation]:
    """Compare the rows with the tree; when they differ, name them by the file."""
    after = (before.last_entry_id, before.last_receipt_id) if before else (0, 0)
    until = (kept.last_entry_id, kept.last_receipt_id)
    leaves = [
        anju_verify.leaf_hash(text)
        for _, _, text in rows_between(session, kept.agency_id, after, until)
    ]
    is_same = anju_verify.tree_hash(leaves) == kept.tree
    try:
        data = storage.get(kept.storage_key)
    except NotStored:
        yield _broken("money_file_missing", kept, "its file is not there")
        data = b""
    except SealBroken:
        yield _broken("money_file_changed", kept, "its file does not open any more")
        data = b""
    if data and hashlib.sha256(data).hexdigest() != kept.file_hash:
        yield _broken("money_file_changed", kept, "its file is not what was kept")
        data = b""
    if not is_same:
        sentence = "the rows are not those that were closed"
        yield _broken("money_rows_differ", kept, sentence)
        if data:
            rows = rows_between(session, kept.agency_id, after, until)
            yield from _named(rows, data, kept.day)


def _named(rows: Iterator[Row], data: bytes, day: dt.date) -> Iterator[Violation]:
    """Name every row that is not in the file as it stands, and every one that is gone."""
    written = {}
    for line in lines_of(data)[:-1]:
        text = json.loads(line)["row"]
        row = json.loads(text)
        of = Receipt if "receipt" in row else JournalEntry
        written[of.__tablename__, row["id" if of is Receipt else "entry"]] = text
    for table, key, text in rows:
        kept = written.pop((table, key), None)
        if kept is None:
            yield Violation("closed_row_added", table, key, f"{day} was closed without it")
        elif kept != text:
            yield Violation("closed_row_changed", table, key, f"it was changed after {day}")
    for table, key in written:
        yield Violation("closed_row_gone", table, key, f"it was there when {day} was closed")


def _broken(code: str, kept: MoneyDay, sentence: str) -> Violation:
    return Violation(code, MoneyDay.__tablename__, kept.day.isoformat(), sentence)
