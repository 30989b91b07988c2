"""Whole halls at random: a few fixed seeds every day, thousands with ``ANJU_BARS=full``."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.bars import FULL
from tests.simulation.hall import PostgresHall, SqliteHall
from tests.simulation.kept import Kept
from tests.simulation.many import outcomes, seeds_of
from tests.simulation.run import STEPS, play, prepare

ROOT = Path(__file__).parents[2]
DAILY = range(70126, 70128)
DAILY_STEPS, FEW_STEPS = 80, 20
NIGHTLY = {"sqlite": 10_000, "postgresql": 500}


@pytest.fixture(scope="module")
def hall(shared, tmp_path_factory):
    """A hall on SQLite with a full queue, as every seed begins."""
    made = SqliteHall(shared, tmp_path_factory.mktemp("simulation"))
    prepare(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def postgres_hall(shared, tmp_path_factory, worker_id):
    """The same on PostgreSQL."""
    made = PostgresHall(shared, tmp_path_factory.mktemp("simulation"), f"sim_{worker_id}")
    prepare(made)
    yield made
    made.close()


@pytest.mark.bar
def test_money_and_rights_hold_in_every_story(hall):
    told = [play(hall, seed, DAILY_STEPS) for seed in DAILY]

    assert [outcome.line for outcome in told if not outcome.ok] == []
    seen = sum((Counter(outcome.counts) for outcome in told), Counter())
    assert {"paid", "unknown", "refused", "deaths"} <= seen.keys()


@pytest.mark.whole
@pytest.mark.bar(8)
@pytest.mark.timeout(0 if FULL else 120)
def test_money_and_rights_hold_on_postgresql(postgres_hall, record_property):
    seeds = range(1, NIGHTLY["postgresql"] + 1) if FULL else DAILY[:1]
    steps = STEPS if FULL else FEW_STEPS

    told = [play(postgres_hall, seed, steps) for seed in seeds]

    record_property("database", "postgresql")
    record_property("number", said(told))
    assert [outcome.line for outcome in told if not outcome.ok] == []


@pytest.mark.bar(8)
@pytest.mark.skipif(not FULL, reason="ten thousand seeds take hours: ANJU_BARS=full")
@pytest.mark.timeout(0)
def test_money_and_rights_hold_in_ten_thousand_stories(shared, record_property):
    seeds = seeds_of(str(NIGHTLY["sqlite"]))

    told = list(outcomes(shared, seeds, STEPS, os.cpu_count() or 1))

    record_property("number", said(told))
    assert [outcome.line for outcome in told if not outcome.ok] == []


@pytest.mark.whole
def test_a_seed_gives_the_same_line_every_time(hall):
    assert play(hall, 70124, FEW_STEPS).line == play(hall, 70124, FEW_STEPS).line


@pytest.mark.bar
@pytest.mark.skipif(not FULL, reason="loads the hall once more: ANJU_BARS=full")
def test_a_seed_gives_the_same_line_in_another_process(hall, shared):
    told = subprocess.run(
        [
            sys.executable, "-m", "tests.simulation", "--seeds", "70124-70124",
            "--steps", str(FEW_STEPS), "--folder", shared,
        ],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "4711"}, capture_output=True, text=True,
    )  # fmt: skip

    assert told.stdout == f"{play(hall, 70124, FEW_STEPS).line}\n"
    assert told.returncode == 0


@pytest.mark.parametrize(
    ("text", "seeds"), [("3", [1, 2, 3]), ("70123-70125", [70123, 70124, 70125]), ("7-7", [7])]
)
def test_seeds_are_a_number_or_a_range(text, seeds):
    assert seeds_of(text) == seeds


def test_a_long_run_goes_on_from_the_lines_that_are_kept(tmp_path):
    path = tmp_path / "seeds.txt"
    Kept(path, 200).add("seed 7 ok cases=2 paid=1 digest=abc")

    Kept(path, 200).add("seed 8 FAILED cases=1 paid=0 twice: paid twice digest=def")

    again = Kept(path, 200)
    assert (again.seeds, again.failed) == ({7, 8}, 1)
    assert again.told() == "kept: 2 seeds, 1 failed: 3 cases, 1 paid"
    with pytest.raises(SystemExit, match="other code"):
        Kept(path, 100)


def said(told):
    """Say what was played, in one line."""
    seen = sum((Counter(outcome.counts) for outcome in told), Counter())
    failed = sum(not outcome.ok for outcome in told)
    counts = ", ".join(f"{count:,} {what}" for what, count in seen.items())
    return f"{len(told):,} seeds of {STEPS} deeds, {failed} failed: {counts}"
