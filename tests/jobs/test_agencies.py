"""Agencies that pay one after the other: each by its own account, in its own time."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.terms import PayoutStatus, Role
from app.gateways.bank.process import SimulatorProcess
from app.jobs import paying
from app.jobs.paying import pay_all
from app.models import Agency, Payout
from tests.factories import NOON, actor_of, make_account, make_applicant, make_staff
from tests.money import PaperBank, make_approved


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


class OneLine(PaperBank):
    """A bank whose line breaks in a way nobody foresaw when one account pays."""

    def send(self, payment):
        """Take a payment, unless it is paid from the account of the broken line."""
        if payment.payer_account == "broken":
            raise RuntimeError("the line")
        return super().send(payment)


def test_what_breaks_one_agencys_run_leaves_the_others_theirs(
    app, session, chen, dai, clock, monkeypatch
):
    first, second = (
        actor_of(session, make_staff(session, name, role, agency="liaoning"))
        for name, role in (("li", Role.FIRST_REVIEWER), ("lu", Role.SECOND_REVIEWER))
    )
    broken = make_approved(session, chen, dai)
    broken.agency.payer_account = "broken"
    fund = make_account(session, make_applicant(session), scheme="fund")
    good = make_approved(session, first, second, account=fund)
    monkeypatch.setitem(app.config, "ANJU_BANK", OneLine(clock))

    with pytest.raises(RuntimeError):
        pay_all(now=NOON)

    session.expire_all()
    assert [one.payouts[0].status for one in (broken, good)] == [
        PayoutStatus.CLAIMED, PayoutStatus.PAID,
    ]  # fmt: skip


class EverySecond:
    """A watch on which a second goes by at every look."""

    seconds = 0.0

    def monotonic(self):
        """Return one second more than before."""
        self.seconds += 1
        return self.seconds


def test_a_long_run_goes_on_in_turns_by_the_clock(app, session, chen, dai, clock, monkeypatch):
    cases = [make_approved(session, chen, dai) for _ in range(3)]
    monkeypatch.setitem(app.config, "ANJU_BANK", PaperBank(clock))
    monkeypatch.setattr(paying, "time", EverySecond())
    monkeypatch.setattr(paying, "TURN", 2.5)

    counts = pay_all(now=NOON)

    session.expire_all()
    paid = [case.payouts[0] for case in cases]
    assert (counts.claimed, counts.waiting) == (3, 0)
    assert [one.status for one in paid] == [PayoutStatus.PAID] * 3
    assert len({one.claimed_at for one in paid}) > 1, "each turn asks the clock anew"


def test_a_turn_in_which_nothing_could_be_sent_is_the_last(
    app, session, chen, dai, clock, monkeypatch
):
    case = make_approved(session, chen, dai)
    monkeypatch.setitem(app.config, "ANJU_BANK", PaperBank(clock))
    monkeypatch.setattr(paying, "TURN", 0.0)

    assert (pay_all(now=NOON).claimed, case.payouts[0].status) == (0, PayoutStatus.APPROVED)
