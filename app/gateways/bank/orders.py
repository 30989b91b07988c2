"""What goes to a bank by file and what comes back, whatever the file looks like."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from .protocol import BankState, Payment, StatementLine

MOST_BYTES = 60 * 1024 * 1024
"""No file of a bank is longer; a longer one is refused before it is read."""


class Unreadable(Exception):
    """A file of a bank that is not whole or not understood; ``line`` and ``column`` from 1.

    ``code`` names the fault: ``syntax``, ``dtd``, ``not_known``, ``missing``, ``value``,
    ``count``, ``total``, ``twice``, ``too_long``; ``what`` is the element or the value.
    """

    def __init__(self, code: str, what: str = "", *, line: int = 0, column: int = 0) -> None:
        self.code, self.what, self.line, self.column = code, what[:80], line, column
        super().__init__(f"{code} {self.what} at line {line}, column {column}")


class Unwritable(Exception):
    """A batch that the format cannot carry."""


@dataclass(frozen=True, slots=True)
class Order:
    """A batch for the bank: one unit, known by ``message_id`` (at most 35 characters).

    ``clearing`` gives the clearing number (联行号 or its first three digits) and the name of a
    bank by our code for it.
    """

    message_id: str
    made_at: datetime
    pay_on: date
    payer_name: str
    payer_account: str
    payer_bank_code: str
    payments: tuple[Payment, ...]
    clearing: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """Return the sum in yuan."""
        return sum((payment.amount for payment in self.payments), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Said:
    """What the bank says of one payment, of part of a batch or of all of it."""

    state: BankState
    code: str = ""
    text: str = ""
    reference: str = ""
    amount: Decimal | None = None
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A status report: of the batch ``about`` as a whole and of single payments in it.

    ``count`` and ``total`` (yuan) are what the bank says it was sent, where it says so.
    """

    message_id: str
    about: str
    whole: Said | None
    lines: tuple[Said, ...]
    count: int | None = None
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DayStatement:
    """A closed day's bookings of one account; balances in yuan, agreeing with all bookings.

    ``lines`` are payments out and those that came back; other money in is in the balance only.
    """

    message_id: str
    account: str
    day: date
    opening: Decimal
    closing: Decimal
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A message that is kept and changes nothing: an advice of single bookings."""

    message_id: str


Read = Answer | DayStatement | Advice


class Form(Protocol):
    """A way to write batches and to read what a bank answers."""

    name: str
    suffix: str

    def write(self, order: Order) -> bytes:
        """Write a batch, the same bytes for the same order; raises ``Unwritable``."""

    def read(self, data: bytes) -> Read:
        """Read a whole file of the bank; raises ``Unreadable`` naming line and column."""
