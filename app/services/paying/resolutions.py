"""What two people decide of a payment, with proof: the end of a doubt, a refusal put right.

One says what became of it, another confirms the same.
"""

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.domain import policy, texts
from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role, Status
from app.gateways.bank import Responsible
from app.gateways.bank.codes import REASONS
from app.models import Application, Payout, PayoutResolution
from app.services import audit, payouts
from app.services.entry import proofs
from app.services.paying import bank_files, money_eyes, payments, statements
from app.services.records.updates import add_once, changed_rows
from app.services.staff import standing

BY_HAND, NO_REASON = "NARR", "MS03"
SHORTEST_PROOF = 4
CODES_BY_HAND = frozenset(
    code
    for code, reason in REASONS.items()
    if reason.responsible in (Responsible.APPLICANT, Responsible.OFFICE)
)
"""The reasons a bank's letter may give for a refusal: the account's, or the office's."""

End = Callable[[Session, Payout, PayoutResolution, dt.datetime], None]
Ends = Mapping[PayoutStatus, End]


def resolve_unknown(
    session: Session,
    payout: Payout,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
    proof: str = "",
    code: str = "",
) -> PayoutResolution:
    """Say what became of a payment in doubt, or confirm what another person said of it.

    ``outcome`` is paid, rejected (with the bank's reason ``code``), or approved (the bank never
    had it: it is sent again). The first call is a payer's and needs the proof; the second is a
    releaser's and must say the same. Raises ``NotAllowed`` (four_eyes) for the same person,
    ``Invalid`` when they differ.
    """
    if payout.status is not PayoutStatus.UNKNOWN:
        raise IllegalMove("the payment is not in doubt")
    return _decide(
        session, payout, ENDS, actor=actor, now=now, outcome=outcome, proof=proof, code=code
    )


def settle_refusal(
    session: Session,
    payout: Payout,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
    proof: str = "",
) -> PayoutResolution:
    """Say how a refusal that the office answers for was put right, or confirm it.

    ``outcome`` is approved (put right: a new payment with a new reference) or rejected (after
    all the applicant has to correct the account). The steps are those of a doubt.
    """
    if not is_office_task(session, payout):
        raise IllegalMove("it is not for the office")
    return _decide(
        session,
        payout,
        OFFICE_ENDS,
        actor=actor,
        now=now,
        outcome=outcome,
        proof=proof,
        code="",
    )


def resolve_unbooked(
    session: Session,
    payout: Payout,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
    proof: str = "",
) -> PayoutResolution:
    """Say that the bank never booked what it called paid, or confirm it.

    ``outcome`` is returned: the money is held again and the applicant confirms the account.
    Raises ``IllegalMove`` when a statement has it, or that day's or the next one's is not
    read. The steps are those of a doubt.
    """
    if not statements.is_unbooked(session, payout):
        raise IllegalMove("a statement has it, or may have it")
    return _decide(
        session, payout, UNBOOKED_ENDS, actor=actor, now=now, outcome=outcome, proof=proof,
        code="",
    )  # fmt: skip


def office_tasks() -> sa.Select[Payout]:
    """Return the refused payments whose case still waits to be paid: the office acts."""
    later = aliased(Payout)
    return (
        sa.select(Payout)
        .join(Application, Application.id == Payout.application_id)
        .where(
            Payout.status == PayoutStatus.REJECTED,
            Application.status == Status.APPROVED,
            ~sa.exists().where(
                later.application_id == Payout.application_id, later.attempt > Payout.attempt
            ),
        )
    )


def is_office_task(session: Session, payout: Payout) -> bool:
    """Tell whether a payment was refused for what only the office can put right."""
    return session.scalar(office_tasks().where(Payout.id == payout.id)) is not None


