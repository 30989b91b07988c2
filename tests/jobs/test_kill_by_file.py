"""The worker that pays by file is killed at every point: each payment is in one file, once."""

import datetime as dt
import json
import re
import shutil
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.terms import PayoutStatus
from app.models import Agency, BankFile, Payout
from app.services.accounting import verification
from tests.bars import FULL
from tests.factories import NOON
from tests.jobs.tables import answer, folder, put, statement
from tests.money import make_approved

JOB = Path("app/jobs/filing.py")
POINTS = re.findall(r'crash\.point\("([a-z._]+)"\)', JOB.read_text(encoding="utf-8"))
GOING_OUT = [point for point in POINTS if point.startswith("file.")]
ROUNDS = 25 if FULL else 1
KINDS = ["sqlite", "postgresql"] if FULL else ["sqlite"]
TRIED = GOING_OUT if FULL else ["file.kept"]
LATER = dt.timedelta(minutes=20)
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "bank-files.json"


@pytest.fixture
def agency(session):
    """The agency, paying by tables."""
    row = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
    row.pays_by = "csv"
    session.commit()
    yield row
    shutil.rmtree(outside.bank(row).folder.root, ignore_errors=True)


@pytest.mark.bar(1)
@pytest.mark.parametrize("kind", KINDS, indirect=True)
@pytest.mark.timeout(0 if FULL else 180)
def test_a_killed_worker_puts_every_payment_into_one_file(
    kind, app, session, agency, chen, dai, payer
):
    killed = 0
    payer.work_for(app)
    for number in range(ROUNDS):
        for point in TRIED:
            make_approved(session, chen, dai, amount=10)
            now = NOON + (number * len(TRIED) + TRIED.index(point)) * 2 * LATER
            killed += payer.pay(now, point) == [-signal.SIGKILL]
            payer.pay(now + LATER)
    session.rollback()
    files = session.scalars(sa.select(BankFile).order_by(BankFile.id)).all()
    lying = b"".join(path.read_bytes() for path in folder(agency, "outbox").iterdir())
    payouts = session.scalars(sa.select(Payout)).all()

    for number, file in enumerate(files):
        inside = [one for one in payouts if one.bank_file_id == file.id]
        rows = [(one.bank_reference, "10.00", "0", "") for one in inside]
        put(agency, answer(file, *rows, number=f"HP{number}"))
        killed += payer.pay(now + 2 * LATER, "answer.part" if number % 2 else "inbox.kept") == [
            -signal.SIGKILL
        ]
    payer.pay(now + 2 * LATER)
    put(agency, statement(agency, *((one.bank_reference, "10.00") for one in payouts)))
    payer.pay(now + dt.timedelta(days=1))
    session.rollback()

    if FULL:
        known = json.loads(RESULTS.read_text())
        known[f"killed_by_file_{kind}"] = killed
        RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
    assert killed == ROUNDS * len(TRIED) + len(files)
    assert [lying.count(one.bank_reference.encode()) for one in payouts] == [1] * len(payouts)
    assert {one.status for one in payouts} == {PayoutStatus.SETTLED}
    assert [*verification.verify(session)] == []
