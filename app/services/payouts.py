"""Payments of cases before the bank has them: decided, waiting, taken by a worker."""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain import lifecycle, policy
from app.domain.errors import IllegalMove
from app.domain.policy import Actor
from app.domain.standing_orders import MARK
from app.domain.terms import Action, Kind, PayoutStatus, Status
from app.domain.workdays import SHANGHAI, local_date
from app.models import (
    Agency,
    Application,
    CaseEvent,
    Payout,
    PayoutResolution,
    PayoutStop,
    Staff,
)
from app.services import audit, cases, ledger
from app.services.records.updates import changed_row, changed_rows
from app.services.standing_orders import proof as agreed

SIGNATURES = (Action.PASS_FIRST.value, Action.PASS_LEVEL.value, Action.APPROVE.value)
"""The steps by which a case is signed; each by another person."""

BEGUN_AGAIN = (Action.SUBMIT.value, Action.UNDO.value)
"""Signatures before one of these count no more."""


SIGNS = sa.and_(
    CaseEvent.action.in_(sorted(action.value for action in cases.SIGNED)),
    CaseEvent.decision_hash != "",
)
"""What holds of the rows of the history that say what was signed; older ones do not."""

_LAST_WRITTEN = (
    sa.select(CaseEvent.decision_hash)
    .where(CaseEvent.application_id == sa.bindparam("case_id"), SIGNS)
    .order_by(CaseEvent.id.desc())
    .limit(1)
)


class DecisionBroken(IllegalMove):
    """A payment is not what two people signed: an invariant, payouts stop."""

    code = "decision_broken"


class NotNow(IllegalMove):
    """A payment must wait: held, investigated, the bank closed, the agency stopped."""

    code = "not_now"


def decision_hash(case: Application) -> str:
    """Return the hash of what reviewers sign: the case, the amount, the payee, card and bank."""
    return hash_of(
        case.id, case.amount, case.payee_name, case.payee_card_index, case.payee_bank_code
    )


def hash_of(
    case_id: int, amount: Decimal, payee_name: str, card_index: str | None, bank_code: str
) -> str:
    """Return the hash of a decision from its parts; the card counts by its keyed hash."""
    signed = [case_id, str(amount.quantize(ledger.ZERO)), payee_name, card_index, bank_code]
    return hashlib.sha256(json.dumps(signed, ensure_ascii=False).encode()).hexdigest()


def create(
    session: Session,
    case: Application,
    *,
    now: dt.datetime,
    not_before: dt.datetime | None = None,
) -> Payout:
    """Make the payment of an approved case: its next attempt, with a reference still to come.

    Raises ``IllegalMove`` (payout_live) while an earlier attempt has not ended.
    """
    attempts = session.scalars(
        sa.select(Payout).where(Payout.application_id == case.id).order_by(Payout.attempt)
    ).all()
    if any(payout.status in lifecycle.PAYOUT_LIVE for payout in attempts):
        raise IllegalMove("an earlier payment has not ended", code="payout_live")
    payout = Payout(
        application=case, agency_id=case.agency_id,
        attempt=max((payout.attempt for payout in attempts), default=0) + 1,
        status=PayoutStatus.APPROVED, amount=case.amount, payee_name=case.payee_name,
        payee_bank_code=case.payee_bank_code, payee_last_four=case.payee_last_four,
        decision_hash=decision_hash(case), purpose=_purpose(case),
        due_on=case.pay_by or local_date(now), created_at=now, next_query_at=not_before,
    )  # fmt: skip
    payout.payee_card = case.payee_card
    session.add(payout)
    session.flush()
    return payout


def cancel(session: Session, case: Application, *, now: dt.datetime) -> None:
    """Cancel the payment of a case that no worker has taken; refused when one was faster."""
    for payout in _attempts(session, case, lifecycle.PAYOUT_LIVE):
        if payout.status is not PayoutStatus.APPROVED:
            raise IllegalMove("the bank may be paying", code="payout_in_flight")
        shift(session, payout, PayoutStatus.CANCELLED, ended_at=now)


def in_flight(session: Session, case: Application) -> bool:
    """Tell whether the bank may be paying the case now."""
    return bool(_attempts(session, case, lifecycle.PAYOUT_IN_FLIGHT))


def shift(session: Session, payout: Payout, to: PayoutStatus, **columns: object) -> None:
    """Move a payment on from the status and fence it was read with, or raise ``IllegalMove``.

    What one person said of a doubt that ends otherwise falls: nobody confirms it any more.
    """
    session.flush()
    in_doubt = payout.status is PayoutStatus.UNKNOWN
    as_read = (
        Payout.id == payout.id,
        Payout.status == payout.status,
        Payout.fence == payout.fence,
    )
    update = sa.update(Payout).where(*as_read).values(status=to, **columns)
    if not changed_row(session, payout, update):
        raise IllegalMove("the payment has moved on")
    if in_doubt and to is not PayoutStatus.UNKNOWN:
        session.execute(
            sa.delete(PayoutResolution).where(
                PayoutResolution.payout_id == payout.id, PayoutResolution.confirmed_at.is_(None)
            )
        )


def check_to_send(session: Session, payout: Payout, *, now: dt.datetime) -> None:
    """Check a claimed payment once more, as it stands now, before the bank gets it.

    Raises ``NotNow`` when it must wait and ``DecisionBroken`` when it is not what was signed.
    """
    case = payout.application
    if payout.status is not PayoutStatus.CLAIMED:
        raise IllegalMove("the payment has moved on")
    if case.status is not Status.APPROVED:
        raise DecisionBroken(f"the case is {case.status}, not approved")
    _check_same(session, payout, case)
    _check_signatures(session, case)
    if case.on_hold or case.investigating:
        raise NotNow("the case is held")
    if payout.agency.payouts_stopped:
        raise NotNow("payouts of the agency are stopped")
    if not bank_open(payout.agency, now):
        raise NotNow("the bank is closed")


