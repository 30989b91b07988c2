"""Reversal entries (红冲): two people, once, only what can be, never below what is there."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import AccountState, Kind, Role
from app.models import AuditEvent, JournalEntry, LedgerReversal
from app.services import ledger
from app.services.accounting import accrual, entries, reversals, verification
from app.services.review import decisions
from tests import paid_in
from tests.factories import NOON, actor_of, make_application, make_staff
from tests.money import make_approved, make_funded

TODAY, AUGUST = NOON.date(), dt.date(2026, 8, 1)
PROOF = "单位来函：重复缴存"


@pytest.fixture
def account(session):
    """Make an account with 1000 yuan."""
    return make_funded(session, 1000)


def pay_in(session, account, amount=200, name="c1", day=AUGUST):
    """Pay in for the holder."""
    entry = paid_in.pay_in(
        session, account, Decimal(amount), now=NOON, value_date=day, reference=name
    )
    session.commit()
    return entry


def ask(session, entry, payer):
    """Ask for a reversal."""
    asked = reversals.propose(session, entry, actor=payer, now=NOON, proof=PROOF)
    session.commit()
    return asked


def both(session, entry, payer, releaser):
    """Let both people do their part."""
    twin = reversals.confirm(session, ask(session, entry, payer), actor=releaser, now=NOON)
    session.commit()
    return twin


@pytest.mark.both
def test_two_people_reverse_a_contribution(kind, session, account, payer, releaser):
    twin = both(session, pay_in(session, account), payer, releaser)
    assert account.available == 1000
    assert (twin.kind, twin.value_date) == ("contribution_reversal", AUGUST)
    assert [amount for _, amount in accrual.movements(session, account)] == [1000]
    assert ledger.contributed_since(session, account, dt.date(2026, 7, 1)) == 0
    acts = set(session.scalars(sa.select(AuditEvent.act)))
    assert {"reversal_proposed", "reversal_confirmed"} <= acts
    assert [*verification.verify(session)] == []


def test_two_people_reverse_a_wrong_opening_balance(session, account, payer, releaser):
    opening = session.scalars(
        entries.postings_of(account).with_only_columns(JournalEntry)
    ).one()

    twin = both(session, opening, payer, releaser)

    assert (account.available, twin.kind) == (0, "opening_reversal")
    assert accrual.movements(session, account) == []
    assert [*verification.verify(session)] == []


def test_reversed_interest_is_earned_again(session, account, payer, releaser):
    july = dt.date(2026, 7, 1)
    before = accrual.accrued(session, account, to=july)
    entry = ledger.post_interest(
        session, account, before, now=NOON, value_date=july, reference="i1"
    )
    session.commit()
    assert accrual.accrued(session, account, to=july) == 0
    both(session, entry, payer, releaser)
    assert (account.available, accrual.accrued(session, account, to=july)) == (1000, before)


def test_the_same_entry_is_reversed_once(session, account, payer, releaser):
    entry = pay_in(session, account)
    asked = ask(session, entry, payer)
    with pytest.raises(IllegalMove) as told:
        reversals.propose(session, entry, actor=payer, now=NOON, proof=PROOF)
    assert told.value.code == "reversal_there"
    reversals.confirm(session, asked, actor=releaser, now=NOON)
    with pytest.raises(IllegalMove):
        reversals.confirm(session, asked, actor=releaser, now=NOON)
    assert account.available == 1000


def test_nobody_does_both_steps(session, account, payer, releaser):
    asked = ask(session, pay_in(session, account), payer)
    for actor in (payer, same_person(releaser, payer)):
        with pytest.raises(NotAllowed):
            reversals.confirm(session, asked, actor=actor, now=NOON)
    assert account.available == 1200


def same_person(releaser, payer):
    """Return the payer under the role of a releaser."""
    return Actor(
        user_id=payer.user_id, name=payer.name, roles=releaser.roles,
        agency_id=payer.agency_id, identity_index=payer.identity_index,
    )  # fmt: skip


def test_money_that_is_held_is_not_reversed(session, account, payer, releaser):
    entry = pay_in(session, account)
    case = make_application(session, account, amount=1100)
    ledger.hold(session, case, Decimal(1100), now=NOON)
    session.commit()
    asked = ask(session, entry, payer)
    with pytest.raises(Invalid) as told:
        reversals.confirm(session, asked, actor=releaser, now=NOON)
    assert told.value.code == "amount_over"
    session.rollback()
    assert (account.available, account.held) == (100, 1100)


def test_money_with_posted_interest_waits_for_its_interest(session, account, payer):
    entry = pay_in(session, account)
    ledger.post_interest(
        session, account, Decimal(1), now=NOON, value_date=TODAY, reference="i1"
    )
    with pytest.raises(Invalid) as told:
        ask(session, entry, payer)
    assert told.value.code == "interest_counted"


def test_interest_is_reversed_from_the_newest_back(session, account, payer):
    first, _ = (
        ledger.post_interest(
            session, account, Decimal(1), now=NOON, value_date=day, reference=f"i-{day}"
        )
        for day in (dt.date(2026, 7, 1), TODAY)
    )
    with pytest.raises(Invalid) as told:
        ask(session, first, payer)
    assert told.value.code == "interest_not_last"


def test_holds_and_payments_are_not_reversed(session, account, payer):
    case = make_application(session, account, amount=10)
    ledger.hold(session, case, Decimal(10), now=NOON)
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.kind == "hold")).one()
    with pytest.raises(Invalid) as told:
        ask(session, entry, payer)
    assert told.value.code == "not_reversible"


def test_an_account_that_closes_is_left_alone(session, account, payer):
    entry = pay_in(session, account)
    account.closing = True
    with pytest.raises(IllegalMove) as told:
        ask(session, entry, payer)
    assert told.value.code == "account_closing"


def test_late_money_that_waits_is_reversed(session, payer, releaser):
    account = make_funded(session, 1000)
    account.state = AccountState.CLOSED_BY_WITHDRAWAL
    entry = paid_in.pay_in_late(
        session, account, Decimal(70), now=NOON, value_date=TODAY, reference="l1"
    )
    both(session, entry, payer, releaser)
    assert (entries.waiting(session, account), account.available) == (0, 1000)
    assert [*verification.verify(session)] == []


def test_what_nobody_confirmed_is_taken_away_with_a_reason(session, account, payer, releaser):
    entry = pay_in(session, account)
    asked = ask(session, entry, payer)
    with pytest.raises(Invalid):
        reversals.discard(session, asked, actor=releaser, now=NOON, reason=" ")
    reversals.discard(session, asked, actor=releaser, now=NOON, reason="查无此函")
    assert reversals.listed(session, actor=payer) == []
    assert ask(session, entry, payer).confirmed_at is None


def test_the_list_asks_nothing_more_for_a_row(session, account, payer):
    ask(session, pay_in(session, account), payer)
    session.expunge_all()
    [row] = reversals.listed(session, actor=payer)
    session.expunge_all()
    assert (reversals.sum_of(row.entry), row.account.applicant.name != "") == (200, True)


@pytest.mark.both
def test_who_comes_second_neither_takes_away_nor_confirms(
    kind, session, account, payer, releaser
):
    done, gone = (
        ask(session, pay_in(session, account, name=name), payer) for name in ("c1", "c2")
    )
    mine, unseen = LedgerReversal.id, {"synchronize_session": False}
    session.execute(
        sa.update(LedgerReversal).where(mine == done.id).values(confirmed_at=NOON),
        execution_options=unseen,
    )
    session.execute(sa.delete(LedgerReversal).where(mine == gone.id), execution_options=unseen)
    with pytest.raises(IllegalMove):
        reversals.discard(session, done, actor=payer, now=NOON, reason="查无此函")
    with pytest.raises(IllegalMove):
        reversals.confirm(session, gone, actor=releaser, now=NOON)


def test_late_money_that_was_credited_takes_nothing_of_other_late_money(
    session, account, payer, chen, dai
):
    gu = actor_of(session, make_staff(session, "Gu", Role.SUPERVISOR))
    sums = {"amount": 100_000, "interest": Decimal("7.00")}
    case = make_approved(session, chen, dai, kind=Kind.CLOSING, **sums)
    first = take_late(session, case.account, "l1")
    decisions.void(session, case, actor=gu, now=NOON, reason="本人申请")
    case.account.closing = True
    take_late(session, case.account, "l2")
    with pytest.raises(Invalid) as told:
        ask(session, first, payer)
    assert told.value.code == "not_reversible"


def take_late(session, account, name):
    """Let 70 yuan come for an account that closes."""
    return paid_in.pay_in_late(
        session, account, Decimal(70), now=NOON, value_date=TODAY, reference=name
    )


def test_a_proof_is_needed(session, account, payer):
    with pytest.raises(Invalid) as told:
        reversals.propose(
            session, pay_in(session, account), actor=payer, now=NOON, proof=" 信 "
        )
    assert told.value.code == "proof_needed"
