"""Timing: a few warm-up rounds, then medians and worst cases in milliseconds."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """What one measured thing took: milliseconds, or a rate a second."""

    name: str
    value: float
    unit: str
    worst: float | None = None
    note: str = ""

    def row(self) -> str:
        """Return the figure as a line of the printed table."""
        worst = "" if self.worst is None else f"   worst {self.worst:,.1f}"
        return f"{self.name:<52}{self.value:>12,.1f} {self.unit:<6}{worst}   {self.note}"


def timed(name: str, deed: Callable[[], object], *, rounds: int = 15, note: str = "") -> Figure:
    """Return the median and the worst of several rounds of a deed, milliseconds."""
    for _ in range(WARM_UP):
        deed()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        deed()
        taken.append((time.perf_counter() - begun) * 1000)
    return Figure(name, statistics.median(taken), "ms", max(taken), note)


def rate(name: str, deed: Callable[[], int], *, note: str = "") -> Figure:
    """Return how many a second a deed does, by the number it returns."""
    begun = time.perf_counter()
    done = deed()
    return Figure(name, done / (time.perf_counter() - begun), "/s", note=note or f"{done} done")
