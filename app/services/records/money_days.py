"""The money of an agency closed day by day: entries and receipts under one root, chained.

What a row of a day is hashed over, and how, stands in ``app.anju_verify``, which proves the
files without the hall.
"""

import datetime as dt
import gzip
import hashlib
import io
import json
import logging
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import anju_verify
from app.domain import policy
from app.domain.errors import IllegalMove, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.workdays import SHANGHAI, local_date
from app.gateways.storage import AlreadyStored, NotStored, Storage
from app.models import Agency, AuditDay, JournalEntry, MoneyDay, Receipt
from app.sealing import SealBroken
from app.services import audit
from app.services.records.money_rows import receipt_text, rows_between

logger = logging.getLogger(__name__)

ONE_DAY = dt.timedelta(days=1)
PAGE = 31


@dataclass(frozen=True, slots=True)
class Draft:
    """A day ready to be closed: its seal, up to which rows it goes, its file."""

    agency_id: int
    day: dt.date
    seal: dict[str, Any]
    last_entry_id: int
    last_receipt_id: int
    data: bytes

    @property
    def file_hash(self) -> str:
        """Return the SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def storage_key(self) -> str:
        """Return where the file is kept; the same rows give the same name and the same bytes."""
        return f"money/{self.agency_id}/{self.day:%Y-%m-%d}-{self.file_hash[:16]}.jsonl.gz"


def find_day(session: Session, agency_id: int, day: dt.date) -> MoneyDay | None:
    """Return a closed day of an agency."""
    return session.scalar(
        sa.select(MoneyDay).where(MoneyDay.agency_id == agency_id, MoneyDay.day == day)
    )


def day_of_receipt(session: Session, receipt: Receipt) -> MoneyDay | None:
    """Return the closed day that holds a receipt; None while it is open."""
    return session.scalar(
        sa.select(MoneyDay)
        .where(MoneyDay.agency_id == receipt.agency_id, MoneyDay.last_receipt_id >= receipt.id)
        .order_by(MoneyDay.day)
        .limit(1)
    )


def days(session: Session, *, actor: Actor, until: dt.date | None = None) -> list[MoneyDay]:
    """Return a month of the own agency's closed days and one more, newest first."""
    query = sa.select(MoneyDay).where(MoneyDay.agency_id == actor.agency_id)
    if until is not None:
        query = query.where(MoneyDay.day <= until)
    return list(session.scalars(query.order_by(MoneyDay.day.desc()).limit(PAGE + 1)))


def take(session: Session, day: dt.date, *, actor: Actor, now: dt.datetime) -> str:
    """Return where the file of a day of the own agency is kept, and write that it was taken.

    Raises ``NotAllowed`` (role_missing, not_found). The caller commits.
    """
    policy.check_role(actor, Role.AUDITOR)
    kept = find_day(session, actor.agency_id or 0, day)
    if kept is None:
        raise NotAllowed("no such day", code="not_found")
    audit.record(
        session, "money_exported", actor=actor, now=now, object_type="money_day",
        object_id=day.isoformat(), agency_id=kept.agency_id,
    )  # fmt: skip
    return kept.storage_key


def chain(session: Session, agency_id: int) -> list[dict[str, Any]]:
    """Return the chain of an agency as it is exported: how many days, then their seals."""
    found = seals(session, agency_id)
    agency = session.get_one(Agency, agency_id).code
    return [{"anju": anju_verify.CHAIN, "agency": agency, "days": len(found)}, *found]


def seals(session: Session, agency_id: int) -> list[dict[str, Any]]:
    """Return the seals of all closed days of an agency, in order: its chain."""
    agency = session.get_one(Agency, agency_id)
    rows = session.scalars(
        sa.select(MoneyDay).where(MoneyDay.agency_id == agency_id).order_by(MoneyDay.day)
    )
    return [seal_of(agency, row) for row in rows]


def seal_of(agency: Agency, kept: MoneyDay) -> dict[str, Any]:
    """Return the seal of a closed day: what its root is taken over, and the root."""
    return {
        "anju": anju_verify.DAY, "agency": agency.code, "day": kept.day.isoformat(),
        "rows": kept.rows, "previous": kept.previous_root, "tree": kept.tree,
        "audit": kept.audit_hash, "root": kept.root,
    }  # fmt: skip


def next_day(session: Session, agency_id: int, *, now: dt.datetime) -> dt.date | None:
    """Return the first day that is over and not closed yet, in Asia/Shanghai.

    The chain begins with yesterday: all that was booked before is in its first file.
    """
    yesterday = local_date(now) - ONE_DAY
    last = session.scalar(
        sa.select(sa.func.max(MoneyDay.day)).where(MoneyDay.agency_id == agency_id)
    )
    if last is not None:
        return last + ONE_DAY if last < yesterday else None
    booked = sa.select(JournalEntry.id).where(
        JournalEntry.agency_id == agency_id, JournalEntry.at < _midnight(yesterday)
    )
    return None if session.scalar(booked.limit(1)) is None else yesterday


