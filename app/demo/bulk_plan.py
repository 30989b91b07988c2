"""What invented cases go through: for each outcome the steps, and where the money is then."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.terms import Action, LedgerCode, Note, PayoutStatus, Status

S, A, L = Status, Action, LedgerCode


@dataclass(frozen=True, slots=True)
class Step:
    """One row of history: what, who (applicant, first, second, supervisor, worker), days later."""

    action: Action | Note
    who: str
    to: Status
    days: int = 0


START = Step(Note.STARTED, "applicant", S.DRAFT)
SUBMIT = Step(A.SUBMIT, "applicant", S.SUBMITTED)
TAKE_UP = Step(A.TAKE_UP, "first", S.IN_REVIEW, 1)
PASS = Step(A.PASS_FIRST, "first", S.SECOND_REVIEW)
APPROVE = Step(A.APPROVE, "second", S.APPROVED, 1)
PAY = Step(A.PAY, "worker", S.PAID, 1)
REVIEWED = (START, SUBMIT, TAKE_UP, PASS)
RETURN = Step(A.RETURN_FOR_CORRECTION, "first", S.RETURNED)

PLANS: Mapping[str, tuple[Step, ...]] = {
    "draft": (START,),
    "submitted": (START, SUBMIT),
    "in_review": (START, SUBMIT, TAKE_UP),
    "second_review": REVIEWED,
    "returned": (START, SUBMIT, TAKE_UP, RETURN),
    "approved": (*REVIEWED, APPROVE),
    "payee_fix": (
        *REVIEWED, APPROVE, Step(A.BANK_REFUSED, "worker", S.PAYEE_FIX, 1),
    ),
    "paid": (*REVIEWED, APPROVE, PAY),
    "corrected": (
        START, SUBMIT, TAKE_UP, RETURN, Step(A.SUBMIT, "applicant", S.SUBMITTED, 2), TAKE_UP, PASS,
        APPROVE, PAY,
    ),
    "closed": (*REVIEWED, APPROVE, PAY),
    "declined": (START, SUBMIT, TAKE_UP, Step(A.DECLINE, "first", S.DECLINED)),
    "rejected": (*REVIEWED, Step(A.REJECT, "second", S.REJECTED, 1)),
    "cancelled": (START, SUBMIT, Step(A.CANCEL, "applicant", S.CANCELLED)),
    "voided": (START, SUBMIT, TAKE_UP, Step(A.VOID, "supervisor", S.VOIDED, 1)),
}  # fmt: skip

LAST = {
    "draft": 5, "submitted": 8, "in_review": 8, "second_review": 6, "returned": 5,
    "approved": 5, "payee_fix": 1, "paid": 40, "corrected": 6, "closed": 3, "declined": 3,
    "rejected": 4, "cancelled": 4, "voided": 2,
}  # fmt: skip
"""How the newest case of an account may stand, with weights."""

EARLIER = {"paid": 80, "corrected": 8, "declined": 4, "rejected": 4, "cancelled": 4}
"""How an earlier case of an account may have ended, with weights."""

OPEN_LATELY = frozenset(
    {"submitted", "in_review", "second_review", "returned", "approved", "payee_fix"}
)
"""Outcomes that are about these days, not about last year."""

PAYOUTS = {
    "approved": PayoutStatus.APPROVED, "payee_fix": PayoutStatus.REJECTED,
    "paid": PayoutStatus.SETTLED, "corrected": PayoutStatus.SETTLED,
    "closed": PayoutStatus.SETTLED,
}  # fmt: skip

RETURN_CODES = {"returned": "R05", "corrected": "R05", "declined": "N02", "rejected": "X02"}
"""The return reason that stands on the case."""


def length(outcome: str) -> int:
    """Return how many working days the steps of an outcome take."""
    return sum(step.days for step in PLANS[outcome])
