"""The life of a case: every move, and nothing but the moves."""

import pytest

from app.domain import lifecycle
from app.domain.errors import IllegalMove
from app.domain.lifecycle import CLOCK, DECISIONS, FINAL, MOVES, OPEN, next_status, open_actions
from app.domain.terms import Action, ClockHolder, PayoutStatus, Status


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", Action)
def test_every_pair_either_moves_or_is_refused(status, action):
    if (status, action) in MOVES:
        assert next_status(status, action) is MOVES[status, action]
    else:
        with pytest.raises(IllegalMove) as refused:
            next_status(status, action)
        assert refused.value.code == "moved_on"


@pytest.mark.parametrize(
    ("actions", "ends"),
    [
        ("submit take_up pass_first approve pay", Status.PAID),
        ("submit take_up pass_first pass_level approve pay", Status.PAID),
        (
            "submit take_up return_for_correction submit take_up pass_first",
            Status.SECOND_REVIEW,
        ),
        ("submit take_up pass_first return_for_correction lapse", Status.CANCELLED),
        ("submit take_up pass_first approve bank_refused confirm_payee pay", Status.PAID),
        ("submit take_up pass_first approve pay bank_returned", Status.PAYEE_FIX),
        ("submit take_up decline", Status.DECLINED),
        ("submit take_up pass_first reject", Status.REJECTED),
        ("submit cancel", Status.CANCELLED),
        ("submit void", Status.VOIDED),
        ("submit take_up pass_first undo pass_first", Status.SECOND_REVIEW),
    ],
)
def test_a_case_can_go_each_of_these_ways(actions, ends):
    status = Status.DRAFT

    for action in actions.split():
        status = next_status(status, Action(action))

    assert status is ends


@pytest.mark.parametrize("status", Status)
def test_a_page_offers_exactly_what_is_not_refused(status):
    for action in Action:
        if action in open_actions(status):
            next_status(status, action)
        else:
            with pytest.raises(IllegalMove):
                next_status(status, action)


def test_every_status_is_a_draft_open_or_final():
    assert OPEN | FINAL | {Status.DRAFT} == set(Status)
    assert not OPEN & FINAL


def test_open_cases_are_those_that_bar_a_second_one():
    assert {
        Status.SUBMITTED,
        Status.IN_REVIEW,
        Status.SECOND_REVIEW,
        Status.RETURNED,
        Status.APPROVED,
        Status.PAYEE_FIX,
    } == OPEN


@pytest.mark.parametrize("status", sorted(FINAL - {Status.PAID}))
def test_a_case_that_has_ended_cannot_be_moved(status):
    assert open_actions(status) == frozenset()


def test_a_paid_case_moves_only_when_the_bank_returns_it():
    assert open_actions(Status.PAID) == {Action.BANK_RETURNED}


def test_an_approved_case_is_not_cancelled_by_its_applicant():
    assert Action.CANCEL not in open_actions(Status.APPROVED)
    assert Action.CANCEL not in open_actions(Status.IN_REVIEW)


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_reached_and_left_for_an_end(status):
    assert status in reached_from(Status.DRAFT)
    assert reached_from(status) & FINAL


def reached_from(status):
    """Return every status that moves lead to, the first included."""
    seen, waiting = set(), [status]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += [MOVES[here, action] for action in open_actions(here)]
    return seen


def test_somebody_holds_every_open_case_and_no_other():
    assert CLOCK.keys() == OPEN
    assert CLOCK[Status.RETURNED] is ClockHolder.APPLICANT


def test_decisions_are_steps_of_the_review():
    reviewed = {Status.IN_REVIEW, Status.SECOND_REVIEW}

    assert {action for status, action in MOVES if status in reviewed} == DECISIONS | {
        Action.VOID, Action.UNDO,
    }  # fmt: skip


@pytest.mark.parametrize("status", [PayoutStatus.APPROVED, PayoutStatus.REJECTED])
def test_a_payment_not_begun_or_refused_is_not_in_flight(status):
    assert status not in lifecycle.PAYOUT_IN_FLIGHT


@pytest.mark.parametrize(
    "status", [PayoutStatus.CLAIMED, PayoutStatus.SENT, PayoutStatus.UNKNOWN]
)
def test_a_payment_that_may_be_out_is_in_flight(status):
    assert status in lifecycle.PAYOUT_IN_FLIGHT
