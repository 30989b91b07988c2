"""The ledger: sums of zero, references used once, never below what is there."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid
from app.domain.terms import Kind, LedgerCode, Status
from app.models import JournalEntry, LedgerAccount, Posting
from app.services import ledger
from app.services.accounting import accrual
from tests import paid_in
from tests.factories import NOON, make_account, make_applicant, make_application
from tests.money import make_signed

TODAY = NOON.date()


@pytest.fixture
def account(session):
    """Make an account with 1000 yuan."""
    return make_account(session, make_applicant(session), 1000)


def sums(session, account):
    """Return the sum of the postings by account of the chart."""
    rows = session.execute(
        sa.select(LedgerAccount.code, sa.func.sum(Posting.amount))
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .where(Posting.agency_id == account.agency_id)
        .group_by(LedgerAccount.code)
    )
    return dict(rows.all())


def contribute(session, account, amount, reference, day=TODAY):
    """Pay in for a holder."""
    return paid_in.pay_in(
        session, account, Decimal(amount), now=NOON, value_date=day, reference=reference
    )


@pytest.mark.both
def test_a_contribution_is_owed_to_the_holder(kind, session, account):
    contribute(session, account, "200.50", "c1")
    assert account.available == Decimal("1200.50")
    assert sums(session, account) == {
        LedgerCode.AVAILABLE: Decimal("1200.50"),
        LedgerCode.CONTRIBUTIONS: Decimal("-1200.50"),
    }


def test_the_same_reference_posts_once(session, account):
    first = contribute(session, account, 10, "c1")
    assert contribute(session, account, 10, "c1").id == first.id
    assert account.available == 1010


def test_a_reference_stands_for_one_amount_only(session, account):
    contribute(session, account, 10, "c1")
    with pytest.raises(IllegalMove) as told:
        contribute(session, account, 11, "c1")
    assert told.value.code == "reference_used"


@pytest.mark.parametrize("amount", [0, -5])
def test_only_more_than_nothing_is_posted(session, account, amount):
    with pytest.raises(Invalid):
        contribute(session, account, amount, "c1")


def test_a_hold_moves_money_from_available_to_held(session, account):
    case = make_application(session, account, amount=300)
    ledger.hold(session, case, Decimal(300), now=NOON)
    assert (account.available, account.held) == (700, 300)
    assert account.balance == 1000
    assert ledger.held_for(session, case) == 300


def test_a_hold_again_holds_the_new_amount(session, account):
    case = make_application(session, account, amount=300)
    for amount, left in ((300, 700), (300, 700), (450, 550), (100, 900)):
        ledger.hold(session, case, Decimal(amount), now=NOON)
        assert (account.available, account.held) == (left, amount)


@pytest.mark.both
def test_nothing_is_held_that_is_not_there(kind, session, account):
    case = make_application(session, account, amount=1001)
    with pytest.raises(Invalid) as told:
        ledger.hold(session, case, Decimal("1000.01"), now=NOON)
    assert told.value.code == "amount_over"


def test_frozen_money_cannot_be_held(session, account):
    account.frozen_amount = Decimal(400)
    case = make_application(session, account, amount=700)
    with pytest.raises(Invalid):
        ledger.hold(session, case, Decimal("600.01"), now=NOON)
    ledger.hold(session, case, Decimal(600), now=NOON)
    assert account.available == 400


def test_a_release_gives_back_everything_once(session, account):
    case = make_application(session, account, amount=300)
    ledger.hold(session, case, Decimal(300), now=NOON)
    ledger.release(session, case, now=NOON, why="cancel")
    ledger.release(session, case, now=NOON, why="cancel")
    assert (account.available, account.held) == (1000, 0)


def test_a_closing_fixes_principal_and_interest(session, chen, account):
    case = make_signed(session, chen, account=account, amount=1000, kind=Kind.CLOSING)
    ledger.fix_closing(session, case, interest=Decimal("3.21"), now=NOON)
    assert ledger.held_for(session, case) == Decimal("1003.21")
    assert (account.available, account.held) == (0, Decimal("1003.21"))
    with pytest.raises(Invalid) as told:
        contribute(session, account, 5, "late")
    assert told.value.code == "account_closing"


def test_a_voided_closing_opens_the_account_again(session, chen, account):
    case = make_signed(session, chen, account=account, amount=1000, kind=Kind.CLOSING)
    ledger.fix_closing(session, case, interest=Decimal("3.21"), now=NOON)
    case.decision_hash = "signed"
    ledger.release(session, case, now=NOON, why="void")
    contribute(session, account, 5, "late")
    assert account.available == Decimal("1008.21")


def test_giving_back_another_case_leaves_a_closing_account_shut(session, chen, account):
    returned = make_application(session, account, status=Status.PAYEE_FIX, amount=400)
    ledger.hold(session, returned, Decimal(400), now=NOON)
    closing = make_signed(session, chen, account=account, amount=600, kind=Kind.CLOSING)
    ledger.fix_closing(session, closing, interest=Decimal("3.21"), now=NOON)
    ledger.release(session, returned, now=NOON, why="void")
    assert account.closing


def test_movements_begin_at_the_last_interest(session, account):
    june = dt.date(2026, 6, 30)
    ledger.post_interest(
        session, account, Decimal("15.00"), now=NOON, value_date=june, reference="i1"
    )
    contribute(session, account, 100, "c1", dt.date(2026, 8, 1))
    assert accrual.movements(session, account) == [(june, 1015), (dt.date(2026, 8, 1), 100)]


def test_a_hold_does_not_move_the_balance(session, account):
    case = make_application(session, account, amount=300)
    ledger.hold(session, case, Decimal(300), now=NOON)
    assert [amount for _, amount in accrual.movements(session, account)] == [1000]


def test_contributions_are_counted_after_a_day(session, account):
    contribute(session, account, 100, "c1", dt.date(2026, 8, 1))
    contribute(session, account, 50, "c2", dt.date(2026, 9, 1))
    assert ledger.contributed_since(session, account, None) == 1150
    assert ledger.contributed_since(session, account, dt.date(2026, 8, 1)) == 50


@pytest.mark.both
@pytest.mark.parametrize("deed", ["UPDATE posting SET amount = 1", "DELETE FROM journal_entry"])
def test_the_database_refuses_to_change_an_entry(kind, session, account, deed):
    with pytest.raises(sa.exc.DBAPIError, match="new rows only"):
        session.execute(sa.text(deed))
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(JournalEntry.id))) == 1
