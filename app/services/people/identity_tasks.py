"""Identities that nobody could confirm yet (身份待核验): asked again by a job, settled by staff."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import WORKER, Actor
from app.domain.terms import IdentityState
from app.models import Agency, Applicant, IdentityTask
from app.services import audit, notices
from app.services.people import counter
from app.services.records.updates import changed_rows

AGAIN_AFTER = tuple(
    dt.timedelta(minutes=minutes) for minutes in (10, 60, 6 * 60, 24 * 60, 24 * 60)
)
"""When the service is asked again after each try; then only a person can tell."""

REFUSED_BY_SERVICE = "service_refused"
NOTE_MAXIMUM = 500


def begin(
    session: Session,
    applicant: Applicant,
    *,
    agency_id: int,
    why: str,
    again: bool,
    now: dt.datetime,
) -> IdentityTask:
    """Write down that somebody's identity is open; ``again`` lets the job ask the service."""
    applicant.identity_state = IdentityState.UNKNOWN
    applicant.verified_how, applicant.verified_at = "", None
    task = IdentityTask(
        applicant_id=applicant.id, agency_id=agency_id, why=why[:32], asked_at=now,
        state=IdentityState.UNKNOWN, next_at=now + AGAIN_AFTER[0] if again else None,
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def keep(applicant: Applicant, state: IdentityState, *, how: str, now: dt.datetime) -> None:
    """Keep on a person what is known of the identity and how."""
    applicant.identity_state, applicant.verified_how = state, how
    applicant.verified_at = now if state is IdentityState.VERIFIED else None


def check_not_refused(applicant: Applicant) -> None:
    """Raise ``Invalid`` (identity_unproven): who was refused may not submit."""
    if applicant.identity_state is IdentityState.REFUSED:
        raise Invalid(code="identity_unproven")


def waiting(
    session: Session, *, actor: Actor, refused: bool = False, limit: int = 100
) -> Sequence[IdentityTask]:
    """Return the tasks of the actor's agency, the oldest first; ``refused`` the refused ones."""
    state = IdentityState.REFUSED if refused else IdentityState.UNKNOWN
    query = sa.select(IdentityTask).where(
        IdentityTask.state == state,
        counter.serves(actor, person=IdentityTask.applicant_id, agency=IdentityTask.agency_id),
    )
    return session.scalars(
        query.order_by(IdentityTask.asked_at, IdentityTask.id).limit(limit)
    ).all()


def get(session: Session, task_id: int, *, actor: Actor) -> IdentityTask:
    """Return a task that the actor may settle; raise ``NotAllowed``."""
    task = session.get(IdentityTask, task_id)
    counter.check(
        session, task.applicant if task else None, actor=actor,
        agency_id=task.agency_id if task else 0,
    )  # fmt: skip
    assert task is not None
    return task


def decide(
    session: Session,
    task: IdentityTask,
    state: IdentityState,
    note: str,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Verify or refuse somebody after a look at the document, with a reason.

    Who was refused can be verified later, with the document. Raises ``Invalid``
    (reason_needed), ``IllegalMove`` when somebody else was faster.
    """
    counter.check(session, task.applicant, agency_id=task.agency_id, actor=actor)
    if not note.strip():
        raise Invalid(code="reason_needed", field="note")
    if state is IdentityState.UNKNOWN or task.state in (state, IdentityState.VERIFIED):
        raise IllegalMove("the task is settled")
    _end(
        session, task, state, next_at=None, decided_by=actor.user_id, decided_at=now,
        note=note.strip()[:NOTE_MAXIMUM],
    )  # fmt: skip
    keep(task.applicant, state, how="counter", now=now)
    _tell(session, task, state, actor=actor, now=now, reason=note.strip()[:NOTE_MAXIMUM])


def due(session: Session, *, now: dt.datetime, limit: int = 50) -> Sequence[int]:
    """Return the keys of the tasks for which the service is to be asked again."""
    return session.scalars(
        sa.select(IdentityTask.id)
        .where(IdentityTask.state == IdentityState.UNKNOWN, IdentityTask.next_at <= now)
        .order_by(IdentityTask.next_at, IdentityTask.id)
        .limit(limit)
    ).all()


def answered(
    session: Session, task: IdentityTask, state: IdentityState, why: str, *, now: dt.datetime
) -> None:
    """Keep what the service answered this time.

    Verified settles the task. Refused bars the person from submitting and leaves the task to
    staff: the document decides, not the service.
    """
    if task.state is not IdentityState.UNKNOWN:
        return
    if state is IdentityState.VERIFIED:
        _end(session, task, state, next_at=None, decided_at=now)
        keep(task.applicant, state, how="service", now=now)
        _tell(session, task, state, actor=WORKER, now=now)
    elif state is IdentityState.REFUSED:
        task.why, task.next_at = REFUSED_BY_SERVICE, None
        keep(task.applicant, state, how="service", now=now)
        _tell(session, task, state, actor=WORKER, now=now, reason=REFUSED_BY_SERVICE)
    else:
        task.tries, task.why = task.tries + 1, why[:32] or task.why
        left = AGAIN_AFTER[task.tries - 1 : task.tries]
        task.next_at = now + left[0] if left else None


def _end(session: Session, task: IdentityTask, state: IdentityState, **changes: object) -> None:
    """Settle a task only if it is as it was read."""
    session.flush()
    settled = changed_rows(
        session,
        sa.update(IdentityTask)
        .where(IdentityTask.id == task.id, IdentityTask.state == task.state)
        .values(state=state, **changes)
        .execution_options(synchronize_session=False),
    )
    if settled != 1:
        raise IllegalMove("somebody else was faster")
    session.refresh(task)


def _tell(
    session: Session,
    task: IdentityTask,
    state: IdentityState,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    act = "identity_verified" if state is IdentityState.VERIFIED else "identity_refused"
    event = audit.record(
        session, act, actor=actor, now=now, object_type="applicant", reason=reason,
        object_id=task.applicant_id, agency_id=task.agency_id, applicant_id=task.applicant_id,
    )  # fmt: skip
    agency = session.get_one(Agency, task.agency_id)
    notices.notify(
        session, act, applicant=task.applicant, agency_id=agency.id, now=now,
        reference=f"{act}:{event.id}", hotline=agency.hotline,
    )  # fmt: skip
