"""How far a case is from its last day, in working days, and how urgent that is."""

import datetime as dt
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.display.formats import day_in_words
from app.display.labels import working_days_left
from app.domain.terms import Status
from app.domain.workdays import Calendar
from app.models import Application
from app.services import reference
from app.services.review import deadlines

UNDER_REVIEW = (Status.SUBMITTED, Status.IN_REVIEW, Status.SECOND_REVIEW)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day in words; ``tone`` is stop (past), turn (near) or empty."""

    text: str
    tone: str = ""
    icon: str = ""
    on: dt.date | None = None
    left: int | None = None


def deadline_of(session: Session, case: Application, *, on: dt.date) -> Deadline:
    """Return the deadline of one case."""
    amber = deadlines.amber_days(session, case.scheme_id, on=on)
    return deadline(case, on=on, calendar=reference.calendar(session), amber=amber)


def deadline(case: Application, *, on: dt.date, calendar: Calendar, amber: int) -> Deadline:
    """Return how far the case is from its last day as of ``on``.

    It warns from ``amber`` working days before that day (WF03).
    """
    if waits := _waits(case):
        return Deadline(waits)
    if case.status not in UNDER_REVIEW or case.due_on is None:
        return Deadline("-")
    left = calendar.workdays_between(on, case.due_on)
    if case.due_on < on:
        late = gettext("%(count)s working days late", count=max(1, -left))
        return Deadline(late, "stop", "circle-xmark", case.due_on, left)
    if case.due_on == on:
        return Deadline(gettext("due today"), "turn", "circle-exclamation", case.due_on, 0)
    said = working_days_left(left)
    if case.due_estimated:
        said = gettext("%(when)s (estimated)", when=said)
    tone, icon = ("turn", "clock") if left <= amber else ("", "")
    return Deadline(said, tone, icon, case.due_on, left)


def _waits(case: Application) -> str:
    """Return for whom or what the case waits while the office's clock stands still."""
    if case.on_hold or (case.investigating and case.status in UNDER_REVIEW):
        return gettext("clock stopped")
    if case.status is Status.RETURNED and case.correction_due_on:
        until = day_in_words(case.correction_due_on)
        return gettext("applicant, until %(day)s", day=until)
    if case.status in (Status.RETURNED, Status.PAYEE_FIX):
        return gettext("with the applicant")
    return ""
