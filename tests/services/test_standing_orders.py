"""What is agreed once and paid each month: once a month, never more than two people signed."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, ManyProblems, NotAllowed, ProofNeeded
from app.domain.policy import Actor
from app.domain.standing_orders import MARK, Skip
from app.domain.terms import AccountState, OrderEnd, OrderState, PayoutStatus, Role, Status
from app.jobs.payouts import run_payouts
from app.models import Application, Notice, OrderMonth, OrderSignature
from app.services import ledger, payouts
from app.services.accounting import verification
from app.services.paying import money_eyes
from app.services.standing_orders import agreeing, months, proof
from app.transaction import transaction
from tests.factories import NOON, make_application
from tests.money import PaperBank
from tests.standing import DAY, contribute, make_agreement, make_paid_before, next_month

LATER = next_month(NOON)


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


@pytest.fixture
def account(session, chen, dai, bank):
    """An account whose first monthly withdrawal was paid."""
    return make_paid_before(session, chen, dai, bank)


@pytest.fixture
def order(session, account, chen, dai):
    """An agreement that two people signed."""
    return make_agreement(session, account, chen, dai)


def make(session, order, now=LATER):
    """Make the month's case and keep it."""
    made = months.make(session, order.id, now=now)
    session.commit()
    return made


def test_a_month_pays_what_was_paid_in_since_the_last_payment(session, order):
    contribute(session, order.account, 1200)
    contribute(session, order.account, 300)
    case = make(session, order)
    assert (case.status, case.amount, case.channel) == (Status.APPROVED, 1500, MARK)
    assert (case.payouts[0].amount, case.account.held) == (1500, 1500)
    assert [*verification.verify(session)] == []


def test_the_month_comes_twice_and_makes_one_case(session, order):
    contribute(session, order.account, 1000)
    assert make(session, order) is not None
    assert make(session, order) is None
    assert session.scalar(sa.select(sa.func.count(OrderMonth.id))) == 1


@pytest.mark.whole
def test_the_next_month_pays_only_what_came_in_after_the_last(session, order, bank):
    contribute(session, order.account, 1000)
    make(session, order)
    run_payouts(bank, now=LATER)
    contribute(session, order.account, 400)
    case = make(session, order, now=next_month(LATER))
    assert case.amount == 400
    assert [*verification.verify(session)] == []


def test_a_month_that_the_bank_paid_in_the_next_takes_nothing_from_that_one(
    session, order, bank
):
    contribute(session, order.account, 1000)
    make(session, order)
    run_payouts(bank, now=next_month(LATER).replace(day=2))
    contribute(session, order.account, 400)
    case = make(session, order, now=next_month(LATER))
    assert case.amount == 400
    assert [*verification.verify(session)] == []


def test_a_case_of_an_agreement_is_paid_without_signatures_of_its_own(session, order, bank):
    contribute(session, order.account, 1000)
    case = make(session, order)
    assert payouts.signers(session, case) == []
    run_payouts(bank, now=LATER)
    session.refresh(case)
    assert case.status is Status.PAID


@pytest.mark.whole
@pytest.mark.parametrize(
    ("column", "value", "skip"),
    [
        ("frozen_amount", Decimal(1), Skip.ACCOUNT_FROZEN),
        ("state", AccountState.FROZEN, Skip.ACCOUNT_FROZEN),
        ("state", AccountState.SEALED, Skip.ACCOUNT_STATE),
        ("ban_until", dt.date(2030, 1, 1), Skip.ACCOUNT_BANNED),
        ("closing", True, Skip.ACCOUNT_CLOSING),
    ],
)
def test_what_bars_the_account_skips_the_month(session, order, column, value, skip):
    contribute(session, order.account, 1000)
    setattr(order.account, column, value)
    session.commit()
    assert make(session, order) is skip


def test_a_month_without_contributions_is_left_out_and_told_once(session, order):
    assert make(session, order) is Skip.NOTHING_DUE
    assert make(session, order, now=LATER + DAY) is Skip.NOTHING_DUE
    told = session.scalars(sa.select(Notice).where(Notice.event == "order_skipped")).all()
    assert len(told) == 1
    assert "没有新入账" in told[0].text_zh


def test_a_month_that_was_paid_otherwise_is_left_out(session, account, chen, dai):
    order = make_agreement(session, account, chen, dai)
    contribute(session, account, 1000)
    assert make(session, order, now=NOON) is Skip.PAID_ALREADY


def test_an_open_case_on_the_account_skips_the_month(session, order):
    contribute(session, order.account, 1000)
    make_application(session, order.account, status=Status.IN_REVIEW)
    assert make(session, order) is Skip.OPEN_CASE


