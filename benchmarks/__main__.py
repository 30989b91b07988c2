"""Run the benchmarks, print the table, keep the figures: ``python -m benchmarks --sizes 10000``."""

import argparse
import dataclasses
import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import hall, machine, memory, pages, payouts, uploads
from benchmarks.timing import Figure

RESULTS = Path(__file__).parent / "results"
SIZES = (10_000, 100_000)


def main() -> None:
    """Measure every size and write one file of figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--home", type=Path, help="keep the made halls here for the next run")
    chosen = options.parse_args()
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for figure in everything(chosen.home or Path(folder), chosen.sizes):
            print(figure.row(), flush=True)
            figures.append(dataclasses.asdict(figure))
    today = dt.datetime.now(dt.UTC).date()
    kept = {"machine": machine.describe(), "date": today.isoformat(), "figures": figures}
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{today.isoformat()}.json"
    target.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    print(f"kept in {target.relative_to(RESULTS.parent.parent)}")


def everything(home: Path, sizes: list[int]) -> Iterator[Figure]:
    """Measure the smallest hall fully, the others by their pages."""
    for place, size in enumerate(sorted(sizes)):
        app = hall.made(home / str(size), size)
        if place == 0:
            yield from memory.measure(app)
        yield from pages.measure(app, size)
        if place == 0:
            yield from payouts.measure(app, home / str(size))
    yield from uploads.measure()


if __name__ == "__main__":
    main()
