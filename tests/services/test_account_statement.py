"""The statement and the year bill: what moved, in order, from one balance to the other."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.display import exports
from app.domain.errors import Invalid, NotAllowed
from app.domain.terms import Kind
from app.jobs.payouts import run_payouts
from app.services import ledger
from app.services.accounting import account_statement
from tests import paid_in
from tests.factories import NOON, make_application
from tests.money import PaperBank, make_approved, make_funded

FIRST, LAST = dt.date(2026, 1, 1), NOON.date()


@pytest.fixture
def account(session):
    """Make an account with 1000 yuan from October 2025 and 50 more, paid in for an earlier day."""
    account = make_funded(session, 1000)
    paid_in.pay_in(
        session, account, Decimal(50), now=NOON, value_date=dt.date(2025, 12, 31), reference="c"
    )
    session.commit()
    return account


def read(session, account, first=FIRST, last=LAST):
    """Read the statement of some days."""
    return account_statement.statement(session, account, first=first, last=last)


def test_lines_lead_from_the_balance_before_to_the_balance_after(session, account):
    found = read(session, account)
    assert [(line.kind, line.amount, line.balance) for line in found.lines] == [
        ("contribution", 50, 1050)
    ]
    assert (found.opening, found.paid_in, found.paid_out, found.closing) == (1000, 50, 0, 1050)


def test_what_is_held_moves_no_balance(session, account):
    case = make_application(session, account, amount=300)
    ledger.hold(session, case, Decimal(300), now=NOON)
    assert [line.kind for line in read(session, account).lines] == ["contribution"]


def test_a_payment_is_a_withdrawal_with_the_number_of_its_case(session, chen, dai, clock):
    case = make_approved(session, chen, dai, amount=5000)
    run_payouts(PaperBank(clock), now=NOON)
    [line] = read(session, case.account).lines
    assert (line.kind, line.amount, line.case_number) == ("transit", -5000, case.number)


def test_days_are_days_of_the_office(session, account):
    midnight = dt.datetime(2026, 11, 1, 16, tzinfo=dt.UTC)
    paid_in.pay_in(
        session, account, Decimal(7), now=midnight, value_date=FIRST, reference="night"
    )
    second = dt.date(2026, 11, 2)
    assert [line.amount for line in read(session, account, second, second).lines] == [7]
    assert read(session, account, FIRST, dt.date(2026, 11, 1)).lines == ()


def test_foolish_days_and_others_accounts_are_refused(session, account, bo, chen):
    with pytest.raises(Invalid):
        read(session, account, LAST, FIRST)
    with pytest.raises(NotAllowed):
        account_statement.own_account(session, account.id, actor=bo)
    with pytest.raises(NotAllowed):
        account_statement.staff_account(session, account.id, actor=chen)


def test_the_bill_of_a_year_adds_up(session, chen, dai, clock):
    case = make_approved(
        session, chen, dai, kind=Kind.CLOSING, amount=100_000, interest=Decimal("7.00")
    )
    run_payouts(PaperBank(clock), now=NOON)
    bill = account_statement.year_bill(session, case.account, 2026)
    assert (bill.opening, bill.interest, bill.withdrawn) == (100_000, 7, -100_007)
    assert bill.closing == 0
    before = account_statement.year_bill(session, case.account, 2025)
    assert (before.opening, before.taken_over, before.closing) == (0, 100_000, 100_000)
    assert account_statement.years(session, case.account, now=NOON) == [2026, 2025]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=8))
def test_no_cell_begins_like_a_formula(text):
    assert not str(exports.harmless(text)).startswith(exports.RISKY)
