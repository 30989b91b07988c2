"""The life of a case: the one place where a status changes, and what leans on it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.domain import lifecycle, policy, texts
from app.domain.errors import IllegalMove, NotAllowed
from app.domain.policy import Actor, CaseFacts, Level
from app.domain.terms import Action, Note, Role, Status
from app.models import Application, CaseEvent, ClockInterval, Staff
from app.services.records.updates import changed_row
from app.services.staff import standing

BY_OFFICE = "desk"
"""The channel of a case that the office opened itself."""

STAFF = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.AUDITOR)
"""Who may read the cases of the own agency."""

SIGNED = frozenset({Action.APPROVE, Action.CONFIRM_PAYEE})
"""The steps that let a case be paid: what they sign is written with them."""

ACTIONS = frozenset(action.value for action in Action)


_other = aliased(Staff)
_TAKEN = (
    sa.select(CaseEvent.action, CaseEvent.from_status, CaseEvent.actor_id, _other.user_id)
    .outerjoin(Staff, Staff.user_id == CaseEvent.actor_id)
    .outerjoin(_other, _other.id_number_index == Staff.id_number_index)
    .where(CaseEvent.application_id == sa.bindparam("case_id"), CaseEvent.actor_id.is_not(None))
    .order_by(CaseEvent.id)
)
_RUNNING = sa.select(ClockInterval).where(
    ClockInterval.application_id == sa.bindparam("case_id"), ClockInterval.ended_at.is_(None)
)
"""Asked at every step of a case, so built once."""


def get_case(session: Session, case_id: int, *, actor: Actor) -> Application:
    """Return a case of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    case = session.get(Application, case_id)
    if case is None or case.status is Status.DRAFT:
        raise NotAllowed("no such case", code="not_found")
    policy.check_role(actor, *STAFF)
    policy.check_agency(actor, agency_id=case.agency_id)
    return case


def move(
    session: Session,
    case: Application,
    action: Action,
    *,
    actor: Actor,
    now: dt.datetime,
    note: str = "",
    public: bool = True,
    **changes: Any,
) -> CaseEvent:
    """Take one action on a case and write it in its history; ``changes`` are further columns.

    Raises ``NotAllowed`` or ``IllegalMove``; the latter also when the case is held or
    investigated, or when somebody else was faster. The caller commits.
    """
    standing.check(session, actor, now=now)
    _check_right(session, case, action, actor=actor)
    before = case.status
    after = lifecycle.next_status(before, action)
    if action in lifecycle.DECISIONS and (case.on_hold or case.investigating):
        raise IllegalMove("the case is on hold", code="on_hold")
    if not may_be_corrected(case, action):
        raise IllegalMove("the office opened it", code="supplement_return")
    session.flush()
    as_read = (
        Application.id == case.id,
        Application.status == before,
        Application.version == case.version,
    )
    new = {"status": after, "version": case.version + 1, "updated_at": now, **changes}
    if not changed_row(session, case, sa.update(Application).where(*as_read).values(new)):
        raise IllegalMove("somebody else was faster")
    _run_clock(session, case, now=now)
    return _write(session, case, action, before, actor=actor, now=now, note=note, public=public)


def stand(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime, note: str = ""
) -> CaseEvent:
    """Write a case that an agreement makes (约定提取): it begins decided, signed by its terms.

    Raises ``NotAllowed`` for anybody but the clock. The caller commits; another open case on
    the account makes the commit an ``IllegalMove`` (open_case).
    """
    policy.check_role(actor, *policy.WHO[Action.STAND])
    case.status = lifecycle.next_status(Status.DRAFT, Action.STAND)
    session.add(case)
    session.flush()
    start_clock(session, case, now=now)
    return _write(
        session, case, Action.STAND, Status.DRAFT, actor=actor, now=now, note=note, public=True
    )


def remark(
    session: Session,
    case: Application,
    what: Note,
    *,
    actor: Actor,
    now: dt.datetime,
    note: str = "",
    public: bool = False,
) -> CaseEvent:
    """Write in the history what was done to a case without moving it."""
    return _write(
        session, case, what, case.status, actor=actor, now=now, note=note, public=public
    )


def note_for_applicant(event: CaseEvent) -> str:
    """Return what an applicant reads of the note at a step; an approval's is for colleagues."""
    return event.note if event.public and event.action != Action.APPROVE else ""


def open_actions(session: Session, case: Application, *, actor: Actor) -> frozenset[Action]:
    """Return what this actor may do to the case now: what the buttons of a page offer."""
    facts = facts_of(session, case)
    barred = case.on_hold or case.investigating
    offered = set()
    for action in lifecycle.open_actions(case.status):
        if (barred and action in lifecycle.DECISIONS) or not may_be_corrected(case, action):
            continue
        try:
            policy.check(actor, action, facts)
        except NotAllowed:
            continue
        offered.add(action)
    return frozenset(offered)


