"""The list of cases as it is asked for in the address, and its rows in words."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, session, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.desk import words
from app.desk.deadline import Deadline, deadline
from app.display import sought
from app.display.labels import Label, staff_label
from app.display.words import localized
from app.domain.masking import mask_name
from app.domain.policy import Actor
from app.domain.terms import Role, Status
from app.domain.workdays import Calendar, local_date
from app.models import Application
from app.services import reference
from app.services.review import deadlines
from app.services.review.worklist import Chip, Wanted

LAST = "desk-list"
"""Key of the session under which the last list is kept, for the way back from a case."""

SINCE = {"today": 0, "week": 7, "month": 31}
FILTERS = ("find", "chip", "status", "reason", "since")
SHOWN_COUNT = 9_999


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the list: names masked, its deadline in working days."""

    id: int
    number: str
    name: str
    reason: str
    kind: str
    amount: Any
    submitted_at: dt.datetime | None
    label: Label
    deadline: Deadline
    assignee: str
    can_take_up: bool
    version: int


def wanted(actor: Actor, *, on: dt.date) -> Wanted:
    """Return what the address asks for; a value that is none is left out."""
    asked = request.args
    chip = Chip(asked["chip"]) if asked.get("chip") in set(Chip) else usual(actor)
    status = Status(asked["status"]) if asked.get("status") in set(Status) else None
    span = SINCE.get(asked.get("since", ""))
    return Wanted(
        words=sought.opened(asked.get("find", ""), actor),
        chip=chip,
        status=None if status is Status.DRAFT else status,
        reason_code=asked.get("reason", "")[:32],
        since=on - dt.timedelta(days=span) if span is not None else None,
        after=_key(asked.get("after", "")),
        before=_key(asked.get("before", "")),
    )


def sought_url(actor: Actor) -> str:
    """Return the address of the list that the search form asks for."""
    kept: dict[str, Any] = {
        name: request.form[name] for name in FILTERS[1:] if request.form.get(name)
    }
    if words := request.form.get("q", "").strip():
        kept["find"] = sought.sealed(words, actor)
    return url_for("DeskView.queue", **kept)


def usual(actor: Actor) -> Chip:
    """Return the list somebody begins with: reviewers their own work, others all open cases."""
    return Chip.MINE if actor.has(Role.FIRST_REVIEWER, Role.SECOND_REVIEWER) else Chip.OPEN


def _key(text: str) -> tuple[dt.date, int] | None:
    day, _, number = text.partition(".")
    try:
        return (dt.date.fromisoformat(day), int(number)) if number else None
    except ValueError:
        return None


def rows(
    found: list[Application],
    *,
    actor: Actor,
    calendar: Calendar,
    names: dict[int, str],
    amber: Mapping[int, int],
    now: dt.datetime,
) -> list[Row]:
    """Return the rows of a page of the list, without a query of their own.

    ``amber`` says by scheme how many working days before its limit a case warns.
    """
    on = local_date(now)
    takes_up = actor.has(Role.FIRST_REVIEWER)
    return [
        Row(
            id=case.id,
            number=case.number or "",
            name=mask_name(case.applicant.name),
            reason=localized(case.reason, "name"),
            kind=str(words.KINDS[case.kind]),
            amount=case.amount,
            submitted_at=case.submitted_at,
            label=staff_label(case),
            deadline=deadline(case, on=on, calendar=calendar, amber=amber[case.scheme_id]),
            assignee=names.get(case.assignee_id or 0, ""),
            can_take_up=takes_up
            and case.status is Status.SUBMITTED
            and case.applicant.id_number_index != actor.identity_index,
            version=case.version,
        )
        for case in found
    ]


def amber_of(db: Session, found: list[Application], *, on: dt.date) -> dict[int, int]:
    """Return how many working days before their limit cases warn, by scheme."""
    schemes = {case.scheme_id for case in found}
    return {scheme: deadlines.amber_days(db, scheme, on=on) for scheme in schemes}


CHIPS: tuple[Chip, ...] = (
    Chip.MINE, Chip.TODAY, Chip.LATE, Chip.FIRST, Chip.SECOND, Chip.AGAIN, Chip.RETURNED,
    Chip.STOPPED, Chip.PAYEE, Chip.DOUBT, Chip.LARGE, Chip.OPEN,
)  # fmt: skip


def chip_word(chip: Chip) -> str:
    """Return what a ready condition is called."""
    return {
        Chip.MINE: gettext("Mine and unassigned"),
        Chip.TODAY: gettext("Due today"),
        Chip.LATE: gettext("Overdue"),
        Chip.FIRST: gettext("Awaiting first review"),
        Chip.SECOND: gettext("Awaiting second review"),
        Chip.AGAIN: gettext("Submitted again"),
        Chip.RETURNED: gettext("Returned, applicant's turn"),
        Chip.STOPPED: gettext("Checked or on hold"),
        Chip.PAYEE: gettext("Account to be corrected"),
        Chip.DOUBT: gettext("Payment in doubt"),
        Chip.LARGE: gettext("200,000 yuan and more"),
        Chip.OPEN: gettext("All open"),
    }[chip]


def chip_url(chip: Chip) -> str:
    """Return the address of a ready condition."""
    return url_for("DeskView.queue", chip=chip.value)


def shown_count(number: int) -> str:
    """Return a count as it is shown: large ones end at 9999+."""
    return str(number) if number <= SHOWN_COUNT else f"{SHOWN_COUNT}+"


def page_url(key: tuple[dt.date, int] | None, word: str) -> str:
    """Return the address of the page before or after, or nothing."""
    if key is None:
        return ""
    kept: dict[str, Any] = {
        name: request.args[name] for name in FILTERS if request.args.get(name)
    }
    kept[word] = f"{key[0].isoformat()}.{key[1]}"
    return url_for("DeskView.queue", **kept)


def keep_list() -> None:
    """Remember this list for the way back from a case."""
    session[LAST] = request.full_path.rstrip("?")


def last_list() -> str:
    """Return the list somebody came from."""
    kept = str(session.get(LAST, ""))
    return kept if kept.startswith("/desk/queue/") else url_for("DeskView.queue")


def reason_options(db: Session, agency_id: int, *, on: dt.date) -> list[tuple[str, str]]:
    """Return the reasons of the agency's schemes, for the filter."""
    found: dict[str, str] = {}
    for scheme in reference.schemes(db):
        if scheme.agency_id == agency_id:
            for reason in reference.reasons_in_force(db, scheme.id, on):
                found.setdefault(reason.code, localized(reason, "name"))
    return list(found.items())
