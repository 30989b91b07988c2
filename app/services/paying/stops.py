"""The red switch: one person stops payouts at once; two let them go on, over proven books."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Agency, BooksProof, PayoutStop
from app.services import audit, payouts
from app.services.entry import proofs
from app.services.paying import book_proofs
from app.services.records.updates import changed_rows
from app.services.staff import standing

STOPPERS = (Role.PAYER, Role.RELEASER, Role.SUPERVISOR)
LIFTERS = (Role.RELEASER, Role.SUPERVISOR)
INSTALLATION = Role.INSTALLATION_ADMIN
LONGEST = 200


def stop_by_hand(session: Session, *, actor: Actor, now: dt.datetime, reason: str) -> int:
    """Stop the payouts of the own agency, or of all for the installation's administrator.

    In force with the commit, also between two payments of a run. Return how many agencies.
    """
    policy.check_role(actor, *STOPPERS, INSTALLATION)
    standing.check(session, actor, now=now)
    said = _needed(reason)
    everywhere = actor.has(INSTALLATION)
    keys: Sequence[int | None] = [actor.agency_id]
    if everywhere:
        keys = every = session.scalars(sa.select(Agency.id).order_by(Agency.id)).all()
        payouts.lock_agency(session, *every)
    for agency_id in keys:
        if agency_id is None:
            raise NotAllowed("no agency", code="not_found")
        payouts.stop(session, agency_id, said, now=now, actor=actor, by_installation=everywhere)
    return len(keys)


def propose_lift(
    session: Session, stop: PayoutStop, *, actor: Actor, now: dt.datetime, why: str
) -> None:
    """Say, as the first of two, why payouts may go on; a proof of the books follows."""
    _check(session, stop, actor=actor, now=now, roles=STOPPERS)
    if stop.by_installation and not actor.has(INSTALLATION):
        raise NotAllowed("the installation stopped it", code="role_missing")
    said = _needed(why)
    done = changed_rows(
        session,
        sa.update(PayoutStop)
        .where(PayoutStop.id == stop.id, _OPEN, PayoutStop.proposed_by.is_(None))
        .values(
            proposed_by=actor.user_id, proposed_name=actor.name, proposed_why=said,
            proposed_at=now,
        )
        .execution_options(synchronize_session="fetch"),
    )  # fmt: skip
    if done != 1:
        raise IllegalMove("somebody has proposed it")
    _record(session, "lift_proposed", stop, actor=actor, now=now, reason=said)


def confirm_lift(session: Session, stop: PayoutStop, *, actor: Actor, now: dt.datetime) -> None:
    """Let payouts go on, as the second of two.

    Raises ``NotAllowed`` (four_eyes) for the same person, ``IllegalMove`` (books_unproven)
    unless the books were proven today, after the stop, and nothing was found (books_broken).
    """
    _check(session, stop, actor=actor, now=now, roles=LIFTERS)
    if stop.proposed_by is None:
        raise IllegalMove("nobody has proposed it")
    standing.check_other(session, actor, earlier=stop.proposed_by)
    _check_books(session, stop, now=now)
    proofs.check(actor, now=now)
    payouts.lock_agency(session, stop.agency_id)
    done = changed_rows(
        session,
        sa.update(PayoutStop)
        .where(PayoutStop.id == stop.id, _OPEN, PayoutStop.proposed_by == stop.proposed_by)
        .values(lifted_by=actor.user_id, lifted_name=actor.name, lifted_at=now)
        .execution_options(synchronize_session="fetch"),
    )
    if done != 1:
        raise IllegalMove("it has moved on")
    _show_next(session, stop.agency_id)
    _record(session, "payouts_resumed", stop, actor=actor, now=now, reason=stop.proposed_why)


def withdraw_lift(
    session: Session, stop: PayoutStop, *, actor: Actor, now: dt.datetime
) -> None:
    """Take back a proposal to let payouts go on."""
    _check(session, stop, actor=actor, now=now, roles=STOPPERS)
    done = changed_rows(
        session,
        sa.update(PayoutStop)
        .where(PayoutStop.id == stop.id, _OPEN, PayoutStop.proposed_by.is_not(None))
        .values(proposed_by=None, proposed_name="", proposed_why="", proposed_at=None)
        .execution_options(synchronize_session="fetch"),
    )
    if done != 1:
        raise IllegalMove("nobody has proposed it")
    _record(session, "lift_withdrawn", stop, actor=actor, now=now)


def open_stops(session: Session, *, actor: Actor) -> list[PayoutStop]:
    """Return what stands between payouts and the bank: of the own agency, or of all."""
    policy.check_role(actor, *STOPPERS, Role.AUDITOR, INSTALLATION)
    query = sa.select(PayoutStop).where(_OPEN).options(joinedload(PayoutStop.agency))
    if not actor.has(INSTALLATION):
        query = query.where(PayoutStop.agency_id == actor.agency_id)
    return list(session.scalars(query.order_by(PayoutStop.id)))


def get_stop(session: Session, stop_id: int, *, actor: Actor) -> PayoutStop:
    """Return a stop the actor may see; raise ``NotAllowed`` (not_found) for any other."""
    policy.check_role(actor, *STOPPERS, INSTALLATION)
    stop = session.get(PayoutStop, stop_id)
    if stop is None:
        raise NotAllowed("no such stop", code="not_found")
    if not actor.has(INSTALLATION):
        policy.check_agency(actor, agency_id=stop.agency_id)
    return stop


def proof_of(session: Session, stop: PayoutStop, *, now: dt.datetime) -> BooksProof | None:
    """Return the newest proof of the books that counts for lifting a stop."""
    return book_proofs.last_since(session, stop.again_at or stop.stopped_at, now=now)


def wants_proof(session: Session, *, now: dt.datetime) -> bool:
    """Tell whether somebody proposed to lift a stop and the books are not proven since."""
    waiting = session.scalars(
        sa.select(PayoutStop).where(_OPEN, PayoutStop.proposed_by.is_not(None))
    )
    return any(proof_of(session, stop, now=now) is None for stop in waiting)


_OPEN = PayoutStop.lifted_at.is_(None)


def _check(
    session: Session,
    stop: PayoutStop,
    *,
    actor: Actor,
    now: dt.datetime,
    roles: tuple[Role, ...],
) -> None:
    more = (INSTALLATION,) if stop.by_installation else ()
    policy.check_role(actor, *roles, *more)
    if not (stop.by_installation and actor.has(INSTALLATION)):
        policy.check_agency(actor, agency_id=stop.agency_id)
    standing.check(session, actor, now=now)
    if stop.lifted_at is not None:
        raise IllegalMove("it is lifted")


def _check_books(session: Session, stop: PayoutStop, *, now: dt.datetime) -> None:
    proof = proof_of(session, stop, now=now)
    if proof is None:
        raise IllegalMove("the books are not proven since", code="books_unproven")
    if proof.violations:
        raise IllegalMove("the books do not hold", code="books_broken")


def _show_next(session: Session, agency_id: int) -> None:
    """Show the oldest stop that is left, or open the way."""
    left = session.scalar(
        sa.select(PayoutStop.reason)
        .where(PayoutStop.agency_id == agency_id, _OPEN)
        .order_by(PayoutStop.id)
        .limit(1)
    )
    session.execute(
        sa.update(Agency)
        .where(Agency.id == agency_id)
        .values(payouts_stopped=left or "")
        .execution_options(synchronize_session="fetch")
    )


def _needed(text: str) -> str:
    said = text.strip()[:LONGEST]
    if not said:
        raise Invalid("a reason is needed", code="reason_needed", field="reason")
    return said


def _record(
    session: Session,
    act: str,
    stop: PayoutStop,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="agency", object_id=stop.agency_id,
        agency_id=stop.agency_id, reason=reason, stopped=stop.reason,
    )  # fmt: skip
