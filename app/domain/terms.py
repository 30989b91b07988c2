"""The words of the field that are stored: one enumeration each, kept by value."""

from enum import StrEnum


class Status(StrEnum):
    """Where an application stands; hold, investigation, clock and payout are kept elsewhere."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    SECOND_REVIEW = "second_review"
    RETURNED = "returned"
    APPROVED = "approved"
    PAYEE_FIX = "payee_fix"
    PAID = "paid"
    DECLINED = "declined"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    VOIDED = "voided"


class Action(StrEnum):
    """What moves an application; each is one row in its history."""

    SUBMIT = "submit"
    TAKE_UP = "take_up"
    PASS_FIRST = "pass_first"
    PASS_LEVEL = "pass_level"
    RETURN_FOR_CORRECTION = "return_for_correction"
    DECLINE = "decline"
    REJECT = "reject"
    APPROVE = "approve"
    STAND = "stand"
    PAY = "pay"
    BANK_REFUSED = "bank_refused"
    BANK_RETURNED = "bank_returned"
    CONFIRM_PAYEE = "confirm_payee"
    CANCEL = "cancel"
    LAPSE = "lapse"
    VOID = "void"
    UNDO = "undo"
    SUPPLEMENT = "supplement"
    STAND_DOWN = "stand_down"


class Note(StrEnum):
    """History rows that move nothing: what was done to a case without changing its status."""

    STARTED = "started"
    HOLD = "hold"
    RELEASE_HOLD = "release_hold"
    INVESTIGATE = "investigate"
    END_INVESTIGATION = "end_investigation"
    ASSIGN = "assign"
    CHANGE_PAYEE = "change_payee"
    CHECK_PAYEE = "check_payee"
    CONFIRM_RELATION = "confirm_relation"
    VERDICT = "verdict"
    UNKNOWN = "payment_unknown"
    OFFICE_FIX = "payment_office_fix"


class Kind(StrEnum):
    """First, later or closing withdrawal (首次、第二次及以后、销户支取)."""

    FIRST = "first"
    SUBSEQUENT = "subsequent"
    CLOSING = "closing"


class Capacity(StrEnum):
    """In what right somebody applies: for one's own account, as heir or legatee, as proxy."""

    SELF = "self"
    HEIR = "heir"
    PROXY = "proxy"


class Closes(StrEnum):
    """Whether a reason closes the account."""

    NEVER = "never"
    OPTIONAL = "optional"
    ALWAYS = "always"


class Need(StrEnum):
    """How much a material is needed."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    CONDITIONAL = "conditional"


class Origin(StrEnum):
    """Whether a material is uploaded or made and signed in the hall."""

    UPLOAD = "upload"
    GENERATED = "generated"


class Verdict(StrEnum):
    """What a reviewer says of one material."""

    OPEN = "open"
    ACCEPTED = "accepted"
    TO_FIX = "to_fix"


class AccountState(StrEnum):
    """State of a personal account, JGJ/T 320-2014 table A.6."""

    NORMAL = "01"
    SEALED = "02"
    CLOSED_BY_MERGER = "03"
    CLOSED_BY_TRANSFER = "04"
    CLOSED_BY_WITHDRAWAL = "05"
    FROZEN = "06"
    OTHER = "99"


class PayoutStatus(StrEnum):
    """Where a payment stands between the hall and the bank."""

    APPROVED = "approved"
    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    PAID = "paid"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class LedgerCode(StrEnum):
    """The chart of the ledger: three accounts a holder, four an agency."""

    AVAILABLE = "available"
    HELD = "held"
    SUSPENSE = "suspense"
    BANK = "bank"
    IN_TRANSIT = "in_transit"
    CONTRIBUTIONS = "contributions"
    INTEREST = "interest"


class ClockHolder(StrEnum):
    """Who has the case in hand while time passes."""

    OFFICE = "office"
    APPLICANT = "applicant"
    BANK = "bank"
    OUTSIDE = "outside"


class Role(StrEnum):
    """The roles of the hall; each is a role row of Flask-AppBuilder with the same name.

    But for ``worker``: it is the hall's own clock and whoever runs commands on its machine, is
    no row of Flask-AppBuilder, and nobody logs in with it.
    """

    APPLICANT = "applicant"
    FIRST_REVIEWER = "first_reviewer"
    SECOND_REVIEWER = "second_reviewer"
    SUPERVISOR = "supervisor"
    PAYER = "payer"
    RELEASER = "releaser"
    AUDITOR = "auditor"
    PACKAGE_EDITOR = "package_editor"
    PACKAGE_PUBLISHER = "package_publisher"
    USER_ADMIN = "user_admin"
    SECURITY_OFFICER = "security_officer"
    INSTALLATION_ADMIN = "installation_admin"
    WORKER = "worker"


class Gender(StrEnum):
    """Gender as the identity document states it, GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


class DayKind(StrEnum):
    """How a date differs from its weekday in the published calendar."""

    HOLIDAY = "holiday"
    WORKDAY_SWAP = "workday_swap"


class Lookup(StrEnum):
    """What the property registry answered (EL15)."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    NOT_FILED = "not_filed"
    OWNER_MISMATCH = "owner_mismatch"
    SEALED = "sealed"
    CANCELLED = "cancelled"
    NOT_RESIDENTIAL = "not_residential"
    UNAVAILABLE = "temporarily_unavailable"


class ExportStatus(StrEnum):
    """Where a person's copy of the own data stands."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class NoticeStatus(StrEnum):
    """Where a message of the outbox stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Channel(StrEnum):
    """How a notice reaches a person."""

    SMS = "sms"
    INBOX = "inbox"
    WECHAT = "wechat"


class IdentityState(StrEnum):
    """What is known of somebody's identity; ``UNKNOWN`` means nobody could tell yet."""

    VERIFIED = "verified"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ContactState(StrEnum):
    """Where the way to a new mobile at the counter stands."""

    ASKED = "asked"
    CHECKED = "checked"
    DONE = "done"
    REFUSED = "refused"


class OrderState(StrEnum):
    """Where an agreed monthly withdrawal (约定提取) stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    ENDED = "ended"


class OrderEnd(StrEnum):
    """How an agreed monthly withdrawal ended."""

    DECLINED = "declined"
    APPLICANT = "applicant"
    OFFICE = "office"
    TERM = "term"
    CLOSED = "closed"
