"""The numbers the hall gives: cases, batches, payments; and the check digit they share."""

import datetime as dt
import re

_REFERENCE = re.compile(r"AJ([0-9]{8})([0-9]{8})[0-9]")


def mod_11_10(digits: str) -> str:
    """Return the check digit that ISO 7064 MOD 11,10 adds to a row of decimal digits."""
    carried = 10
    for digit in digits:
        carried = ((carried + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - carried) % 10)


def mod_11_10_ok(digits: str) -> bool:
    """Tell whether the last digit is the check digit of those before it."""
    return mod_11_10(digits[:-1]) == digits[-1:]


def application_number(prefix: str, day: dt.date, serial: int) -> str:
    """Return the number of a case: the scheme's letters, the day, six digits of the day.

    Raises ``ValueError`` when the day has no number left.
    """
    return f"{prefix}{day:%Y%m%d}{_serial(serial, width=6)}"


def batch_number(day: dt.date, serial: int) -> str:
    """Return the number of a payout batch: ``PC``, the day, six digits of the day.

    Sixteen characters; a bank's field takes 35, with the file's own count behind it.
    """
    return f"PC{day:%Y%m%d}{_serial(serial, width=6)}"


def bank_reference(day: dt.date, serial: int) -> str:
    """Return the reference a payment keeps for ever: ``AJ``, day, eight digits, check digit.

    Nineteen characters; the national field YWLSH takes twenty.
    """
    digits = f"{day:%Y%m%d}{_serial(serial, width=8)}"
    return f"AJ{digits}{mod_11_10(digits)}"


def bank_reference_ok(reference: str) -> bool:
    """Tell whether a reference can be one of ours: its shape, its day and its check digit."""
    shape = _REFERENCE.fullmatch(reference)
    if shape is None:
        return False
    try:
        dt.date.fromisoformat(shape[1])
    except ValueError:
        return False
    return int(shape[2]) > 0 and mod_11_10_ok(reference[2:])


def _serial(serial: int, *, width: int) -> str:
    """Return a counter of the day, from one, padded with zeros."""
    if not 0 < serial < 10**width:
        raise ValueError(f"serial {serial} does not fit {width} digits")
    return f"{serial:0{width}d}"
