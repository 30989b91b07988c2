"""Batches by people, payments in doubt ended by two, payouts stopped and let go on."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import PayoutStatus, Role, Status
from app.jobs.payouts import run_payouts
from app.models import Payout, PayoutResolution, StatementLine
from app.services import payouts
from app.services.accounting import verification
from app.services.paying import batches, findings, forecast, payout_lists, resolutions
from tests.factories import NOON, change_roles
from tests.money import PaperBank, make_approved, put_settings

LATER = NOON + dt.timedelta(days=1, hours=1)
P = PayoutStatus


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


@pytest.fixture
def doubtful(session, chen, dai, bank):
    """Make a payment in doubt."""
    bank.script.append("lost")
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    session.expire_all()
    return case.payouts[0]


def resolve(session, payout, actor, outcome, proof="letter of the bank 17", now=LATER):
    """Say what became of a payment."""
    return resolutions.resolve_unknown(
        session, payout, actor=actor, now=now, outcome=outcome, proof=proof
    )


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (P.PAID, Status.PAID),
        (P.REJECTED, Status.APPROVED),
        (P.APPROVED, Status.APPROVED),
    ],
)
def test_two_people_end_a_doubt(session, doubtful, payer, releaser, outcome, status):
    resolve(session, doubtful, payer, outcome)
    assert doubtful.status is P.UNKNOWN
    said = resolve(session, doubtful, releaser, outcome)
    session.commit()
    assert (doubtful.status, doubtful.application.status) == (outcome, status)
    assert (said.proposed_by, said.confirmed_by) == (payer.user_id, releaser.user_id)
    assert [*verification.verify(session)] == []


def test_one_person_alone_ends_no_doubt(session, doubtful, payer):
    resolve(session, doubtful, payer, P.PAID)
    session.commit()
    payer = change_roles(session, payer, Role.RELEASER)
    with pytest.raises(NotAllowed) as told:
        resolve(session, doubtful, payer, P.PAID)
    assert told.value.code == "four_eyes"


def test_two_people_must_say_the_same(session, doubtful, payer, releaser):
    resolve(session, doubtful, payer, P.PAID)
    with pytest.raises(Invalid) as told:
        resolve(session, doubtful, releaser, P.REJECTED)
    assert told.value.code == "resolution_differs"


def test_a_doubt_is_not_ended_without_proof(session, doubtful, payer):
    with pytest.raises(Invalid) as told:
        resolve(session, doubtful, payer, P.PAID, proof=" ")
    assert told.value.code == "proof_needed"


def test_nobody_sends_again_within_the_banks_window(session, doubtful, payer):
    with pytest.raises(Invalid) as told:
        resolve(session, doubtful, payer, P.APPROVED, now=NOON + dt.timedelta(hours=2))
    assert told.value.code == "window_open"


@pytest.mark.parametrize("outcome", [P.APPROVED, P.REJECTED])
def test_nobody_pays_anew_what_stands_on_a_statement(session, doubtful, payer, outcome):
    line = StatementLine(
        agency_id=doubtful.agency_id, on_date=NOON.date(), line_no=1, amount=1, read_at=NOON,
        reference=doubtful.bank_reference, direction="out", payout_id=doubtful.id,
        bucket="differing", payee_tail="",
    )  # fmt: skip
    session.add(line)
    session.flush()
    with pytest.raises(Invalid) as told:
        resolve(session, doubtful, payer, outcome)
    assert told.value.code == "statement_has_it"

    explained = findings.propose(
        session, line, actor=payer, now=NOON, payout_id=None, why="the bank took it back"
    )
    explained.confirmed_at = LATER
    assert resolve(session, doubtful, payer, outcome).outcome is outcome


def test_nobody_ends_a_doubt_of_the_own_money(session, doubtful, payer):
    holder = doubtful.application.applicant.id_number_index
    with pytest.raises(NotAllowed) as told:
        resolve(session, doubtful, replace(payer, identity_index=holder), P.PAID)
    assert told.value.code == "own_case"


def test_what_was_said_wrongly_can_be_taken_away(session, doubtful, payer, releaser):
    said = resolve(session, doubtful, payer, P.PAID)
    resolutions.discard_resolution(session, said, actor=releaser, now=LATER, reason="misread")
    assert resolutions.open_resolution(session, doubtful) is None


def test_what_two_have_said_meanwhile_is_not_taken_away(session, doubtful, payer, releaser):
    said = resolve(session, doubtful, payer, P.PAID)
    table = PayoutResolution.__table__
    session.connection().execute(sa.update(table).values(confirmed_at=LATER))
    with pytest.raises(IllegalMove):
        resolutions.discard_resolution(session, said, actor=releaser, now=LATER, reason="no")


def test_reviewers_end_no_doubt(session, doubtful, chen):
    with pytest.raises(NotAllowed):
        resolve(session, doubtful, chen, P.PAID)


def test_a_batch_is_counted_anew_when_it_is_released(session, chen, dai, payer, releaser):
    one, two = (make_approved(session, chen, dai) for _ in range(2))
    put_settings(session, one, **{batches.RELEASE_BY_PEOPLE: "1"})
    keys = [case.payouts[0].id for case in (one, two)]
    batch = batches.prepare_batch(session, keys, actor=payer, now=NOON)
    payouts.cancel(session, one, now=NOON)

    batches.release_batch(session, batch, actor=releaser, now=NOON)

    assert (batch.count, batch.total) == (1, 5000)
    other = batches.prepare_batch(
        session, [make_approved(session, chen, dai).payouts[0].id], actor=payer, now=NOON
    )
    session.execute(sa.update(Payout).values(status=P.CANCELLED))
    with pytest.raises(Invalid) as told:
        batches.release_batch(session, other, actor=releaser, now=NOON)
    assert told.value.code == "batch_empty"


def test_payments_wait_for_the_release_of_another_person(
    session, chen, dai, payer, releaser, bank
):
    case = make_approved(session, chen, dai)
    put_settings(session, case, **{batches.RELEASE_BY_PEOPLE: "1"})
    assert run_payouts(bank, now=NOON).claimed == 0

    batch = batches.prepare_batch(session, [case.payouts[0].id], actor=payer, now=NOON)
    session.commit()
    assert (batch.count, batch.total) == (1, 5000)
    assert run_payouts(bank, now=NOON).claimed == 0

    batches.release_batch(session, batch, actor=releaser, now=NOON)
    session.commit()
    assert run_payouts(bank, now=NOON).paid == 1


def test_a_batch_that_people_released_takes_no_other_payment_along(
    session, chen, dai, payer, releaser, bank
):
    case, other = (make_approved(session, chen, dai) for _ in range(2))
    batch = batches.prepare_batch(session, [case.payouts[0].id], actor=payer, now=NOON)
    batches.release_batch(session, batch, actor=releaser, now=NOON)
    session.commit()

    assert run_payouts(bank, now=NOON).paid == 2

    session.expire_all()
    assert other.payouts[0].batch_id != case.payouts[0].batch_id == batch.id
    assert (batch.count, batch.total) == (1, 5000)


@pytest.fixture
def left_by_a_run(session, chen, dai, bank):
    """Make a payment that waits in a run's batch when releases by people begin."""
    bank.script.append("none")
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    put_settings(session, case, **{batches.RELEASE_BY_PEOPLE: "1"})
    session.expire_all()
    [payout] = case.payouts
    assert payout.batch.prepared_by is None
    return payout