def test_a_draft_of_the_same_reason_bars_no_month(session, order):
    contribute(session, order.account, 1000)
    make_application(session, order.account, status=Status.DRAFT, reason="ZZZG")
    assert isinstance(make(session, order), Application)


def test_a_card_that_was_removed_skips_the_month(session, order):
    contribute(session, order.account, 1000)
    order.applicant.cards[0].in_use = False
    session.commit()
    assert make(session, order) is Skip.CARD_REMOVED


def test_a_mobile_changed_at_the_counter_skips_until_it_rested(session, order):
    contribute(session, order.account, 1000)
    order.applicant.payee_rests_until = LATER + dt.timedelta(hours=3)
    session.commit()
    assert make(session, order) is Skip.CARD_RESTS
    assert isinstance(make(session, order, now=LATER + DAY), Application)


def test_a_month_is_made_on_working_days_only(session, order):
    sunday = dt.datetime(2026, 12, 20, 4, tzinfo=dt.UTC)
    assert months.due_orders(session, now=sunday) == []
    assert months.due_orders(session, now=LATER) == [order.id]


def test_stopping_beats_the_run(session, order, ana):
    contribute(session, order.account, 1000)
    months.stop(session, order, actor=holder(order, ana), now=LATER)
    session.commit()
    assert order.ended_how is OrderEnd.APPLICANT
    assert make(session, order) is None


def test_stopping_takes_back_a_case_that_no_worker_took(session, order, ana, bank):
    contribute(session, order.account, 1000)
    case = make(session, order)
    assert months.stop(session, order, actor=holder(order, ana), now=LATER) is False
    session.commit()
    assert (case.status, case.account.held) == (Status.CANCELLED, 0)
    assert run_payouts(bank, now=LATER).claimed == 0
    assert [*verification.verify(session)] == []


def test_stopping_lets_go_on_what_the_bank_may_have(session, order, ana, bank):
    contribute(session, order.account, 1000)
    case = make(session, order)
    bank.script.append("lost")
    run_payouts(bank, now=LATER)
    assert months.stop(session, order, actor=holder(order, ana), now=LATER) is True
    assert case.payouts[0].status is PayoutStatus.UNKNOWN


def test_a_refusal_of_the_bank_makes_the_agreement_wait(session, order, bank):
    contribute(session, order.account, 1000)
    make(session, order)
    bank.script.append("AC04")
    run_payouts(bank, now=LATER)
    contribute(session, order.account, 500)
    assert make(session, order, now=next_month(LATER)) is Skip.OPEN_CASE


def test_an_agreement_ends_with_its_term(session, order):
    late = dt.datetime.combine(order.ends_on + 2 * DAY, dt.time(4), dt.UTC)
    assert months.over(session, now=late) == [order.id]
    months.end_over(session, order.id, now=late)
    assert (order.state, order.ended_how) == (OrderState.ENDED, OrderEnd.TERM)


def test_one_person_never_signs_twice(session, account, chen):
    order = make_agreement(session, account)
    sign(session, order, chen)
    both = replace(chen, roles=chen.roles | {agreeing.next_signer(order)})
    with pytest.raises(NotAllowed):
        sign(session, order, both)


def test_nobody_signs_the_own_agreement(session, account, chen):
    order = make_agreement(session, account)
    holder_index = order.applicant.id_number_index
    with pytest.raises(NotAllowed) as told:
        sign(session, order, replace(chen, identity_index=holder_index))
    assert told.value.code == "own_case"


def test_what_is_signed_is_what_was_seen(session, account, chen):
    order = make_agreement(session, account)
    with pytest.raises(IllegalMove):
        agreeing.sign(session, order, seen="0" * 64, actor=chen, now=NOON)


def test_one_signature_makes_no_agreement_run(session, account, chen):
    order = make_agreement(session, account)
    sign(session, order, chen)
    session.commit()
    contribute(session, account, 1000)
    assert order.state is OrderState.PROPOSED
    assert make(session, order) is None


def test_who_signed_the_agreement_pays_none_of_its_cases(session, order, chen):
    contribute(session, order.account, 1000)
    case = make(session, order)
    with pytest.raises(NotAllowed) as told:
        money_eyes.check(session, [case.payouts[0].id], actor=chen, now=LATER)
    assert told.value.code == "four_eyes"


def test_agreeing_needs_a_first_payment(session, ana, chen, dai):
    account = make_paid_before(session, chen, dai, None)
    with pytest.raises(Invalid) as told:
        ask(session, account, holder_of(account, ana))
    assert told.value.code == "order_needs_first"


def test_agreeing_needs_a_fresh_proof(session, account, ana):
    actor = replace(holder_of(account, ana), sms_proven_at=None)
    with pytest.raises(ProofNeeded):
        ask(session, account, actor)


