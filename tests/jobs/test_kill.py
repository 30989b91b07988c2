"""The worker is killed at every point of a payment: nothing is paid twice, nothing is lost."""

import datetime as dt
import re
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.terms import PayoutStatus
from app.gateways.bank.process import SimulatorProcess
from app.models import Payout
from app.services.accounting import verification
from tests.bars import FULL
from tests.factories import NOON
from tests.money import make_approved

JOB = Path("app/jobs/payouts.py")
POINTS = re.findall(r'crash\.point\("([a-z.]+)"\)', JOB.read_text(encoding="utf-8"))
ROUNDS = 25 if FULL else 1
SAMPLE = (
    "claim.kept",
    "send.answered",
    "answer.written",
    "query.answered",
    "statement.written",
)
TRIED = POINTS if FULL else [point for point in POINTS if point in SAMPLE]
OF_STATEMENTS = [point for point in TRIED if point.startswith("statement")]
DAY = dt.timedelta(days=1)


def test_there_are_many_points_to_die_at() -> None:
    assert len(set(POINTS)) >= 8
    assert len(POINTS) == len(set(POINTS))


@pytest.mark.bar(1)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 180)
def test_a_killed_worker_pays_every_case_exactly_once(
    kind, app, session, chen, dai, payer, tmp_path, record_property
) -> None:
    killed = 0
    with SimulatorProcess(tmp_path / "bank.db") as simulator:
        payer.work_for(app, simulator.url)
        for number in range(ROUNDS):
            day = NOON + number * DAY
            simulator.control(now=day.isoformat())
            for point in (point for point in TRIED if point not in OF_STATEMENTS):
                make_approved(session, chen, dai, now=day)
                killed += payer.pay(day, point) == [-signal.SIGKILL]
            payer.pay(day)
            next_day = day.replace(hour=22) + DAY / 2
            simulator.control(now=next_day.isoformat())
            for point in OF_STATEMENTS:
                killed += payer.pay(next_day, point) == [-signal.SIGKILL]
            for hour in (0, 2, 4):
                assert payer.pay(next_day + dt.timedelta(hours=hour)) == [0]
        late = NOON + (ROUNDS + 1) * DAY
        simulator.control(now=late.isoformat())
        assert payer.pay(late) == [0]
        booked = simulator.booked()

    record_property("number", f"{killed} kills at {len(TRIED)} points")
    assert killed == ROUNDS * len(TRIED)
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