def last_keys(session: Session, agency_id: int, day: dt.date) -> tuple[int, int]:
    """Return the keys of the last entry and the last receipt of a day that is over.

    Keys are given in the order of commits only to one writer after the other: on PostgreSQL the
    tables are held for the moment, so that no row with a smaller key can come later. A row that
    was begun before midnight and comes after the closing belongs to the day that follows.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
        session.execute(sa.text("LOCK TABLE journal_entry, receipt IN SHARE MODE"))
    before = _before(session, agency_id, day)
    entry = _last(session, JournalEntry, JournalEntry.at, agency_id, day)
    receipt = _last(session, Receipt, Receipt.issued_at, agency_id, day)
    if before is not None:
        return max(entry, before.last_entry_id), max(receipt, before.last_receipt_id)
    return entry, receipt


def draw_up(session: Session, agency_id: int, day: dt.date, keys: tuple[int, int]) -> Draft:
    """Write the file of a day: every row after the day before, up to its last keys."""
    before = _before(session, agency_id, day)
    audited = session.scalar(sa.select(AuditDay.day_hash).where(AuditDay.day == day)) or ""
    agency = session.get_one(Agency, agency_id)
    first = (before.last_entry_id, before.last_receipt_id) if before else (0, 0)
    packed, leaves = io.BytesIO(), []
    with gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as file:
        for _table, _key, text in rows_between(session, agency_id, first, keys):
            leaves.append(anju_verify.leaf_hash(text))
            file.write(_line({"hash": leaves[-1], "row": text}))
        seal = _sealed(agency, day, leaves, before.root if before else None, audited)
        file.write(_line(seal))
    return Draft(agency_id, day, seal, *keys, packed.getvalue())


def keep_file(draft: Draft, *, storage: Storage) -> None:
    """Keep the file of a day; one that a run left behind before its row was written is the same."""
    with suppress(AlreadyStored):
        storage.put(draft.storage_key, draft.data)


def close(session: Session, draft: Draft, *, now: dt.datetime) -> MoneyDay:
    """Write the row of a day whose file is kept; from now on neither changes."""
    seal = draft.seal
    kept = MoneyDay(
        agency_id=draft.agency_id, day=draft.day, rows=seal["rows"],
        last_entry_id=draft.last_entry_id, last_receipt_id=draft.last_receipt_id,
        previous_root=seal["previous"], tree=seal["tree"], audit_hash=seal["audit"],
        root=seal["root"], file_hash=draft.file_hash, storage_key=draft.storage_key,
        size=len(draft.data), closed_at=now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def proof_of(session: Session, receipt: Receipt, *, storage: Storage) -> dict[str, Any] | None:
    """Return the way from a receipt to the root of its day; None while the day is open.

    Raises ``IllegalMove`` (proof_missing) when the day's file is gone, broken, or another one.
    """
    kept = day_of_receipt(session, receipt)
    if kept is None:
        return None
    text = receipt_text(receipt.id, receipt.number, receipt.facts)
    try:
        leaves = [line[9:73] for line in lines_of(storage.get(kept.storage_key))][:-1]
        place = leaves.index(anju_verify.leaf_hash(text))
    except (NotStored, SealBroken, OSError, EOFError, zlib.error, ValueError) as wrong:
        logger.exception("the file of the day of money %s cannot prove a receipt", kept.day)
        raise IllegalMove("the file of its day is missing", code="proof_missing") from wrong
    seal = seal_of(session.get_one(Agency, kept.agency_id), kept)
    return {"row": text, "way": anju_verify.path_of(leaves, place), "day": seal}


def _sealed(
    agency: Agency, day: dt.date, leaves: list[str], previous: str | None, audit: str
) -> dict[str, Any]:
    seal = {
        "anju": anju_verify.DAY, "agency": agency.code, "day": day.isoformat(),
        "rows": len(leaves), "previous": previous or anju_verify.FIRST,
        "tree": anju_verify.tree_hash(leaves), "audit": audit,
    }  # fmt: skip
    return seal | {"root": anju_verify.root_of(seal)}


def _before(session: Session, agency_id: int, day: dt.date) -> MoneyDay | None:
    return session.scalar(
        sa.select(MoneyDay)
        .where(MoneyDay.agency_id == agency_id, MoneyDay.day < day)
        .order_by(MoneyDay.day.desc())
        .limit(1)
    )


def _last(session: Session, model: Any, moment: Any, agency_id: int, day: dt.date) -> int:
    found = sa.select(sa.func.max(model.id)).where(
        model.agency_id == agency_id, moment < _midnight(day)
    )
    return session.scalar(found) or 0


def _midnight(day: dt.date) -> dt.datetime:
    """Return the moment at which a day is over."""
    return dt.datetime.combine(day + ONE_DAY, dt.time(), SHANGHAI)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def lines_of(data: bytes) -> list[str]:
    """Return the lines of a day's file."""
    return gzip.decompress(data).decode().split("\n")[:-1]
