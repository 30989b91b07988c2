"""What a closing pays: principal and interest to the day; what came late follows beside it."""

import datetime as dt
from decimal import Decimal

from sqlalchemy.orm import Session

from app.domain.terms import Kind
from app.domain.workdays import local_date
from app.models import Application
from app.services import ledger
from app.services.accounting import accrual, entries, late_money


def ends_account(session: Session, case: Application) -> bool:
    """Tell whether a case closes its account; a supplementary case pays beside it."""
    return case.kind is Kind.CLOSING and not late_money.is_supplement(session, case)


def interest_due(session: Session, case: Application, *, to: dt.date) -> Decimal:
    """Return the interest that closing still adds, to a day, yuan.

    In a supplementary case each fen it took bears from the day it came; what is held beside them
    is interest that was posted before.
    """
    if not late_money.is_supplement(session, case):
        return accrual.accrued(session, case.account, to=to)
    taken = late_money.taken_by(session, case)
    reckon = accrual.reckoner(session, case.scheme_id, to=to)
    earned = reckon([(one.value_date, one.amount) for one in taken.late.values()])
    posted = ledger.held_for(session, case) - (taken.total() - taken.rest)
    return max(entries.ZERO, earned - posted)


def fix(session: Session, case: Application, *, now: dt.datetime) -> None:
    """Fix what a closing or supplementary case pays: interest to this day, all of it held.

    The account is locked first: what is paid in meanwhile comes before, or waits.
    """
    entries.lock(session, case.account)
    case.interest = interest_due(session, case, to=local_date(now))
    if late_money.is_supplement(session, case):
        ledger.fix_late(session, case, interest=case.interest, now=now)
    else:
        ledger.fix_closing(session, case, interest=case.interest, now=now)
    case.amount = ledger.held_for(session, case)