@pytest.mark.both
def test_a_payment_of_a_runs_batch_is_prepared_by_people(
    kind, session, left_by_a_run, payer, releaser, bank
):
    run_batch = left_by_a_run.batch
    told = forecast.next_run(session, actor=payer, now=NOON)
    assert {wait.why: wait.count for wait in told.waits} == {"unprepared": 1}

    keys = payout_lists.waiting(session, actor=payer)
    batch = batches.prepare_batch(session, keys, actor=payer, now=NOON)
    batches.release_batch(session, batch, actor=releaser, now=NOON)
    session.commit()

    assert (run_batch.count, run_batch.total, batch.count) == (0, 0, 1)
    assert run_payouts(bank, now=NOON + dt.timedelta(minutes=5)).paid == 1


def test_nobody_releases_a_batch_that_nobody_prepared(session, left_by_a_run, releaser):
    with pytest.raises(NotAllowed) as told:
        batches.release_batch(session, left_by_a_run.batch, actor=releaser, now=NOON)
    assert told.value.code == "four_eyes"


def test_a_batch_that_waits_for_its_release_is_always_shown(session, chen, dai, payer):
    case = make_approved(session, chen, dai)
    batch = batches.prepare_batch(session, [case.payouts[0].id], actor=payer, now=NOON)
    for _ in range(payout_lists.MOST_BATCHES + 1):
        batches.open_batch(session, case.agency_id, prepared_by=None, now=NOON)

    shown = payout_lists.batches(session, actor=payer)

    assert [one.id for one, _ in shown].count(batch.id) == 1
    assert shown[0][0] is batch
    assert len(shown) == payout_lists.MOST_BATCHES + 1


def test_nobody_releases_the_own_batch(session, chen, dai, payer):
    case = make_approved(session, chen, dai)
    batch = batches.prepare_batch(session, [case.payouts[0].id], actor=payer, now=NOON)
    payer = change_roles(session, payer, Role.RELEASER)
    with pytest.raises(NotAllowed) as told:
        batches.release_batch(session, batch, actor=payer, now=NOON)
    assert told.value.code == "four_eyes"


def test_a_payment_stands_in_one_batch(session, chen, dai, payer):
    case = make_approved(session, chen, dai)
    batches.prepare_batch(session, [case.payouts[0].id], actor=payer, now=NOON)
    with pytest.raises(IllegalMove):
        batches.prepare_batch(session, [case.payouts[0].id], actor=payer, now=NOON)


def test_what_is_signed_is_amount_payee_card_and_bank(session, chen, dai):
    case = make_approved(session, chen, dai)
    signed = payouts.decision_hash(case)
    for column, value in (
        ("amount", case.amount + 1), ("payee_name", "某人"),
        ("payee_card", "6217000000000000009"), ("payee_bank_code", "ICBC"),
    ):  # fmt: skip
        before = getattr(case, column)
        setattr(case, column, value)
        assert payouts.decision_hash(case) != signed
        setattr(case, column, before)
    assert payouts.decision_hash(case) == signed
