"""Who is told what of a payment."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain.page_words import Words
from app.domain.policy import WORKER
from app.domain.terms import Kind, Role
from app.domain.workdays import local_date
from app.gateways.bank import Reason
from app.models import Application, Payout, Staff
from app.services import audit, notices
from app.services.paying import caps
from app.services.review import case_notices

LACKS_FUNDS = "AM04"


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
    for user_id in payers(session, payout.agency_id):
        notices.notify(
            session, "payment_unknown", agency_id=payout.agency_id, user_id=user_id,
            application=payout.application, now=now, payment_no=payout.bank_reference or "",
            reference=f"payment_unknown:{payout.id}:{payout.fence}:{user_id}",
        )  # fmt: skip


def office_acts(session: Session, payout: Payout, reason: Reason, *, now: dt.datetime) -> None:
    """Tell the agency's payers that the bank refused what only the office can put right."""
    for user_id in payers(session, payout.agency_id):
        notices.notify(
            session, "payment_office_fix", agency_id=payout.agency_id, user_id=user_id,
            application=payout.application, now=now, payment_no=payout.bank_reference or "",
            bank_reason=Words(reason.zh, reason.en),
            reference=f"payment_office_fix:{payout.id}:{user_id}",
        )  # fmt: skip


def put_off(session: Session, payout: Payout, reason: Reason, *, now: dt.datetime) -> None:
    """Tell the agency's payers, once a day, that its account lacks the money for what is due."""
    if reason.code != LACKS_FUNDS:
        return
    for user_id in payers(session, payout.agency_id):
        notices.notify(
            session, "payment_office_fix", agency_id=payout.agency_id, user_id=user_id, now=now,
            payment_no=payout.bank_reference or "", bank_reason=Words(reason.zh, reason.en),
            reference=f"payment_put_off:{payout.agency_id}:{local_date(now)}:{user_id}",
        )  # fmt: skip


def differs(
    session: Session, agency_id: int, count: int, *, day: dt.date, now: dt.datetime
) -> None:
    """Tell the agency's payers that a statement and our payments differ."""
    for user_id in payers(session, agency_id):
        notices.notify(
            session, "reconciliation_difference", agency_id=agency_id, user_id=user_id,
            date=day, count=str(count), now=now,
            reference=f"reconciliation:{agency_id}:{day}:{user_id}",
        )  # fmt: skip


def cap_reached(
    session: Session,
    agency_id: int,
    scheme_id: int,
    setting: str,
    *,
    amount: Decimal,
    now: dt.datetime,
) -> None:
    """Tell the agency's payers, once a day and cap, that payments wait because of it."""
    day = local_date(now)
    told = False
    for user_id in payers(session, agency_id):
        told |= bool(
            notices.notify(
                session, "payout_cap_reached", agency_id=agency_id, user_id=user_id, now=now,
                cap=CAPS[setting], amount=f"{amount:,.2f}",
                reference=f"payout_cap:{scheme_id}:{day}:{setting}:{user_id}",
            )
        )  # fmt: skip
    if told:
        audit.record(
            session, "cap_reached", actor=WORKER, now=now, object_type="scheme",
            object_id=scheme_id, agency_id=agency_id, cap=setting, amount=str(amount),
        )  # fmt: skip


def books_broken(session: Session, agency_id: int, count: int, *, now: dt.datetime) -> None:
    """Tell who pays, releases and supervises, once a day, that the proof found differences."""
    for user_id in payers(session, agency_id, Role.PAYER, Role.RELEASER, Role.SUPERVISOR):
        notices.notify(
            session, "books_broken", agency_id=agency_id, user_id=user_id, now=now,
            date=local_date(now), count=str(count),
            reference=f"books_broken:{local_date(now)}:{user_id}",
        )  # fmt: skip


def payers(session: Session, agency_id: int, *roles: Role) -> list[int]:
    """Return the log-ins of an agency's payers, or of the people in other roles."""
    wanted = [role.value for role in roles or (Role.PAYER,)]
    return list(
        session.scalars(
            sa.select(Staff.user_id)
            .join(User, User.id == Staff.user_id)
            .where(Staff.agency_id == agency_id, User.roles.any(RoleRow.name.in_(wanted)))
        )
    )


CAPS: Mapping[str, Words] = {
    caps.RUN_COUNT: Words("每轮最多笔数", "the most payments of a run"),
    caps.RUN_TOTAL: Words("每轮最多金额", "the most yuan of a run"),
    caps.DAY_COUNT: Words("每日最多笔数", "the most payments of a day"),
    caps.DAY_TOTAL: Words("每日最多金额", "the most yuan of a day"),
}
"""What the caps are called in messages."""
