"""An agreement that cannot be worked on is left for the day: the others come, and staff are told."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.standing_orders import Skip, month_of
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.models import OrderMonth, StandingOrder
from app.services import notices
from app.services.paying import payment_notices


def leave(session: Session, order_id: int, *, now: dt.datetime) -> None:
    """Write that a fault of ours kept a month from being made; tomorrow it is tried again.

    Payers and supervisors are told once a day, of the first one. Nothing but the key of the
    agreement is read: what is in it may be what is broken.
    """
    day = local_date(now)
    agency_id, number = session.execute(
        sa.select(StandingOrder.agency_id, StandingOrder.number).where(
            StandingOrder.id == order_id
        )
    ).one()
    row = session.scalar(
        sa.select(OrderMonth).where(
            OrderMonth.order_id == order_id, OrderMonth.month == month_of(day)
        )
    )
    row = row or OrderMonth(order_id=order_id, agency_id=agency_id, month=month_of(day))
    row.tried_on, row.at, row.skipped = day, now, Skip.FAULT.value
    session.add(row)
    session.flush()
    for user_id in payment_notices.payers(session, agency_id, Role.PAYER, Role.SUPERVISOR):
        notices.notify(
            session, "orders_failed", agency_id=agency_id, user_id=user_id, now=now, date=day,
            number=number, reference=f"orders_failed:{agency_id}:{day}:{user_id}",
        )  # fmt: skip
