"""Workers side by side never pass the cap of a day together, and a stop holds for all of them."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.gateways.bank.process import SimulatorProcess
from app.models import PayoutUsage
from app.services import payouts
from app.services.accounting import verification
from app.services.paying import caps
from tests.factories import NOON
from tests.money import make_approved, put_settings

WORKERS = 2


@pytest.mark.both
@pytest.mark.timeout(180)
def test_workers_at_once_never_pass_the_cap_of_a_day(
    kind, app, session, chen, dai, payer, tmp_path
):
    cases = [make_approved(session, chen, dai, amount=1000) for _ in range(5)]
    put_settings(session, cases[0], **{caps.DAY_TOTAL: "3999.99"})

    with SimulatorProcess(tmp_path / "bank.db") as simulator:
        payer.work_for(app, simulator.url)
        simulator.control(now=NOON.isoformat())
        told = payer.pay(NOON, workers=WORKERS)
        booked = simulator.booked()
        payouts.stop(session, cases[0].agency_id, "odd", now=NOON)
        put_settings(session, cases[0], **{caps.DAY_TOTAL: "9000.00"})
        payer.pay(NOON, workers=WORKERS)
        after = simulator.booked()

    assert told == [0] * WORKERS
    assert len(booked) == 3
    assert after == booked
    session.expire_all()
    [used] = session.scalars(sa.select(PayoutUsage))
    assert (used.count, used.total) == (3, Decimal(3000))
    assert [*verification.verify(session)] == []
