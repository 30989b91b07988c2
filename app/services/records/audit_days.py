"""The audit closed day by day: one file each, bound to the day before; copies leave out nothing.

A copy for one agency holds its own rows in full and all others by their hash, so that whoever
has it can prove the whole day and read no more than is theirs.
"""

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.violation import Violation
from app.domain.workdays import SHANGHAI, local_date
from app.gateways.storage import AlreadyStored, NotStored, Storage
from app.models import AuditDay, AuditEvent
from app.sealing import SealBroken
from app.services import audit

ONE_DAY = dt.timedelta(days=1)
Reads = Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Draft:
    """A day ready to be closed: its file (gzip of JSON lines) and what is kept of it."""

    day: dt.date
    rows: int
    first_id: int | None
    last_id: int | None
    previous_hash: str
    day_hash: str
    data: bytes

    @property
    def file_hash(self) -> str:
        """Return the SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def storage_key(self) -> str:
        """Return where the file is kept; the same rows give the same name and the same bytes."""
        return f"audit/{self.day:%Y-%m-%d}-{self.file_hash[:16]}.jsonl.gz"


def days(session: Session, *, until: dt.date | None = None, limit: int = 31) -> list[AuditDay]:
    """Return closed days, newest first: the newest, or those until a day."""
    query = sa.select(AuditDay).order_by(AuditDay.day.desc()).limit(limit)
    if until is not None:
        query = query.where(AuditDay.day <= until)
    return list(session.scalars(query))


def find_day(session: Session, day: dt.date) -> AuditDay | None:
    """Return a closed day."""
    return session.scalar(sa.select(AuditDay).where(AuditDay.day == day))


def next_day(session: Session, *, now: dt.datetime) -> dt.date | None:
    """Return the first day that is over and not closed yet, in Asia/Shanghai."""
    last = session.scalar(sa.select(sa.func.max(AuditDay.day)))
    if last is None:
        began = session.scalar(sa.select(sa.func.min(AuditEvent.at)))
        last = None if began is None else local_date(began) - ONE_DAY
    if last is None or last + ONE_DAY >= local_date(now):
        return None
    return last + ONE_DAY


def draw_up(session: Session, day: dt.date) -> Draft:
    """Write the file of a day: every row after the day before, to the last one of this day.

    A row that was begun before midnight and written after it belongs to the day that follows,
    so that every row is in one file.
    """
    before = session.scalar(
        sa.select(AuditDay).where(AuditDay.day < day).order_by(AuditDay.day.desc()).limit(1)
    )
    after = _last_key(session, before)
    midnight = dt.datetime.combine(day + ONE_DAY, dt.time(), SHANGHAI)
    until = session.scalar(
        sa.select(sa.func.max(AuditEvent.id)).where(AuditEvent.at < midnight)
    )
    return _drawn(session, day, before.day_hash if before else audit.FIRST, after, until or 0)


def made_again(session: Session, day: dt.date, data: bytes) -> Draft:
    """Write the file of a day anew, up to the last row of a file of it that was kept."""
    before = session.scalar(
        sa.select(AuditDay).where(AuditDay.day < day).order_by(AuditDay.day.desc()).limit(1)
    )
    last = sa.select(sa.func.max(AuditDay.last_id)).where(AuditDay.day < day)
    until = max((json.loads(line)["id"] for line in _lines(data)[1:]), default=0)
    previous = before.day_hash if before else audit.FIRST
    return _drawn(session, day, previous, session.scalar(last) or 0, until)


def keep_file(draft: Draft, *, storage: Storage) -> None:
    """Keep the file of a day; one that a run left behind before its row was written is the same."""
    with suppress(AlreadyStored):
        storage.put(draft.storage_key, draft.data)


def close(session: Session, draft: Draft, *, now: dt.datetime) -> AuditDay:
    """Write the row of a day whose file is kept; from now on neither changes."""
    kept = AuditDay(
        day=draft.day, rows=draft.rows, first_id=draft.first_id, last_id=draft.last_id,
        previous_hash=draft.previous_hash, day_hash=draft.day_hash, file_hash=draft.file_hash,
        storage_key=draft.storage_key, size=len(draft.data), closed_at=now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def copy_of(kept: AuditDay, *, storage: Storage, reads: Reads) -> bytes:
    """Return a copy of a day's file: what the reader may read in full, the rest by its hash."""
    lines = _lines(storage.get(kept.storage_key))
    return _packed([lines[0], *(_shown(line, reads) for line in lines[1:])])


