"""Closing the days of money that are over, agency by agency, one day after the other."""

import datetime as dt

import sqlalchemy as sa

from app import outside
from app.extensions import db
from app.jobs.audit_days import close_days
from app.models import Agency
from app.services.records import money_days
from app.transaction import transaction


def close_all(*, now: dt.datetime) -> dict[str, int]:
    """Close the days of the audit, then those of the money, which hold the audit's hash."""
    return {"audit": close_days(now=now), "money": close_money_days(now=now)}


def close_money_days(*, now: dt.datetime) -> int:
    """Close every day that is over; return how many. Nothing is locked while a file is made."""
    closed = 0
    for agency_id in db.session.scalars(sa.select(Agency.id).order_by(Agency.id)).all():
        while (day := money_days.next_day(db.session(), agency_id, now=now)) is not None:
            with transaction() as session:
                keys = money_days.last_keys(session, agency_id, day)
            draft = money_days.draw_up(db.session(), agency_id, day, keys)
            money_days.keep_file(draft, storage=outside.storage())
            with transaction() as session:
                money_days.close(session, draft, now=now)
            closed += 1
    return closed
