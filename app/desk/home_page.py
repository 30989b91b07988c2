"""The numbers of the first page, by role: each leads to its list; few queries, over indexes."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import format_date, gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds, queue_page
from app.desk.queue_page import chip_url
from app.display import charts
from app.display.formats import day
from app.display.terms import term
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role
from app.domain.workdays import Calendar, local_date
from app.models import Payout
from app.services import reference
from app.services.paying import payout_lists, second_steps
from app.services.records import feedback
from app.services.review import worklist
from app.services.review.worklist import Chip, Wanted
from app.services.staff import role_terms

DAYS = 14
FIRST_FEW = 5
WARNED_FROM = (12, 15)
"""Month and day from which a missing calendar of next year is a warning (WF09)."""


def gathered(session: Session) -> dict[str, Any]:
    """Return what the first page shows to the person who is signed in."""
    actor, now = current.actor(), current.now()
    on = local_date(now)
    calendar = reference.calendar(session)
    shown: dict[str, Any] = {
        "tiles": [], "first": [], "chart": None, "next_case": None,
        "lead": format_date(on, "full", rebase=False),
        "links": links(), "ending": [], "calendar_missing": calendar_missing(calendar, on),
    }  # fmt: skip
    if actor.agency_id is None:
        return shown
    shown["ending"] = ending_roles(session, actor, now=now)
    if deeds.may("read"):
        numbers = worklist.counts(session, actor=actor, now=now)
        shown["tiles"] = case_tiles(actor, numbers)
        shown["lead"] = _lead(on, numbers)
        shown["next_case"] = worklist.next_case(session, actor=actor, now=now)
        shown["first"] = _first(session, actor, now=now, calendar=calendar)
        shown["chart"] = _chart(session, actor.agency_id, on=on, calendar=calendar)
    if deeds.may("answer", view="Feedback"):
        shown["tiles"] += feedback_tiles(session, actor.agency_id, on=on)
    if deeds.may("release", view="Payouts"):
        shown["tiles"] += second_tiles(session, actor)
    if deeds.may("read", view="Payouts"):
        shown["tiles"] += payout_tiles(session, actor.agency_id, now=now)
    return shown


def ending_roles(session: Session, actor: Actor, *, now: dt.datetime) -> list[str]:
    """Return which of the own roles end within a week, for who gives roles those of all."""
    mine = actor.user_id if not actor.has(Role.USER_ADMIN) else None
    found = role_terms.ending_soon(session, now=now, user_id=mine, agency_id=actor.agency_id)
    return [
        gettext(
            "%(name)s: %(role)s until %(day)s", name=one.staff.name, role=term(one.role),
            day=day(one.valid_until),
        )
        for one in found
    ]  # fmt: skip


def calendar_missing(calendar: Calendar, on: dt.date) -> int | None:
    """Return next year when its calendar should be there by now and is not."""
    due = (on.month, on.day) >= WARNED_FROM
    return on.year + 1 if due and on.year + 1 not in calendar.known_years else None


def case_tiles(actor: Actor, numbers: Any) -> list[dict[str, Any]]:
    """Return the numbers of cases that matter to a role."""
    order = [Chip.MINE, Chip.TODAY, Chip.LATE, Chip.RETURNED, Chip.STOPPED]
    if not actor.has(Role.FIRST_REVIEWER, Role.SECOND_REVIEWER):
        order = [Chip.FIRST, Chip.SECOND, Chip.TODAY, Chip.LATE, Chip.RETURNED, Chip.STOPPED]
    elif actor.has(Role.SECOND_REVIEWER):
        order.insert(1, Chip.SECOND)
    order += [chip for chip in (Chip.PAYEE, Chip.DOUBT) if numbers[chip]]
    tones = {
        Chip.TODAY: "turn", Chip.LATE: "stop", Chip.STOPPED: "check", Chip.DOUBT: "check",
        Chip.PAYEE: "turn",
    }  # fmt: skip
    words = {Chip.MINE: gettext("Waiting for me")}
    return [
        {
            "number": queue_page.shown_count(numbers[chip]),
            "unit": gettext("cases"),
            "label": words.get(chip) or queue_page.chip_word(chip),
            "url": chip_url(chip),
            "tone": tones.get(chip, "") if numbers[chip] else "",
        }
        for chip in order
    ]


def feedback_tiles(session: Session, agency_id: int, *, on: dt.date) -> list[dict[str, Any]]:
    """Return how many bad ratings wait for an answer, when any do; red when a day is past."""
    waiting, late = feedback.count_to_answer(session, agency_id=agency_id, on=on)
    if not waiting:
        return []
    return [
        {
            "number": queue_page.shown_count(waiting), "unit": gettext("ratings"),
            "label": gettext("Not satisfied, to answer"),
            "url": url_for("DeskFeedbackView.index"), "tone": "stop" if late else "turn",
        }
    ]  # fmt: skip


def second_tiles(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Return what colleagues began and this person may end, when anything waits."""
    found = second_steps.count(session, actor=actor)
    asked = (
        (found.batches, gettext("batches"), gettext("Batches to be released"), "PayoutRunView.runs"),
        (found.bank_files, gettext("files"), gettext("Bank files to be confirmed"), "BankFileView.files"),
        (
            found.contributions, gettext("files"), gettext("Contributions to be posted"),
            "ContributionView.index",
        ),
        (
            found.accounts, gettext("files"), gettext("Accounts to be opened"),
            "AccountsImportView.index",
        ),
        (found.reversals, gettext("entries"), gettext("Reversals to be confirmed"), "ReversalView.index"),
    )  # fmt: skip
    return [
        {
            "number": queue_page.shown_count(number), "unit": unit, "label": label,
            "url": url_for(there), "tone": "turn",
        }
        for number, unit, label, there in asked
        if number
    ]  # fmt: skip


