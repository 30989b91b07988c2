"""One withdrawal of the reason a month: agreed for the month, or asked for and paid in it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.standing_orders import month_of
from app.domain.terms import Status
from app.domain.workdays import SHANGHAI, local_date
from app.models import Application, OrderMonth, StandingOrder


def had_its_payment(
    session: Session, order: StandingOrder, last: Application | None, *, month: dt.date
) -> bool:
    """Tell whether a month had its withdrawal; what an agreement made counts for its own month.

    The bank may pay the case of a month's last day in the next one: that takes nothing from it.
    """
    at = last.paid_at if last is not None else None
    if at is None or month_of(local_date(at)) != month:
        return False
    paid = (
        sa.select(Application.id)
        .outerjoin(OrderMonth, OrderMonth.application_id == Application.id)
        .where(
            Application.account_id == order.account_id,
            Application.reason_code == order.reason_code,
            Application.status == Status.PAID,
            Application.paid_at >= dt.datetime.combine(month, dt.time(), SHANGHAI),
            sa.or_(OrderMonth.id.is_(None), OrderMonth.month == month),
        )
    )
    return session.scalar(paid.limit(1)) is not None
