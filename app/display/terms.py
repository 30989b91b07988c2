"""Stored terms in words, one table: every term of a list has its word in every language."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _

from app.domain.terms import (
    AccountState,
    Action,
    Capacity,
    Channel,
    ClockHolder,
    Closes,
    DayKind,
    Gender,
    Kind,
    LedgerCode,
    Need,
    Note,
    NoticeStatus,
    Origin,
    PayoutStatus,
    Role,
    Status,
    Verdict,
)  # fmt: skip

PAIRS: tuple[tuple[StrEnum, Any], ...] = (
    (Status.DRAFT, _("Draft")),
    (Status.SUBMITTED, _("Awaiting first review")),
    (Status.IN_REVIEW, _("In first review")),
    (Status.SECOND_REVIEW, _("Awaiting second review")),
    (Status.RETURNED, _("Returned for correction")),
    (Status.APPROVED, _("Review finished")),
    (Status.PAYEE_FIX, _("Receiving account to be corrected")),
    (Status.PAID, _("Paid")),
    (Status.DECLINED, _("Not accepted")),
    (Status.REJECTED, _("Refused")),
    (Status.CANCELLED, _("Taken back")),
    (Status.VOIDED, _("Void")),
    (Kind.FIRST, _("First withdrawal")),
    (Kind.SUBSEQUENT, _("Later withdrawal")),
    (Kind.CLOSING, _("Closing withdrawal")),
    (Capacity.SELF, _("Own account")),
    (Capacity.HEIR, _("As heir or legatee")),
    (Capacity.PROXY, _("By proxy")),
    (Closes.NEVER, _("Never closes")),
    (Closes.OPTIONAL, _("May close")),
    (Closes.ALWAYS, _("Always closes")),
    (Need.REQUIRED, _("Required")),
    (Need.OPTIONAL, _("Optional")),
    (Need.CONDITIONAL, _("Conditional")),
    (Origin.UPLOAD, _("Upload")),
    (Origin.GENERATED, _("Made in the hall")),
    (Verdict.OPEN, _("Not judged yet")),
    (Verdict.ACCEPTED, _("Meets the requirement")),
    (Verdict.TO_FIX, _("To be corrected")),
    (AccountState.NORMAL, _("Normal")),
    (AccountState.SEALED, _("Sealed")),
    (AccountState.CLOSED_BY_MERGER, _("Closed by merger")),
    (AccountState.CLOSED_BY_TRANSFER, _("Closed by transfer out")),
    (AccountState.CLOSED_BY_WITHDRAWAL, _("Closed by withdrawal")),
    (AccountState.FROZEN, _("Frozen")),
    (AccountState.OTHER, _("Other")),
    (PayoutStatus.APPROVED, _("Waiting for payment")),
    (PayoutStatus.CLAIMED, _("Being sent")),
    (PayoutStatus.SENT, _("At the bank")),
    (PayoutStatus.UNKNOWN, _("Payment in doubt")),
    (PayoutStatus.PAID, _("Paid")),
    (PayoutStatus.SETTLED, _("Settled by statement")),
    (PayoutStatus.REJECTED, _("Refused by the bank")),
    (PayoutStatus.RETURNED, _("Sent back by the bank")),
    (PayoutStatus.CANCELLED, _("Cancelled")),
    (LedgerCode.AVAILABLE, _("Available")),
    (LedgerCode.HELD, _("Held for an application")),
    (LedgerCode.BANK, _("Bank")),
    (LedgerCode.IN_TRANSIT, _("In transit")),
    (LedgerCode.CONTRIBUTIONS, _("Contributions")),
    (LedgerCode.INTEREST, _("Interest")),
    (ClockHolder.OFFICE, _("Office")),
    (ClockHolder.APPLICANT, _("Applicant")),
    (ClockHolder.BANK, _("Bank")),
    (ClockHolder.OUTSIDE, _("Outside check")),
    (Gender.MALE, _("Male")),
    (Gender.FEMALE, _("Female")),
    (DayKind.HOLIDAY, _("Day off")),
    (DayKind.WORKDAY_SWAP, _("Working day by swap")),
    (NoticeStatus.QUEUED, _("Waiting")),
    (NoticeStatus.SENT, _("Sent")),
    (NoticeStatus.FAILED, _("Failed")),
    (Channel.SMS, _("Text message")),
    (Channel.INBOX, _("Message on the page")),
    (Channel.WECHAT, _("WeChat")),
    (Role.APPLICANT, _("Applicant")),
    (Role.FIRST_REVIEWER, _("First reviewer")),
    (Role.SECOND_REVIEWER, _("Second reviewer")),
    (Role.SUPERVISOR, _("Supervisor")),
    (Role.PAYER, _("Payer")),
    (Role.RELEASER, _("Releaser")),
    (Role.AUDITOR, _("Auditor")),
    (Role.PACKAGE_EDITOR, _("Package editor")),
    (Role.PACKAGE_PUBLISHER, _("Package publisher")),
    (Role.USER_ADMIN, _("User administrator")),
    (Role.SECURITY_OFFICER, _("Security officer")),
    (Role.INSTALLATION_ADMIN, _("Installation administrator")),
    (Role.WORKER, _("The hall's clock")),
    (Action.SUBMIT, _("Submitted")),
    (Action.TAKE_UP, _("Accepted for review")),
    (Action.PASS_FIRST, _("First review passed")),
    (Action.PASS_LEVEL, _("Further review passed")),
    (Action.RETURN_FOR_CORRECTION, _("Returned for correction")),
    (Action.DECLINE, _("Not accepted")),
    (Action.REJECT, _("Refused")),
    (Action.APPROVE, _("Review finished")),
    (Action.PAY, _("Paid")),
    (Action.BANK_REFUSED, _("Refused by the bank")),
    (Action.BANK_RETURNED, _("Sent back by the bank")),
    (Action.CONFIRM_PAYEE, _("New receiving account confirmed")),
    (Action.CANCEL, _("Taken back")),
    (Action.LAPSE, _("Ended: not corrected in time")),
    (Action.VOID, _("Made void")),
    (Action.UNDO, _("First review undone")),
    (Note.STARTED, _("Begun")),
    (Note.HOLD, _("Put on hold")),
    (Note.RELEASE_HOLD, _("Hold ended")),
    (Note.INVESTIGATE, _("Check begun")),
    (Note.END_INVESTIGATION, _("Check ended")),
    (Note.ASSIGN, _("Assigned")),
    (Note.CHANGE_PAYEE, _("Receiving account corrected")),
    (Note.CHECK_PAYEE, _("New receiving account checked")),
    (Note.CONFIRM_RELATION, _("Relation confirmed")),
    (Note.VERDICT, _("Paper judged")),
    (Note.UNKNOWN, _("Payment in doubt")),
)

WORDS: Mapping[tuple[type[StrEnum], str], Any] = {
    (type(value), value.value): word for value, word in PAIRS
}
"""By kind and value: terms of two kinds may share a value, and would be equal as strings."""


def term(value: StrEnum | None) -> str:
    """Return a stored term in the reader's language, the value itself if it has no word."""
    return "" if value is None else str(WORDS.get((type(value), value.value), value.value))


def event_word(action: str) -> str:
    """Return what a row of a case's history says was done."""
    for terms in (Action, Note):
        if action in {member.value for member in terms}:
            return term(terms(action))
    return action
