"""What of the tests runs every day, and what only before a change lands.

Every day each test runs, but of a table of cases that needs a hall only two: the first and the
last. On PostgreSQL runs one in eight of the tests written for both databases. Tests marked
``whole`` (many processes, walks in a browser, much data) are left out. Nothing of this holds on CI,
with ``ANJU_TESTS=all``, at full numbers, or when files are named: then every case runs.
"""

import os
import zlib
from collections import defaultdict
from collections.abc import Sequence

import pytest

COSTLY = {"app", "anhui", "national"}
"""The fixtures that make a case cost: a hall on a database, a copy of a package."""

ONE_IN = 8
"""Of so many tests for both databases one runs on PostgreSQL."""


def everything(config: pytest.Config) -> bool:
    """Tell whether every case is asked for: on CI, by a setting, or by naming what to run."""
    asked = {"CI": ("true", "1"), "ANJU_TESTS": ("all",), "ANJU_BARS": ("full",)}
    if any(os.environ.get(name) in values for name, values in asked.items()):
        return True
    named = config.args_source is config.ArgsSource.ARGS and not hasattr(config, "workerinput")
    return bool(named or config.option.keyword or config.option.markexpr)


def tell_workers(config: pytest.Config) -> None:
    """Hand the choice on: the parallel processes inherit the environment, not the command."""
    if everything(config):
        os.environ["ANJU_TESTS"] = "all"


def sample(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests of every day, in their order."""
    tables: dict[tuple[str, str], list[int]] = defaultdict(list)
    kept: set[int] = set()
    for place, item in enumerate(items):
        if item.get_closest_marker("whole"):
            continue
        if needs_hall(item):
            tables[item.nodeid.partition("[")[0], kind_of(item)].append(place)
        else:
            kept.add(place)
    for (test, kind), places in tables.items():
        if kind == "sqlite":
            kept.update((places[0], places[-1]))
        elif zlib.crc32(test.encode()) % ONE_IN == 0:
            kept.add(places[0])
    return [item for place, item in enumerate(items) if place in kept]


def needs_hall(item: pytest.Item) -> bool:
    """Tell whether a test is one of those that cost."""
    return not COSTLY.isdisjoint(getattr(item, "fixturenames", ()))


def kind_of(item: pytest.Item) -> str:
    """Return the kind of database a test runs on."""
    spec = getattr(item, "callspec", None)
    return str(spec.params.get("kind", "sqlite")) if spec else "sqlite"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not run every day, and begin with what needs a hall.

    The first of two processes then prepares the hall while the second does what needs none.
    """
    items.sort(key=needs_hall, reverse=True)
    if everything(config):
        return
    kept = sample(items)
    config.hook.pytest_deselected(items=[*set(items) - set(kept)])
    items[:] = kept


def pytest_report_header(config: pytest.Config) -> str:
    """Say how much of the tests this run is."""
    if everything(config):
        return "tests: every case"
    return "tests: the sample of every day; ANJU_TESTS=all runs every case"