def bank_open(agency: Agency, now: dt.datetime) -> bool:
    """Tell whether the agency's bank takes payments at that moment; no hours: always."""
    if agency.bank_opens is None or agency.bank_closes is None:
        return True
    return agency.bank_opens <= now.astimezone(SHANGHAI).time() < agency.bank_closes


def stop(
    session: Session,
    agency_id: int,
    sentence: str,
    *,
    now: dt.datetime,
    actor: Actor = policy.WORKER,
    by_installation: bool = False,
    **details: Any,
) -> None:
    """Stop the payouts of an agency until two people let them go on.

    A reason stands once. Said again, a proposal to lift it falls, the moment is the later one,
    and what the installation says is the installation's to lift. The first reason is shown.
    """
    lock_agency(session, agency_id)
    reason = sentence[:200]
    if _said_again(session, agency_id, reason, now=now, by_installation=by_installation):
        return
    session.add(
        PayoutStop(
            agency_id=agency_id, reason=reason, by_installation=by_installation,
            stopped_by=actor.user_id, stopped_name=actor.name, stopped_at=now,
        )
    )  # fmt: skip
    session.execute(
        sa.update(Agency)
        .where(Agency.id == agency_id, Agency.payouts_stopped == "")
        .values(payouts_stopped=reason)
        .execution_options(synchronize_session="fetch")
    )
    audit.record(
        session, "payouts_stopped", actor=actor, now=now, object_type="agency",
        object_id=agency_id, agency_id=agency_id, reason=reason, **details,
    )  # fmt: skip


def _said_again(
    session: Session,
    agency_id: int,
    reason: str,
    *,
    now: dt.datetime,
    by_installation: bool,
) -> bool:
    """Say an open stop of the same reason anew; tell whether there is one."""
    said = sa.func.coalesce(PayoutStop.again_at, PayoutStop.stopped_at)
    new: dict[str, Any] = {
        "proposed_by": None, "proposed_name": "", "proposed_why": "", "proposed_at": None,
        "again_at": sa.case((said < now, now), else_=said),
    }  # fmt: skip
    if by_installation:
        new["by_installation"] = True
    update = (
        sa.update(PayoutStop)
        .where(
            PayoutStop.agency_id == agency_id,
            PayoutStop.reason == reason,
            PayoutStop.lifted_at.is_(None),
        )
        .values(new)
        .execution_options(synchronize_session="fetch")
    )
    return changed_rows(session, update) > 0


def lock_agency(session: Session, *agency_ids: int) -> None:
    """Let nobody else stop or start the payouts of agencies until the commit.

    Who stops several locks all of them before the first row of the audit: that row is waited
    for by whoever has locked one.
    """
    rows = sa.select(Agency.id).where(Agency.id.in_(agency_ids)).order_by(Agency.id)
    session.execute(rows.with_for_update(key_share=True)).all()


def signers(session: Session, case: Application) -> list[int]:
    """Return who signed the case since it was submitted or undone last, in order.

    A person is one, however many log-ins: named once, by the log-in of the first signature.
    """
    submitted = (
        sa.select(sa.func.max(CaseEvent.id))
        .where(CaseEvent.application_id == case.id, CaseEvent.action.in_(BEGUN_AGAIN))
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(CaseEvent.actor_id, Staff.id_number_index)
        .outerjoin(Staff, Staff.user_id == CaseEvent.actor_id)
        .where(
            CaseEvent.application_id == case.id,
            CaseEvent.action.in_(SIGNATURES),
            CaseEvent.id > sa.func.coalesce(submitted, 0),
        )
        .order_by(CaseEvent.id)
    )
    people: dict[str, int] = {}
    for actor_id, identity in rows:
        if actor_id is not None:
            people.setdefault(identity or f"log-in {actor_id}", actor_id)
    return list(people.values())


def _check_same(session: Session, payout: Payout, case: Application) -> None:
    signed = {payout.decision_hash, case.decision_hash, decision_hash(case)}
    if written := session.scalar(_LAST_WRITTEN, {"case_id": case.id}):
        signed.add(written)
    same_payee = (
        payout.payee_name == case.payee_name
        and payout.payee_bank_code == case.payee_bank_code
        and sealing.index_of(payout.payee_card) == case.payee_card_index
    )
    if len(signed) != 1 or payout.amount != case.amount or not same_payee:
        raise DecisionBroken("amount or payee is not what was signed")


def _check_signatures(session: Session, case: Application) -> None:
    if case.channel == MARK:
        if why := agreed.broken(session, case):
            raise DecisionBroken(why)
        return
    if len(signers(session, case)) < max(2, case.approvals_required):
        raise DecisionBroken("the case lacks the signatures of different people")


def _attempts(
    session: Session, case: Application, statuses: frozenset[PayoutStatus]
) -> list[Payout]:
    return list(
        session.scalars(
            sa.select(Payout)
            .where(Payout.application_id == case.id, Payout.status.in_(statuses))
            .execution_options(populate_existing=True)
        )
    )


def _purpose(case: Application) -> str:
    """Return the bank's summary: name, reason and what it is (PY02)."""
    word = case.scheme.word_zh
    closing = "销户" if case.kind is Kind.CLOSING else ""
    return f"{case.payee_name}{case.reason.name_zh}{closing}{word}"[:200]