def may_be_corrected(case: Application, action: Action) -> bool:
    """Tell whether a case may take an action: what the office opened goes back to nobody.

    In a supplementary case (补充支取) nothing is the applicant's: it is signed or refused, and a
    card that does not work any more is corrected when the bank sends the money back.
    """
    return action is not Action.RETURN_FOR_CORRECTION or case.channel != BY_OFFICE


def _check_right(session: Session, case: Application, action: Action, *, actor: Actor) -> None:
    """Ask for the right to an action; what the clock alone does depends on nobody's deeds."""
    if Role.WORKER in policy.WHO[action]:
        policy.check_role(actor, *policy.WHO[action])
    else:
        policy.check(actor, action, facts_of(session, case))


def facts_of(session: Session, case: Application) -> CaseFacts:
    """Return what rights on the case depend on: whose it is, whose agency, who acted."""
    acted: dict[Action, set[int]] = {}
    levels: dict[Level, set[int]] = {}
    for action, status, users in _steps(session, case):
        if action is Action.SUBMIT:
            acted.pop(Action.PASS_LEVEL, None)
        acted.setdefault(action, set()).update(users)
        if (level := policy.level_of(action, status)) is not None:
            levels.setdefault(level, set()).update(users)
    return CaseFacts(
        agency_id=case.agency_id,
        applicant_id=case.applicant_id,
        identities=frozenset(
            {case.applicant.id_number_index, case.account.applicant.id_number_index}
        ),
        acted={action: frozenset(people) for action, people in acted.items()},
        status=case.status,
        levels={level: frozenset(people) for level, people in levels.items()},
    )


def _steps(
    session: Session, case: Application
) -> Iterator[tuple[Action, Status | None, set[int]]]:
    """Give every step in order, with all log-ins of the person who took it."""
    rows = session.execute(_TAKEN, {"case_id": case.id})
    for action, status, actor_id, same in rows:
        if action in ACTIONS and actor_id is not None:
            yield Action(action), status, {actor_id, same or actor_id}


def stop_clock(session: Session, case: Application, *, now: dt.datetime) -> None:
    """End the running stretch of time: nobody's days count while the case stands still."""
    session.execute(
        sa.update(ClockInterval)
        .where(ClockInterval.application_id == case.id, ClockInterval.ended_at.is_(None))
        .values(ended_at=now)
    )


def start_clock(session: Session, case: Application, *, now: dt.datetime) -> None:
    """Begin a stretch of time for whoever has the case in hand by its status."""
    holder = lifecycle.CLOCK.get(case.status)
    if holder is not None:
        session.add(
            ClockInterval(
                application_id=case.id,
                agency_id=case.agency_id,
                holder=holder,
                started_at=now,
            )
        )


def _run_clock(session: Session, case: Application, *, now: dt.datetime) -> None:
    holder = lifecycle.CLOCK.get(case.status)
    if holder is not None:
        running = session.scalar(_RUNNING, {"case_id": case.id})
        if running is not None and running.holder is holder:
            return
    stop_clock(session, case, now=now)
    start_clock(session, case, now=now)


def _write(
    session: Session,
    case: Application,
    action: Action | Note,
    before: Status,
    *,
    actor: Actor,
    now: dt.datetime,
    note: str,
    public: bool,
) -> CaseEvent:
    texts.check_length(note, "note")
    event = CaseEvent(
        application_id=case.id,
        agency_id=case.agency_id,
        actor_id=actor.user_id,
        actor_name=actor.kept_name,
        action=action.value,
        from_status=before,
        to_status=case.status,
        note=note,
        public=public,
        decision_hash=case.decision_hash if action in SIGNED else "",
        at=now,
    )
    session.add(event)
    return event


def check_reviewer(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime
) -> None:
    """Raise ``NotAllowed`` unless the actor may review this case at all: role, agency, not own."""
    policy.check_role(actor, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)
    check_staff(session, case, actor=actor, now=now)


def check_staff(session: Session, case: Application, *, actor: Actor, now: dt.datetime) -> None:
    """Raise ``NotAllowed`` for another agency's case, an own one, or rights that have ended."""
    standing.check(session, actor, now=now)
    policy.check_agency(actor, agency_id=case.agency_id)
    if (
        actor.identity_index is None
        or actor.identity_index in facts_of(session, case).identities
    ):
        raise NotAllowed("own case", code="own_case")
