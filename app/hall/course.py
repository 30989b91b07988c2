"""The course of a case as the applicant reads it: what happened, the days of each side."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session

from app.display.formats import day_in_words, local_day, money
from app.display.labels import Stand, applicant_words
from app.display.words import localized
from app.domain.page_words import Flow
from app.domain.terms import Action, ClockHolder, Note, Status
from app.models import Application, CaseEvent, ClockInterval
from app.services import reference
from app.services.applying import circumstances
from app.services.applying.relations import may_show_money
from app.services.review import payee_fixes

_l = lazy_gettext

TITLES: Mapping[str, object] = {
    Action.RETURN_FOR_CORRECTION: _l("Returned for correction"),
    Action.BANK_REFUSED: _l("Payment failed, please change the receiving account"),
    Action.BANK_RETURNED: _l(
        "The bank sent the money back, please change the receiving account"
    ),
    Action.CONFIRM_PAYEE: _l(
        "The new receiving account was confirmed; the money is sent again"
    ),
    Action.SUPPLEMENT: _l("The office pays what came after the account was closed"),
    Action.STAND: _l("Made by the monthly agreement"),
    Action.STAND_DOWN: _l("Taken back with the monthly agreement"),
    Action.CANCEL: _l("You took the application back"),
    Action.LAPSE: _l("Ended: the days for correction are over"),
    Action.VOID: _l("Voided"),
    Action.DECLINE: _l("Not accepted"),
    Action.REJECT: _l("Refused"),
    Note.CHANGE_PAYEE: _l("You changed the receiving account"),
    Note.OFFICE_FIX: _l("The bank did not take the payment; the office puts it right"),
    Note.CONFIRM_RELATION: _l("Your right to act for the holder was confirmed"),
}

STATES: Mapping[str, str] = {
    Action.RETURN_FOR_CORRECTION: "turn",
    Action.BANK_REFUSED: "turn",
    Action.BANK_RETURNED: "turn",
    Action.PAY: "paid",
}

SETTINGS: Mapping[ClockHolder, str] = {
    ClockHolder.OFFICE: "decision_days",
    ClockHolder.APPLICANT: "correction_days",
    ClockHolder.BANK: "payout_days",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the course."""

    at: dt.datetime
    title: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Day:
    """One working day of a side: who had it, or not used yet."""

    label: str
    who: str
    is_today: bool


def course(case: Application) -> list[Step]:
    """Return what happened to a case in public, newest first."""
    shown = [event for event in case.events if event.public and event.action != Note.STARTED]
    submitted = [event.id for event in shown if event.action == Action.SUBMIT]
    steps = [_step(case, event, is_first=event.id in submitted[:1]) for event in shown]
    return steps[::-1]


def _step(case: Application, event: CaseEvent, *, is_first: bool) -> Step:
    return Step(
        at=event.at,
        title=_title(case, event, is_first=is_first),
        note=_note(case, event),
        state=STATES.get(event.action, "done"),
    )


def _title(case: Application, event: CaseEvent, *, is_first: bool) -> str:
    flow, office = Flow(case.scheme.flow), localized(case.agency, "office_word")
    if event.action == Action.SUBMIT:
        if is_first:
            return gettext("You submitted the application")
        return gettext("You corrected the application and submitted it again")
    if event.action == Action.TAKE_UP:
        review = applicant_words(Stand.FIRST_REVIEW, flow=flow, office=office).word
        return gettext("Accepted: %(review)s", review=review)
    if event.action == Action.APPROVE:
        return applicant_words(Stand.APPROVED, flow=flow, office=office).word
    if event.action == Action.PAY:
        return applicant_words(Stand.PAID, flow=flow, office=office).word
    return str(TITLES.get(event.action, event.action))


def _note(case: Application, event: CaseEvent) -> str:
    if event.action == Action.APPROVE and case.amount_allowed is not None:
        if not may_show_money(case):
            return ""
        return gettext(
            "Approved: %(amount)s yuan. The money arrives within three working days.",
            amount=money(case.amount_allowed),
        )
    if event.action == Action.RETURN_FOR_CORRECTION:
        count = sum(
            abs(item.at - event.at) < dt.timedelta(seconds=1) for item in case.return_items
        )
        return gettext("Points in the return opinion: %(count)s", count=count)
    if event.action in (Action.DECLINE, Action.REJECT):
        told = [item for item in case.return_items if item.code and item.at <= event.at]
        return localized(told[-1], "text") if told else event.note
    return event.note if event.action == Action.VOID else ""


def sides(
    session: Session, case: Application, *, now: dt.datetime
) -> list[tuple[str, str, list[Day], str]]:
    """Return the clock of each side in working days: who, how many, which, a remark."""
    found = []
    for holder in (ClockHolder.OFFICE, ClockHolder.APPLICANT):
        stretches = [one for one in case.clocks if one.holder is holder]
        if stretches and not _is_payee_only(case, holder):
            found.append(_side(session, case, holder, stretches, now=now))
    return found


def payee_changed(case: Application) -> bool:
    """Tell whether the applicant has named another account since the bank refused the last."""
    return case.status is Status.PAYEE_FIX and payee_fixes.changed(case.events) is not None


def _is_payee_only(case: Application, holder: ClockHolder) -> bool:
    """A case whose account is being corrected has no term for it."""
    return holder is ClockHolder.APPLICANT and not case.return_items


def _side(
    session: Session, case: Application, holder: ClockHolder, stretches: list[ClockInterval], *,
    now: dt.datetime,
) -> tuple[str, str, list[Day], str]:  # fmt: skip
    today = local_day(now) or now.date()
    most = int(circumstances.settings(session, case, on=today)[SETTINGS[holder]])
    used = _days_used(session, stretches, now=now)
    runs = any(one.ended_at is None for one in stretches)
    days = [_day(one, holder, is_today=runs and one == today) for one in used]
    if runs:
        days += _days_left(session, today, most - len(used))
    count = gettext("%(used)s of %(most)s working days", used=len(used), most=most)
    if holder is ClockHolder.OFFICE and case.status is Status.RETURNED:
        return _who(case, holder), count, days, gettext("The office's clock stands still now.")
    return _who(case, holder), count, days, ", ".join(day_in_words(one) for one in used)


def _who(case: Application, holder: ClockHolder) -> str:
    if holder is ClockHolder.APPLICANT:
        return gettext("You correct")
    flow, office = Flow(case.scheme.flow), localized(case.agency, "office_word")
    return applicant_words(Stand.FIRST_REVIEW, flow=flow, office=office).word


def _days_used(
    session: Session, stretches: list[ClockInterval], *, now: dt.datetime
) -> list[dt.date]:
    """Return the working days after the start of each stretch up to its end, each once."""
    calendar, found = reference.calendar(session), set()
    for one in stretches:
        day, end = local_day(one.started_at), local_day(one.ended_at or now)
        while day and end and day < end:
            day += dt.timedelta(days=1)
            if calendar.is_workday(day):
                found.add(day)
    return sorted(found)


def _day(day: dt.date, holder: ClockHolder, *, is_today: bool) -> Day:
    return Day(str(day.day), "office" if holder is ClockHolder.OFFICE else "you", is_today)


def _days_left(session: Session, today: dt.date, count: int) -> list[Day]:
    if count <= 0:
        return []
    return [Day(str(day.day), "", is_today=False)
            for day in reference.calendar(session).workdays_from(today, count)]  # fmt: skip
