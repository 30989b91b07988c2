"""The cases of an agency as staff work through them: found, filtered, counted, paged by key."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, load_only, selectinload

from app.domain import lifecycle, policy
from app.domain.policy import Actor
from app.domain.terms import Action, PayoutStatus, Role, Status
from app.domain.workdays import SHANGHAI, local_date
from app.models import Applicant, Application, CaseEvent, Payout, Staff, WithdrawalReason
from app.services import cases

PAGE = 20
COUNTED = 10_000
"""Open cases that are looked at for the numbers; more are shown as 9999+."""

LARGE = Decimal(200_000)
"""From this sum in yuan a case is among the large ones."""

MOBILE_DIGITS = 4
LEAST_NUMBER = 6


class Chip(StrEnum):
    """A ready condition of the list."""

    MINE = "mine"
    TODAY = "today"
    LATE = "late"
    FIRST = "first"
    SECOND = "second"
    RETURNED = "returned"
    STOPPED = "stopped"
    DOUBT = "doubt"
    PAYEE = "payee"
    LARGE = "large"
    AGAIN = "again"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: words, a ready condition, filters, and where to go on."""

    words: str = ""
    chip: Chip = Chip.OPEN
    status: Status | None = None
    reason_code: str = ""
    since: dt.date | None = None
    after: tuple[dt.date, int] | None = None
    before: tuple[dt.date, int] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list, with the keys of the pages before and after it."""

    cases: list[Application]
    before: tuple[dt.date, int] | None
    after: tuple[dt.date, int] | None


def find(session: Session, wanted: Wanted, *, actor: Actor, now: dt.datetime) -> Found:
    """Return a page of the agency's cases, the most urgent first; rights are checked here.

    Their keys come first, in order, by the index alone: only the rows of the page are read.
    """
    policy.check_role(actor, *cases.STAFF)
    key = sa.tuple_(Application.due_on, Application.id)
    query = sa.select(Application.id).where(
        Application.agency_id == actor.agency_id,
        Application.due_on.is_not(None),
        *_filters(wanted, actor=actor, today=local_date(now)),
    )
    backwards = wanted.before is not None
    if wanted.after:
        query = query.where(key > sa.tuple_(*map(sa.literal, wanted.after)))
    if wanted.before:
        query = query.where(key < sa.tuple_(*map(sa.literal, wanted.before)))
    order = (Application.due_on, Application.id)
    turned = [column.desc() for column in order] if backwards else list(order)
    keys = session.scalars(query.order_by(*turned).limit(PAGE + 1)).all()
    rows = list(
        session.scalars(
            sa.select(Application)
            .where(Application.id.in_(keys))
            .options(*_SHOWN)
            .order_by(*turned)
        )
    )
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    has_before = more if backwards else wanted.after is not None
    has_after = backwards or more
    return Found(
        cases=rows,
        before=_key(rows[0]) if rows and has_before else None,
        after=_key(rows[-1]) if rows and has_after else None,
    )


_SHOWN = (
    load_only(
        Application.number, Application.status, Application.kind, Application.amount,
        Application.due_on, Application.due_estimated, Application.submitted_at,
        Application.on_hold, Application.investigating, Application.assignee_id,
        Application.correction_due_on, Application.version, Application.agency_id,
        Application.scheme_id,
    ),
    joinedload(Application.applicant).load_only(Applicant.name, Applicant.id_number_index),
    joinedload(Application.reason).load_only(
        WithdrawalReason.name_zh, WithdrawalReason.name_en
    ),
    selectinload(Application.payouts).load_only(Payout.status, Payout.application_id),
)  # fmt: skip


def counts(session: Session, *, actor: Actor, now: dt.datetime) -> Mapping[Chip, int]:
    """Return how many open cases meet each ready condition, by one query over an index."""
    policy.check_role(actor, *cases.STAFF)
    today = local_date(now)
    of = (
        sa.select(*_ASKED)
        .where(
            Application.agency_id == actor.agency_id,
            Application.status.in_(lifecycle.OPEN),
        )
        .limit(COUNTED)
        .subquery()
    ).c
    sums = [
        sa.func.coalesce(
            sa.func.sum(sa.case((_condition(chip, of, actor, today), 1), else_=0)), 0
        )
        for chip in Chip
    ]
    return dict(zip(Chip, session.execute(sa.select(*sums)).one(), strict=True))


_ASKED = (
    Application.id, Application.status, Application.due_on, Application.assignee_id,
    Application.on_hold, Application.investigating, Application.amount,
)  # fmt: skip
"""What the conditions ask of a case; the index of the queue has it all."""


def next_case(session: Session, *, actor: Actor, now: dt.datetime) -> int | None:
    """Return the most urgent case that is this person's to work on."""
    if not actor.has(Role.FIRST_REVIEWER, Role.SECOND_REVIEWER):
        return None
    found = find(session, Wanted(chip=Chip.MINE), actor=actor, now=now)
    own = actor.identity_index
    return next((row.id for row in found.cases if row.applicant.id_number_index != own), None)


