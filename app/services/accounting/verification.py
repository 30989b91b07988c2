"""The proof of the books: every invariant of money and record, each broken row named."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.standing_orders import MARK
from app.domain.terms import Capacity, Kind, PayoutStatus, Status
from app.domain.violation import Violation
from app.models import (
    Account,
    Application,
    CaseEvent,
    Payout,
    Staff,
)  # fmt: skip
from app.services import audit, payouts
from app.services.accounting import (
    closing_proof,
    entry_grounds,
    file_proofs,
    interest_proof,
    ledger_proof,
    posting_proofs,
)  # fmt: skip
from app.services.paying import control_proofs, receipt_proof
from app.services.paying.statements import is_matched
from app.services.staff import standing
from app.services.standing_orders import proof as agreed

P = PayoutStatus
PAID = (P.PAID, P.SETTLED)
FEWEST = 2
"""So many people sign every case."""

SIGNED = (Status.APPROVED, Status.PAID, Status.PAYEE_FIX)


def verify(
    session: Session, told: Callable[[int], None] = lambda _proofs: None
) -> Iterator[Violation]:
    """Prove books, record and rights; yield one sentence for every row that breaks them.

    ``told`` hears of every proof that has been gone through.
    """
    for proof in (*PROOFS, standing.verify):
        yield from proof(session)
        told(1)


def verify_books(session: Session) -> Iterator[Violation]:
    """Prove the books and the record alone: what stops payouts when it does not hold."""
    for proof in PROOFS:
        yield from proof(session)


@cache
def _one_payment_query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Payout.application_id, sa.func.count())
        .where(Payout.status.in_(lifecycle.PAYOUT_LIVE))
        .group_by(Payout.application_id)
        .having(sa.func.count() > 1)
    )


def _one_payment(session: Session) -> Iterator[Violation]:
    rows = session.execute(_one_payment_query())
    for case_id, count in rows:
        yield Violation(
            "payments_twice", "application", case_id, f"it has {count} live payments"
        )


@cache
def _paid_cases_query() -> sa.Select[*tuple[Any, ...]]:
    payment = sa.exists().where(
        Payout.application_id == Application.id, Payout.status.in_(PAID)
    )
    return sa.select(Application.id, Application.status).where(
        sa.or_(
            sa.and_(Application.status == Status.PAID, ~payment),
            sa.and_(Application.status != Status.PAID, payment),
        )
    )


def _paid_cases(session: Session) -> Iterator[Violation]:
    rows = session.execute(_paid_cases_query())
    for case_id, status in rows:
        said = "it is paid without a payment" if status is Status.PAID else "it was paid"
        yield Violation("paid_differs", "application", case_id, f"{said}; it is {status}")


@cache
def _amounts_query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Payout.id, Payout.amount, Application.amount)
        .join(Application, Application.id == Payout.application_id)
        .where(Payout.status.in_(lifecycle.PAYOUT_LIVE), Payout.amount != Application.amount)
    )


def _amounts(session: Session) -> Iterator[Violation]:
    rows = session.execute(_amounts_query())
    for payout_id, paid, approved in rows:
        yield Violation(
            "amount_differs", "payout", payout_id, f"it pays {paid}, the case says {approved}"
        )


@cache
def _decisions_query() -> sa.Select[*tuple[Any, ...]]:
    last = (
        sa.select(sa.func.max(CaseEvent.id).label("event_id"))
        .where(payouts.SIGNS)
        .group_by(CaseEvent.application_id)
        .subquery()
    )
    written = (
        sa.select(CaseEvent.application_id, CaseEvent.decision_hash)
        .join(last, last.c.event_id == CaseEvent.id)
        .subquery()
    )
    return (
        sa.select(
            Payout.id, Payout.decision_hash, Application.decision_hash.label("signed"),
            Application.id.label("case_id"), Application.amount, Application.payee_name,
            Application.payee_card_index, Application.payee_bank_code,
            written.c.decision_hash.label("written"),
        )
        .join(Application, Application.id == Payout.application_id)
        .outerjoin(written, written.c.application_id == Application.id)
        .where(Payout.status.in_(lifecycle.PAYOUT_LIVE))
    )  # fmt: skip


def _decisions(session: Session) -> Iterator[Violation]:
    rows = session.execute(_decisions_query())
    for row in rows:
        now = payouts.hash_of(
            row.case_id, row.amount, row.payee_name, row.payee_card_index, row.payee_bank_code
        )
        if not row.decision_hash == row.signed == now == (row.written or now):
            yield Violation(
                "decision_differs", "payout", row.id, "amount or payee is not what was signed"
            )


@cache
def _four_eyes_query() -> sa.Select[*tuple[Any, ...]]:
    submitted = (
        sa.select(CaseEvent.application_id, sa.func.max(CaseEvent.id).label("event_id"))
        .where(CaseEvent.action.in_(payouts.BEGUN_AGAIN))
        .group_by(CaseEvent.application_id)
        .subquery()
    )
    person = sa.func.coalesce(Staff.id_number_index, sa.cast(CaseEvent.actor_id, sa.String))
    signed = (
        sa.select(
            CaseEvent.application_id,
            sa.func.count(person.distinct()).label("people"),
        )
        .outerjoin(Staff, Staff.user_id == CaseEvent.actor_id)
        .outerjoin(submitted, submitted.c.application_id == CaseEvent.application_id)
        .where(
            CaseEvent.action.in_(payouts.SIGNATURES),
            CaseEvent.id > sa.func.coalesce(submitted.c.event_id, 0),
        )
        .group_by(CaseEvent.application_id)
        .subquery()
    )
    people = sa.func.coalesce(signed.c.people, 0)
    return (
        sa.select(Application.id, people)
        .outerjoin(signed, signed.c.application_id == Application.id)
        .where(
            Application.status.in_(SIGNED),
            Application.channel != MARK,
            sa.or_(people < FEWEST, people < Application.approvals_required),
        )
    )


def _four_eyes(session: Session) -> Iterator[Violation]:
    rows = session.execute(_four_eyes_query())
    for case_id, count in rows:
        yield Violation(
            "four_eyes", "application", case_id, f"it is decided and signed by {count}"
        )


@cache
def _statement_lines_query() -> sa.Select[int]:
    return sa.select(Payout.id).where(Payout.status == P.SETTLED, ~is_matched())


def _statement_lines(session: Session) -> Iterator[Violation]:
    rows = session.scalars(_statement_lines_query())
    for payout_id in rows:
        yield Violation(
            "settled_unproven", "payout", payout_id, "it is settled without a statement line"
        )


@cache
def _references_query() -> sa.Select[int]:
    return sa.select(Payout.id).where(
        Payout.status.in_((*lifecycle.PAYOUT_IN_FLIGHT, *PAID)),
        Payout.bank_reference.is_(None),
    )


def _references(session: Session) -> Iterator[Violation]:
    rows = session.scalars(_references_query())
    for payout_id in rows:
        yield Violation(
            "reference_missing", "payout", payout_id, "it went out without a bank reference"
        )


@cache
def _holds_query() -> sa.Select[*tuple[Any, ...]]:
    held = ledger_proof.held_by_case()
    flying = (
        sa.select(Payout.application_id, sa.func.sum(Payout.amount).label("amount"))
        .where(Payout.status.in_(lifecycle.PAYOUT_IN_FLIGHT))
        .group_by(Payout.application_id)
        .subquery()
    )
    there = sa.type_coerce(sa.func.coalesce(held.c.amount, 0), Account.held.type)
    gone = sa.type_coerce(sa.func.coalesce(flying.c.amount, 0), Account.held.type)
    must = sa.type_coerce(
        sa.case((Application.status.in_(HELD), Application.amount), else_=0),
        Account.held.type,
    )
    return (
        sa.select(Application.id, there, must, gone)
        .outerjoin(held, held.c.application_id == Application.id)
        .outerjoin(flying, flying.c.application_id == Application.id)
        .where(
            Application.status != Status.RETURNED,
            there != must - gone,
            ~sa.and_(
                Application.capacity != Capacity.SELF,
                Application.status.in_((Status.SUBMITTED, Status.IN_REVIEW)),
                there == 0,
            ),
            ~sa.and_(
                Application.kind == Kind.CLOSING,
                Application.status.in_(UNSIGNED),
                there > 0,
                there <= Application.amount,
            ),
        )
    )


def _holds(session: Session) -> Iterator[Violation]:
    """What is held for a case is its amount while it is open, less what is in transit.

    A closing withdrawal holds its principal until the approval fixes the interest; of an heir
    or proxy nothing need be held before the first review passes.
    """
    rows = session.execute(_holds_query())
    for case_id, is_held, amount, away in rows:
        yield Violation(
            "hold_differs", "application", case_id,
            f"{is_held} is held, {amount} of it less {away} on its way should be",
        )  # fmt: skip


UNSIGNED = (Status.SUBMITTED, Status.IN_REVIEW, Status.SECOND_REVIEW)
"""Statuses before the approval."""

HELD = (*UNSIGNED, Status.APPROVED, Status.PAYEE_FIX)
"""Statuses in which the amount of a case is held; a returned one is held as it was submitted."""

PROOFS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    ledger_proof.entries, ledger_proof.whole, ledger_proof.accounts, ledger_proof.payments,
    entry_grounds.grounds, file_proofs.files, file_proofs.sent,
    posting_proofs.batches, posting_proofs.alone, posting_proofs.twins, posting_proofs.suspense, interest_proof.interest,
    closing_proof.closing,
    _holds, _one_payment, _paid_cases, _amounts, _decisions, _four_eyes, _statement_lines,
    _references, control_proofs.usage, control_proofs.switches, agreed.verify, receipt_proof.verify,
    audit.verify,
)  # fmt: skip
"""Every proof, the cheap ones of the ledger first."""
