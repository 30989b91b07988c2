"""Where bars and lines of a chart stand; the component draws them as SVG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LEFT, TOP, BOTTOM = 34, 20, 40
STEPS = (1, 2, 5)
MOST_TICKS, WIDEST_BAR = 12, 40


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
    paper = Paper(
        top=ceiling(max((max(one.values, default=0) for one in series), default=0)),
        slot=(width - LEFT) / max(len(labels), 1),
        room=height - TOP - BOTTOM,
    )
    barred = [one for one in series if one.look.startswith("c")]
    every = max(1, -(-len(labels) // MOST_TICKS))
    return Plot(
        title=title,
        summary=summary,
        axis=axis,
        labels=tuple(labels),
        series=tuple(series),
        grid=tuple(
            GridLine(paper.y(paper.top * part / 4), f"{paper.top * part / 4:g}")
            for part in range(5)
        ),
        bars=tuple(paper.bars(barred)),
        lines=tuple(paper.path(one) for one in series if one not in barred and one.values),
        ticks=tuple(
            Tick(paper.x(place), word)
            for place, word in enumerate(labels)
            if place % every == 0
        ),
        width=width,
        height=height,
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """The drawing area: the number at its top, the width of a label's slot, its height."""

    top: float
    slot: float
    room: float

    def x(self, place: int) -> float:
        """Return the middle of a slot."""
        return round(LEFT + self.slot * (place + 0.5), 1)

    def y(self, value: float) -> float:
        """Return how far down a number lies."""
        return round(TOP + self.room * (1 - value / self.top), 1)

    def bars(self, series: Sequence[Series]) -> Iterator[Bar]:
        """Yield the bars of all series, side by side in each slot."""
        thick = round(min(self.slot * 0.72 / max(len(series), 1), WIDEST_BAR), 1)
        for order, one in enumerate(series):
            shift = (order - len(series) / 2) * thick + 1
            for place, value in enumerate(one.values):
                top = self.y(value)
                height = round(self.y(0) - top, 1)
                yield Bar(one.look, round(self.x(place) + shift, 1), top, thick - 2, height)

    def path(self, one: Series) -> str:
        """Return the line through the numbers of a series."""
        points = (f"{self.x(place)} {self.y(value)}" for place, value in enumerate(one.values))
        return "M" + "L".join(points)


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
