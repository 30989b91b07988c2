"""Caps counted by the claim, the red switch, what goes out without a second person."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed, ProofNeeded
from app.domain.terms import PayoutStatus, Role
from app.jobs.housekeeping import prove_books
from app.jobs.payouts import run_payouts
from app.models import Agency, Notice, PayoutBatch, PayoutStop, PayoutUsage
from app.services import payouts
from app.services.accounting import verification
from app.services.paying import batches, caps, claims, control_proofs, forecast, stops
from tests.factories import NOON, change_roles
from tests.money import PaperBank, make_approved, put_settings

P = PayoutStatus
TOMORROW = NOON + dt.timedelta(days=1)


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


@pytest.fixture
def three(session, chen, dai):
    """Make three payments of 5,000 yuan that wait."""
    return [make_approved(session, chen, dai, amount=5000) for _ in range(3)]


@pytest.mark.both
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (caps.RUN_COUNT, "2"), (caps.RUN_TOTAL, "10000.00"), (caps.DAY_COUNT, "2"),
        (caps.DAY_TOTAL, "14999.99"),
    ],
)  # fmt: skip
def test_a_cap_ends_the_run_and_people_are_told(
    kind, session, three, payer, bank, setting, value
):
    put_settings(session, three[0], **{setting: value})

    counts = run_payouts(bank, now=NOON)

    assert (counts.paid, counts.capped, counts.waiting) == (2, 1, 1)
    [told] = session.scalars(sa.select(Notice).where(Notice.user_id == payer.user_id))
    assert "支付已达到" in told.text_zh
    assert [*verification.verify(session)] == []


def test_the_cap_of_a_run_leaves_the_rest_to_the_next(session, three, bank):
    put_settings(session, three[0], **{caps.RUN_COUNT: "2"})

    assert [run_payouts(bank, now=NOON).paid for _ in range(3)] == [2, 1, 0]


@pytest.mark.whole
def test_the_cap_of_a_day_leaves_the_rest_to_the_next_day(session, three, payer, bank):
    put_settings(session, three[0], **{caps.DAY_COUNT: "2"})

    taken = [run_payouts(bank, now=now).claimed for now in (NOON, NOON, TOMORROW)]

    assert taken == [2, 0, 1]
    told = session.scalars(sa.select(Notice).where(Notice.event == "payout_cap_reached"))
    assert len(told.all()) == 1


def test_two_runs_at_once_never_pass_the_cap_of_a_day(session, three, bank):
    put_settings(session, three[0], **{caps.DAY_TOTAL: "10000.00"})
    first, second = (claims.plan(session, now=NOON) for _ in range(2))

    taken = [claims.claim_next(session, turn) for turn in (first, second, first, second)]

    assert [claim is not None for claim in taken] == [True, True, False, False]


def test_a_payment_that_never_left_takes_nothing_of_the_day(session, three, bank):
    put_settings(session, three[0], **{caps.DAY_COUNT: "2"})
    bank.script.extend(["none"])

    assert run_payouts(bank, now=NOON).not_sent == 1
    assert session.scalars(sa.select(PayoutUsage.count)).all() == [0]
    assert run_payouts(bank, now=NOON + dt.timedelta(minutes=5)).paid == 2
    assert [*verification.verify(session)] == []


def test_a_refused_payment_takes_nothing_of_the_day(session, three, bank):
    bank.script.append("AC04")
    run_payouts(bank, now=NOON)
    assert session.scalars(sa.select(PayoutUsage.count)).all() == [2]


def test_the_proof_finds_a_day_that_was_counted_wrongly(session, three, bank):
    run_payouts(bank, now=NOON)
    session.execute(sa.update(PayoutUsage).values(count=1))
    assert [found.code for found in control_proofs.usage(session)] == ["usage_differs"]


def test_a_day_that_was_counted_wrongly_is_counted_anew(session, three, bank):
    run_payouts(bank, now=NOON)
    session.execute(sa.update(PayoutUsage).values(count=1, total=1))
    session.expire_all()

    caps.recount(session, agency_id=three[0].agency_id, since=NOON + dt.timedelta(days=9))

    assert session.scalars(sa.select(PayoutUsage.count)).all() == [3]
    assert [*control_proofs.usage(session)] == []


def test_a_stop_holds_between_two_payments_of_a_run(session, three, payer, bank):
    real, stopped = bank.send, []

    def send(payment):
        if not stopped:
            stopped.append(stops.stop_by_hand(session, actor=payer, now=NOON, reason="odd"))
            session.commit()
        return real(payment)

    bank.send = send
    counts = run_payouts(bank, now=NOON)

    assert (counts.claimed, counts.waiting, counts.stopped) == (1, 2, 1)


def test_a_stop_needs_a_reason(session, payer):
    with pytest.raises(Invalid) as told:
        stops.stop_by_hand(session, actor=payer, now=NOON, reason="  ")
    assert told.value.code == "reason_needed"


def test_reviewers_stop_no_payouts(session, chen):
    with pytest.raises(NotAllowed):
        stops.stop_by_hand(session, actor=chen, now=NOON, reason="odd")


def test_the_installations_administrator_stops_every_agency(session, root, releaser):
    stops.stop_by_hand(session, actor=root, now=NOON, reason="attack")
    assert set(session.scalars(sa.select(Agency.payouts_stopped))) == {"attack"}

    [stop] = stops.open_stops(session, actor=releaser)
    with pytest.raises(NotAllowed):
        stops.propose_lift(session, stop, actor=releaser, now=NOON, why="over")
    stops.propose_lift(session, stop, actor=root, now=NOON, why="over")
    session.commit()
    prove_books(now=NOON)
    stops.confirm_lift(session, stop, actor=releaser, now=NOON)
    assert sorted(session.scalars(sa.select(Agency.payouts_stopped))) == ["", "attack"]


@pytest.fixture
def stop(session, three, payer):
    """Make a stop by the payer and let the payer propose to lift it."""
    stops.stop_by_hand(session, actor=payer, now=NOON, reason="odd answers")
    [stop] = stops.open_stops(session, actor=payer)
    stops.propose_lift(session, stop, actor=payer, now=NOON, why="the bank explained it")
    session.commit()
    return stop


@pytest.mark.whole
@pytest.mark.both
def test_two_people_over_proven_books_let_payouts_go_on(kind, session, stop, releaser, bank):
    prove_books(now=NOON)
    stops.confirm_lift(session, stop, actor=releaser, now=NOON)
    session.commit()

    assert run_payouts(bank, now=NOON).paid == 3
    assert [*verification.verify(session)] == []


def test_one_person_alone_lifts_no_stop(session, stop, payer):
    prove_books(now=NOON)
    payer = change_roles(session, payer, Role.RELEASER)
    with pytest.raises(NotAllowed) as told:
        stops.confirm_lift(session, stop, actor=payer, now=NOON)
    assert told.value.code == "four_eyes"


def test_no_stop_is_lifted_before_the_books_are_proven(session, stop, releaser):
    assert stops.wants_proof(session, now=NOON)
    with pytest.raises(IllegalMove) as told:
        stops.confirm_lift(session, stop, actor=releaser, now=NOON)
    assert told.value.code == "books_unproven"


def test_yesterdays_proof_lifts_no_stop(session, stop, releaser):
    prove_books(now=NOON)
    with pytest.raises(IllegalMove) as told:
        stops.confirm_lift(session, stop, actor=releaser, now=TOMORROW)
    assert told.value.code == "books_unproven"


def test_no_stop_is_lifted_over_broken_books(session, stop, releaser, three):
    three[0].account.available += 1
    session.commit()
    prove_books(now=NOON)
    with pytest.raises(IllegalMove) as told:
        stops.confirm_lift(session, stop, actor=releaser, now=NOON)
    assert told.value.code == "books_broken"


def test_the_same_reason_said_again_takes_the_proposal_away(session, stop, releaser):
    payouts.stop(session, stop.agency_id, "odd answers", now=NOON)
    assert stop.proposed_by is None
    session.commit()
    prove_books(now=NOON)
    with pytest.raises(IllegalMove):
        stops.confirm_lift(session, stop, actor=releaser, now=NOON)


def test_a_proof_from_before_the_same_reason_came_again_lifts_no_stop(
    session, stop, payer, releaser
):
    prove_books(now=NOON)
    later = NOON + dt.timedelta(minutes=1)
    payouts.stop(session, stop.agency_id, "odd answers", now=later)
    stops.propose_lift(session, stop, actor=payer, now=later, why="explained again")

    with pytest.raises(IllegalMove) as told:
        stops.confirm_lift(session, stop, actor=releaser, now=later)

    assert told.value.code == "books_unproven"


def test_a_stop_that_the_installation_repeats_is_the_installations(session, stop, payer, root):
    stops.stop_by_hand(session, actor=root, now=NOON, reason="odd answers")
    payouts.stop(session, stop.agency_id, "odd answers", now=NOON)

    with pytest.raises(NotAllowed):
        stops.propose_lift(session, stop, actor=payer, now=NOON, why="over")
    stops.propose_lift(session, stop, actor=root, now=NOON, why="over")


def test_what_was_lifted_a_moment_ago_keeps_who_proposed_it(session, stop, payer, releaser):
    prove_books(now=NOON)
    seen_before = session.get_one(PayoutStop, stop.id)
    session.execute(
        sa.update(PayoutStop)
        .values(lifted_by=releaser.user_id, lifted_at=NOON)
        .execution_options(synchronize_session=False)
    )
    with pytest.raises(IllegalMove):
        stops.withdraw_lift(session, seen_before, actor=payer, now=NOON)
    session.commit()
    assert stop.proposed_by == payer.user_id


def test_every_reason_is_lifted_for_itself(session, stop, releaser):
    payouts.stop(session, stop.agency_id, "another", now=NOON)
    session.commit()
    prove_books(now=NOON)
    stops.confirm_lift(session, stop, actor=releaser, now=NOON)
    assert session.get_one(Agency, stop.agency_id).payouts_stopped == "another"
    assert len(session.scalars(sa.select(PayoutStop)).all()) == 2


def test_a_switch_turned_by_hand_is_found(session, stop):
    session.execute(sa.update(Agency).values(payouts_stopped=""))
    assert [found.code for found in control_proofs.switches(session)] == ["stop_differs"]


def test_a_small_batch_leaves_without_a_second_person_once_a_day(session, three, payer, bank):
    put_settings(session, three[0], release_by_people="1", small_batch_limit="9000.00")

    made = [
        batches.prepare_batch(session, [case.payouts[0].id], actor=payer, now=NOON)
        for case in three[:2]
    ]
    session.commit()

    assert [batch.released_at is not None for batch in made] == [True, False]
    assert run_payouts(bank, now=NOON).paid == 1


def test_a_small_batch_leaves_only_after_a_fresh_proof(session, three, payer):
    put_settings(session, three[0], release_by_people="1", small_batch_limit="9000.00")
    keys = [three[0].payouts[0].id]

    with pytest.raises(ProofNeeded):
        batches.prepare_batch(session, keys, actor=replace(payer, proven_at=None), now=NOON)


def test_the_next_run_is_foretold(session, three, payer, bank):
    put_settings(session, three[0], **{caps.DAY_COUNT: "1"})
    three[0].on_hold = True
    session.commit()

    told = forecast.next_run(session, actor=payer, now=NOON)

    assert (told.count, told.total) == (1, Decimal(5000))
    assert {wait.why: wait.count for wait in told.waits} == {"held": 1, "cap": 1}
    assert run_payouts(bank, now=NOON).paid == told.count


def test_what_is_foretold_by_bank_adds_up(session, three, payer):
    told = forecast.next_run(session, actor=payer, now=NOON)
    assert sum(part.count for part in told.banks) == told.count == 3
    assert sum(part.total for part in told.banks) == told.total


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"payouts_stopped": "odd"}, "stopped"),
        ({"bank_opens": dt.time(1), "bank_closes": dt.time(2)}, "closed"),
    ],
)
def test_nothing_is_foretold_while_the_way_is_closed(session, three, payer, change, why):
    session.execute(sa.update(Agency).values(**change))
    told = forecast.next_run(session, actor=payer, now=NOON)
    assert (told.count, {wait.why for wait in told.waits}) == (0, {why})


def test_what_waits_for_a_release_is_foretold(session, three, payer):
    put_settings(session, three[0], release_by_people="1")
    batches.prepare_batch(session, [three[0].payouts[0].id], actor=payer, now=NOON)
    told = forecast.next_run(session, actor=payer, now=NOON)
    assert {wait.why: wait.count for wait in told.waits} == {"unprepared": 2, "unreleased": 1}
    assert session.scalar(sa.select(sa.func.count(PayoutBatch.id))) == 1
