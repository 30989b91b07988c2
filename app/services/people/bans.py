"""How long an account may be barred from withdrawing (EL10)."""

import datetime as dt

from sqlalchemy.orm import Session

from app.domain.errors import Invalid
from app.domain.months import add_months
from app.domain.workdays import local_date
from app.models import Account
from app.services import reference

MONTHS = 12


def longest(
    session: Session, account: Account, *, now: dt.datetime, loan_fraud: bool = False
) -> dt.date:
    """Return the last day a bar that begins today may name.

    ``loan_fraud``: a loan was got by fraud, which bars for longer (Regulation 2026 art. 41).
    """
    on = local_date(now)
    settings = reference.settings_on(session, account.scheme_id, on)
    years = int(settings["loan_fraud_ban_years" if loan_fraud else "ban_years"])
    return add_months(on, MONTHS * years)


def faults(
    session: Session,
    account: Account,
    until: dt.date | None,
    *,
    now: dt.datetime,
    loan_fraud: bool,
) -> list[Invalid]:
    """Return the fault (ban_too_long) of a new bar that is longer than the law lets it be."""
    if until is None or until == account.ban_until:
        return []
    last = longest(session, account, now=now, loan_fraud=loan_fraud)
    if until <= last:
        return []
    return [Invalid("too long", code="ban_too_long", field="ban_until", day=last)]
