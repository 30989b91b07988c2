"""The one place where a status changes: rights, history, versions, clocks."""

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, NotAllowed
from app.domain.terms import Action, ClockHolder, Role, Status
from app.models import Application, CaseEvent, ClockInterval
from app.services import cases
from tests.factories import NOON, actor_of, make_application, make_staff


def test_a_move_writes_one_row_of_history(session, chen):
    case = make_application(session, status=Status.SUBMITTED)

    event = cases.move(session, case, Action.TAKE_UP, actor=chen, now=NOON, note="受理")
    session.flush()

    assert (event.from_status, event.to_status) == (Status.SUBMITTED, Status.IN_REVIEW)
    assert (event.actor_id, event.actor_name, event.note) == (chen.user_id, chen.name, "受理")
    assert session.scalar(sa.select(sa.func.count()).select_from(CaseEvent)) == 1


def test_a_move_raises_the_version(session, chen):
    case = make_application(session, status=Status.SUBMITTED)

    cases.move(session, case, Action.TAKE_UP, actor=chen, now=NOON)

    assert case.version == 2


def test_a_case_read_before_somebody_else_moved_it_is_not_moved(session, chen):
    case = make_application(session, status=Status.SUBMITTED)
    assert case.version == 1
    session.execute(
        sa.update(Application).values(version=7).execution_options(synchronize_session=False)
    )

    with pytest.raises(IllegalMove) as late:
        cases.move(session, case, Action.TAKE_UP, actor=chen, now=NOON)

    assert late.value.code == "moved_on"


def test_what_the_table_does_not_know_is_refused(session, chen):
    case = make_application(session, status=Status.SUBMITTED)

    with pytest.raises(IllegalMove):
        cases.move(session, case, Action.PASS_FIRST, actor=chen, now=NOON)

    assert case.status is Status.SUBMITTED


def test_the_clock_goes_from_hand_to_hand(session, chen, dai):
    case = make_application(session, status=Status.SUBMITTED)
    cases.start_clock(session, case, now=NOON)

    cases.move(session, case, Action.TAKE_UP, actor=chen, now=NOON)
    cases.move(session, case, Action.RETURN_FOR_CORRECTION, actor=chen, now=NOON)
    session.flush()

    holders = session.scalars(sa.select(ClockInterval.holder).order_by(ClockInterval.id)).all()
    assert holders == [ClockHolder.OFFICE, ClockHolder.APPLICANT]


@pytest.mark.parametrize(
    ("status", "who", "open_to"),
    [
        (Status.SUBMITTED, "chen", {Action.TAKE_UP}),
        (Status.SUBMITTED, "dai", set()),
        (
            Status.IN_REVIEW, "chen",
            {Action.PASS_FIRST, Action.RETURN_FOR_CORRECTION, Action.DECLINE, Action.REJECT},
        ),
        (
            Status.SECOND_REVIEW, "dai",
            {Action.APPROVE, Action.PASS_LEVEL, Action.RETURN_FOR_CORRECTION, Action.REJECT},
        ),
        (Status.PAID, "chen", set()),
    ],
)  # fmt: skip
def test_buttons_follow_status_and_rights(session, people, status, who, open_to):
    case = make_application(session, status=status)

    assert cases.open_actions(session, case, actor=people[who].actor) == open_to


def test_a_held_case_offers_no_decision(session, dai):
    case = make_application(session, status=Status.SECOND_REVIEW, on_hold=True)

    assert cases.open_actions(session, case, actor=dai) == set()


def test_a_supervisor_is_offered_to_void_and_to_undo_only(session):
    eve = actor_of(session, make_staff(session, "eve", Role.SUPERVISOR))
    case = make_application(session, status=Status.SECOND_REVIEW)

    assert cases.open_actions(session, case, actor=eve) == {Action.VOID, Action.UNDO}


def test_drafts_and_other_agencies_cases_are_not_found(session, chen):
    draft = make_application(session)
    eve = actor_of(session, make_staff(session, "eve", Role.SUPERVISOR, agency="liaoning"))
    case = make_application(session, status=Status.IN_REVIEW)

    for actor, key in ((chen, draft.id), (eve, case.id), (chen, 999_999)):
        with pytest.raises(NotAllowed) as refused:
            cases.get_case(session, key, actor=actor)
        assert refused.value.code == "not_found"


def test_staff_without_an_identity_on_file_decide_nothing(session):
    member = make_staff(session, "ida", Role.FIRST_REVIEWER)
    member.id_number_index = None
    session.flush()
    case = make_application(session, status=Status.SUBMITTED)

    with pytest.raises(NotAllowed) as refused:
        cases.move(session, case, Action.TAKE_UP, actor=actor_of(session, member), now=NOON)

    assert refused.value.code == "own_case"
