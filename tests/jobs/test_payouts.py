"""One run of the payments against a bank that answers, refuses, is silent or contradicts."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove
from app.domain.terms import AccountState, Kind, PayoutStatus, Status
from app.jobs.payouts import run_payouts
from app.models import Agency, BankMessage, Notice, Payout
from app.services import payouts
from app.services.accounting import verification
from app.services.paying import claims, payments
from app.transaction import transaction
from tests.factories import NOON, SHANGHAI, Clock, make_account, make_applicant
from tests.money import make_approved

NEXT_MORNING = dt.datetime(2026, 11, 19, 9, 1, tzinfo=SHANGHAI)


@pytest.fixture
def run(bank, clock):
    """Run the payments at a moment of the clock."""

    def at(moment=None, **options):
        if moment:
            clock.set(moment)
        return run_payouts(bank, now=clock(), **options)

    return at


@pytest.fixture
def approved(session, chen, dai):
    """Make an approved case."""
    return lambda **columns: make_approved(session, chen, dai, **columns)


def payout_of(session, case):
    """Return the newest payment of a case, read again."""
    session.expire_all()
    return case.payouts[-1]


def sound(session):
    """Tell whether every invariant holds."""
    return [*verification.verify(session)] == []


@pytest.mark.both
def test_one_run_pays_an_approved_case_once(kind, session, approved, run, bank):
    case = approved(amount=5000)

    counts = run()
    run()

    payout = payout_of(session, case)
    assert (counts.sent, counts.paid) == (1, 1)
    assert bank.times_paid() == {payout.bank_reference: 1}
    assert (payout.status, case.status) == (PayoutStatus.PAID, Status.PAID)
    assert (case.account.available, case.account.held) == (95_000, 0)
    assert sound(session)


def test_every_exchange_with_the_bank_is_kept_sealed(session, approved, run):
    case = approved()
    run()
    kept = session.scalars(sa.select(BankMessage).order_by(BankMessage.id)).all()
    assert [message.kind for message in kept] == ["send", "query"]
    assert kept[0].answer == "answered"
    assert "answered" not in kept[0].answer_sealed
    assert {message.payout_id for message in kept} == {case.payouts[0].id}


def test_a_refused_card_goes_back_to_the_applicant(session, approved, run, bank):
    bank.script.append("AC01")
    case = approved(amount=5000)

    run()

    assert payout_of(session, case).status is PayoutStatus.REJECTED
    assert case.status is Status.PAYEE_FIX
    assert (case.account.available, case.account.held) == (95_000, 5000)
    notice = session.scalars(sa.select(Notice).where(Notice.event == "pay_failed")).first()
    assert "收款账号不正确" in notice.text_zh
    assert sound(session)


def test_lack_of_funds_is_not_the_applicants_fault(session, approved, run, bank):
    bank.script.append("AM04")
    case = approved()
    other = approved()

    run()
    first, second = payout_of(session, case), other.payouts[-1]

    assert (first.attempt, first.status) == (2, PayoutStatus.APPROVED)
    assert case.status is Status.APPROVED
    assert second.status is PayoutStatus.APPROVED
    run(NOON + dt.timedelta(hours=2))
    assert payout_of(session, case).status is PayoutStatus.PAID
    assert sound(session)


def test_a_refused_message_stops_the_payouts_of_the_agency(session, approved, run, bank):
    bank.script.append("FF01")
    case = approved()
    approved()

    counts = run()

    assert counts.stopped == 1
    assert session.get_one(Agency, case.agency_id).payouts_stopped
    assert len(bank.sendings) == 1
    assert run(NOON + dt.timedelta(hours=2)).claimed == 0
    assert sound(session)


def test_a_missing_answer_is_asked_for_and_never_sent_again(session, approved, run, bank):
    bank.script.append("done")
    case = approved()

    assert run().unknown == 1
    assert run().unknown == 1
    assert run(NOON + dt.timedelta(minutes=2)).paid == 1

    assert len(bank.sendings) == 1
    assert payout_of(session, case).status is PayoutStatus.PAID


def test_a_lost_payment_waits_for_window_and_statement(session, approved, run, bank, clock):
    bank.script.append("lost")
    case = approved()
    run()
    reference = payout_of(session, case).bank_reference

    for hour in range(1, 20):
        counts = run(NOON + dt.timedelta(hours=hour))
        assert (counts.unknown, counts.approved_again) == (1, 0)
    counts = run(NEXT_MORNING + dt.timedelta(hours=1))

    assert counts.approved_again == 1
    run()
    payout = payout_of(session, case)
    assert (payout.status, payout.bank_reference) == (PayoutStatus.PAID, reference)
    assert payout.attempt == 1
    assert sound(session)


def test_our_clock_set_right_meanwhile_ends_no_window_early(session, approved, bank, clock):
    bank.script.append("lost")
    case = approved()
    day = dt.timedelta(days=1)
    bank.clock = Clock()

    def at(moment, *, behind=dt.timedelta()):
        bank.clock.set(moment)
        clock.set(moment - behind)
        run_payouts(bank, now=clock())
        return payout_of(session, case).status

    assert at(NOON + day, behind=day) is PayoutStatus.UNKNOWN
    assert at(NOON + day + dt.timedelta(minutes=5), behind=day) is PayoutStatus.UNKNOWN
    assert at(NOON + day + dt.timedelta(hours=1)) is PayoutStatus.UNKNOWN
    assert at(NEXT_MORNING + day - dt.timedelta(hours=1)) is PayoutStatus.UNKNOWN
    assert at(NEXT_MORNING + day + dt.timedelta(hours=2)) is PayoutStatus.APPROVED


def test_not_found_does_not_count_without_the_statement(
    session, approved, run, bank, monkeypatch
):
    bank.script.append("lost")
    approved()
    run()
    whole = bank.statement
    monkeypatch.setattr(
        bank, "statement", lambda day: type(whole(day))(day, (), False, "wrong_totals")
    )
    assert run(NEXT_MORNING + dt.timedelta(hours=3)).unknown == 1


def test_nothing_sent_waits_and_is_tried_again(session, approved, run, bank):
    bank.script.append("none")
    case = approved()
    counts = run()
    assert (counts.not_sent, counts.waiting) == (1, 1)
    run(NOON + dt.timedelta(minutes=2))
    assert payout_of(session, case).status is PayoutStatus.PAID
    assert sound(session)


@pytest.mark.whole
def test_a_late_answer_is_asked_for_less_and_less_often(session, approved, run, bank):
    bank.script.append("late")
    bank.silent = True
    case = approved()
    run()
    asked = []
    for minute in range(5, 200, 5):
        before = payout_of(session, case).queries
        run(NOON + dt.timedelta(minutes=minute))
        if payout_of(session, case).queries > before:
            asked.append(minute)
    assert asked == [5, 20, 80, 140]


def test_a_worker_that_died_leaves_its_payment_in_doubt(session, approved, run, bank):
    case = approved()
    with transaction() as writing:
        claims.claim_next(writing, claims.plan(writing, now=NOON))

    counts = run()

    assert counts.recovered == 1
    assert payout_of(session, case).status is PayoutStatus.UNKNOWN
    assert bank.sendings == []


def test_another_workers_fresh_payment_is_left_to_it(session, approved, run):
    approved()
    with transaction() as writing:
        claims.claim_next(writing, claims.plan(writing, now=NOON))
    assert run(alone=False).recovered == 0
    assert run(NOON + dt.timedelta(minutes=11), alone=False).recovered == 1


def test_a_returned_payment_is_held_again_for_the_applicant(session, approved, run, bank):
    case = approved(amount=5000)
    run()
    bank.bounce(payout_of(session, case).bank_reference)

    run(NOON + dt.timedelta(hours=2))

    assert payout_of(session, case).status is PayoutStatus.RETURNED
    assert case.status is Status.PAYEE_FIX
    assert case.account.held == 5000
    assert sound(session)


def test_the_statement_settles_what_was_paid(session, approved, run):
    case = approved()
    run()
    assert run(NEXT_MORNING).settled == 1
    payout = payout_of(session, case)
    assert payout.status is PayoutStatus.SETTLED
    assert payout.ended_at is not None
    assert sound(session)


def test_a_payment_that_comes_back_after_it_was_settled_is_held_again(
    session, approved, run, bank
):
    case = approved(amount=5000)
    run()
    run(NEXT_MORNING)
    assert payout_of(session, case).status is PayoutStatus.SETTLED
    later = NEXT_MORNING + dt.timedelta(days=3)
    run(later)
    bank.bounce(payout_of(session, case).bank_reference)

    assert run(later + dt.timedelta(days=1)).returned == 1

    assert payout_of(session, case).status is PayoutStatus.RETURNED
    assert (case.status, case.account.held) == (Status.PAYEE_FIX, 5000)
    assert sound(session)


def test_a_changed_card_is_not_paid_and_stops_the_payouts(session, approved, run, bank):
    case = approved()
    case.payee_card = "6217000000000000009"
    session.commit()

    counts = run()

    assert bank.sendings == []
    assert counts.stopped == 1
    assert payout_of(session, case).status is PayoutStatus.APPROVED


@pytest.mark.both
def test_a_card_put_into_case_and_payment_is_not_paid(kind, session, approved, run, bank):
    case = approved()
    [payout] = case.payouts
    case.payee_card = payout.payee_card = "6217000000000000009"
    case.payee_last_four = payout.payee_last_four = "0009"
    case.decision_hash = payout.decision_hash = payouts.decision_hash(case)
    session.commit()

    assert [one.code for one in verification.verify(session)] == ["decision_differs"]
    assert run().stopped == 1
    assert bank.sendings == []


def test_one_signature_twice_is_not_paid(session, chen, approved, run, bank):
    case = approved()
    events = [event for event in case.events if event.actor_id]
    session.execute(sa.text("DROP TRIGGER case_event_no_update"))
    for event in events:
        event.actor_id = chen.user_id
    session.commit()

    assert run().stopped == 1
    assert bank.sendings == []


def test_a_held_case_is_not_paid(session, approved, run, bank):
    case = approved()
    case.on_hold = True
    session.commit()
    assert run().claimed == 0
    case.on_hold = False
    session.commit()
    assert run().paid == 1


def test_the_bank_is_asked_within_its_hours(session, approved, run, bank):
    case = approved()
    case.agency.bank_opens, case.agency.bank_closes = dt.time(9), dt.time(11, 30)
    session.commit()
    assert run().claimed == 0
    assert run(NEXT_MORNING).claimed == 1


def test_a_closing_withdrawal_closes_the_account_when_paid(session, chen, dai, run):
    account = make_account(session, make_applicant(session), 1000)
    case = make_approved(
        session, chen, dai, account=account, amount=1000, interest=Decimal("12.34"),
        kind=Kind.CLOSING,
    )  # fmt: skip
    assert account.closing
    run()
    session.expire_all()
    assert case.payouts[0].amount == Decimal("1012.34")
    assert account.state is AccountState.CLOSED_BY_WITHDRAWAL
    assert (account.available, account.held) == (0, 0)
    notice = session.scalars(sa.select(Notice).where(Notice.event == "paid_closing")).first()
    assert "1,000.00" in notice.text_zh
    assert "12.34" in notice.text_zh
    assert sound(session)


def test_a_cancelled_payment_is_never_sent(session, approved, run, bank):
    case = approved()
    payouts.cancel(session, case, now=NOON)
    session.commit()
    assert run().claimed == 0
    assert payout_of(session, case).status is PayoutStatus.CANCELLED


def test_a_payment_that_a_worker_took_cannot_be_cancelled(session, approved, run, bank):
    bank.script.append("lost")
    case = approved()
    run()
    with pytest.raises(IllegalMove) as told:
        payouts.cancel(session, case, now=NOON)
    assert told.value.code == "payout_in_flight"


def test_a_case_never_has_two_live_payments(session, approved):
    case = approved()
    with pytest.raises(IllegalMove, match="earlier payment"):
        payouts.create(session, case, now=NOON)


def test_many_waiting_payments_go_out_in_one_batch(session, approved, run):
    cases = [approved(amount=100 + n) for n in range(5)]
    run()
    session.expire_all()
    batches = {case.payouts[0].batch for case in cases}
    assert len(batches) == 1
    batch = batches.pop()
    assert (batch.count, batch.total) == (5, Decimal(510))
    references = [case.payouts[0].bank_reference for case in cases]
    assert len(set(references)) == len(session.scalars(sa.select(Payout.id)).all()) == 5


def test_an_answer_to_an_earlier_taking_changes_nothing(session, approved, bank):
    case = approved()
    with transaction() as writing:
        claim = claims.claim_next(writing, claims.plan(writing, now=NOON))
        order = claims.payment_of(writing.get_one(Payout, claim.payout_id))
    bank.send(order)
    with transaction() as writing:
        outcome = payments.take_answer(
            writing, claim.payout_id, claim.fence - 1, bank.query(order.reference),
            asked=False, now=NOON,
        )  # fmt: skip
    assert outcome is payments.Outcome.STALE
    assert payout_of(session, case).status is PayoutStatus.CLAIMED


def test_a_case_whose_signed_hash_differs_is_not_paid(session, approved, run, bank):
    case = approved()
    case.decision_hash = "0" * 64
    session.commit()
    assert run().stopped == 1
    assert bank.sendings == []