def _decide(
    session: Session,
    payout: Payout,
    ends: Ends,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
    proof: str,
    code: str,
) -> PayoutResolution:
    if outcome not in ends:
        raise Invalid("no such end", code="outcome_unknown", field="outcome")
    _check(session, payout, outcome, actor=actor, now=now)
    said = open_resolution(session, payout)
    if said is None:
        return _propose(
            session, payout, actor=actor, now=now, outcome=outcome, proof=proof, code=code
        )
    _confirm(session, payout, said, ends, actor=actor, now=now, outcome=outcome)
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
    if not reason.strip():
        raise Invalid("a reason is needed", code="reason_needed", field="proof")
    if said.confirmed_at is not None:
        raise IllegalMove("it is confirmed")
    audit.record(
        session, "resolution_discarded", actor=actor, now=now, object_type="payout",
        object_id=said.payout_id, agency_id=said.agency_id, reason=reason[:200],
        outcome=said.outcome.value,
    )  # fmt: skip
    waits = sa.delete(PayoutResolution).where(
        PayoutResolution.id == said.id, PayoutResolution.confirmed_at.is_(None)
    )
    if changed_rows(session, waits.execution_options(synchronize_session="fetch")) != 1:
        raise IllegalMove("it is confirmed")


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
    in_doubt = payout.status is PayoutStatus.UNKNOWN
    if in_doubt and bank_files.is_going(session, payout):
        raise Invalid("its file may be going out", code="file_going", field="outcome")
    anew = in_doubt and outcome is not PayoutStatus.PAID
    if anew and statements.has_open_line(session, payout):
        raise Invalid("the bank had it", code="statement_has_it", field="outcome")
    never_there = outcome is PayoutStatus.APPROVED and in_doubt
    if never_there and not payments.window_over(payout, now=now):
        raise Invalid("the bank may still book it", code="window_open", field="outcome")


def _propose(
    session: Session,
    payout: Payout,
    *,
    actor: Actor,
    now: dt.datetime,
    outcome: PayoutStatus,
    proof: str,
    code: str,
) -> PayoutResolution:
    policy.check_role(actor, Role.PAYER)
    if code and code not in CODES_BY_HAND:
        raise Invalid("no such reason", code="outcome_unknown", field="code")
    if len(proof.strip()) < SHORTEST_PROOF:
        raise Invalid("a proof is needed", code="proof_needed", field="proof")
    texts.check_length(proof, "proof")
    assert actor.user_id is not None
    said = PayoutResolution(
        payout_id=payout.id, agency_id=payout.agency_id, outcome=outcome, proof=proof,
        code=code if outcome is PayoutStatus.REJECTED else "",
        proposed_by=actor.user_id, proposed_name=actor.name, proposed_at=now,
    )  # fmt: skip
    add_once(session, said)
    _record(session, "resolution_proposed", said, actor=actor, now=now)
    return said


def _confirm(
    session: Session,
    payout: Payout,
    said: PayoutResolution,
    ends: Ends,
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
    ends[outcome](session, payout, said, now)
    _record(session, "resolution_confirmed", said, actor=actor, now=now)


def _record(
    session: Session, act: str, said: PayoutResolution, *, actor: Actor, now: dt.datetime
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="payout", object_id=said.payout_id,
        agency_id=said.agency_id, outcome=said.outcome.value,
    )  # fmt: skip


def _pay(session: Session, payout: Payout, _said: PayoutResolution, now: dt.datetime) -> None:
    payments.pay(session, payout, now=now)


def _reject(session: Session, payout: Payout, said: PayoutResolution, now: dt.datetime) -> None:
    payments.reject(session, payout, said.code or BY_HAND, "", now=now)


def _again(session: Session, payout: Payout, _said: PayoutResolution, now: dt.datetime) -> None:
    payments.to_approved(session, payout, now=now, why="resolved")


def _anew(session: Session, payout: Payout, _said: PayoutResolution, now: dt.datetime) -> None:
    """Pay anew; a case that is voided at the same moment waits, or is voided and not paid."""
    case = payout.application
    row = sa.select(Application.status).where(Application.id == case.id)
    if session.scalar(row.with_for_update(key_share=True)) is not Status.APPROVED:
        raise IllegalMove("the case has moved on")
    payouts.create(session, case, now=now)


def _to_applicant(
    session: Session, payout: Payout, _said: PayoutResolution, now: dt.datetime
) -> None:
    payments.to_applicant(session, payout, payout.bank_code_answer, now=now)


def _never_booked(
    session: Session, payout: Payout, _said: PayoutResolution, now: dt.datetime
) -> None:
    payments.bounce(session, payout, NO_REASON, "", now=now)


ENDS: Ends = {
    PayoutStatus.PAID: _pay,
    PayoutStatus.REJECTED: _reject,
    PayoutStatus.APPROVED: _again,
}
"""What a doubt can end in."""

OFFICE_ENDS: Ends = {PayoutStatus.APPROVED: _anew, PayoutStatus.REJECTED: _to_applicant}
"""What a refusal that the office answers for can end in."""

UNBOOKED_ENDS: Ends = {PayoutStatus.RETURNED: _never_booked}
"""What a payment can end in that the bank called paid and no statement has."""
