"""Many seeds: which are meant, and how they are shared out among processes."""

import functools
import logging
import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.simulation.hall import Hall, PostgresHall, SqliteHall
from tests.simulation.run import Outcome, play, prepare

FEW = 20
"""Up to so many seeds one process is faster than several."""

CHUNK = 4
"""Seeds given to a process at once."""


def seeds_of(text: str) -> list[int]:
    """Return the seeds meant by ``200`` (so many), ``70123-70140``, or ``7,70123``."""
    if text.isdigit():
        return list(range(1, int(text) + 1))
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


@functools.cache
def hall_in(shared: Path, kind: type[Hall] = SqliteHall) -> Hall:
    """Return this process's hall, in a folder of its own."""
    logging.disable(logging.CRITICAL)
    hall = kind(shared, Path(tempfile.mkdtemp(dir=shared)))
    prepare(hall)
    return hall


def played(work: tuple[Path, int, int]) -> Outcome:
    """Play one seed in this process."""
    shared, seed, steps = work
    return play(hall_in(shared), seed, steps)


def on_postgresql(shared: Path, seeds: list[int], steps: int) -> Iterator[Outcome]:
    """Play all seeds in this process on a server that is there for them, in order."""
    hall = hall_in(shared, PostgresHall)
    try:
        for seed in seeds:
            yield play(hall, seed, steps)
    finally:
        hall.close()


def outcomes(shared: Path, seeds: list[int], steps: int, jobs: int) -> Iterator[Outcome]:
    """Play all seeds and give what became of them, in order."""
    work = [(shared, seed, steps) for seed in seeds]
    if jobs == 1 or len(seeds) <= FEW:
        yield from map(played, work)
        return
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=fresh) as processes:
        yield from processes.map(played, work, chunksize=CHUNK)
