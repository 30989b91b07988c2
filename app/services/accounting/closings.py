"""What a closing pays: principal and interest to the day; what came late follows beside it."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.workdays import local_date
from app.models import Application, Supplement
from app.services import ledger
from app.services.accounting import accrual, entries, late_money

_SUPPLEMENT = sa.select(Supplement.id).where(
    Supplement.application_id == sa.bindparam("case_id")
)


def is_supplement(session: Session, case: Application) -> bool:
    """Tell whether a case pays what came after an account was closed."""
    return session.scalar(_SUPPLEMENT, {"case_id": case.id}) is not None


def interest_due(session: Session, case: Application, *, to: dt.date) -> Decimal:
    """Return the interest that closing adds, to a day, yuan; each fen bears from the day it came."""
    if not is_supplement(session, case):
        return accrual.accrued(session, case.account, to=to)
    late = late_money.open_entries(session, case.account)
    reckon = accrual.reckoner(session, case.scheme_id, to=to)
    earned = reckon([(one.value_date, one.amount) for one in late])
    return max(entries.ZERO, earned - late_money.interest_posted(session, case.account))


def fix(session: Session, case: Application, *, now: dt.datetime) -> None:
    """Fix what a closing or supplementary case pays: interest to this day, all of it held.

    The account is locked first: what is paid in meanwhile comes before, or waits.
    """
    entries.lock(session, case.account)
    case.interest = interest_due(session, case, to=local_date(now))
    if is_supplement(session, case):
        ledger.fix_late(session, case, interest=case.interest, now=now)
    else:
        ledger.fix_closing(session, case, interest=case.interest, now=now)
    case.amount = ledger.held_for(session, case)
