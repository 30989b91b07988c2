"""The clocks of a case in working days (WF01 to WF04)."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.page_words import Words
from app.domain.policy import WORKER
from app.domain.terms import Action, ClockHolder, Status
from app.domain.workdays import local_date
from app.models import Application, ClockInterval
from app.services import cases, ledger, reference
from app.services.review import case_notices


@dataclass(frozen=True, slots=True)
class Due:
    """A last day; ``estimated`` when the calendar of its year is not published yet (预计)."""

    on: dt.date
    estimated: bool


@dataclass(frozen=True, slots=True)
class CheckDays:
    """How long a check usually takes, in working days: in the city and outside it."""

    city: int
    outside: int


def decision_due(session: Session, case: Application, *, now: dt.datetime) -> Due:
    """Return the last day for a decision: the office's days less those it has used already."""
    on = local_date(now)
    days = _days(session, case.scheme_id, "decision_days", on=on)
    left = max(1, days - office_days_used(session, case, now=now))
    deadline = reference.calendar(session).add_workdays(on, left)
    return Due(deadline.date, deadline.estimated)


def office_days_used(session: Session, case: Application, *, now: dt.datetime) -> int:
    """Return the working days in which the office had the case in hand so far."""
    calendar = reference.calendar(session)
    stretches = session.scalars(
        sa.select(ClockInterval).where(
            ClockInterval.application_id == case.id,
            ClockInterval.holder == ClockHolder.OFFICE,
        )
    )
    return sum(
        calendar.workdays_between(
            local_date(stretch.started_at), local_date(stretch.ended_at or now)
        )
        for stretch in stretches
    )


def pay_by(session: Session, case: Application, *, on: dt.date) -> dt.date:
    """Return the last day for the money to arrive (三个工作日内到账)."""
    days = _days(session, case.scheme_id, "payout_days", on=on)
    return reference.calendar(session).add_workdays(on, days).date


def lapsed(session: Session, *, now: dt.datetime, limit: int = 100) -> list[int]:
    """Return the cases whose days of correction are over."""
    return list(
        session.scalars(
            sa.select(Application.id)
            .where(
                Application.status == Status.RETURNED,
                Application.correction_due_on < local_date(now),
            )
            .order_by(Application.id)
            .limit(limit)
        )
    )


def lapse(session: Session, case: Application, *, now: dt.datetime) -> None:
    """End a returned case that was not corrected in time (X04); its hold is released."""
    due = case.correction_due_on
    cases.move(session, case, Action.LAPSE, actor=WORKER, now=now, note="X04")
    ledger.release(session, case, now=now, why="lapse")
    reasons = reference.return_reasons(session, case.scheme_id, local_date(now))
    late = next(reason for reason in reasons if reason.code == "X04")
    case_notices.about_case(
        session, "rejected", case, now=now,
        reason_short=Words(late.label_zh, late.label_en), deadline=due,
    )  # fmt: skip


def to_remind(session: Session, *, now: dt.datetime, limit: int = 100) -> list[int]:
    """Return the returned cases that end within the working days their scheme reminds before."""
    on = local_date(now)
    found: list[int] = []
    for scheme in reference.schemes(session):
        days = _days(session, scheme.id, "correction_reminder_days", on=on)
        last = reference.calendar(session).add_workdays(on, days).date
        found += session.scalars(
            sa.select(Application.id)
            .where(
                Application.scheme_id == scheme.id,
                Application.status == Status.RETURNED,
                Application.correction_due_on.between(on, last),
            )
            .order_by(Application.id)
            .limit(limit)
        )
    return found


def remind(session: Session, case: Application, *, now: dt.datetime) -> None:
    """Remind the applicant of a returned case, once a return."""
    round_no = max((item.round for item in case.return_items), default=0)
    case_notices.about_case(
        session, "return_reminder", case, now=now, once=f"round-{round_no}",
        deadline=case.correction_due_on,
    )  # fmt: skip


def inquiry_due(
    session: Session, case: Application, *, now: dt.datetime, outside: bool = False
) -> dt.date:
    """Return the day until which a check usually takes, in the city or outside it (WF02)."""
    on = local_date(now)
    usual = check_days(session, case, on=on)
    days = usual.outside if outside else usual.city
    return reference.calendar(session).add_workdays(on, days).date


def check_days(session: Session, case: Application, *, on: dt.date) -> CheckDays:
    """Return how many working days a check usually takes."""
    return CheckDays(
        _days(session, case.scheme_id, "investigation_days", on=on),
        _days(session, case.scheme_id, "investigation_days_outside", on=on),
    )


def amber_days(session: Session, scheme_id: int, *, on: dt.date) -> int:
    """Return how many working days before its limit a case warns (WF03)."""
    return _days(session, scheme_id, "clock_amber_days", on=on)


def _days(session: Session, scheme_id: int, key: str, *, on: dt.date) -> int:
    return int(reference.settings_on(session, scheme_id, on)[key])
