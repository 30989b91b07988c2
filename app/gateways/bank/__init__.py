"""The bank: send a payment, ask for it by reference, read a day's statement."""

from .codes import REASONS, Reason, Responsible, reason_of
from .protocol import (
    Bank,
    BankState,
    Payment,
    Receipt,
    Statement,
    StatementLine,
)

__all__ = [
    "REASONS",
    "Bank",
    "BankState",
    "Payment",
    "Reason",
    "Receipt",
    "Responsible",
    "Statement",
    "StatementLine",
    "reason_of",
]
