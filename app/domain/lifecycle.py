"""The life of a case: which action leads from which status to which."""

from collections.abc import Mapping

from app.domain.errors import IllegalMove
from app.domain.terms import Action, ClockHolder, PayoutStatus, Status

S, A = Status, Action

MOVES: Mapping[tuple[Status, Action], Status] = {
    (S.DRAFT, A.SUBMIT): S.SUBMITTED,
    (S.RETURNED, A.SUBMIT): S.SUBMITTED,
    (S.DRAFT, A.SUPPLEMENT): S.SUBMITTED,
    (S.SUBMITTED, A.TAKE_UP): S.IN_REVIEW,
    (S.IN_REVIEW, A.PASS_FIRST): S.SECOND_REVIEW,
    (S.IN_REVIEW, A.RETURN_FOR_CORRECTION): S.RETURNED,
    (S.IN_REVIEW, A.DECLINE): S.DECLINED,
    (S.IN_REVIEW, A.REJECT): S.REJECTED,
    (S.SECOND_REVIEW, A.PASS_LEVEL): S.SECOND_REVIEW,
    (S.SECOND_REVIEW, A.RETURN_FOR_CORRECTION): S.RETURNED,
    (S.SECOND_REVIEW, A.REJECT): S.REJECTED,
    (S.SECOND_REVIEW, A.APPROVE): S.APPROVED,
    (S.SECOND_REVIEW, A.UNDO): S.IN_REVIEW,
    (S.DRAFT, A.STAND): S.APPROVED,
    (S.APPROVED, A.STAND_DOWN): S.CANCELLED,
    (S.APPROVED, A.PAY): S.PAID,
    (S.APPROVED, A.BANK_REFUSED): S.PAYEE_FIX,
    (S.PAID, A.BANK_RETURNED): S.PAYEE_FIX,
    (S.PAYEE_FIX, A.CONFIRM_PAYEE): S.APPROVED,
    (S.DRAFT, A.CANCEL): S.CANCELLED,
    (S.SUBMITTED, A.CANCEL): S.CANCELLED,
    (S.RETURNED, A.CANCEL): S.CANCELLED,
    (S.RETURNED, A.LAPSE): S.CANCELLED,
    (S.DRAFT, A.LAPSE): S.CANCELLED,
    **{
        (status, A.VOID): S.VOIDED
        for status in (
            S.SUBMITTED, S.IN_REVIEW, S.SECOND_REVIEW, S.RETURNED, S.APPROVED, S.PAYEE_FIX,
        )
    },
}  # fmt: skip

OPEN = frozenset(before for before, _ in MOVES) - {S.DRAFT, S.PAID}
"""Statuses that block a second application on the same account (EL06)."""

FINAL = frozenset(Status) - OPEN - {S.DRAFT}
"""Statuses that a case rests in; a paid one can still come back from the bank."""

DECISIONS = frozenset(
    {A.PASS_FIRST, A.PASS_LEVEL, A.RETURN_FOR_CORRECTION, A.DECLINE, A.REJECT, A.APPROVE}
)
"""What a hold or an investigation bars (with the payout)."""

PAYOUT_IN_FLIGHT = frozenset({PayoutStatus.CLAIMED, PayoutStatus.SENT, PayoutStatus.UNKNOWN})
"""While a payment is one of these nothing may be voided or held: the money may be out."""

PAYOUT_LIVE = PAYOUT_IN_FLIGHT | {
    PayoutStatus.APPROVED, PayoutStatus.PAID, PayoutStatus.SETTLED
}  # fmt: skip
"""A case has at most one payment that is one of these."""

CLOCK: Mapping[Status, ClockHolder] = {
    S.SUBMITTED: ClockHolder.OFFICE,
    S.IN_REVIEW: ClockHolder.OFFICE,
    S.SECOND_REVIEW: ClockHolder.OFFICE,
    S.RETURNED: ClockHolder.APPLICANT,
    S.PAYEE_FIX: ClockHolder.APPLICANT,
    S.APPROVED: ClockHolder.BANK,
}
"""Who holds the case while it is in a status (WF03); a status without a row stops the clock."""


def next_status(status: Status, action: Action) -> Status:
    """Return the status that ``action`` leads to, or raise ``IllegalMove``."""
    try:
        return MOVES[status, action]
    except KeyError:
        raise IllegalMove(f"cannot {action} an application that is {status}") from None


def open_actions(status: Status) -> frozenset[Action]:
    """Return what can be done to a case in this status, so that a page offers nothing else."""
    return frozenset(action for before, action in MOVES if before is status)
