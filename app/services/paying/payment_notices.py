"""Who is told what of a payment."""

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain.terms import Kind, Role
from app.domain.workdays import local_date
from app.models import Application, Payout, Staff
from app.services import notices
from app.services.review import case_notices


def paid(session: Session, case: Application, *, now: dt.datetime) -> None:
    """Tell the applicant that the money has arrived."""
    day = local_date(now)
    if case.kind is Kind.CLOSING:
        case_notices.about_case(
            session, "paid_closing", case, now=now, date=day,
            principal=f"{case.amount - case.interest:,.2f}", interest=f"{case.interest:,.2f}",
        )  # fmt: skip
        return
    balance = f"{case.account.balance:,.2f}"
    case_notices.about_case(session, "paid_partial", case, now=now, date=day, balance=balance)


def in_doubt(session: Session, payout: Payout, *, now: dt.datetime) -> None:
    """Tell the agency's payers that the bank's answer is missing."""
    payers = session.scalars(
        sa.select(Staff.user_id)
        .join(User, User.id == Staff.user_id)
        .where(
            Staff.agency_id == payout.agency_id,
            User.roles.any(RoleRow.name == Role.PAYER.value),
        )
    )
    for user_id in payers:
        notices.notify(
            session, "payment_unknown", agency_id=payout.agency_id, user_id=user_id,
            application=payout.application, now=now, payment_no=payout.bank_reference or "",
            reference=f"payment_unknown:{payout.id}:{payout.fence}:{user_id}",
        )  # fmt: skip
