"""Two agencies that pay through one bank: each sees the bookings of its own account."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.terms import PayoutStatus, Role
from app.gateways.bank.process import SimulatorProcess
from app.jobs.paying import pay_all
from app.models import Agency, Payout
from tests.factories import NOON, actor_of, make_account, make_applicant, make_staff
from tests.money import make_approved


@pytest.mark.whole
def test_payments_of_another_agency_are_no_foreign_bookings(app, session, chen, dai, tmp_path):
    first, second = (
        actor_of(session, make_staff(session, name, role, agency="liaoning"))
        for name, role in (("li", Role.FIRST_REVIEWER), ("lu", Role.SECOND_REVIEWER))
    )
    make_approved(session, chen, dai)
    fund = make_account(session, make_applicant(session), scheme="fund")
    make_approved(session, first, second, account=fund)

    with SimulatorProcess(tmp_path / "bank.db") as simulator:
        app.config["ANJU_BANK_URL"] = simulator.url
        for now in (NOON, NOON + dt.timedelta(days=1)):
            simulator.control(now=now.isoformat())
            pay_all(now=now)

    assert session.scalars(sa.select(Agency.payouts_stopped)).all() == ["", ""]
    assert {*session.scalars(sa.select(Payout.status))} == {PayoutStatus.SETTLED}
