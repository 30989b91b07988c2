"""Hold, check, assignment, notes: what stands beside the status of a case."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import ClockHolder, Note, Role, Status
from app.models import Application, ClockInterval, Notice, ReviewNote
from app.services import cases
from app.services.review import deadlines, decisions, flags
from tests.factories import NOON, actor_of, make_application, make_staff

DAY = dt.timedelta(days=1)


@pytest.fixture
def case(session, chen):
    """A case in first review."""
    found = make_application(session, status=Status.SUBMITTED)
    decisions.take_up(session, found, actor=chen, now=NOON)
    return found


def running(session, case):
    """Return who has the case in hand now."""
    return session.scalars(
        sa.select(ClockInterval.holder).where(
            ClockInterval.application_id == case.id, ClockInterval.ended_at.is_(None)
        )
    ).all()


def test_a_held_case_takes_no_decision_until_it_is_released(session, case, chen):
    flags.hold(session, case, actor=chen, now=NOON, reason="等法院答复")
    with pytest.raises(IllegalMove) as barred:
        decisions.pass_first(session, case, actor=chen, now=NOON)

    flags.release_hold(session, case, actor=chen, now=NOON)
    decisions.pass_first(session, case, actor=chen, now=NOON)

    assert barred.value.code == "on_hold"
    assert case.status is Status.SECOND_REVIEW


def test_the_clock_stands_while_a_case_is_held(session, case, chen):
    flags.hold(session, case, actor=chen, now=NOON, reason="等法院答复")
    session.flush()
    assert running(session, case) == []

    flags.release_hold(session, case, actor=chen, now=NOON + DAY)
    session.flush()

    assert running(session, case) == [ClockHolder.OFFICE]


def test_a_check_moves_the_deadline_by_the_days_it_took(session, case, chen):
    flags.investigate(session, case, actor=chen, now=NOON, reason="向登记机构核实")

    flags.end_investigation(session, case, actor=chen, now=NOON + 5 * DAY, note="属实")

    assert case.due_on == dt.date(2026, 11, 26)
    assert {notice.event for notice in session.scalars(sa.select(Notice))} >= {
        "investigation_started", "investigation_ended",
    }  # fmt: skip


def test_a_check_within_a_hold_ends_without_starting_the_clock(session, case, chen):
    flags.hold(session, case, actor=chen, now=NOON, reason="等法院答复")
    flags.investigate(session, case, actor=chen, now=NOON, reason="向登记机构核实")

    flags.end_investigation(session, case, actor=chen, now=NOON + DAY, note="属实")
    session.flush()

    assert running(session, case) == []


@pytest.mark.parametrize("deed", [flags.hold, flags.investigate])
def test_a_stop_needs_its_reason(session, case, chen, deed):
    with pytest.raises(Invalid) as refused:
        deed(session, case, actor=chen, now=NOON, reason="  ")

    assert refused.value.code == "reason_needed"


def test_only_what_is_stopped_goes_on(session, case, chen):
    with pytest.raises(IllegalMove):
        flags.release_hold(session, case, actor=chen, now=NOON)
    with pytest.raises(IllegalMove):
        flags.end_investigation(session, case, actor=chen, now=NOON, note="属实")


def test_a_paid_case_is_not_held(session, chen):
    case = make_application(session, status=Status.PAID)

    with pytest.raises(IllegalMove):
        flags.hold(session, case, actor=chen, now=NOON, reason="等法院答复")


def test_a_reviewer_takes_a_case_but_gives_it_to_nobody_else(session, case, chen, dai):
    flags.assign(session, case, user_id=chen.user_id, actor=chen, now=NOON)

    with pytest.raises(NotAllowed):
        flags.assign(session, case, user_id=dai.user_id, actor=chen, now=NOON)

    assert case.assignee_id == chen.user_id


def test_a_supervisor_gives_cases_within_the_agency_only(session, case, dai):
    eve = actor_of(session, make_staff(session, "eve", Role.SUPERVISOR))
    stranger = make_staff(session, "li", Role.FIRST_REVIEWER, agency="liaoning")

    flags.assign(session, case, user_id=dai.user_id, actor=eve, now=NOON)
    with pytest.raises(Invalid) as refused:
        flags.assign(session, case, user_id=stranger.user_id, actor=eve, now=NOON)

    assert refused.value.code == "no_such_colleague"
    assert case.assignee_id == dai.user_id


def test_a_case_is_not_given_to_the_person_it_is_about(session, case, dai):
    eve = actor_of(session, make_staff(session, "eve", Role.SUPERVISOR))
    case.applicant.id_number_index = dai.identity_index
    session.flush()

    with pytest.raises(NotAllowed) as refused:
        flags.assign(session, case, user_id=dai.user_id, actor=eve, now=NOON)

    assert refused.value.code == "own_case"


def test_notes_are_kept_with_name_and_moment(session, case, chen):
    flags.add_note(session, case, " 已电话核实 ", actor=chen, now=NOON)
    session.flush()

    [note] = session.scalars(sa.select(ReviewNote))
    assert (note.text, note.actor_name, note.at) == ("已电话核实", chen.name, NOON)


def test_another_agencys_staff_cannot_touch_a_case(session, case):
    li = actor_of(
        session,
        make_staff(session, "li", Role.FIRST_REVIEWER, Role.SUPERVISOR, agency="liaoning"),
    )
    deeds = (
        lambda: flags.hold(session, case, actor=li, now=NOON, reason="x"),
        lambda: flags.assign(session, case, user_id=li.user_id, actor=li, now=NOON),
        lambda: flags.add_note(session, case, "x", actor=li, now=NOON),
        lambda: cases.get_case(session, case.id, actor=li),
    )

    for deed in deeds:
        with pytest.raises(NotAllowed) as refused:
            deed()
        assert refused.value.code == "not_found"


def test_the_history_names_every_stop(session, case, chen):
    flags.hold(session, case, actor=chen, now=NOON, reason="等法院答复")
    flags.release_hold(session, case, actor=chen, now=NOON)
    session.flush()
    session.refresh(case)

    assert [event.action for event in case.events][-2:] == [Note.HOLD, Note.RELEASE_HOLD]
    assert deadlines.office_days_used(session, case, now=NOON) == 0


def test_no_text_is_longer_than_a_page_has_room_for(session, case, chen):
    session.commit()
    long = "长" * 2001
    tries = (
        lambda: flags.hold(session, case, actor=chen, now=NOON, reason=long),
        lambda: flags.add_note(session, case, long, actor=chen, now=NOON),
        lambda: decisions.pass_first(session, case, actor=chen, now=NOON, note=long),
    )
    for try_it in tries:
        with pytest.raises(Invalid) as refused:
            try_it()
        session.rollback()
        assert refused.value.code == "text_too_long"

    flags.add_note(session, case, long[:-1], actor=chen, now=NOON)
    assert session.scalar(sa.select(ReviewNote.text)) == long[:-1]


def test_a_case_that_was_paid_while_it_was_held_is_let_off(session, chen):
    case = make_application(session, status=Status.PAID)
    session.execute(sa.update(Application).values(on_hold=True, hold_reason="court"))
    session.expire_all()

    flags.release_hold(session, case, actor=chen, now=NOON)

    assert (case.on_hold, case.status) == (False, Status.PAID)
