"""Numbers that pass every check and belong to nobody."""

import datetime as dt

from app.domain.cards import luhn_ok
from app.domain.identity import check_character
from app.domain.terms import Gender

COUNTIES = {"anhui": "340199", "liaoning": "210199"}
"""County codes that were never assigned, so that no real person has such a number."""

ORDERS = 500
"""Order numbers of one birthday and gender."""


def id_number(county: str, born: dt.date, order: int, gender: Gender) -> str:
    """Return a resident number; ``order`` from 0 to 499 tells people of one birthday apart."""
    if not 0 <= order < ORDERS:
        raise ValueError(f"order {order} is not below {ORDERS}")
    last = 2 * order + (gender is Gender.MALE)
    first17 = f"{county}{born:%Y%m%d}{last:03d}"
    return first17 + check_character(first17)


def card_number(prefix: str, length: int, serial: int) -> str:
    """Return a card number with a true check digit."""
    body = f"{prefix}{serial:0{length - len(prefix) - 1}d}"
    if len(body) != length - 1:
        raise ValueError(f"serial {serial} is too long for {prefix}")
    doubled = sum(
        sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(body[::-1])
    )
    return f"{body}{-doubled % 10}"


def card_ending(prefix: str, length: int, serial: int, tail: str) -> str:
    """Return a card number that ends in the given digits, as the local card check reads them."""
    width = length - len(prefix) - len(tail) - 1
    for middle in range(10):
        digits = f"{prefix}{serial % 10**width:0{width}d}{middle}{tail}"
        if luhn_ok(digits):
            return digits
    raise ValueError(f"no card of {prefix} ends in {tail}")
