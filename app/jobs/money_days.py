"""Closing the days of money that are over, agency by agency, one day after the other."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from app import outside
from app.domain.workdays import local_date
from app.extensions import db
from app.jobs import audit_days
from app.jobs.audit_days import Progress, close_days
from app.models import Agency
from app.services.records import money_days
from app.transaction import transaction


def days_left(*, now: dt.datetime) -> int:
    """Return how many days, of the audit and of each agency's money, are to be closed."""
    found = [money_days.next_day(db.session(), agency_id, now=now) for agency_id in _agencies()]
    money = sum((local_date(now) - first).days for first in found if first is not None)
    return audit_days.days_left(now=now) + money


def close_all(*, now: dt.datetime, progress: Progress = lambda _days: None) -> dict[str, int]:
    """Close the days of the audit, then those of the money, which hold the audit's hash."""
    return {
        "audit": close_days(now=now, progress=progress),
        "money": close_money_days(now=now, progress=progress),
    }


def close_money_days(*, now: dt.datetime, progress: Progress = lambda _days: None) -> int:
    """Close every day that is over; return how many. Nothing is locked while a file is made."""
    closed = 0
    for agency_id in _agencies():
        while (day := money_days.next_day(db.session(), agency_id, now=now)) is not None:
            with transaction() as session:
                keys = money_days.last_keys(session, agency_id, day)
            draft = money_days.draw_up(db.session(), agency_id, day, keys)
            money_days.keep_file(draft, storage=outside.storage())
            with transaction() as session:
                money_days.close(session, draft, now=now)
            closed += 1
            progress(1)
    return closed


def _agencies() -> Sequence[int]:
    return db.session.scalars(sa.select(Agency.id).order_by(Agency.id)).all()