def test_a_frozen_account_agrees_on_nothing(session, account, ana):
    account.state = AccountState.FROZEN
    session.commit()
    with pytest.raises(ManyProblems):
        ask(session, account, holder_of(account, ana))


def test_an_account_has_one_agreement(session, order, ana):
    with pytest.raises(Invalid) as told:
        ask(session, order.account, holder(order, ana))
    assert told.value.code == "order_live"


def test_the_list_asks_nothing_more_for_an_agreement(session, order):
    contribute(session, order.account, 1000)
    make(session, order)
    reader = Actor(
        user_id=None, name="", roles=frozenset({Role.AUDITOR}), agency_id=order.agency_id
    )
    session.expunge_all()
    [row] = agreeing.of_agency(session, actor=reader, state=OrderState.ACTIVE)
    session.expunge_all()
    assert (len(row.signatures), len(row.months), row.account.number != "") == (2, 1, True)


@pytest.mark.whole
@pytest.mark.both
def test_of_two_that_agree_at_once_the_second_is_told(kind, session, order, ana, monkeypatch):
    account = order.account
    monkeypatch.setattr(agreeing, "find_live", lambda *_: None)
    with pytest.raises(IllegalMove) as told, transaction() as writing:
        ask(writing, account, holder(order, ana))
    assert told.value.code == "order_live"


@pytest.mark.parametrize("amount", [900, 1040])
def test_a_forged_amount_is_not_sent_and_is_named(session, order, bank, amount):
    contribute(session, order.account, 1000)
    case = make(session, order)
    forge(session, case, amount)
    sent = len(bank.sendings)
    run_payouts(bank, now=LATER)
    assert len(bank.sendings) == sent
    session.expire_all()
    assert case.agency.payouts_stopped
    named = {one.code for one in verification.verify(session)}
    assert "order_amount" in named


def test_a_case_that_only_says_it_was_agreed_is_named(session, account, bank):
    case = make_application(
        session, account, status=Status.APPROVED, reason="ZZZG", channel=MARK, amount=40
    )
    ledger.hold(session, case, case.amount, now=LATER)
    case.decision_hash = payouts.decision_hash(case)
    payouts.create(session, case, now=LATER)
    session.commit()
    sent = len(bank.sendings)
    run_payouts(bank, now=LATER)
    assert len(bank.sendings) == sent
    named = {(one.code, one.row_id) for one in verification.verify(session)}
    assert ("order_differs", case.id) in named


@pytest.mark.both
def test_what_was_signed_takes_no_change(kind, session, order):
    contribute(session, order.account, 1000)
    make(session, order)
    order.day_of_month = 9
    with pytest.raises(sa.exc.DatabaseError):
        session.commit()
    session.rollback()
    for row in session.scalars(sa.select(OrderSignature)):
        row.terms_hash = "0" * 64
    with pytest.raises(sa.exc.DatabaseError):
        session.commit()
    session.rollback()


@pytest.mark.both
def test_a_month_with_a_case_takes_no_change(kind, session, order):
    contribute(session, order.account, 1000)
    make(session, order)
    row = session.scalars(sa.select(OrderMonth)).one()
    row.since_entry_id = 0
    with pytest.raises(sa.exc.DatabaseError):
        session.commit()
    session.rollback()


def test_a_signature_for_other_terms_counts_nothing(session, order):
    assert len(proof.signers(session, order)) == 2
    order.payee_name = "某人"
    with session.no_autoflush:
        assert proof.signers(session, order) == []
    session.rollback()


def holder(order, ana):
    """The holder of an agreement, freshly proven."""
    return holder_of(order.account, ana)


def holder_of(account, ana):
    """The holder of an account as somebody who acts, freshly proven."""
    return replace(ana, applicant_id=account.applicant_id, proven_at=NOON, sms_proven_at=NOON)


def ask(session, account, actor):
    """Ask for an agreement from the first card there is."""
    return agreeing.agree(
        session, account, reason_code="ZZZG", card_id=account.applicant.cards[0].id,
        day_of_month=15, months=12, actor=actor, now=NOON,
    )  # fmt: skip


def sign(session, order, actor):
    """Sign what the page shows."""
    seen = proof.terms_of(order).fingerprint()
    agreeing.sign(session, order, seen=seen, actor=actor, now=NOON)


def forge(session, case, amount):
    """Change the amount of a case everywhere but in the journal, hashes made to fit."""
    case.amount = case.amount_allowed = Decimal(amount)
    session.flush()
    case.decision_hash = payouts.decision_hash(case)
    payment = case.payouts[0]
    payment.amount, payment.decision_hash = case.amount, case.decision_hash
    session.commit()
