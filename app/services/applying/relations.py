"""Acting for another: nothing shows and nothing is held until staff confirm the relation.

An amount is not measured against the balance before that either: neither a refusal nor its
absence tells somebody who tries amounts how much there is.
"""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.entitlement import Entitlement, check_amount
from app.domain.errors import IllegalMove, Invalid
from app.domain.terms import Capacity, Kind, Status
from app.models import Application
from app.services import ledger
from app.services.applying import circumstances


def is_proven(case: Application) -> bool:
    """Tell whether who acts in this case is the holder, or proved to act for the holder."""
    return case.capacity is Capacity.SELF or case.relation_confirmed_at is not None


def may_show_money(case: Application) -> bool:
    """Tell whether balance and calculation may be shown to who acts in this case."""
    return is_proven(case)


def check_asked(
    session: Session,
    case: Application,
    amount: Decimal,
    entitled: Entitlement,
    *,
    now: dt.datetime,
) -> None:
    """Raise ``Invalid`` for an amount that is not due.

    Before the relation is confirmed it is measured against the rule's own limit only, never
    against the balance, and the most is not told (amount_over_hidden).
    """
    if may_show_money(case):
        check_amount(amount, entitled)
        return
    if case.kind is not Kind.CLOSING:
        entitled = circumstances.calculation(session, case, now=now, blind=True)
    try:
        check_amount(amount, entitled)
    except Invalid as wrong:
        if wrong.code == "amount_over":
            raise Invalid(code="amount_over_hidden", field=wrong.field) from None
        raise


def hold_asked(session: Session, case: Application, *, now: dt.datetime) -> None:
    """Hold what is asked for; a closing holds the principal, its interest comes at approval.

    Nothing is held while the relation is unconfirmed. Raises ``Invalid`` (amount_over).
    """
    if not is_proven(case):
        return
    wanted = case.amount
    if case.kind is Kind.CLOSING:
        wanted = case.account.available + ledger.held_for(session, case)
    ledger.hold(session, case, wanted, now=now)


def hold_if_covered(session: Session, case: Application, *, now: dt.datetime) -> bool:
    """Hold what is asked for when the account covers it; what it does not cover is returned."""
    try:
        hold_asked(session, case, now=now)
    except Invalid as refused:
        if refused.code != "amount_over":
            raise
        return False
    return True


def check_free(session: Session, case: Application) -> None:
    """Raise ``IllegalMove`` (open_case) when another case stands on the account already."""
    other = session.scalar(
        sa.select(Application.id)
        .where(
            Application.account_id == case.account_id,
            Application.id != case.id,
            Application.status.in_(lifecycle.OPEN - {Status.PAYEE_FIX}),
            barring(),
        )
        .limit(1)
    )
    if other is not None:
        raise IllegalMove("another case is open on this account", code="open_case")


def barring() -> sa.ColumnElement[bool]:
    """Return which cases keep others from the account: those of people with a proven right."""
    return sa.or_(
        Application.capacity == Capacity.SELF, Application.relation_confirmed_at.is_not(None)
    )
