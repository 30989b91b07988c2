"""What every refusal of the bank comes to: who acts, and what the next payment is."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import Note, PayoutStatus, Status
from app.gateways.bank import REASONS, BankState, Responsible
from app.jobs.payouts import run_payouts
from app.models import Agency, Notice, Payout
from app.services import cases, payouts
from app.services.accounting import verification
from app.services.paying import payments, resolutions, retries
from app.services.review import decisions
from tests.factories import NOON
from tests.money import PaperBank, make_approved

P = PayoutStatus
LATER = NOON + dt.timedelta(hours=2)
EFFECTS = {
    Responsible.APPLICANT: (Status.PAYEE_FIX, [P.REJECTED], False),
    Responsible.OFFICE: (Status.APPROVED, [P.REJECTED], False),
    Responsible.LATER: (Status.APPROVED, [P.REJECTED, P.APPROVED], False),
    Responsible.STOP: (Status.APPROVED, [P.REJECTED, P.APPROVED], True),
}
"""By class: the case, its payments, whether payouts stop."""


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


@pytest.fixture
def refused(session, chen, dai, payer, bank):
    """Make a payment and let the bank refuse it with a code."""

    def make(code):
        bank.script.append(code)
        case = make_approved(session, chen, dai)
        run_payouts(bank, now=NOON)
        session.expire_all()
        return case

    return make


@pytest.fixture
def refused_late(session, chen, dai, bank):
    """Make a payment, let the bank pay it and refuse it afterwards with a code."""

    def make(code):
        case = make_approved(session, chen, dai)
        run_payouts(bank, now=NOON)
        session.expire_all()
        [payout] = case.payouts
        payment, *_ = bank.held[payout.bank_reference]
        bank.held[payout.bank_reference] = payment, BankState.REJECTED, code
        run_payouts(bank, now=LATER)
        session.expire_all()
        return case, payout

    return make


@pytest.mark.parametrize("code", sorted(REASONS.keys() - {"AM05", "DUPL"}))
def test_every_reason_has_its_effect(session, refused, code):
    case = refused(code)

    status, payments, stops = EFFECTS[REASONS[code].responsible]
    assert case.status is status
    assert [payout.status for payout in case.payouts] == payments
    assert bool(session.get_one(Agency, case.agency_id).payouts_stopped) is stops
    assert (case.account.available, case.account.held) == (95_000, 5000)
    assert [*verification.verify(session)] == []


@pytest.mark.parametrize(
    ("at", "opens", "again"),
    [
        ("2026-11-20T18:00", None, "2026-11-23T09:00"),
        ("2026-11-20T18:00", dt.time(8, 30), "2026-11-23T08:30"),
        ("2026-11-21T11:00", None, "2026-11-23T09:00"),
        ("2026-11-20T07:00", None, "2026-11-20T09:00"),
        ("2026-09-30T18:00", None, "2026-10-08T09:00"),
    ],
)
def test_a_closed_bank_is_tried_again_on_a_working_day(
    session, chen, dai, bank, at, opens, again
):
    now, again = (dt.datetime.fromisoformat(f"{one}+08:00") for one in (at, again))
    bank.script.append("TM01")
    case = make_approved(session, chen, dai, now=now)
    run_payouts(bank, now=now)
    session.expire_all()
    case.agency.bank_opens = opens
    payout = case.payouts[-1]

    assert retries.not_before(session, payout, "TM01", now=now) == again
    assert retries.not_before(session, payout, "AM04", now=now) == now + retries.RETRY
    assert opens or payout.next_query_at == again


@pytest.mark.parametrize("code", ["AM05", "DUPL", "DU01"])
def test_what_was_sent_before_is_asked_for_and_never_made_anew(session, refused, bank, code):
    case = refused(code)
    assert [payout.status for payout in case.payouts] == [P.UNKNOWN]
    assert case.status is Status.APPROVED
    assert len(bank.sendings) == 1


def test_a_bank_that_only_says_twice_is_asked_less_and_less_often(session, refused, bank):
    [payout] = refused("DUPL").payouts
    pauses = []
    for _ in range(4):
        at = payout.next_query_at
        run_payouts(bank, now=at)
        session.expire_all()
        pauses.append((payout.next_query_at - at) // dt.timedelta(minutes=1))

    assert pauses == sorted(pauses)
    assert pauses[-1] == retries.BACK_OFF[-1]


@pytest.mark.parametrize("code", ["AM05", "DUPL", "DU01"])
def test_a_refused_second_copy_leaves_what_was_paid_paid(refused_late, code):
    case, payout = refused_late(code)

    assert (case.status, payout.status, payout.next_query_at) == (Status.PAID, P.PAID, None)


@pytest.mark.parametrize("code", ["AC04", "RC01", "AM04", "FF01"])
def test_a_refusal_of_what_was_paid_gives_nothing_back_and_stops_payouts(
    session, refused_late, code
):
    case, payout = refused_late(code)

    assert (case.status, payout.status, payout.next_query_at) == (Status.PAID, P.PAID, None)
    assert session.get_one(Agency, case.agency_id).payouts_stopped == payments.STOP_DIFFERS
    assert (case.account.available, case.account.held) == (95_000, 0)
    assert [*verification.verify(session)] == []


def test_what_was_said_of_a_doubt_confirms_nothing_once_the_bank_has_answered(
    session, refused, payer, releaser
):
    case = refused("DUPL")
    [payout] = case.payouts
    resolutions.resolve_unknown(
        session, payout, actor=payer, now=NOON, outcome=P.REJECTED, proof="the bank said no"
    )
    payments.reject(session, payout, "RC01", "", now=LATER)
    session.commit()

    assert resolutions.open_resolution(session, payout) is None
    with pytest.raises(NotAllowed):
        settle(session, payout, releaser, P.REJECTED)
    assert case.status is Status.APPROVED


def test_what_the_office_puts_right_is_told_to_the_payers_not_the_applicant(
    session, refused, payer
):
    case = refused("RC01")
    told = session.scalars(sa.select(Notice)).all()
    assert [(one.event, one.user_id) for one in told] == [("payment_office_fix", payer.user_id)]
    assert "联行号错误" in told[0].text_zh
    assert case.events[-1].action == Note.OFFICE_FIX
    assert session.scalars(resolutions.office_tasks()).one() is case.payouts[0]


def test_payers_are_told_once_a_day_that_the_account_lacks_money(
    session, refused, payer, bank, chen, dai
):
    refused("AM04")
    bank.script.append("AM04")
    make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)

    told = session.scalars(sa.select(Notice)).all()
    assert [(one.user_id, "余额不足" in one.text_zh) for one in told] == [(payer.user_id, True)]


def settle(session, payout, actor, outcome, proof="bank code put right, letter 8"):
    """Say how a refusal was put right."""
    return resolutions.settle_refusal(
        session, payout, actor=actor, now=LATER, outcome=outcome, proof=proof
    )


@pytest.mark.both
def test_two_people_pay_anew_what_the_office_put_right(
    kind, session, refused, payer, releaser, bank
):
    case = refused("RC01")
    first = case.payouts[0]

    settle(session, first, payer, P.APPROVED)
    assert len(case.payouts) == 1
    settle(session, first, releaser, P.APPROVED)
    session.commit()
    run_payouts(bank, now=LATER)

    session.expire_all()
    assert [payout.status for payout in case.payouts] == [P.REJECTED, P.PAID]
    assert len({payout.bank_reference for payout in case.payouts}) == 2
    assert case.status is Status.PAID
    assert [*verification.verify(session)] == []


def test_the_office_may_hand_a_refusal_on_to_the_applicant(session, refused, payer, releaser):
    case = refused("MS02")
    settle(session, case.payouts[0], payer, P.REJECTED)
    settle(session, case.payouts[0], releaser, P.REJECTED)
    session.commit()
    assert case.status is Status.PAYEE_FIX
    assert session.scalars(sa.select(Notice).where(Notice.event == "pay_failed")).all()
    assert [*verification.verify(session)] == []


def test_one_person_puts_no_refusal_right_alone(session, refused, payer):
    case = refused("RC01")
    settle(session, case.payouts[0], payer, P.APPROVED)
    with pytest.raises(NotAllowed):
        settle(session, case.payouts[0], payer, P.APPROVED)


def test_what_the_applicant_corrects_is_no_task_of_the_office(session, refused, payer):
    case = refused("AC04")
    with pytest.raises(IllegalMove):
        settle(session, case.payouts[0], payer, P.APPROVED)


def test_a_refusal_is_put_right_once(session, refused, payer, releaser):
    case = refused("RC01")
    settle(session, case.payouts[0], payer, P.APPROVED)
    settle(session, case.payouts[0], releaser, P.APPROVED)
    with pytest.raises(IllegalMove):
        settle(session, case.payouts[0], payer, P.APPROVED)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("code", "status"), [("AC04", Status.PAYEE_FIX), ("", Status.APPROVED)]
)
def test_a_refusal_by_letter_goes_to_who_can_act(
    session, chen, dai, bank, payer, releaser, code, status
):
    bank.script.append("lost")
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    session.expire_all()
    for actor in (payer, releaser):
        resolutions.resolve_unknown(
            session, case.payouts[0], actor=actor, now=LATER, outcome=P.REJECTED,
            proof="letter of the bank", code=code,
        )  # fmt: skip
    session.commit()
    assert case.status is status
    assert [*verification.verify(session)] == []


def test_a_letter_gives_a_reason_that_somebody_can_act_on(session, chen, dai, bank, payer):
    bank.script.append("lost")
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    session.expire_all()
    with pytest.raises(Invalid):
        resolutions.resolve_unknown(
            session, case.payouts[0], actor=payer, now=LATER, outcome=P.REJECTED,
            proof="letter of the bank", code="FF01",
        )  # fmt: skip


def test_the_corrected_account_is_paid_under_a_new_reference(session, refused, chen, dai, bank):
    case = refused("AC04")
    cases.remark(session, case, Note.CHANGE_PAYEE, actor=chen, now=LATER)
    session.flush()
    decisions.check_payee(session, case, actor=chen, now=LATER)
    session.flush()
    decisions.confirm_payee(session, case, actor=dai, now=LATER)
    session.commit()
    bank.held.clear()

    run_payouts(bank, now=LATER)

    session.expire_all()
    written = [one.decision_hash for one in case.events if one.decision_hash]
    assert written == [one.decision_hash for one in case.payouts]
    old, new = case.payouts
    assert (old.status, new.status) == (P.REJECTED, P.PAID)
    assert old.bank_reference != new.bank_reference
    assert old.ended_at <= new.created_at


@pytest.mark.both
def test_no_new_payment_before_the_old_one_is_closed(kind, session, chen, dai):
    case = make_approved(session, chen, dai)
    with pytest.raises(IllegalMove) as told:
        payouts.create(session, case, now=NOON)
    assert told.value.code == "payout_live"
    columns = {
        column.name: getattr(case.payouts[0], column.name)
        for column in Payout.__table__.columns
        if column.name != "id"
    }
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.insert(Payout), [columns | {"attempt": 2}])
    session.rollback()


@pytest.mark.both
def test_after_a_second_refusal_the_same_account_is_not_paid_again(
    kind, session, refused, chen, dai, bank
):
    case = refused("AC04")
    cases.remark(session, case, Note.CHANGE_PAYEE, actor=chen, now=LATER)
    session.flush()
    decisions.check_payee(session, case, actor=chen, now=LATER)
    decisions.confirm_payee(session, case, actor=dai, now=LATER)
    session.commit()
    bank.script.append("AC04")
    run_payouts(bank, now=LATER)
    session.expire_all()

    for deed in (decisions.check_payee, decisions.confirm_payee):
        with pytest.raises(IllegalMove) as told:
            deed(session, case, actor=dai, now=LATER)
        assert told.value.code == "payee_unchanged"
    assert case.status is Status.PAYEE_FIX
    assert len(case.payouts) == 2


def test_answers_missing_now_and_then_leave_no_payment_waiting(session, chen, dai, bank):
    for _ in range(6):
        make_approved(session, chen, dai)
    bank.script.extend(["lost", "lost", "ok", "lost", "lost", "ok"])

    assert run_payouts(bank, now=NOON).claimed == 6
