"""When the bank is asked again for a payment, and when one it refused for now is sent again."""

import datetime as dt

from sqlalchemy.orm import Session

from app.domain.workdays import SHANGHAI, local_date
from app.gateways.bank.iso_codes import AFTER_HOURS
from app.models import Agency, Payout
from app.services import reference

BACK_OFF = (1, 5, 15, 60)
"""Minutes until the next question for a reference; the last one is kept."""

RETRY = dt.timedelta(hours=1)
OPENS = dt.time(9)
"""When a bank whose hours nobody wrote down is thought to open on a working day."""


def back_off(queries: int) -> dt.timedelta:
    """Return how long to wait before the next question."""
    return dt.timedelta(minutes=BACK_OFF[min(queries, len(BACK_OFF) - 1)])


def not_before(session: Session, payout: Payout, code: str, *, now: dt.datetime) -> dt.datetime:
    """Return the first moment to send it again: in an hour, or when the bank opens next."""
    if code in AFTER_HOURS:
        return next_opening(session, payout.agency, now=now)
    return now + RETRY


def next_opening(session: Session, agency: Agency, *, now: dt.datetime) -> dt.datetime:
    """Return when the agency's bank opens next on a working day, later than now."""
    calendar, today = reference.calendar(session), local_date(now)
    opens = agency.bank_opens or OPENS
    if calendar.is_workday(today):
        opening = dt.datetime.combine(today, opens, SHANGHAI)
        if now < opening:
            return opening
    return dt.datetime.combine(calendar.workdays_from(today, 1)[0], opens, SHANGHAI)
