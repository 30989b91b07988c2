"""Interest on what lies in an account (rules IN01 and IN02)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise

from app.domain.errors import Invalid

FEN = Decimal("0.01")

_EXACT = 50
"""Digits of reckoning: more than any sum of yuan, days and rates can have before rounding."""


def interest(
    movements: Iterable[tuple[dt.date, Decimal]],
    *,
    to: dt.date,
    rates: Sequence[tuple[dt.date, Decimal]],
    basis: int = 360,
) -> Decimal:
    """Return the interest in yuan that signed movements earn until a day.

    Each movement counts from its own day; the first day counts, ``to`` does not. ``rates`` are
    yearly rates with the day each begins. Sum of amount, days and rate over ``basis``, rounded
    half up to the fen once, at the end: a daily rate is never rounded. Raises ``Invalid``
    (interest_rate_missing) for money that lay before the first rate.
    """
    periods = _periods(rates, to)
    with localcontext(prec=_EXACT):
        earned = sum(
            (amount * _days_times_rate(day, periods) for day, amount in movements if day < to),
            Decimal(0),
        )
        return (earned / basis).quantize(FEN, ROUND_HALF_UP)


def _periods(
    rates: Sequence[tuple[dt.date, Decimal]], to: dt.date
) -> list[tuple[dt.date, dt.date, Decimal]]:
    """Return each rate with its first day and the day after its last, none beyond ``to``."""
    table = [*sorted(rates), (dt.date.max, Decimal(0))]
    return [
        (begins, min(ends, to), rate)
        for (begins, rate), (ends, _) in pairwise(table)
        if begins < to
    ]


def _days_times_rate(day: dt.date, periods: list[tuple[dt.date, dt.date, Decimal]]) -> Decimal:
    """Return the sum of days and yearly rate since a day."""
    if not periods or day < periods[0][0]:
        raise Invalid(code="interest_rate_missing", day=day)
    return sum(
        ((ends - max(begins, day)).days * rate for begins, ends, rate in periods if day < ends),
        Decimal(0),
    )
