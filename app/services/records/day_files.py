"""The proof of kept files without a day: who takes the newest days out of the record is seen.

A run that ends between file and row leaves a file behind, and so may one that is followed by a
late row. Such a file holds no more than the tables hold: they still make it, byte by byte.
"""

import datetime as dt
import json
import re
import zlib
from collections.abc import Callable, Collection, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.violation import Violation
from app.gateways.storage import NotStored, Storage
from app.models import Agency, AuditDay, MoneyDay
from app.sealing import SealBroken
from app.services.records import audit_days, money_days

ONE_DAY = dt.timedelta(days=1)
UNREADABLE = (NotStored, SealBroken, OSError, EOFError, zlib.error, ValueError, KeyError)
Made = Callable[[dt.date, bytes], str]
"""Returns the key of the file that the tables make of a day, up to the last rows of a file."""

_DAY = re.compile(r"/(\d{4}-\d\d-\d\d)-[0-9a-f]{16}\.jsonl\.gz")


def verify(session: Session, *, storage: Storage) -> Iterator[Violation]:
    """Name every kept file of a day that the record does not know; raises ``StorageDown``."""
    known = dict(session.execute(sa.select(AuditDay.storage_key, AuditDay.day)).all())
    yield from _unknown(
        AuditDay.__tablename__, "audit/", known, storage,
        lambda day, data: audit_days.made_again(session, day, data).storage_key,
    )  # fmt: skip
    for agency_id in session.scalars(sa.select(Agency.id).order_by(Agency.id)).all():
        of_agency = sa.select(MoneyDay.storage_key, MoneyDay.day).where(
            MoneyDay.agency_id == agency_id
        )
        yield from _unknown(
            MoneyDay.__tablename__, f"money/{agency_id}/",
            dict(session.execute(of_agency).all()), storage, _money(session, agency_id),
        )  # fmt: skip


def _unknown(
    table: str, place: str, known: dict[str, dt.date], storage: Storage, made: Made
) -> Iterator[Violation]:
    left = sorted({one.key for one in storage.kept(place)} - known.keys())
    for key in left:
        day = _day_of(key)
        if day is None or day > _next(known.values(), left) or not _is(key, day, storage, made):
            sentence = f"the file {key} is kept, but the record does not know its day"
            yield Violation("closed_file_unknown", table, str(day or key), sentence)


def _next(days: Collection[dt.date], left: Collection[str]) -> dt.date:
    """Return the day that is closed next; of a record without any day, that of the first file."""
    if days:
        return max(days) + ONE_DAY
    return min((day for key in left if (day := _day_of(key))), default=dt.date.max)


def _day_of(key: str) -> dt.date | None:
    found = _DAY.search(key)
    try:
        return dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _is(key: str, day: dt.date, storage: Storage, made: Made) -> bool:
    """Tell whether the tables still make this very file."""
    try:
        return made(day, storage.get(key)) == key
    except UNREADABLE:
        return False


def _money(session: Session, agency_id: int) -> Made:
    def made(day: dt.date, data: bytes) -> str:
        rows = [json.loads(json.loads(line)["row"]) for line in money_days.lines_of(data)[:-1]]
        entries = [row["entry"] for row in rows if "entry" in row]
        receipts = [row["id"] for row in rows if "receipt" in row]
        keys = max(entries, default=0), max(receipts, default=0)
        return money_days.draw_up(session, agency_id, day, keys).storage_key

    return made
