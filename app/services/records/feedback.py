"""What people say of the service, and what the office answers to who was not content."""

import datetime as dt
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app import sealing
from app.domain import feedback as rules
from app.domain import policy, signs
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.feedback import Rating
from app.domain.lifecycle import FINAL
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.models import Application, Feedback, Scheme
from app.services import audit, reference
from app.services.entry import tries
from app.services.records.updates import changed_rows

DAYS = 5
"""Working days to answer a bad rating when an agency's packages do not say."""

SPOKEN = "feedback"
"""What is counted when somebody sends a rating."""

ANSWERERS = (Role.SUPERVISOR,)

ASKED = "feedback_code"
"""What is counted when somebody asks for a code that no rating has."""

CODE_LENGTH = 16
"""16 of 31 signs: 79 bits, of which an address may try ten an hour."""

NAMELESS = Actor(user_id=None, name="", roles=frozenset())
"""Somebody who does not say who they are."""


@dataclass(frozen=True, slots=True)
class Said:
    """A rating as it was typed: the level, what was ticked, the words."""

    rating: str
    reasons: tuple[str, ...] = ()
    text: str = ""


def code_of(form_key: str) -> str:
    """Return the code by which the answer to a rating is read; a form sent again has the same."""
    key = form_key or secrets.token_hex(CODE_LENGTH)
    return signs.spelled(int(sealing.index_of(f"{ASKED}:{key}"), 16), CODE_LENGTH)


def say(
    session: Session,
    agency_id: int,
    said: Said,
    *,
    case: Application | None = None,
    named: bool = False,
    address: str = "",
    code: str = "",
    actor: Actor,
    now: dt.datetime,
) -> Feedback:
    """Keep what somebody says; of a case only its applicant, once, when it has ended.

    Without a case who says it is kept only when ``named``; an ``address`` may say ten things in
    an hour; the answer to a bad rating is read by its ``code``, of which only a hash is kept. Raises ``Invalid`` (rating_missing, text_too_long), ``NotAllowed`` (too_many_tries,
    not_found) and ``IllegalMove`` (feedback_open, rated_already). The caller commits.
    """
    rating = rules.rating_of(said.rating)
    text = rules.text_of(said.text)
    if case is not None:
        _check_case(session, case, actor=actor)
        agency_id = case.agency_id
    else:
        tries.check(session, SPOKEN, address=address, now=now)
        tries.miss(session, SPOKEN, address=address, now=now)
    row = Feedback(
        agency_id=agency_id,
        applicant_id=actor.applicant_id if named or case is not None else None,
        application_id=case.id if case is not None else None,
        rating=rating, reasons=rules.reasons_of(said.reasons), created_at=now,
        due_on=_due(session, agency_id, now) if rating.is_bad else None,
        code_index=_index(code) if code and case is None and rating.is_bad else None,
    )  # fmt: skip
    row.text = text or None
    session.add(row)
    session.flush()
    _record(session, "feedback_given", row, actor=actor, now=now)
    return row


def answer(
    session: Session, row: Feedback, *, text: str, actor: Actor, now: dt.datetime
) -> None:
    """Answer a rating, once; supervisors of the agency do.

    Raises ``NotAllowed``, ``Invalid`` (feedback_unanswered, text_too_long) and ``IllegalMove``
    (moved_on). The caller commits.
    """
    policy.check_role(actor, *ANSWERERS)
    policy.check_agency(actor, agency_id=row.agency_id)
    said = rules.text_of(text)
    if not said:
        raise Invalid("no answer", code="feedback_unanswered", field="text")
    is_first = changed_rows(
        session,
        sa.update(Feedback)
        .where(Feedback.id == row.id, Feedback.answered_at.is_(None))
        .values(answered_at=now, answered_by=actor.user_id)
        .execution_options(synchronize_session=False),
    )
    if not is_first:
        raise IllegalMove("answered already", code="moved_on")
    session.refresh(row)
    row.answer = said
    _record(session, "feedback_answered", row, actor=actor, now=now)


def by_code(session: Session, typed: str, *, address: str, now: dt.datetime) -> Feedback | None:
    """Return the rating a code belongs to, however it was typed; a miss is counted.

    Raises ``NotAllowed`` (too_many_tries). The caller commits.
    """
    tries.check(session, ASKED, address=address, now=now)
    code, row = signs.bare(typed, CODE_LENGTH), None
    if code:
        row = session.scalar(
            sa.select(Feedback)
            .where(Feedback.code_index == _index(code))
            .order_by(Feedback.id.desc())
            .limit(1)
        )
    if row is None:
        tries.miss(session, ASKED, address=address, now=now)
    return row


