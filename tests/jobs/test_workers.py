"""Several workers at once, and one that leads until it is gone."""

import json
import os
import signal
import threading
import time

import pytest
import sqlalchemy as sa

from app.domain.terms import PayoutStatus
from app.gateways.bank.process import SimulatorProcess
from app.jobs import leader, runs
from app.jobs.housekeeping import prove_books
from app.jobs.schedule import Worker
from app.models import Agency, JobRun, Payout
from app.services.accounting import verification
from tests.bars import FULL
from tests.factories import NOON
from tests.money import PaperBank, make_approved

MANY = 500 if FULL else 12
TAKEOVER = 2
"""Seconds until another leads."""


@pytest.mark.bar(3)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 180)
@pytest.mark.parametrize("workers", [2, 4] if FULL else [3])
def test_workers_side_by_side_pay_everything_once(
    kind, app, session, chen, dai, payer, tmp_path, workers, record_property
):
    for _ in range(MANY):
        make_approved(session, chen, dai)
    with SimulatorProcess(tmp_path / "bank.db") as simulator:
        payer.work_for(app, simulator.url)
        simulator.control(now=NOON.isoformat())
        began = time.monotonic()
        told = payer.pay(NOON, workers=workers)
        record_property("seconds", round(time.monotonic() - began, 2))
        booked = simulator.booked()

    record_property("number", f"{MANY} payouts, {workers} workers")
    assert told == [0] * workers
    session.expire_all()
    rows = session.scalars(sa.select(Payout)).all()
    assert booked == {row.bank_reference: 1 for row in rows}
    assert {row.status for row in rows} == {PayoutStatus.PAID}
    assert [*verification.verify(session)] == []


@pytest.mark.bar(3)
@pytest.mark.both
@pytest.mark.timeout(180)
def test_another_worker_leads_when_the_leader_is_killed(
    kind, app, session, payer, record_property
):
    leading = payer.work_for(app).lead()
    with leader.lock("worker") as held:
        assert not held
    os.kill(leading, signal.SIGKILL)
    gone, held = time.monotonic(), False
    while not held and time.monotonic() - gone < TAKEOVER:
        with leader.lock("worker") as held:
            pass
    record_property("seconds", round(time.monotonic() - gone, 3))
    record_property("number", f"1 leader killed, taken over within {TAKEOVER} s")
    assert held


@pytest.mark.both
def test_nobody_is_told_they_are_alone_while_anybody_is_inside(kind, app):
    told = []
    with app.app_context():
        with leader.presence("work", lambda: told.append("first")):
            with leader.presence("work", lambda: told.append("second")):
                pass
            with leader.presence("work", lambda: told.append("third")):
                pass
        with leader.presence("work", lambda: told.append("last")):
            pass
    assert told == ["first", "last"]


def test_the_worker_does_its_jobs_and_ends_when_told(app, session, chen, dai):
    worker = Worker(app)
    thread = threading.Thread(target=worker.run)
    thread.start()
    limit = time.monotonic() + 20
    done = set()
    while not {"payouts", "notices", "deadlines"} <= done and time.monotonic() < limit:
        time.sleep(0.1)
        session.rollback()
        done = set(session.scalars(sa.select(JobRun.job)))
    worker.stop()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert {"payouts", "notices", "deadlines"} <= done


def test_a_job_that_fails_leaves_a_row_and_no_exception(app, session, caplog):
    def broken(_now):
        raise RuntimeError("no")

    assert runs.run(app, "broken", broken) is False
    row = session.scalars(sa.select(JobRun).where(JobRun.job == "broken")).one()
    assert row.outcome == "failed"
    assert "the job broken failed" in caplog.text


def test_broken_books_stop_all_payouts(session, chen, dai):
    case = make_approved(session, chen, dai)
    assert prove_books(now=NOON) == 0
    session.execute(sa.text(f"UPDATE account SET held = held + 1 WHERE id = {case.account_id}"))
    session.commit()
    assert prove_books(now=NOON) > 0
    session.expire_all()
    assert all(session.scalars(sa.select(Agency.payouts_stopped)))


def test_the_command_pays_and_ends_with_counts(app, session, chen, dai, clock):
    make_approved(session, chen, dai)
    app.config["ANJU_BANK"] = PaperBank(clock)
    try:
        outcome = app.test_cli_runner().invoke(args=["anju", "payouts"])
    finally:
        del app.config["ANJU_BANK"]
    assert outcome.exit_code == 0
    assert json.loads(outcome.stdout.splitlines()[-1])["paid"] == 1
