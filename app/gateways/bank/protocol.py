"""What the hall asks of any bank, whatever the way it is connected."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class BankState(StrEnum):
    """What the bank says of one payment; ``UNKNOWN`` means there was no readable answer."""

    ACCEPTED = "accepted"
    PROCESSING = "processing"
    PAID = "paid"
    REJECTED = "rejected"
    RETURNED = "returned"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment order (PY02): ``reference`` is its idempotency key, ``amount`` is in yuan."""

    reference: str
    amount: Decimal
    payee_name: str
    payee_card: str
    payee_bank_code: str
    purpose: str
    payer_account: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The bank's answer to a sending or a query, with every byte that went and came.

    ``code`` is empty, a reason code of ``codes.REASONS``, or for ``UNKNOWN`` how the answer
    failed: ``no_connection`` (nothing was sent), ``time_out``, ``unreadable``, ``http_500``.
    ``amount`` in yuan and ``payee_tail`` (last four digits) are what the bank holds under the
    reference, where it says so.
    """

    state: BankState
    code: str
    text: str
    at: datetime
    raw_request: bytes
    raw_answer: bytes
    amount: Decimal | None = None
    payee_tail: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booking of the payer's account: ``amount`` in yuan, negative when money came back.

    ``code`` is the bank's reason where it gives one for what came back, else its code for this
    kind of booking.
    """

    reference: str
    amount: Decimal
    payee_name: str
    payee_card: str
    booked_at: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A day's bookings; ``complete`` only when the day is closed and count and total agree.

    Only a complete statement proves that a payment is *not* at the bank. ``problem`` says
    why it is not complete: ``day_open``, ``wrong_totals`` or how the answer failed.
    """

    day: date
    lines: tuple[StatementLine, ...]
    complete: bool
    problem: str = ""
    raw: bytes = b""


class Bank(Protocol):
    """A connection to one bank. Nothing the bank does or fails to do raises."""

    def send(self, payment: Payment) -> Receipt:
        """Hand in one payment; a second one with the same reference is never paid again."""

    def query(self, reference: str) -> Receipt:
        """Ask what became of a reference."""

    def statement(self, day: date) -> Statement:
        """Read the bookings of one day, in the bank's own time (Asia/Shanghai)."""
