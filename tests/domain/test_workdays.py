"""Rule WF09: working days, swapped days, years not yet published."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.workdays import SHANGHAI, Calendar, Deadline, local_date

WEEKDAYS_ONLY = Calendar(frozenset(), frozenset(), frozenset(range(2000, 2100)))
SWAPPED = Calendar(
    frozenset({dt.date(2026, 10, 1), dt.date(2026, 10, 2)}),
    frozenset({dt.date(2026, 10, 10)}),
    frozenset({2026}),
)
days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
calendars = st.sampled_from([WEEKDAYS_ONLY, SWAPPED])


def test_terms_end_as_published(calendar, working_day_due_vector):
    parts = working_day_due_vector.parts
    start, due = (dt.date.fromisoformat(parts[name]) for name in ("from", "due"))

    ends = calendar.add_workdays(start, int(parts["days"]))

    assert (ends == Deadline(due, estimated=False)) is working_day_due_vector.valid


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 11, 20), True),
        (dt.date(2026, 11, 21), False),
        (dt.date(2026, 10, 1), False),
        (dt.date(2026, 10, 10), True),
        (dt.date(2026, 9, 20), True),
    ],
)
def test_the_published_calendar_outweighs_the_weekday(calendar, day, works):
    assert calendar.is_workday(day) is works


def test_a_term_into_an_unpublished_year_is_estimated(calendar):
    ends = calendar.add_workdays(dt.date(2026, 12, 30), 3)

    assert ends == Deadline(dt.date(2027, 1, 4), estimated=True)


def test_a_term_that_ends_with_the_year_is_certain(calendar):
    assert calendar.add_workdays(dt.date(2026, 12, 30), 1) == Deadline(
        dt.date(2026, 12, 31), estimated=False
    )


def test_a_term_that_only_starts_in_an_unpublished_year_is_certain(calendar):
    assert not calendar.add_workdays(dt.date(2025, 12, 31), 3).estimated


def test_a_term_of_no_days_ends_where_it_starts(calendar):
    sunday = dt.date(2026, 11, 22)

    assert calendar.add_workdays(sunday, 0) == Deadline(sunday, estimated=False)
    assert calendar.workdays_from(sunday, 0) == []


def test_a_term_below_zero_is_an_error(calendar):
    with pytest.raises(ValueError, match="-1"):
        calendar.add_workdays(dt.date(2026, 11, 22), -1)


def test_the_working_days_of_a_term_are_listed(calendar):
    assert calendar.workdays_from(dt.date(2026, 9, 30), 3) == [
        dt.date(2026, 10, 8),
        dt.date(2026, 10, 9),
        dt.date(2026, 10, 10),
    ]


def test_days_left_go_below_zero_after_the_term(calendar):
    due = dt.date(2026, 10, 10)

    left = [calendar.workdays_between(day, due) for day in (dt.date(2026, 9, 30), due)]

    assert left == [3, 0]
    assert calendar.workdays_between(dt.date(2026, 10, 13), due) == -2


@given(calendars, days, st.integers(1, 60))
def test_a_term_holds_exactly_its_days(calendar, start, count):
    due = calendar.add_workdays(start, count).date

    assert calendar.is_workday(due)
    assert calendar.workdays_between(start, due) == count


@given(calendars, days, days, st.integers(1, 30), st.integers(0, 30))
def test_later_or_longer_never_ends_earlier(calendar, one, other, count, more):
    early, late = sorted((one, other))

    ends = calendar.add_workdays(early, count).date

    assert ends <= calendar.add_workdays(late, count).date
    assert ends <= calendar.add_workdays(early, count + more).date


@given(calendars, days, days, days)
def test_counts_of_neighbouring_spans_add_up(calendar, a, b, c):
    whole = calendar.workdays_between(a, c)

    assert calendar.workdays_between(a, b) + calendar.workdays_between(b, c) == whole


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (dt.datetime(2026, 9, 30, 15, 59, 59, tzinfo=dt.UTC), dt.date(2026, 9, 30)),
        (dt.datetime(2026, 9, 30, 16, 0, tzinfo=dt.UTC), dt.date(2026, 10, 1)),
        (dt.datetime(2026, 9, 30, 23, 59, tzinfo=SHANGHAI), dt.date(2026, 9, 30)),
    ],
)
def test_an_evening_belongs_to_its_date_in_shanghai(moment, day):
    assert local_date(moment) == day


def test_a_moment_without_a_zone_has_no_date():
    with pytest.raises(ValueError, match="zone"):
        local_date(dt.datetime.fromisoformat("2026-09-30T12:00:00"))


@given(days, st.integers(1, 9), calendars)
def test_so_many_working_days_have_passed_and_not_one_day_sooner(day, count, calendar):
    start = calendar.days_before(day, count)

    assert calendar.workdays_between(start, day) == count
    assert calendar.workdays_between(start + dt.timedelta(days=1), day) < count
