"""Money that comes for a closing account waits, and is paid beside it with its own signatures."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import AccountState, Kind, PayoutStatus, Role, Status
from app.jobs.payouts import run_payouts
from app.services import ledger
from app.services.accounting import entries, supplements, verification
from app.services.paying import payments
from app.services.review import decisions
from tests import paid_in
from tests.factories import NOON, actor_of, make_application, make_staff
from tests.money import PaperBank, make_approved

LATER = NOON + dt.timedelta(days=10)
CAME = NOON.date() + dt.timedelta(days=4)
SUM = Decimal("12000.00")
INTEREST = Decimal("3.00")
"""Of 12,000 yuan in six days."""


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


@pytest.fixture
def closed(session, chen, dai, bank):
    """Make an account that was closed by a paid case."""
    case = make_approved(
        session, chen, dai, kind=Kind.CLOSING, amount=100_000, interest=Decimal("7.00")
    )
    run_payouts(bank, now=NOON)
    session.expire_all()
    assert case.account.state is AccountState.CLOSED_BY_WITHDRAWAL
    return case.account


def late(session, account, amount=SUM, name="late-1"):
    """Let money come for the account."""
    paid_in.pay_in_late(
        session, account, Decimal(amount), now=LATER, value_date=CAME, reference=name
    )
    session.commit()


def sign(session, case, chen, dai):
    """Let two people sign the case."""
    decisions.take_up(session, case, actor=chen, now=LATER)
    decisions.pass_first(session, case, actor=chen, now=LATER)
    decisions.approve(session, case, actor=dai, now=LATER)
    session.commit()


@pytest.mark.both
def test_late_money_is_paid_to_the_card_of_the_closing(
    kind, session, closed, payer, chen, dai, bank, clock
):
    late(session, closed)
    case = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, case, chen, dai)
    clock.set(LATER)
    run_payouts(bank, now=LATER)
    session.expire_all()
    assert (case.status, case.amount, case.interest) == (Status.PAID, SUM + INTEREST, INTEREST)
    cards = {payment.payee_card for _, _, _, payment in bank.booked}
    assert len(cards) == 1
    assert [amount for _, amount, _, _ in bank.booked][-1] == SUM + INTEREST
    assert (closed.balance, entries.waiting(session, closed)) == (0, 0)
    assert closed.state is AccountState.CLOSED_BY_WITHDRAWAL
    assert [*verification.verify(session)] == []


@pytest.mark.whole
def test_a_second_supplement_pays_what_came_after_the_first(
    session, closed, payer, chen, dai, bank, clock
):
    clock.set(LATER)
    for name in ("late-1", "late-2"):
        late(session, closed, name=name)
        case = supplements.open_case(session, closed, actor=payer, now=LATER)
        sign(session, case, chen, dai)
        run_payouts(bank, now=LATER)
        session.expire_all()
        assert case.payouts[0].status is PayoutStatus.PAID
        assert case.amount == SUM + INTEREST
    assert [*verification.verify(session)] == []


@pytest.mark.whole
def test_a_supplement_that_the_bank_returns_opens_no_account(
    session, closed, payer, chen, dai, bank, clock
):
    late(session, closed)
    case = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, case, chen, dai)
    clock.set(LATER)
    run_payouts(bank, now=LATER)
    session.expire_all()
    payments.bounce(session, case.payouts[0], "AC04", "", now=LATER)
    session.commit()
    assert (case.status, closed.held) == (Status.PAYEE_FIX, SUM + INTEREST)
    assert (closed.state, closed.closing) == (AccountState.CLOSED_BY_WITHDRAWAL, False)


@pytest.mark.whole
def test_a_void_supplement_leaves_the_money_waiting(session, closed, payer, chen, dai, people):
    gu = actor_of(session, make_staff(session, "Gu", Role.SUPERVISOR))
    late(session, closed)
    case = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, case, chen, dai)
    decisions.void(session, case, actor=gu, now=LATER, reason="重复")
    session.commit()
    assert entries.waiting(session, closed) == SUM + INTEREST
    again = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, again, chen, dai)
    assert (again.amount, again.interest) == (SUM + INTEREST, 0)
    assert [*verification.verify(session)] == []


def test_a_closing_that_ends_gives_the_account_what_waited(session, chen, dai):
    gu = actor_of(session, make_staff(session, "Gu", Role.SUPERVISOR))
    case = make_approved(
        session, chen, dai, kind=Kind.CLOSING, amount=100_000, interest=Decimal("7.00")
    )
    late(session, case.account)
    decisions.void(session, case, actor=gu, now=LATER, reason="本人申请")
    session.commit()
    assert case.account.available == Decimal("100007.00") + SUM
    assert entries.waiting(session, case.account) == 0
    assert [*verification.verify(session)] == []


def test_the_supplement_needs_two_reviewers_like_any_case(session, closed, payer, chen):
    late(session, closed)
    case = supplements.open_case(session, closed, actor=payer, now=LATER)
    decisions.take_up(session, case, actor=chen, now=LATER)
    decisions.pass_first(session, case, actor=chen, now=LATER)
    with pytest.raises(NotAllowed):
        decisions.approve(session, case, actor=chen, now=LATER)


def test_nothing_is_opened_without_money_or_before_the_closing_is_paid(
    session, closed, payer, chen, dai
):
    with pytest.raises(Invalid) as told:
        supplements.open_case(session, closed, actor=payer, now=LATER)
    assert told.value.code == "nothing_waits"
    closing = make_approved(session, chen, dai, kind=Kind.CLOSING, interest=Decimal(1))
    late(session, closing.account)
    with pytest.raises(IllegalMove) as refused:
        supplements.open_case(session, closing.account, actor=payer, now=LATER)
    assert refused.value.code == "account_not_closed"


def test_a_second_case_is_not_opened_beside_the_first(session, closed, payer):
    late(session, closed)
    supplements.open_case(session, closed, actor=payer, now=LATER)
    session.commit()
    with pytest.raises(Invalid):
        supplements.open_case(session, closed, actor=payer, now=LATER)


def test_only_a_payer_opens_it_and_sees_what_waits(session, closed, payer, chen):
    late(session, closed)
    [waits] = supplements.waiting(session, actor=payer)
    assert (waits.account.id, waits.amount, waits.ready) == (closed.id, SUM, True)
    with pytest.raises(NotAllowed):
        supplements.open_case(session, closed, actor=chen, now=LATER)


@pytest.fixture
def gu(session):
    """A supervisor."""
    return actor_of(session, make_staff(session, "Gu", Role.SUPERVISOR))


def test_what_comes_while_a_supplement_is_reviewed_is_in_the_next_one(
    session, closed, payer, chen, dai, bank, clock
):
    clock.set(LATER)
    late(session, closed, amount=100, name="first")
    first = supplements.open_case(session, closed, actor=payer, now=LATER)
    late(session, closed, name="second")
    sign(session, first, chen, dai)
    run_payouts(bank, now=LATER)
    session.expire_all()
    assert (first.status, first.amount, first.interest) == (
        Status.PAID, Decimal("100.03"), Decimal("0.03"),
    )  # fmt: skip
    second = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, second, chen, dai)
    assert (second.amount, second.interest) == (SUM + INTEREST, INTEREST)
    assert [*verification.verify(session)] == []


def test_interest_of_a_void_supplement_is_not_taken_off_later_money(
    session, closed, payer, gu, chen, dai, bank, clock
):
    clock.set(LATER)
    late(session, closed)
    void = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, void, chen, dai)
    decisions.void(session, void, actor=gu, now=LATER, reason="重复")
    for name, interest in ((None, 0), ("late-2", INTEREST)):
        if name:
            late(session, closed, name=name)
        case = supplements.open_case(session, closed, actor=payer, now=LATER)
        sign(session, case, chen, dai)
        run_payouts(bank, now=LATER)
        session.expire_all()
        assert (case.status, case.amount) == (Status.PAID, SUM + INTEREST)
        assert case.interest == interest
    assert entries.waiting(session, closed) == 0
    assert [*verification.verify(session)] == []


def test_another_case_that_ends_lets_the_closing_be(session, chen, dai, gu):
    closing = make_approved(
        session, chen, dai, kind=Kind.CLOSING, amount=100_000, interest=Decimal("7.00")
    )
    draft = make_application(session, closing.account, kind=Kind.CLOSING, status=Status.DRAFT)
    ledger.release(session, draft, now=LATER, why="ended")
    session.commit()
    assert closing.account.closing
    assert [*verification.verify(session)] == []
    decisions.void(session, closing, actor=gu, now=LATER, reason="本人申请")
    assert not closing.account.closing


@pytest.mark.both
def test_a_void_supplement_waits_although_the_closing_came_back(
    kind, session, closed, payer, gu, chen, dai, bank, clock
):
    clock.set(LATER)
    late(session, closed)
    case = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, case, chen, dai)
    closing = supplements._closing(session, closed)
    payments.bounce(session, closing.payouts[0], "AC04", "", now=LATER)
    session.commit()
    assert (closed.closing, closed.state) == (True, AccountState.NORMAL)
    decisions.void(session, case, actor=gu, now=LATER, reason="重复")
    session.commit()
    assert entries.waiting(session, closed) == SUM + INTEREST
    assert closed.closing


def test_paying_a_supplement_closes_no_account_whose_closing_came_back(
    session, closed, payer, chen, dai, bank, clock
):
    clock.set(LATER)
    late(session, closed)
    case = supplements.open_case(session, closed, actor=payer, now=LATER)
    sign(session, case, chen, dai)
    closing = supplements._closing(session, closed)
    payments.bounce(session, closing.payouts[0], "AC04", "", now=LATER)
    session.commit()
    run_payouts(bank, now=LATER)
    session.expire_all()
    assert case.status is Status.PAID
    assert (closed.closing, closed.state) == (True, AccountState.NORMAL)