def colleagues(session: Session, *, agency_id: int) -> dict[int, str]:
    """Return the names of an agency's staff by their user."""
    rows = session.execute(
        sa.select(Staff.user_id, Staff.name)
        .where(Staff.agency_id == agency_id)
        .order_by(Staff.name)
    )
    return dict(rows.all())


def flow_of_days(
    session: Session, *, agency_id: int, days: list[dt.date]
) -> tuple[list[int], list[int]]:
    """Return how many cases came in and were decided on each of the days, in one question."""
    counted = [
        _on_day(column, agency_id, day)
        for column in (Application.submitted_at, Application.decided_at)
        for day in days
    ]
    found = list(session.execute(sa.select(*counted)).one())
    return found[: len(days)], found[len(days) :]


def _on_day(column: Any, agency_id: int, day: dt.date) -> sa.ScalarSelect[int]:
    midnight = dt.datetime.combine(day, dt.time(), SHANGHAI)
    return (
        sa.select(sa.func.count())
        .where(
            Application.agency_id == agency_id, column >= midnight,
            column < midnight + dt.timedelta(days=1), Application.status != Status.DRAFT,
        )
        .scalar_subquery()
    )  # fmt: skip


def _filters(wanted: Wanted, *, actor: Actor, today: dt.date) -> list[Any]:
    words = wanted.words.strip()
    chosen: list[Any] = []
    if wanted.status:
        chosen.append(Application.status == wanted.status)
    elif words:
        chosen.append(Application.status != Status.DRAFT)
    else:
        chosen.append(Application.status.in_(lifecycle.OPEN))
    if words:
        chosen.append(_named(words))
    if not words and not wanted.status:
        chosen.append(_condition(wanted.chip, Application, actor, today))
    if wanted.reason_code:
        chosen.append(Application.reason_code == wanted.reason_code)
    if wanted.since:
        start = dt.datetime.combine(wanted.since, dt.time(), tzinfo=SHANGHAI)
        chosen.append(Application.submitted_at >= start)
    return chosen


def _named(words: str) -> Any:
    """Return the condition for one box: a number, the last four of a mobile, or a name."""
    bare = words.replace(" ", "").upper()
    if bare.isascii() and len(bare) >= LEAST_NUMBER and bare[-1].isdigit():
        return sa.and_(Application.number >= bare, Application.number < f"{bare}~")
    if bare.isdigit() and len(bare) == MOBILE_DIGITS:
        return Application.mobile_last_four == bare
    person = sa.select(Applicant.id).where(
        Applicant.name >= words, Applicant.name < words + _LAST_LETTER
    )
    return Application.applicant_id.in_(person)


_LAST_LETTER = "\U0010fffd"


def _condition(chip: Chip, of: Any, actor: Actor, today: dt.date) -> Any:
    moving = sa.and_(of.status.in_(_REVIEW), of.on_hold.is_(False), of.investigating.is_(False))
    conditions: Mapping[Chip, Any] = {
        Chip.OPEN: sa.true(),
        Chip.MINE: sa.and_(
            of.status.in_(_turn(actor)),
            sa.or_(of.assignee_id == actor.user_id, of.assignee_id.is_(None)),
        ),
        Chip.TODAY: sa.and_(moving, of.due_on == today),
        Chip.LATE: sa.and_(moving, of.due_on < today),
        Chip.FIRST: of.status.in_((Status.SUBMITTED, Status.IN_REVIEW)),
        Chip.SECOND: of.status == Status.SECOND_REVIEW,
        Chip.RETURNED: of.status == Status.RETURNED,
        Chip.STOPPED: sa.or_(of.on_hold.is_(True), of.investigating.is_(True)),
        Chip.PAYEE: of.status == Status.PAYEE_FIX,
        Chip.LARGE: of.amount >= LARGE,
        Chip.DOUBT: of.id.in_(_IN_DOUBT),
        Chip.AGAIN: sa.and_(
            of.status.in_((Status.SUBMITTED, Status.IN_REVIEW)), _was_returned(of)
        ),
    }
    return conditions[chip]


def _turn(actor: Actor) -> list[Status]:
    """Return the statuses in which a case waits for this person's work."""
    turn: list[Status] = []
    if actor.has(Role.FIRST_REVIEWER):
        turn += [Status.SUBMITTED, Status.IN_REVIEW]
    if actor.has(Role.SECOND_REVIEWER):
        turn += [Status.SECOND_REVIEW]
    return turn or list(_REVIEW)


_REVIEW = (Status.SUBMITTED, Status.IN_REVIEW, Status.SECOND_REVIEW)
_IN_DOUBT = sa.select(Payout.application_id).where(Payout.status == PayoutStatus.UNKNOWN)


def _was_returned(of: Any) -> Any:
    return sa.exists().where(
        CaseEvent.application_id == of.id,
        CaseEvent.action == Action.RETURN_FOR_CORRECTION.value,
    )


def _key(case: Application) -> tuple[dt.date, int]:
    assert case.due_on is not None
    return case.due_on, case.id
