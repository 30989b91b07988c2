"""What a case is called: one table from where it stands to the words of staff and applicants.

The words are those of the reference of the business (section 6). A row is found by the status,
the last payment and the two flags; the office's own word comes from the agency, and the two
services say *reviewed* and *passed* differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.display.words import localized
from app.domain.page_words import Flow
from app.domain.terms import PayoutStatus, Status


class Tone(StrEnum):
    """Whose turn it is: the colour of a tag, never without its word and icon."""

    OFFICE = "office"
    TURN = "turn"
    DONE = "done"
    STOP = "stop"
    CHECK = "check"
    PLAIN = "plain"


class Stand(StrEnum):
    """Where a case stands in the eyes of people, derived from status, payment and flags."""

    DRAFT = "draft"
    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    RETURNED = "returned"
    INVESTIGATING = "investigating"
    ON_HOLD = "on_hold"
    APPROVED = "approved"
    QUEUED = "queued"
    PAYING = "paying"
    PAY_UNKNOWN = "pay_unknown"
    PAID = "paid"
    PAY_FAILED = "pay_failed"
    BOUNCED = "bounced"
    DECLINED = "declined"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Label:
    """A state in words: ``line`` is the sentence beside it, empty when the word says it all."""

    word: str
    tone: Tone
    icon: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: words of staff and of applicants in both services."""

    staff: Any
    staff_tone: Tone
    subsidy: Any
    fund: Any
    tone: Tone
    icon: str
    subsidy_line: Any = ""
    fund_line: Any = ""
    staff_icon: str = ""


_ = lazy_gettext
T = Tone

REVIEW = _("Review by the %(office)s")
REVIEWED = _("%(office)s has finished the review")
MONEY_SOON = _("The money arrives within three working days.")

TABLE: Mapping[Stand, Row] = {
    Stand.DRAFT: Row(_("Draft"), T.PLAIN, _("Draft"), _("Draft"), T.PLAIN, "pen"),
    Stand.FIRST_REVIEW: Row(
        _("Awaiting first review"), T.OFFICE, REVIEW, REVIEW, T.OFFICE, "clock"
    ),
    Stand.SECOND_REVIEW: Row(
        _("Awaiting second review"), T.OFFICE, REVIEW, REVIEW, T.OFFICE, "clock"
    ),
    Stand.RETURNED: Row(
        _("Returned for correction"), T.TURN, _("Returned"), _("Returned"), T.TURN,
        "circle-exclamation",
    ),
    Stand.INVESTIGATING: Row(
        _("Being checked"), T.CHECK, _("Being checked"), _("Being checked"), T.CHECK,
        "magnifying-glass",
    ),
    Stand.ON_HOLD: Row(
        _("On hold"), T.CHECK, _("On hold"), _("On hold"), T.CHECK, "circle-pause"
    ),
    Stand.APPROVED: Row(
        _("Review finished"), T.DONE, REVIEWED, _("Review passed"), T.DONE, "circle-check"
    ),
    Stand.QUEUED: Row(
        _("Waiting for payment"), T.OFFICE, REVIEWED, _("Being paid"), T.DONE, "circle-check",
        MONEY_SOON, MONEY_SOON, staff_icon="hourglass-half",
    ),
    Stand.PAYING: Row(
        _("Being paid"), T.OFFICE, REVIEWED, _("Being paid"), T.DONE, "circle-check",
        MONEY_SOON, MONEY_SOON, staff_icon="paper-plane",
    ),
    Stand.PAY_UNKNOWN: Row(
        _("Payment in doubt"), T.CHECK, _("Being paid"), _("Being paid"), T.OFFICE,
        "paper-plane", staff_icon="circle-question",
    ),
    Stand.PAID: Row(
        _("Paid"), T.DONE, _("Paid"), _("Paid"), T.DONE, "circle-check", REVIEWED
    ),
    Stand.PAY_FAILED: Row(
        _("Payment failed"), T.TURN,
        _("Payment failed, please change the receiving account"),
        _("Payment failed, please change the receiving account"), T.TURN, "circle-exclamation",
    ),
    Stand.BOUNCED: Row(
        _("Returned by the bank"), T.TURN,
        _("The bank sent the money back, please change the receiving account"),
        _("The bank sent the money back, please change the receiving account"), T.TURN,
        "circle-exclamation",
    ),
    Stand.DECLINED: Row(
        _("Not accepted"), T.STOP, _("Not accepted"), _("Not accepted"), T.STOP, "circle-xmark"
    ),
    Stand.REJECTED: Row(
        _("Refused"), T.STOP, _("Refused"), _("Refused"), T.STOP, "circle-xmark"
    ),
    Stand.CANCELLED: Row(
        _("Withdrawn"), T.PLAIN, _("Withdrawn"), _("Withdrawn"), T.PLAIN, "rotate-left"
    ),
    Stand.VOIDED: Row(_("Voided"), T.PLAIN, _("Voided"), _("Voided"), T.PLAIN, "ban"),
}  # fmt: skip

