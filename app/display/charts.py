"""Where bars and lines of a chart stand; the component draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, TOP, BOTTOM = 34, 20, 40
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers: ``look`` is c1, c2, c3 for bars or l1 for a line."""

    label: str
    values: tuple[float, ...]
    look: str = "c1"
    total: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a chart."""

    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line across the chart with its number."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A word under the chart."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart ready to draw; ``summary`` says in words what it shows."""

    title: str
    summary: str
    axis: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    grid: tuple[GridLine, ...]
    bars: tuple[Bar, ...]
    lines: tuple[str, ...]
    ticks: tuple[Tick, ...]
    width: int
    height: int
    left: int = LEFT


def plot(
    title: str,
    summary: str,
    axis: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    width: int = 640,
    height: int = 230,
) -> Plot:
    """Lay out numbers as a chart; every series has one value for each label."""
    top = ceiling(max((max(one.values, default=0) for one in series), default=0))
    room = height - TOP - BOTTOM

    def y(value: float) -> float:
        return round(TOP + room * (1 - value / top), 1)

    slot = (width - LEFT) / max(len(labels), 1)
    middles = [round(LEFT + slot * (place + 0.5), 1) for place in range(len(labels))]
    barred = [one for one in series if one.look.startswith("c")]
    thick = round(min(slot * 0.72 / max(len(barred), 1), 40), 1)
    bars = tuple(
        Bar(
            one.look,
            round(middle + (order - len(barred) / 2) * thick + 1, 1),
            y(value),
            thick - 2,
            round(y(0) - y(value), 1),
        )
        for order, one in enumerate(barred)
        for middle, value in zip(middles, one.values, strict=True)
    )
    lines = tuple(
        "M" + "L".join(f"{x} {y(value)}" for x, value in zip(middles, one.values, strict=True))
        for one in series
        if not one.look.startswith("c") and labels
    )
    grid = tuple(GridLine(y(top * part / 4), f"{top * part / 4:g}") for part in range(5))
    every = max(1, -(-len(labels) // 12))
    ticks = tuple(
        Tick(x, word)
        for place, (x, word) in enumerate(zip(middles, labels, strict=True))
        if place % every == 0
    )
    return Plot(
        title, summary, axis, tuple(labels), tuple(series), grid, bars, lines, ticks, width, height
    )


def ceiling(most: float) -> float:
    """Return the round number at the top of the chart: 4, 8, 20, 40, 80, 200 and so on."""
    size = 1.0
    while True:
        for step in STEPS:
            if step * size * 4 >= most:
                return step * size * 4
        size *= 10


def share(value: float, whole: float) -> int:
    """Return how much of the whole something is, in whole per cent; something is at least 1."""
    if not whole or not value:
        return 0
    return min(100, max(1, round(100 * float(value) / float(whole))))
