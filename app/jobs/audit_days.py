"""Closing the audit of the days that are over, one after the other."""

import datetime as dt
from collections.abc import Callable

from app import outside
from app.domain.workdays import local_date
from app.extensions import db
from app.services.records import audit_days
from app.transaction import transaction

Progress = Callable[[int], None]


def days_left(*, now: dt.datetime) -> int:
    """Return how many days are over and not closed yet."""
    first = audit_days.next_day(db.session(), now=now)
    return 0 if first is None else (local_date(now) - first).days


def close_days(*, now: dt.datetime, progress: Progress = lambda _days: None) -> int:
    """Close every day that is over; return how many. Nothing is locked while a file is made.

    ``progress`` hears of each day that is closed.
    """
    closed = 0
    while (day := audit_days.next_day(db.session(), now=now)) is not None:
        draft = audit_days.draw_up(db.session(), day)
        audit_days.keep_file(draft, storage=outside.storage())
        with transaction() as session:
            audit_days.close(session, draft, now=now)
        closed += 1
        progress(1)
    return closed
