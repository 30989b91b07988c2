"""Charts: where bars stand, how high the paper is, what a share of a whole is."""

import pytest

from app.display.charts import Series, ceiling, plot, share


@pytest.mark.parametrize(
    ("most", "top"), [(0, 4), (4, 4), (5, 8), (61, 80), (80, 80), (81, 200), (999, 2000)]
)
def test_the_paper_ends_at_a_round_number_above_the_highest(most, top):
    assert ceiling(most) == top


def test_a_bar_is_as_high_as_its_number():
    chart = plot("t", "s", "day", ["1", "2"], [Series("in", (4, 8))])

    half, whole = chart.bars
    assert whole.height == pytest.approx(2 * half.height, abs=0.2)
    assert whole.y + whole.height == pytest.approx(half.y + half.height, abs=0.2)


def test_bars_of_two_rows_stand_side_by_side():
    chart = plot("t", "s", "day", ["1"], [Series("in", (4,)), Series("out", (3,), "c2")])

    first, second = chart.bars
    assert first.x + first.width <= second.x


def test_a_line_goes_through_every_label():
    chart = plot("t", "s", "day", ["1", "2", "3"], [Series("time", (1, 2, 3), "l1")])

    [path] = chart.lines
    assert path.count("L") == 2
    assert not chart.bars


def test_a_chart_without_numbers_is_empty_paper():
    chart = plot("t", "s", "day", [], [])

    assert not chart.bars
    assert not chart.ticks


def test_many_labels_are_thinned():
    chart = plot("t", "s", "day", [str(n) for n in range(60)], [Series("in", (1,) * 60)])

    assert len(chart.ticks) <= 12


@pytest.mark.parametrize(
    ("value", "whole", "percent"),
    [(0, 10, 0), (1, 1000, 1), (5, 10, 50), (12, 10, 100), (5, 0, 0)],
)
def test_a_share_is_whole_per_cent_and_something_is_seen(value, whole, percent):
    assert share(value, whole) == percent
