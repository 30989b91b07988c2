"""The worker is killed at every point of a payment: nothing is paid twice, nothing is lost."""

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.terms import PayoutStatus
from app.extensions import db
from app.gateways.bank.process import SimulatorProcess
from app.models import Payout
from app.services import verification
from tests.factories import NOON
from tests.money import make_approved

JOB = Path("app/jobs/payouts.py")
POINTS = re.findall(r'crash\.point\("([a-z.]+)"\)', JOB.read_text(encoding="utf-8"))
FULL = os.environ.get("ANJU_FULL") == "1" or os.environ.get("ANJU_BARS") == "full"
ROUNDS = 25 if FULL else 1
OF_STATEMENTS = [point for point in POINTS if point.startswith("statement")]
DAY = dt.timedelta(days=1)

Run = Callable[[dt.datetime, str], int]


@contextmanager
def payer(home: Path, database: str, bank: str) -> Iterator[Run]:
    """Start the process that pays; give a function that runs it once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.payer", str(home), database, bank],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(),
    )  # fmt: skip
    assert process.stdin and process.stdout
    asked, told = process.stdin, process.stdout

    def run(now: dt.datetime, crash_at: str = "") -> int:
        asked.write(json.dumps({"now": now.isoformat(), "crash_at": crash_at}) + "\n")
        asked.flush()
        return int(told.readline())

    try:
        yield run
    finally:
        asked.close()
        told.close()
        process.wait(timeout=30)


def test_there_are_many_points_to_die_at() -> None:
    assert len(set(POINTS)) >= 8
    assert len(POINTS) == len(set(POINTS))


@pytest.mark.bar
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 60)
def test_a_killed_worker_pays_every_case_exactly_once(
    kind, app, session, chen, dai, tmp_path
) -> None:
    home = Path(app.config["ANJU_HOME"])
    database = db.engine.url.render_as_string(hide_password=False)
    killed = 0
    with (
        SimulatorProcess(tmp_path / "bank.db") as simulator,
        payer(home, database, simulator.url) as run,
    ):
        for number in range(ROUNDS):
            day = NOON + number * DAY
            simulator.control(now=day.isoformat())
            for point in (point for point in POINTS if point not in OF_STATEMENTS):
                make_approved(session, chen, dai, now=day)
                killed += run(day, point) == -signal.SIGKILL
            run(day, "")
            next_day = day.replace(hour=22) + DAY / 2
            simulator.control(now=next_day.isoformat())
            for point in OF_STATEMENTS:
                killed += run(next_day, point) == -signal.SIGKILL
            for hour in (0, 2, 4):
                assert run(next_day + dt.timedelta(hours=hour), "") == 0
        late = NOON + (ROUNDS + 1) * DAY
        simulator.control(now=late.isoformat())
        assert run(late, "") == 0
        booked = simulator.booked()

    assert killed >= ROUNDS * (len(POINTS) - 1)
    assert_paid_once(session, booked)


def assert_paid_once(session, booked) -> None:
    """Compare bank and books: one booking each, all settled or paid, every invariant holds."""
    session.expire_all()
    payouts = session.scalars(sa.select(Payout)).all()
    twice = {reference for reference, count in booked.items() if count > 1}
    lost = [row.bank_reference for row in payouts if row.bank_reference not in booked]
    assert not twice
    assert not lost
    assert len(booked) == len(payouts)
    assert {row.status for row in payouts} <= {PayoutStatus.PAID, PayoutStatus.SETTLED}
    assert [*verification.verify(session)] == []
