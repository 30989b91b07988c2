"""A reference goes out once and comes back once, by its own line or by one that two people find."""

import datetime as dt
from dataclasses import replace

import flask_migrate
import pytest
import sqlalchemy as sa

from app.domain.terms import PayoutStatus, Status
from app.gateways.bank import Statement, StatementLine
from app.jobs.day_ends import close_days
from app.jobs.payouts import run_payouts
from app.models import DayEnd, StatementFinding
from app.models import StatementLine as Row
from app.services.accounting import verification
from app.services.paying import findings, statements
from tests.factories import NOON
from tests.money import PaperBank, make_approved

P = PayoutStatus
DAYS = [NOON + dt.timedelta(days=ahead) for ahead in range(4)]


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


@pytest.fixture
def paid(session, chen, dai, payer, bank):
    """Make a payment that was carried out as it should."""
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    session.expire_all()
    return case


def line_of(payout, sign=1, reference=None):
    """Return a booking of a payment, out or back, under its reference or the bank's."""
    return StatementLine(
        reference or payout.bank_reference, sign * payout.amount, payout.payee_name,
        payout.payee_card, NOON,
    )  # fmt: skip


def read(session, case, ahead, *lines):
    """Take the statement of a day with these lines."""
    found = statements.take_statement(
        session, case.agency_id, Statement(DAYS[ahead].date(), lines, complete=True),
        now=DAYS[ahead] + dt.timedelta(days=1),
    )  # fmt: skip
    session.commit()
    session.expire_all()
    return found


def find(session, payout, payer, releaser, now, *, at=None):
    """Let two people say that the only open line is this payment."""
    line = session.scalars(
        sa.select(Row).where(Row.bucket == "only_theirs", Row.on_date == now.date())
    ).one()
    said = findings.propose(
        session, line, actor=payer, now=at or now, payout_id=payout.id, why="voucher 5"
    )
    findings.confirm(session, said, actor=releaser, now=at or now)
    session.commit()
    session.expire_all()


def test_a_return_that_the_bank_takes_back_is_not_ours_and_stops_payouts(session, paid):
    [payout] = paid.payouts
    read(session, paid, 0, line_of(payout))
    read(session, paid, 1, line_of(payout, -1))

    found = read(session, paid, 2, line_of(payout))

    assert (found.only_theirs, found.matched) == (1, 0)
    assert paid.agency.payouts_stopped == statements.STOP_THEIRS


@pytest.mark.parametrize("order", [(1, -1, 1), (-1, 1, 1), (1, 1, -1)])
def test_a_return_taken_back_on_the_same_day_stops_payouts_too(session, paid, order):
    [payout] = paid.payouts

    found = read(session, paid, 0, *(line_of(payout, sign) for sign in order))

    assert (found.matched, found.returned, found.only_theirs) == (1, 1, 1)
    assert paid.agency.payouts_stopped
    assert payout.status is P.RETURNED


def test_a_return_listed_above_its_payment_comes_back(session, paid):
    [payout] = paid.payouts

    found = read(session, paid, 0, line_of(payout, -1), line_of(payout))

    assert (found.matched, found.returned, found.differing) == (1, 1, 0)
    assert (payout.status, paid.status) == (P.RETURNED, Status.PAYEE_FIX)
    numbered = session.execute(sa.select(Row.line_no, Row.amount).order_by(Row.line_no)).all()
    assert [amount > 0 for _, amount in numbered] == [False, True]


@pytest.mark.both
@pytest.mark.parametrize("with_reference", [True, False])
def test_what_two_people_found_comes_back_days_later(
    kind, session, paid, payer, releaser, with_reference
):
    [payout] = paid.payouts
    read(session, paid, 0, line_of(payout, reference="0001"))
    find(session, payout, payer, releaser, DAYS[0])
    assert payout.status is P.SETTLED

    found = read(session, paid, 2, line_of(payout, -1, None if with_reference else "0002"))
    if with_reference:
        assert (found.returned, found.differing) == (1, 0)
    else:
        find(session, payout, payer, releaser, DAYS[2])

    assert (payout.status, paid.status) == (P.RETURNED, Status.PAYEE_FIX)
    assert paid.account.held == paid.amount
    assert [*verification.verify(session)] == []


def test_a_second_line_the_same_way_is_not_suggested(session, paid, payer, releaser):
    [payout] = paid.payouts
    read(session, paid, 0, line_of(payout, reference="0001"))
    find(session, payout, payer, releaser, DAYS[0])
    read(session, paid, 1, replace(line_of(payout), reference="0002"))
    [line] = session.scalars(sa.select(Row).where(Row.reference == "0002"))

    assert findings.suggestions(session, line) == []


@pytest.mark.whole
@pytest.mark.both
def test_what_was_found_before_the_ways_were_told_apart_stays(
    kind, session, paid, payer, releaser
):
    [payout] = paid.payouts
    read(session, paid, 0, line_of(payout, reference="0001"))
    find(session, payout, payer, releaser, DAYS[0])
    read(session, paid, 2, line_of(payout, -1, "0002"))
    find(session, payout, payer, releaser, DAYS[2])
    session.close()

    flask_migrate.downgrade(revision="20261123c")
    flask_migrate.upgrade()

    [kept] = session.scalars(sa.select(StatementFinding)).all()
    assert (kept.direction, kept.payout_id) == ("out", 1)
    with pytest.raises(sa.exc.DBAPIError, match="new rows only"):
        session.execute(sa.update(StatementFinding).values(direction="in"))


def test_a_payment_found_on_an_earlier_day_is_no_fault_of_its_day(
    session, chen, dai, payer, releaser, bank
):
    bank.script.append("done")
    bank.silent = True
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    session.expire_all()
    [payout] = case.payouts
    read(session, case, 0, line_of(payout, reference="0001"))
    find(session, payout, payer, releaser, DAYS[0], at=DAYS[2])
    read(session, case, 2)
    session.commit()

    close_days(now=DAYS[3])

    session.expire_all()
    ends = session.scalars(sa.select(DayEnd).order_by(DayEnd.on_date)).all()
    assert [[one["kind"] for one in end.differences] for end in ends] == [
        ["bank_other_day"], ["bank_other_day"],
    ]  # fmt: skip
    assert all(end.balanced for end in ends)