def verify(session: Session, *, storage: Storage) -> Iterator[Violation]:
    """Prove the closed days: none missing, each file as it was, its rows those of the table."""
    previous, last, expected = audit.FIRST, 0, None
    for kept in session.scalars(sa.select(AuditDay).order_by(AuditDay.day)).all():
        if expected is not None and kept.day != expected:
            yield _broken("audit_day_missing", kept, f"there is no file of {expected}")
        if kept.previous_hash != previous:
            yield _broken("audit_day_order", kept, "it does not follow the day before")
        drawn = _drawn(session, kept.day, previous, last, kept.last_id or 0)
        yield from _compared(kept, drawn, storage)
        previous, last = kept.day_hash, kept.last_id or last
        expected = kept.day + ONE_DAY


def day_hash(previous: str, hashes: list[str]) -> str:
    """Return the hash of a day: SHA-256 over that of the day before and those of its rows."""
    return audit.hash_of("\n".join([previous, *hashes]))


def _compared(kept: AuditDay, drawn: Draft, storage: Storage) -> Iterator[Violation]:
    try:
        data = storage.get(kept.storage_key)
    except NotStored:
        yield _broken("audit_file_missing", kept, "its file is not there")
        return
    except SealBroken:
        yield _broken("audit_file_changed", kept, "its file does not open any more")
        return
    if hashlib.sha256(data).hexdigest() != kept.file_hash:
        yield _broken("audit_file_changed", kept, "its file is not what was kept")
    elif drawn.day_hash != kept.day_hash or _lines(drawn.data) != _lines(data):
        yield _broken("audit_rows_differ", kept, "the rows are not those of its file")


def _drawn(session: Session, day: dt.date, previous: str, after: int, until: int) -> Draft:
    keys, hashes, lines = [], [], []
    for row_id, _, kept, text, _ in audit.written_rows(session, after=after, until=until):
        keys.append(row_id)
        hashes.append(kept)
        lines.append(_line(id=row_id, hash=kept, row=text))
    made = day_hash(previous, hashes)
    head = {"day": day.isoformat(), "rows": len(keys), "previous_hash": previous, "hash": made}
    return Draft(
        day, len(keys), keys[0] if keys else None, keys[-1] if keys else None, previous, made,
        _packed([_line(**head), *lines]),
    )  # fmt: skip


def _packed(lines: list[str]) -> bytes:
    """Compress lines; the same lines give the same bytes."""
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def _lines(data: bytes) -> list[str]:
    return gzip.decompress(data).decode().split("\n")[:-1]


def _line(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _shown(line: str, reads: Reads) -> str:
    """Return a line as the reader may have it; ``row`` is the very text the hash is taken over."""
    found = json.loads(line)
    row = json.loads(found["row"])
    if reads(row):
        return line
    return _line(id=found["id"], hash=found["hash"], previous_hash=row["previous_hash"])


def _last_key(session: Session, before: AuditDay | None) -> int:
    """Return the last key of the closed days; a day may have had no rows."""
    if before is None:
        return 0
    return session.scalar(sa.select(sa.func.max(AuditDay.last_id))) or 0


def _broken(code: str, kept: AuditDay, sentence: str) -> Violation:
    return Violation(code, AuditDay.__tablename__, kept.day.isoformat(), sentence)
