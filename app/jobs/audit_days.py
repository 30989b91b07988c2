"""Closing the audit of the days that are over, one after the other."""

import datetime as dt

from app import outside
from app.extensions import db
from app.services.records import audit_days
from app.transaction import transaction


def close_days(*, now: dt.datetime) -> int:
    """Close every day that is over; return how many. Nothing is locked while a file is made."""
    closed = 0
    while (day := audit_days.next_day(db.session(), now=now)) is not None:
        draft = audit_days.draw_up(db.session(), day)
        audit_days.keep_file(draft, storage=outside.storage())
        with transaction() as session:
            audit_days.close(session, draft, now=now)
        closed += 1
    return closed
