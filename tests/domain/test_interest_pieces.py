"""Interest in pieces, against fractions day by day, and never below nothing."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.interest import interest

FIRST = dt.date(2024, 1, 1)
SPAN = 800
"""Days that are looked at."""

days = st.integers(0, SPAN).map(lambda count: FIRST + dt.timedelta(days=count))
fen = st.integers(0, 10**10)
rates = st.lists(
    st.tuples(days, st.integers(0, 999).map(lambda points: Decimal(points) / 10_000)),
    max_size=4, unique_by=lambda pair: pair[0],
).map(lambda later: sorted(({FIRST: Decimal("0.0150")} | dict(later)).items()))  # fmt: skip
HALF = Fraction(1, 2)


def day_by_day(movements, to, table, basis=360):
    """Reckon in fractions what lies there each night, by the rate of that day; fen, rounded once."""
    newest = dict(table)
    whole, rate, lies = Fraction(0), Fraction(0), 0
    for count in range((to - FIRST).days):
        today = FIRST + dt.timedelta(days=count)
        rate = Fraction(newest.get(today, rate))
        lies += sum(amount for day, amount in movements if day == today)
        whole += lies * rate / basis
    return int((whole + HALF) // 1)


def yuan(movements):
    """Return movements in yuan."""
    return [(day, Decimal(amount) / 100) for day, amount in movements]


@given(st.lists(st.tuples(days, fen), max_size=6), days, rates, st.sampled_from((360, 365)))
def test_it_agrees_with_fractions_day_by_day(movements, to, table, basis):
    earned = interest(yuan(movements), to=to, rates=table, basis=basis)
    assert earned * 100 == day_by_day(movements, to, table, basis)


@given(fen, st.lists(days, min_size=2, max_size=6, unique=True), rates)
def test_pieces_make_the_whole_but_for_half_a_fen_each(amount, cuts, table):
    sum_, cuts = Decimal(amount) / 100, sorted(cuts)
    whole = interest([(cuts[0], sum_)], to=cuts[-1], rates=table)
    pieces = [interest([(begin, sum_)], to=end, rates=table) for begin, end in pairwise(cuts)]
    assert abs(sum(pieces) - whole) <= Decimal("0.005") * (len(pieces) + 1)


@given(st.lists(st.tuples(days, st.integers(-(10**9), 10**9)), max_size=8), days)
def test_a_balance_that_is_never_below_nothing_earns_nothing_less(wishes, to):
    lies, movements = 0, []
    for day, amount in sorted(wishes):
        moved = max(amount, -lies)
        lies += moved
        movements.append((day, moved))
    assert interest(yuan(movements), to=to, rates=[(FIRST, Decimal("0.0150"))]) >= 0