def payout_tiles(session: Session, agency_id: int, *, now: dt.datetime) -> list[dict[str, Any]]:
    """Return how many payments of the agency stand where something may have to be done.

    Doubts are red when the day promised for one of them is near or past.
    """
    late = payout_lists.has_late_doubt(session, agency_id, now=now)
    rows = session.execute(
        sa.select(Payout.status, sa.func.count())
        .where(Payout.agency_id == agency_id, Payout.status.in_(list(_SHOWN)))
        .group_by(Payout.status)
    )
    numbers = dict(rows.all())
    return [
        {
            "number": queue_page.shown_count(numbers.get(status, 0)),
            "unit": gettext("payouts"),
            "label": label,
            "url": url_for("PayoutRunView.runs", status=status.value),
            "tone": ("stop" if late and tone else tone) if numbers.get(status) else "",
        }
        for status, (label, tone) in _payout_words().items()
    ]


_SHOWN = (PayoutStatus.APPROVED, PayoutStatus.SENT, PayoutStatus.UNKNOWN)


def _payout_words() -> dict[PayoutStatus, tuple[str, str]]:
    return {
        PayoutStatus.APPROVED: (gettext("Waiting for payment"), ""),
        PayoutStatus.SENT: (gettext("Being paid"), ""),
        PayoutStatus.UNKNOWN: (gettext("Payment in doubt"), "check"),
    }


def _lead(on: dt.date, numbers: Any) -> str:
    day = format_date(on, "full", rebase=False)
    today, late = numbers[Chip.TODAY], numbers[Chip.LATE]
    return gettext(
        "%(day)s. Due today: %(today)s, overdue: %(late)s.", day=day, today=today, late=late
    )


def _first(
    session: Session, actor: Actor, *, now: dt.datetime, calendar: Calendar
) -> list[queue_page.Row]:
    chip = queue_page.usual(actor)
    found = worklist.find(session, Wanted(chip=chip), actor=actor, now=now)
    names = worklist.colleagues(session, agency_id=actor.agency_id or 0)
    few = found.cases[:FIRST_FEW]
    amber = queue_page.amber_of(session, few, on=local_date(now))
    return queue_page.rows(
        few, actor=actor, calendar=calendar, names=names, amber=amber, now=now
    )


def _chart(session: Session, agency_id: int, *, on: dt.date, calendar: Calendar) -> charts.Plot:
    days = [on - dt.timedelta(days=back) for back in range(DAYS * 3, -1, -1)]
    shown = [day for day in days if calendar.is_workday(day)][-DAYS:]
    taken, decided = worklist.flow_of_days(session, agency_id=agency_id, days=shown)
    return charts.plot(
        gettext("The last %(count)s working days", count=len(shown)),
        gettext(
            "%(submitted)s came in, %(decided)s were decided; the numbers stand in the table",
            submitted=sum(taken), decided=sum(decided),
        ),
        gettext("Day"),
        [f"{day.month}/{day.day}" for day in shown],
        [
            charts.Series(gettext("Came in"), tuple(taken), "c2", str(sum(taken))),
            charts.Series(gettext("Decided"), tuple(decided), "c1", str(sum(decided))),
        ],
    )  # fmt: skip


def links() -> list[tuple[str, str]]:
    """Return the pages of administrators this person may open."""
    found = []
    for view, verb, endpoint, word in (
        ("Staff", "read", "StaffScreen.list", gettext("Staff and their roles")),
        ("Reference", "edit", "ReasonScreen.list", gettext("Reasons and papers")),
        ("Packages", "read", "PackageScreen.list", gettext("Service packages")),
        (
            "FrontNotices",
            "edit",
            "FrontNoticeScreen.list",
            gettext("Notices of the front page"),
        ),
        ("Feedback", "read", "DeskFeedbackView.index", gettext("Ratings of the service")),
        ("Audit", "read", "AuditScreen.list", gettext("Audit")),
        ("Ledger", "read", "LedgerScreen.list", gettext("Ledger")),
    ):
        if deeds.may(verb, view=view) and _has(endpoint):
            found.append((word, url_for(endpoint)))
    return found


def _has(endpoint: str) -> bool:
    from flask import current_app

    return endpoint in current_app.view_functions
