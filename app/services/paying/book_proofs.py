"""That the books were proven: kept each time, asked for before stopped payouts go on."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.violation import Violation
from app.domain.workdays import SHANGHAI, local_date
from app.models import BooksProof
from app.services.accounting import verification


def prove(
    session: Session, *, now: dt.datetime, days: Iterable[Violation] = ()
) -> list[Violation]:
    """Prove every invariant of the books, keep what came of it, return what is broken.

    ``days`` is what the proof of the closed days and their files found.
    """
    found = [*verification.verify_books(session), *days]
    first = f"{found[0].code}: {found[0].table} {found[0].row_id}" if found else ""
    session.add(BooksProof(at=now, violations=len(found), first=first[:200]))
    session.flush()
    return found


def last_since(session: Session, since: dt.datetime, *, now: dt.datetime) -> BooksProof | None:
    """Return the newest proof of today that was made after a moment."""
    midnight = dt.datetime.combine(local_date(now), dt.time(), SHANGHAI)
    return session.scalar(
        sa.select(BooksProof)
        .where(BooksProof.at >= max(since, midnight))
        .order_by(BooksProof.at.desc(), BooksProof.id.desc())
        .limit(1)
    )