PLAIN_STANDS: Mapping[Status, Stand] = {
    Status.DRAFT: Stand.DRAFT,
    Status.SUBMITTED: Stand.FIRST_REVIEW,
    Status.IN_REVIEW: Stand.FIRST_REVIEW,
    Status.SECOND_REVIEW: Stand.SECOND_REVIEW,
    Status.RETURNED: Stand.RETURNED,
    Status.APPROVED: Stand.APPROVED,
    Status.PAYEE_FIX: Stand.PAY_FAILED,
    Status.PAID: Stand.PAID,
    Status.DECLINED: Stand.DECLINED,
    Status.REJECTED: Stand.REJECTED,
    Status.CANCELLED: Stand.CANCELLED,
    Status.VOIDED: Stand.VOIDED,
}
"""Where a case stands by its status alone."""

BY_PAYMENT: Mapping[tuple[Status, PayoutStatus], Stand] = {
    (Status.APPROVED, PayoutStatus.APPROVED): Stand.QUEUED,
    (Status.APPROVED, PayoutStatus.CLAIMED): Stand.PAYING,
    (Status.APPROVED, PayoutStatus.SENT): Stand.PAYING,
    (Status.APPROVED, PayoutStatus.UNKNOWN): Stand.PAY_UNKNOWN,
    (Status.APPROVED, PayoutStatus.REJECTED): Stand.QUEUED,
    (Status.PAYEE_FIX, PayoutStatus.RETURNED): Stand.BOUNCED,
}
"""Where the last payment says more than the status."""

STOPPABLE = frozenset(
    {
        Status.SUBMITTED, Status.IN_REVIEW, Status.SECOND_REVIEW, Status.RETURNED,
        Status.APPROVED, Status.PAYEE_FIX,
    }
)  # fmt: skip
"""Statuses in which a check or a hold shows; a case that has ended shows its end."""


def stand_of(
    status: Status,
    payment: PayoutStatus | None = None,
    *,
    investigating: bool = False,
    on_hold: bool = False,
) -> Stand:
    """Return where a case stands; a check shows before a hold, a hold before the rest."""
    if status in STOPPABLE and investigating:
        return Stand.INVESTIGATING
    if status in STOPPABLE and on_hold:
        return Stand.ON_HOLD
    if payment and (found := BY_PAYMENT.get((status, payment))):
        return found
    return PLAIN_STANDS[status]


def stand(case: Any) -> Stand:
    """Return where an Application stands, by its last payment and its flags."""
    last = case.payouts[-1].status if case.payouts else None
    return stand_of(case.status, last, investigating=case.investigating, on_hold=case.on_hold)


def staff_label(case: Any) -> Label:
    """Return what staff call the state of a case."""
    return staff_words(stand(case))


def staff_words(where: Stand) -> Label:
    """Return the staff's words for a stand."""
    row = TABLE[where]
    return Label(str(row.staff), row.staff_tone, row.staff_icon or row.icon)


def applicant_label(case: Any) -> Label:
    """Return what the applicant reads, with the word of the agency's office."""
    office = localized(case.agency, "office_word")
    return applicant_words(stand(case), flow=Flow(case.scheme.flow), office=office)


def applicant_words(where: Stand, *, flow: Flow, office: str) -> Label:
    """Return the applicant's words for a stand in a service."""
    row = TABLE[where]
    subsidy = flow is Flow.SUBSIDY
    word, line = (row.subsidy, row.subsidy_line) if subsidy else (row.fund, row.fund_line)
    return Label(_said(word, office), row.tone, row.icon, _said(line, office) if line else "")


def _said(words: Any, office: str) -> str:
    return str(words) % {"office": office} if "%(office)s" in str(words) else str(words)


def working_days_left(days: int) -> str:
    """Return how far a deadline is, in working days: negative days are past it."""
    if days < 0:
        return gettext("%(count)s working days late", count=-days)
    if days == 0:
        return gettext("due today")
    if days == 1:
        return gettext("due tomorrow")
    return gettext("%(count)s working days left", count=days)
