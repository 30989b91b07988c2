"""Rating the service: once a case, with limits without one; bad ones are answered in time."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.feedback import Rating
from app.domain.policy import Actor
from app.domain.terms import Role, Status
from app.models import Agency, Applicant, AuditEvent, Feedback
from app.services.entry.tries import MOST
from app.services.privacy import own_data, retention
from app.services.records import feedback
from app.services.records.feedback import NAMELESS, Said
from tests.factories import NOON, actor_of, make_account, make_application, make_staff

BAD = Said("dissatisfied", ("slow",), "等了很久，电话13812345678")


@pytest.fixture
def anhui(session):
    return session.scalar(sa.select(Agency).where(Agency.code == "anhui"))


@pytest.fixture
def paid(session, ana):
    account = make_account(session, session.get_one(Applicant, ana.applicant_id))
    return make_application(
        session, account, status=Status.PAID, number="BT20261008000127", paid_at=NOON
    )


def say(session, agency, said, **more):
    return feedback.say(session, agency.id, said, **{"actor": NAMELESS, "now": NOON} | more)


def test_a_case_is_rated_once_by_its_applicant_when_it_has_ended(session, anhui, ana, bo, paid):
    row = say(session, anhui, BAD, case=paid, actor=ana)

    assert (row.applicant_id, row.text) == (ana.applicant_id, "等了很久，电话****")
    assert row.due_on > NOON.date()
    for who, code in ((ana, "rated_already"), (bo, "not_found")):
        with pytest.raises((IllegalMove, NotAllowed)) as refused:
            say(session, anhui, BAD, case=paid, actor=who)
        assert refused.value.code == code
    paid.status = Status.IN_REVIEW
    with pytest.raises(IllegalMove) as refused:
        say(session, anhui, BAD, case=paid, actor=ana)
    assert refused.value.code == "feedback_open"


def test_who_gives_no_name_leaves_none_and_may_speak_so_often(session, anhui, ana):
    row = say(session, anhui, Said("fair"), actor=ana, address="10.0.0.1")

    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (row.applicant_id, row.due_on) == (None, None)
    assert (event.act, event.actor_id, event.applicant_id) == ("feedback_given", None, None)
    for _again in range(MOST - 1):
        say(session, anhui, Said("fair"), address="10.0.0.1")
    with pytest.raises(NotAllowed) as refused:
        say(session, anhui, Said("fair"), address="10.0.0.1")
    assert refused.value.code == "too_many_tries"


def test_a_bad_rating_is_answered_once_by_a_supervisor_of_the_agency(session, anhui):
    row = say(session, anhui, BAD)
    sue = actor_of(session, make_staff(session, "sue", Role.SUPERVISOR))
    far = actor_of(session, make_staff(session, "far", Role.SUPERVISOR, agency="liaoning"))
    assert feedback.count_to_answer(session, agency_id=anhui.id, on=row.due_on) == (1, 0)

    for actor, text, code in (
        (far, "已核实", "not_found"), (Actor(1, "x", frozenset()), "已核实", "role_missing"),
        (sue, "  ", "feedback_unanswered"),
    ):  # fmt: skip
        with pytest.raises((NotAllowed, Invalid)) as refused:
            feedback.answer(session, row, text=text, actor=actor, now=NOON)
        assert refused.value.code == code
    feedback.answer(session, row, text="已核实，已改进", actor=sue, now=NOON)

    assert (row.answer, row.answered_by) == ("已核实，已改进", sue.user_id)
    with pytest.raises(IllegalMove):
        feedback.answer(session, row, text="再答", actor=sue, now=NOON)
    assert feedback.to_answer(session, actor=sue) == []
    late = say(session, anhui, BAD).due_on + dt.timedelta(days=1)
    assert feedback.count_to_answer(session, agency_id=anhui.id, on=late) == (1, 1)


def test_sums_count_every_level_and_reason_of_the_own_agency(session, anhui):
    for said in (Said("very_satisfied", ("quick", "friendly")), Said("fair", ("quick",)), BAD):
        say(session, anhui, said)
    since = NOON - dt.timedelta(days=1)

    assert list(feedback.sums(session, agency_id=anhui.id, since=since).values()) == [
        1,
        0,
        1,
        1,
        0,
    ]
    ticked = feedback.ticked(session, agency_id=anhui.id, since=since)
    assert (ticked["quick"], ticked["friendly"], ticked["slow"], ticked["unclear"]) == (
        2,
        1,
        1,
        0,
    )
    assert not any(feedback.sums(session, agency_id=anhui.id + 1, since=since).values())


def test_words_and_names_go_when_their_time_is_over_and_levels_stay(session, anhui, ana, paid):
    say(session, anhui, BAD, case=paid, actor=ana)
    session.commit()
    mine = own_data.gathered(session, session.get_one(Applicant, ana.applicant_id))
    [rule] = [one for one in retention.RULES if one.name == "feedback"]
    assert retention.count_due(session, rule, now=NOON + dt.timedelta(days=1000)) == 0

    later = NOON + dt.timedelta(days=1100)
    rule.scrub(session, list(session.scalars(rule.due(session, later))), later)

    row = session.scalar(sa.select(Feedback).execution_options(populate_existing=True))
    assert [one["rating"] for one in mine["ratings"]] == [Rating.DISSATISFIED]
    assert (row.rating, row.text, row.applicant_id) == (Rating.DISSATISFIED, None, None)
    assert retention.count_due(session, rule, now=later) == 0


def test_the_answer_is_read_by_a_code_of_which_only_a_hash_is_kept(session, anhui):
    code = feedback.code_of("0f" * 16)
    row = say(session, anhui, BAD, code=code)
    good = say(session, anhui, Said("fair"), code=feedback.code_of("another form"))
    session.flush()

    found = feedback.by_code(session, f" {code.upper()} ", address="10.0.0.2", now=NOON)

    assert (found, good.code_index, len(code)) == (row, None, feedback.CODE_LENGTH)
    assert code == feedback.code_of("0f" * 16) != feedback.code_of("")
    assert code not in row.code_index
    retention._scrub_feedback(session, [row.id], NOON)
    assert feedback.by_code(session, code, address="10.0.0.2", now=NOON) is None


def test_a_guesser_of_codes_is_slowed_down(session, anhui):
    for number in range(MOST):
        wrong = feedback.code_of(str(number))
        assert feedback.by_code(session, wrong, address="10.0.0.3", now=NOON) is None

    with pytest.raises(NotAllowed) as refused:
        feedback.by_code(session, feedback.code_of("x"), address="10.0.0.3", now=NOON)
    assert refused.value.code == "too_many_tries"
