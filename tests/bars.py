"""Figures of the reliability bars: what a run at full numbers showed, kept for the reader.

A test marked ``bar(21)`` is one figure of bar 21. It tells what it did by pytest's own
``record_property("number", "100,000 rows")``, and ``seconds`` where the whole test is not what
is timed; cases of a table that tell nothing are one figure, and counted. With ``ANJU_BARS=full`` the outcome is merged
into ``benchmarks/results/bars.json``, also when the bar did not hold.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.machine import describe

FULL = os.environ.get("ANJU_BARS") == "full"
FIGURES = Path(__file__).parents[1] / "benchmarks" / "results" / "bars.json"

COUNTED: dict[tuple[str, str], list[Any]] = {}
"""Of cases that tell nothing: how many held, how many there were, their seconds."""

BEGAN = pytest.StashKey[float]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the figure of a bar when its test has run at full numbers."""
    report = yield
    mark = item.get_closest_marker("bar")
    if report.when == "setup":
        item.stash[BEGAN] = processor_seconds()
    if FULL and mark and mark.args and report.when == "call" and not report.skipped:
        what, figures = told(item, report.duration, held=report.passed)
        keep(mark.args[0], what, figures)
    return report


def processor_seconds() -> float:
    """Return what this process and its ended children took: neighbours take none of it."""
    return sum(os.times()[:4])


def told(item: pytest.Item, took: float, *, held: bool) -> tuple[str, dict[str, Any]]:
    """Return what a test says of itself: its sentence and its figures, the database among them."""
    name, _, case = item.name.removeprefix("test_").rstrip("]").partition("[")
    sentence = name.replace("_", " ")
    kind = getattr(item, "funcargs", {}).get("kind", "sqlite")
    figures = {
        "database": kind,
        "seconds": round(took, 2),
        "processor_seconds": round(processor_seconds() - item.stash[BEGAN], 2),
        "load": round(os.getloadavg()[1], 1),
        "result": "holds" if held else "does not hold",
    } | dict(item.user_properties)
    if "number" in figures:
        return ", ".join([sentence, *filter(None, [case])]), figures
    cases = COUNTED.setdefault((sentence, kind), [0, 0, 0.0])
    for place, more in enumerate((held, 1, took)):
        cases[place] += more
    figures |= {
        "number": f"{cases[0]} of {cases[1]} cases",
        "seconds": round(cases[2], 2),
        "result": "holds" if cases[0] == cases[1] else "does not hold",
    }
    return f"{sentence}, {kind}", figures


def keep(bar: int, what: str, figures: dict[str, Any]) -> None:
    """Merge one figure into the file, by its bar and what it shows."""
    machine = describe()
    figure = {
        "bar": bar,
        "what": what,
        "machine": f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
    }
    FIGURES.parent.mkdir(exist_ok=True)
    with FIGURES.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = json.loads(FIGURES.read_text(encoding="utf-8") or "{}")
        kept[f"{bar:02d} {what}"] = figure | figures
        text = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
        FIGURES.write_text(text + "\n", encoding="utf-8")