def of_case(session: Session, case: Application) -> Feedback | None:
    """Return what was said of a case."""
    return session.scalar(sa.select(Feedback).where(Feedback.application_id == case.id))


def get_feedback(session: Session, key: int, *, actor: Actor) -> Feedback:
    """Return what was said to the actor's agency, or raise ``NotAllowed`` (not_found)."""
    row = session.get(Feedback, key)
    if row is None or row.agency_id != actor.agency_id:
        raise NotAllowed("another agency's", code="not_found")
    return row


def to_answer(session: Session, *, actor: Actor, limit: int = 50) -> list[Feedback]:
    """Return the bad ratings of the actor's agency that wait, the most urgent first."""
    waiting = _of(actor.agency_id).where(_waits())
    return list(session.scalars(waiting.order_by(Feedback.due_on, Feedback.id).limit(limit)))


def count_to_answer(session: Session, *, agency_id: int, on: dt.date) -> tuple[int, int]:
    """Return how many bad ratings wait, and how many of them are past their day."""
    late = sa.func.coalesce(sa.func.sum(sa.case((Feedback.due_on < on, 1), else_=0)), 0)
    row = session.execute(
        sa.select(sa.func.count(), late).where(Feedback.agency_id == agency_id, _waits())
    ).one()
    return int(row[0]), int(row[1])


def recent(session: Session, *, actor: Actor, limit: int = 30) -> list[Feedback]:
    """Return what was said last to the actor's agency, leaving out what waits for an answer."""
    rest = _of(actor.agency_id).where(sa.not_(_waits()))
    return list(session.scalars(rest.order_by(Feedback.id.desc()).limit(limit)))


def sums(session: Session, *, agency_id: int, since: dt.datetime) -> dict[Rating, int]:
    """Return how often each level was given since a moment, best first."""
    rows = session.execute(
        sa.select(Feedback.rating, sa.func.count())
        .where(Feedback.agency_id == agency_id, Feedback.created_at >= since)
        .group_by(Feedback.rating)
    )
    found = {row[0]: int(row[1]) for row in rows}
    return {rating: found.get(rating, 0) for rating in Rating}


def ticked(session: Session, *, agency_id: int, since: dt.datetime) -> dict[str, int]:
    """Return how often each reason was ticked since a moment, the most frequent first."""
    rows = session.execute(
        sa.select(Feedback.reasons, sa.func.count())
        .where(Feedback.agency_id == agency_id, Feedback.created_at >= since)
        .group_by(Feedback.reasons)
    )
    counted = dict.fromkeys(rules.REASONS, 0)
    for codes, count in rows:
        for code in codes:
            counted[code] = counted.get(code, 0) + int(count)
    return dict(sorted(counted.items(), key=lambda one: -one[1]))


def _index(code: str) -> str:
    return sealing.index_of(f"{SPOKEN}:{code}")


def _of(agency_id: int | None) -> sa.Select[tuple[Feedback]]:
    return (
        sa.select(Feedback)
        .where(Feedback.agency_id == agency_id)
        .options(joinedload(Feedback.application))
    )


def _waits() -> sa.ColumnElement[bool]:
    return sa.and_(Feedback.due_on.is_not(None), Feedback.answered_at.is_(None))


def _check_case(session: Session, case: Application, *, actor: Actor) -> None:
    policy.check_own(actor, applicant_id=case.applicant_id)
    if case.status not in FINAL or case.number is None:
        raise IllegalMove("not ended", code="feedback_open")
    if of_case(session, case) is not None:
        raise IllegalMove("said already", code="rated_already")


def _due(session: Session, agency_id: int, now: dt.datetime) -> dt.date:
    today = local_date(now)
    schemes = session.scalars(sa.select(Scheme.id).where(Scheme.agency_id == agency_id))
    days = [
        reference.settings_on(session, scheme_id, today).get("feedback_days", DAYS)
        for scheme_id in schemes
    ]
    return reference.calendar(session).add_workdays(today, int(min(days, default=DAYS))).date


def _record(
    session: Session, act: str, row: Feedback, *, actor: Actor, now: dt.datetime
) -> None:
    """Write it down; who says something without a name is not named here either."""
    known = act == "feedback_answered" or row.applicant_id is not None
    who = actor if known else NAMELESS
    audit.record(
        session, act, actor=who, now=now, object_type="feedback", object_id=row.id,
        agency_id=row.agency_id, applicant_id=row.applicant_id, value=row.rating.value,
    )  # fmt: skip
