"""What stands beside the status of a case: hold, investigation, assignment, notes, relation."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle, policy, texts
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Note, Role, Status
from app.models import Application, ReviewNote, Staff
from app.services import cases, payouts
from app.services.applying import relations
from app.services.records.updates import changed_rows
from app.services.review import case_notices, deadlines

REVIEWERS = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR)
MAY_BE_HELD = lifecycle.OPEN | {Status.PAID}
UNDER_REVIEW = frozenset({Status.SUBMITTED, Status.IN_REVIEW, Status.SECOND_REVIEW})


def hold(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Stop a case and its payout, with a reason; refused while the bank may be paying."""
    _check(session, case, actor=actor, now=now, statuses=lifecycle.OPEN)
    _need(reason, "reason")
    if payouts.in_flight(session, case):
        raise IllegalMove("the bank may be paying", code="payout_in_flight")
    _flag(session, case, now=now, on_hold=True, hold_reason=reason)
    cases.stop_clock(session, case, now=now)
    cases.remark(session, case, Note.HOLD, actor=actor, now=now, note=reason)


def release_hold(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime
) -> None:
    """Let a held case go on; one that was paid while it was being held is let off, too."""
    _check(session, case, actor=actor, now=now, statuses=MAY_BE_HELD)
    if not case.on_hold:
        raise IllegalMove("the case is not on hold")
    _flag(session, case, now=now, on_hold=False, hold_reason="")
    cases.remark(session, case, Note.RELEASE_HOLD, actor=actor, now=now)
    _go_on(session, case, now=now)


def investigate(
    session: Session,
    case: Application,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str,
    outside: bool = False,
) -> None:
    """Check a doubt outside the office (核查); the clock stops meanwhile (WF02).

    ``outside`` says that the check leads out of the city and usually takes longer.
    """
    _check(session, case, actor=actor, now=now, statuses=UNDER_REVIEW)
    _need(reason, "reason")
    _flag(session, case, now=now, investigating=True)
    cases.stop_clock(session, case, now=now)
    cases.remark(session, case, Note.INVESTIGATE, actor=actor, now=now, note=reason)
    case_notices.about_case(
        session,
        "investigation_started",
        case,
        now=now,
        date=deadlines.inquiry_due(session, case, now=now, outside=outside),
    )


def end_investigation(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime, note: str
) -> None:
    """Write down what the check found and let the clock run again."""
    _check(session, case, actor=actor, now=now, statuses=UNDER_REVIEW)
    if not case.investigating:
        raise IllegalMove("the case is not under investigation")
    _need(note, "note")
    _flag(session, case, now=now, investigating=False)
    cases.remark(session, case, Note.END_INVESTIGATION, actor=actor, now=now, note=note)
    _go_on(session, case, now=now)
    case_notices.about_case(session, "investigation_ended", case, now=now, due_date=case.due_on)


def assign(
    session: Session,
    case: Application,
    *,
    user_id: int | None,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Give a case to a colleague, or back to nobody; taking one for oneself needs no supervisor."""
    if user_id not in (actor.user_id, None):
        policy.check_role(actor, Role.SUPERVISOR)
    _check(session, case, actor=actor, now=now, statuses=lifecycle.OPEN)
    member = session.scalar(sa.select(Staff).where(Staff.user_id == user_id))
    if user_id is not None and (member is None or member.agency_id != case.agency_id):
        raise Invalid(code="no_such_colleague", field="assignee")
    if member and member.id_number_index in cases.facts_of(session, case).identities:
        raise NotAllowed("the case is the colleague's own", code="own_case")
    case.assignee_id = user_id
    name = member.name if member else ""
    cases.remark(session, case, Note.ASSIGN, actor=actor, now=now, note=name)


def add_note(
    session: Session, case: Application, text: str, *, actor: Actor, now: dt.datetime
) -> None:
    """Leave a note for colleagues and the file; the applicant never sees it."""
    policy.check_role(actor, *REVIEWERS)
    policy.check_agency(actor, agency_id=case.agency_id)
    _need(text, "text")
    assert actor.user_id is not None
    session.add(
        ReviewNote(
            application_id=case.id, agency_id=case.agency_id, actor_id=actor.user_id,
            actor_name=actor.name, text=text.strip(), at=now,
        )
    )  # fmt: skip


def confirm_relation(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime
) -> None:
    """Confirm that heir or proxy may act for this account; only now money is held and shows.

    An amount that the account does not cover is not held: the case has to be returned, and
    whoever corrects it sees the most. Raises ``IllegalMove`` (open_case) when another case
    stands on the account.
    """
    cases.check_reviewer(session, case, actor=actor, now=now)
    if case.status not in UNDER_REVIEW or relations.is_proven(case):
        raise IllegalMove("there is no relation to confirm now")
    relations.check_free(session, case)
    case.relation_confirmed_at = now
    session.flush()
    relations.hold_if_covered(session, case, now=now)
    cases.remark(session, case, Note.CONFIRM_RELATION, actor=actor, now=now, public=True)


def _check(
    session: Session,
    case: Application,
    *,
    actor: Actor,
    now: dt.datetime,
    statuses: frozenset[Status],
) -> None:
    policy.check_role(actor, *REVIEWERS)
    cases.check_staff(session, case, actor=actor, now=now)
    if case.status not in statuses:
        raise IllegalMove(f"not while {case.status}")


def _flag(
    session: Session, case: Application, *, now: dt.datetime, **flags: bool | str
) -> None:
    """Change a flag only if the case is as it was read."""
    session.flush()
    changed = changed_rows(
        session,
        sa.update(Application)
        .where(Application.id == case.id, Application.version == case.version)
        .values(version=case.version + 1, updated_at=now, **flags)
        .execution_options(synchronize_session=False),
    )
    if changed != 1:
        raise IllegalMove("somebody else was faster")
    session.refresh(case)


def _go_on(session: Session, case: Application, *, now: dt.datetime) -> None:
    if case.on_hold or case.investigating:
        return
    if case.status in UNDER_REVIEW:
        due = deadlines.decision_due(session, case, now=now)
        case.due_on, case.due_estimated = due.on, due.estimated
    cases.start_clock(session, case, now=now)


def _need(text: str, field: str) -> None:
    if not text.strip():
        raise Invalid(code="reason_needed", field=field)
    texts.check_length(text, field)
