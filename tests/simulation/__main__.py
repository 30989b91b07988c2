"""``python -m tests.simulation --seeds 200`` or ``70123-70140``: one line a seed.

The code of the exit is 1 when a seed failed. With ``--keep FILE`` the lines are kept, and what
the file has of the same code is not played again: ten thousand seeds may take several nights.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.simulation.kept import Kept
from tests.simulation.many import on_postgresql, outcomes, seeds_of
from tests.simulation.run import STEPS, Outcome


def main() -> int:
    """Read the wishes, play, print; the code of the exit is 1 when a seed failed."""
    wishes = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    wishes.add_argument("--seeds", default="200", help="how many, or first-last")
    wishes.add_argument("--steps", type=int, default=STEPS, help="deeds of a seed")
    wishes.add_argument("--database", default="sqlite", choices=("sqlite", "postgresql"))
    wishes.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes on SQLite"
    )
    wishes.add_argument("--keep", type=Path, help="a file of lines to go on from")
    wishes.add_argument("--folder", type=Path, help="where a prepared hall is kept")
    wishes.add_argument("--trace", action="store_true", help="print the last events of each")
    wanted = wishes.parse_args()
    began, totals, failed, total = time.monotonic(), Counter[str](), 0, 0
    kept = Kept(wanted.keep, wanted.steps, wanted.database)
    own = Path(tempfile.mkdtemp(prefix="anju-simulation-"))
    try:
        seeds = [seed for seed in seeds_of(wanted.seeds) if seed not in kept.seeds]
        for outcome in _played(wanted, wanted.folder or own, seeds):
            print(outcome.line, flush=True)
            kept.add(outcome.line)
            totals.update(outcome.counts)
            failed, total = failed + (not outcome.ok), total + 1
            if wanted.trace or not outcome.ok:
                print(*(f"    {event}" for event in outcome.trace), sep="\n", file=sys.stderr)
    finally:
        shutil.rmtree(own, ignore_errors=True)
    said = " ".join(f"{key}={value}" for key, value in totals.items())
    pace = total / (time.monotonic() - began)
    print(f"{total} seeds, {failed} failed, {pace:.1f} a second: {said}", file=sys.stderr)
    if wanted.keep:
        print(kept.told(), file=sys.stderr)
    return 1 if failed or kept.failed else 0


def _played(wanted: argparse.Namespace, shared: Path, seeds: list[int]) -> Iterator[Outcome]:
    if wanted.database == "postgresql":
        return on_postgresql(shared, seeds, wanted.steps)
    return outcomes(shared, seeds, wanted.steps, wanted.jobs)


if __name__ == "__main__":
    sys.exit(main())
