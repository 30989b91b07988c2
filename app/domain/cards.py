"""Bank cards and bank codes: what a number says of itself (rules CD01 to CD03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from app.domain import identity
from app.domain.errors import Invalid
from app.domain.numbers import mod_11_10_ok

CARD_LENGTHS = range(16, 20)
"""Digits of a card whose prefix is not known (CD01)."""

CNAPS_LENGTH = 12

PREFIX_UNKNOWN = "card_prefix_unknown"
"""Warning: the bank check has to say whose card it is."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A row of the prefix table: cards that begin so are of this bank, length and kind."""

    prefix: str
    length: int
    bank_code: str
    kind: str


class BinTable:
    """The prefixes by their length, so that a card is found in a few look-ups."""

    def __init__(self, bins: Iterable[Bin]) -> None:
        """Sort the rows in by the length of their prefix."""
        self._by_length: dict[int, dict[str, list[Bin]]] = {}
        for row in bins:
            same_length = self._by_length.setdefault(len(row.prefix), {})
            same_length.setdefault(row.prefix, []).append(row)
        self._lengths = sorted(self._by_length, reverse=True)

    def matching(self, number: str) -> list[Bin]:
        """Return the rows whose prefix the number has, longest prefix first."""
        return [
            row
            for length in self._lengths
            for row in self._by_length[length].get(number[:length], ())
        ]


@dataclass(frozen=True, slots=True)
class CardCheck:
    """A card that may be kept; bank and kind are None when the prefix is not known."""

    number: str
    bank_code: str | None
    kind: str | None
    warnings: tuple[str, ...] = ()


def normalise(number: str) -> str:
    """Return a typed number as it is kept: NFKC, blanks and hyphens out."""
    return identity.normalise(number).replace("-", "")


def luhn_ok(digits: str) -> bool:
    """Tell whether the last digit is the Luhn check digit of those before it."""
    if not (digits.isascii() and digits.isdecimal()):
        return False
    kept = (int(digit) for digit in digits[::-1][0::2])
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[::-1][1::2])
    return sum(chain(kept, doubled)) % 10 == 0


def find_bin(number: str, bins: BinTable) -> Bin | None:
    """Return the row of the longest prefix, first of all one whose length fits."""
    found = bins.matching(number)
    fitting = (row for row in found if row.length == len(number))
    return next(fitting, found[0] if found else None)


def check_card(number: str, *, bank_code: str | None, bins: BinTable) -> CardCheck:
    """Return what a card number says of itself, or raise ``Invalid`` with the first fault.

    Codes: card_digits, card_length, card_luhn, card_credit (quasi-credit too),
    card_bank_differs (only when a bank was chosen). A prefix nobody knows is a warning.
    """
    kept = normalise(number)
    if not (kept.isascii() and kept.isdecimal()):
        raise Invalid(field="bank_account_no", code="card_digits")
    row = find_bin(kept, bins)
    _check_length(kept, row)
    if not luhn_ok(kept):
        raise Invalid(field="bank_account_no", code="card_luhn")
    if row is None:
        return CardCheck(kept, None, None, (PREFIX_UNKNOWN,))
    if row.kind != "debit":
        raise Invalid(field="bank_account_no", code="card_credit", bank_code=row.bank_code)
    if bank_code and bank_code != row.bank_code:
        raise Invalid(
            field="bank_account_no",
            code="card_bank_differs",
            chosen=bank_code,
            bank_code=row.bank_code,
        )
    return CardCheck(kept, row.bank_code, row.kind)


def check_cnaps(code: str, bank3: str | None = None) -> str:
    """Return a bank code (联行号) as it is kept, or raise ``Invalid``.

    Codes: cnaps_length, cnaps_check_digit, cnaps_bank_differs when ``bank3``, the first three
    digits of the chosen bank, are others. 313 is shared by all city banks and names none.
    """
    kept = normalise(code)
    if len(kept) != CNAPS_LENGTH or not (kept.isascii() and kept.isdecimal()):
        raise Invalid(field="cnaps_code", code="cnaps_length", expected=CNAPS_LENGTH)
    if not mod_11_10_ok(kept):
        raise Invalid(field="cnaps_code", code="cnaps_check_digit")
    if bank3 and not kept.startswith(bank3):
        raise Invalid(field="cnaps_code", code="cnaps_bank_differs", expected=bank3)
    return kept


def _check_length(number: str, row: Bin | None) -> None:
    """Refuse a length that is not the prefix's, or no card's when the prefix is not known."""
    if row is None:
        if len(number) not in CARD_LENGTHS:
            raise Invalid(
                field="bank_account_no",
                code="card_length",
                expected=f"{CARD_LENGTHS.start}-{CARD_LENGTHS.stop - 1}",
                typed=len(number),
            )
    elif len(number) != row.length:
        raise Invalid(
            field="bank_account_no",
            code="card_length",
            expected=str(row.length),
            typed=len(number),
        )
