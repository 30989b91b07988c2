"""Rule IN02: balance times days times rate over the basis, rounded once."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.interest import interest

RATES = [(dt.date(2016, 2, 21), Decimal("0.0150"))]
START, END = dt.date(2026, 6, 30), dt.date(2026, 9, 30)
movements = st.lists(
    st.tuples(
        st.dates(dt.date(2020, 1, 1), dt.date(2027, 1, 1)),
        st.decimals(-(10**8), 10**8, places=2, allow_nan=False),
    ),
    max_size=8,
)


def test_interest_is_as_published(interest_vector):
    parts = interest_vector.parts
    start, end = (dt.date.fromisoformat(parts[name]) for name in ("from", "to"))

    earned = interest(
        [(start, Decimal(parts["balance"]))],
        to=end,
        rates=[(dt.date(2016, 2, 21), Decimal(parts["rate"]))],
        basis=int(parts["basis"]),
    )

    assert (earned == Decimal(parts["interest"])) is interest_vector.valid


def test_a_withdrawal_stops_earning_on_its_own_day():
    taken = dt.date(2026, 8, 1)

    earned = interest(
        [(START, Decimal(90_000)), (taken, Decimal(-90_000))], to=END, rates=RATES
    )

    assert earned == Decimal("120.00")


def test_a_new_rate_counts_from_its_day():
    rates = [(dt.date(2026, 7, 30), Decimal("0.0300")), *RATES]

    earned = interest([(START, Decimal(100_000))], to=dt.date(2026, 8, 29), rates=rates)

    assert earned == Decimal("375.00")


def test_half_a_fen_is_rounded_up():
    day_after = START + dt.timedelta(days=1)

    assert interest([(START, Decimal(120))], to=day_after, rates=RATES) == Decimal("0.01")
    assert interest([(START, Decimal("119.99"))], to=day_after, rates=RATES) == 0


def test_small_sums_are_rounded_together_not_one_by_one():
    many = [(START, Decimal(60))] * 4

    assert interest(many, to=START + dt.timedelta(days=1), rates=RATES) == Decimal("0.01")


def test_what_comes_on_the_last_day_or_later_earns_nothing():
    coming = [(END, Decimal(10_000)), (END + dt.timedelta(days=9), Decimal(10_000))]

    assert interest(coming, to=END, rates=RATES) == Decimal("0.00")


def test_an_empty_account_earns_nothing():
    assert interest([], to=END, rates=RATES) == Decimal("0.00")


def test_money_before_the_first_rate_is_an_error():
    with pytest.raises(Invalid) as refused:
        interest([(dt.date(2016, 2, 20), Decimal(1))], to=END, rates=RATES)

    assert refused.value.code == "interest_rate_missing"


def test_another_basis_divides_by_another_year():
    earned = interest([(START, Decimal(100_000))], to=END, rates=RATES, basis=365)

    assert earned == Decimal("378.08")


@given(movements, st.randoms())
def test_the_order_of_movements_does_not_matter(some, chance):
    mixed = list(some)
    chance.shuffle(mixed)

    assert interest(mixed, to=END, rates=RATES) == interest(some, to=END, rates=RATES)


@given(movements, st.dates(dt.date(2020, 1, 1), END))
def test_the_same_rate_written_twice_changes_nothing(some, again):
    twice = [*RATES, (again, RATES[0][1])]

    assert interest(some, to=END, rates=twice) == interest(some, to=END, rates=RATES)


@given(st.integers(1, 10**12), st.integers(0, 4000))
def test_a_single_sum_agrees_with_whole_number_arithmetic(fen, days):
    start = dt.date(2016, 2, 21)

    earned = interest(
        [(start, Decimal(fen) / 100)], to=start + dt.timedelta(days=days), rates=RATES
    )

    assert earned * 100 == (fen * days * 150 * 2 + 3_600_000) // (2 * 3_600_000)
