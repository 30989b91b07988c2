"""The end of a payment in doubt by people: one says what became of it, with proof, one confirms."""

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role
from app.models import Payout, PayoutResolution
from app.services import audit
from app.services.entry import proofs
from app.services.paying import money_eyes, payments
from app.services.staff import standing

BY_HAND = "NARR"
SHORTEST_PROOF = 4


def resolve_unknown(
    session: Session,
    payout: Payout,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
    proof: str = "",
) -> PayoutResolution:
    """Say what became of a payment in doubt, or confirm what another person said of it.

    ``outcome`` is paid, rejected, or approved (the bank never had it: it is sent again). The
    first call is a payer's and needs the proof; the second is a releaser's and must say the
    same. Raises ``NotAllowed`` (four_eyes) for the same person, ``Invalid`` when they differ.
    """
    if payout.status is not PayoutStatus.UNKNOWN:
        raise IllegalMove("the payment is not in doubt")
    if outcome not in ENDS:
        raise Invalid("no such end of a doubt", code="outcome_unknown", field="outcome")
    _check(session, payout, outcome, actor=actor, now=now)
    said = open_resolution(session, payout)
    if said is None:
        return _propose(session, payout, actor=actor, now=now, outcome=outcome, proof=proof)
    _confirm(session, payout, said, actor=actor, now=now, outcome=outcome)
    return said


def open_resolution(session: Session, payout: Payout) -> PayoutResolution | None:
    """Return what one person said of a payment and nobody has confirmed yet."""
    return session.scalar(
        sa.select(PayoutResolution).where(
            PayoutResolution.payout_id == payout.id, PayoutResolution.confirmed_at.is_(None)
        )
    )


def discard_resolution(
    session: Session, said: PayoutResolution, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Take away what one person said, because it is wrong; the record of it stays in the audit."""
    policy.check_role(actor, Role.PAYER, Role.RELEASER)
    policy.check_agency(actor, agency_id=said.agency_id)
    standing.check(session, actor, now=now)
    if said.confirmed_at is not None:
        raise IllegalMove("it is confirmed")
    audit.record(
        session, "resolution_discarded", actor=actor, now=now, object_type="payout",
        object_id=said.payout_id, agency_id=said.agency_id, reason=reason[:200],
        outcome=said.outcome.value,
    )  # fmt: skip
    session.delete(said)
    session.flush()


def _check(
    session: Session,
    payout: Payout,
    outcome: PayoutStatus,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    policy.check_role(actor, Role.PAYER, Role.RELEASER)
    policy.check_agency(actor, agency_id=payout.agency_id)
    money_eyes.check(session, [payout.id], actor=actor, now=now)
    if outcome is PayoutStatus.APPROVED and not payments.window_over(payout, now=now):
        raise Invalid("the bank may still book it", code="window_open", field="outcome")


def _propose(
    session: Session,
    payout: Payout,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
    proof: str,
) -> PayoutResolution:
    policy.check_role(actor, Role.PAYER)
    if len(proof.strip()) < SHORTEST_PROOF:
        raise Invalid("a proof is needed", code="proof_needed", field="proof")
    assert actor.user_id is not None
    said = PayoutResolution(
        payout_id=payout.id, agency_id=payout.agency_id, outcome=outcome, proof=proof,
        proposed_by=actor.user_id, proposed_name=actor.name, proposed_at=now,
    )  # fmt: skip
    session.add(said)
    session.flush()
    _record(session, "resolution_proposed", said, actor=actor, now=now)
    return said


def _confirm(
    session: Session,
    payout: Payout,
    said: PayoutResolution,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
) -> None:
    policy.check_role(actor, Role.RELEASER)
    standing.check_other(session, actor, earlier=said.proposed_by)
    if said.outcome is not outcome:
        raise Invalid("the two differ", code="resolution_differs", field="outcome")
    proofs.check(actor, now=now)
    said.confirmed_by, said.confirmed_name, said.confirmed_at = actor.user_id, actor.name, now
    ENDS[outcome](session, payout, now)
    _record(session, "resolution_confirmed", said, actor=actor, now=now)


def _record(
    session: Session, act: str, said: PayoutResolution, *, actor: Actor, now: dt.datetime
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="payout", object_id=said.payout_id,
        agency_id=said.agency_id, outcome=said.outcome.value,
    )  # fmt: skip


def _pay(session: Session, payout: Payout, now: dt.datetime) -> None:
    payments.pay(session, payout, now=now)


def _reject(session: Session, payout: Payout, now: dt.datetime) -> None:
    payments.reject(session, payout, BY_HAND, "", now=now)


def _again(session: Session, payout: Payout, now: dt.datetime) -> None:
    payments.to_approved(session, payout, now=now, why="resolved")


ENDS: Mapping[PayoutStatus, Callable[[Session, Payout, dt.datetime], None]] = {
    PayoutStatus.PAID: _pay,
    PayoutStatus.REJECTED: _reject,
    PayoutStatus.APPROVED: _again,
}
"""What a doubt can end in."""
