"""That the books were proven: kept each time, asked for before stopped payouts go on."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.violation import Violation
from app.domain.workdays import SHANGHAI, local_date
from app.models import BooksProof
from app.services.accounting import verification


def find(session: Session) -> list[Violation]:
    """Prove every invariant of the books; return what is broken. Nothing is written."""
    return list(verification.verify_books(session))


def keep(session: Session, found: Sequence[Violation], *, now: dt.datetime) -> None:
    """Keep what a proof that began now came to."""
    first = f"{found[0].code}: {found[0].table} {found[0].row_id}" if found else ""
    session.add(BooksProof(at=now, violations=len(found), first=first[:200]))
    session.flush()


def last_since(session: Session, since: dt.datetime, *, now: dt.datetime) -> BooksProof | None:
    """Return the newest proof of today that was made after a moment."""
    midnight = dt.datetime.combine(local_date(now), dt.time(), SHANGHAI)
    return session.scalar(
        sa.select(BooksProof)
        .where(BooksProof.at >= max(since, midnight))
        .order_by(BooksProof.at.desc(), BooksProof.id.desc())
        .limit(1)
    )
