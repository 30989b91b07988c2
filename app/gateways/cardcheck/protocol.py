"""What the hall asks of any check of name, identity number, card and mobile (四要素)."""

from enum import StrEnum
from typing import Protocol


class CardMatch(StrEnum):
    """The answer; ``UNKNOWN`` leaves the card to the bank's own check when it is paid."""

    MATCHED = "matched"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


class CardCheck(Protocol):
    """A service that knows whose card it is. Never raises for its answer."""

    def check(self, name: str, id_number: str, card: str, mobile: str) -> CardMatch:
        """Ask whether the four belong together."""
