"""The ends of money days: written once the bank's statement of the day was compared."""

import datetime as dt
import logging

import sqlalchemy as sa

from app.extensions import db
from app.jobs import crash
from app.models import Agency
from app.services import payouts
from app.services.paying import day_ends
from app.transaction import transaction

log = logging.getLogger(__name__)


def close_days(*, now: dt.datetime) -> int:
    """Close every day that can be closed, oldest first; return how many. Safe to repeat."""
    closed = 0
    for agency_id in db.session.scalars(sa.select(Agency.id).order_by(Agency.id)).all():
        for day in day_ends.days_to_close(db.session(), agency_id, now=now):
            closed += _close(agency_id, day, now=now)
    return closed


def _close(agency_id: int, day: dt.date, *, now: dt.datetime) -> int:
    with transaction() as session:
        payouts.lock_agency(session, agency_id)
        if day not in day_ends.days_to_close(session, agency_id, now=now):
            return 0
        end = day_ends.close(session, agency_id, day, now=now)
        if not end.balanced:
            log.error("day %s of agency %s: %s", day, agency_id, end.differences)
        crash.point("day_end.written")
    return 1
