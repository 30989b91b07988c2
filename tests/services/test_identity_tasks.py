"""Identities that nobody could confirm: asked again, settled at the counter, refused ones barred."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, ManyProblems, NotAllowed
from app.domain.page_words import Page
from app.domain.terms import IdentityState, Role
from app.gateways.identity import Verified
from app.gateways.storage import LocalStorage
from app.jobs.identities import run_identities
from app.models import Applicant, AuditEvent, IdentityTask, Notice, Staff
from app.services import applications
from app.services.people import identity_tasks
from tests.factories import (
    NOON,
    actor_of,
    find_agency,
    make_account,
    make_applicant,
    make_staff,
)
from tests.services.cases_walk import SIGNED, add_papers, begin, save, typed

V, R, U = IdentityState.VERIFIED, IdentityState.REFUSED, IdentityState.UNKNOWN


class Service:
    """An identity service that answers what it was told, and counts how often it was asked."""

    def __init__(self, state: IdentityState, reason: str = "") -> None:
        self.answer, self.asked = Verified(state, reason), 0

    def verify(self, *_asked: str) -> Verified:
        self.asked += 1
        return self.answer


def open_task(session, *, agency="anhui", again=True) -> IdentityTask:
    """Make somebody without accounts whose identity is open."""
    task = identity_tasks.begin(
        session, make_applicant(session), agency_id=find_agency(session, agency).id,
        why="time_out", again=again, now=NOON,
    )  # fmt: skip
    session.commit()
    return task


@pytest.mark.both
def test_staff_verify_somebody_after_a_look_at_the_document(session, chen, kind):
    task = open_task(session)

    identity_tasks.decide(session, task, V, "原件一致", actor=chen, now=NOON)
    session.commit()

    person = task.applicant
    assert (person.identity_state, person.verified_how) == (V, "counter")
    assert person.verified_at == NOON
    assert (task.state, task.decided_by, task.note) == (V, chen.user_id, "原件一致")
    assert "identity_verified" in session.scalars(sa.select(AuditEvent.act)).all()
    assert "identity_verified" in session.scalars(sa.select(Notice.event)).all()


def test_who_was_refused_may_not_submit_until_the_document_is_seen(session, chen):
    task = open_task(session)

    identity_tasks.decide(session, task, R, "照片不符", actor=chen, now=NOON)
    with pytest.raises(Invalid) as barred:
        identity_tasks.check_not_refused(task.applicant)
    identity_tasks.decide(session, task, V, "补验原件", actor=chen, now=NOON)

    assert barred.value.code == "identity_unproven"
    identity_tasks.check_not_refused(task.applicant)


@pytest.mark.parametrize("state", [None, V, U, R])
def test_only_a_refused_identity_keeps_a_case_from_being_submitted(
    session, ana, tmp_path, state
):
    person = session.get_one(Applicant, ana.applicant_id)
    case = begin(session, make_account(session, person), ana)
    save(session, case, ana, Page.BASIC, typed())
    add_papers(session, case, ana, LocalStorage(tmp_path))
    person.identity_state = state

    try:
        applications.submit(session, case, actor=ana, now=NOON, signature=SIGNED)
        problems = []
    except ManyProblems as refused:
        problems = [problem.code for problem in refused.problems]

    assert problems == (["identity_unproven"] if state is R else [])


def test_an_open_identity_bars_nobody(session):
    identity_tasks.check_not_refused(open_task(session).applicant)


def test_a_decision_needs_a_reason_and_is_taken_once(session, chen):
    task = open_task(session)
    with pytest.raises(Invalid, match="reason_needed"):
        identity_tasks.decide(session, task, V, "  ", actor=chen, now=NOON)
    identity_tasks.decide(session, task, V, "原件", actor=chen, now=NOON)

    with pytest.raises(IllegalMove):
        identity_tasks.decide(session, task, R, "再看", actor=chen, now=NOON)


def test_staff_serve_people_with_an_account_at_their_agency_only(session, chen):
    theirs, free = open_task(session), open_task(session, agency="liaoning")
    make_account(session, theirs.applicant, 0, scheme="fund")
    far = actor_of(session, make_staff(session, "far", Role.FIRST_REVIEWER, agency="liaoning"))

    for task, actor in ((theirs, chen), (free, chen)):
        with pytest.raises(NotAllowed) as refused:
            identity_tasks.get(session, task.id, actor=actor)
        assert refused.value.code == "not_found"
    assert set(identity_tasks.waiting(session, actor=far)) == {theirs, free}
    assert identity_tasks.waiting(session, actor=chen) == []


@pytest.mark.parametrize("role", [Role.SECOND_REVIEWER, Role.AUDITOR, Role.PAYER])
def test_other_roles_settle_nothing(session, role):
    actor = actor_of(session, make_staff(session, "other", role))

    with pytest.raises(NotAllowed, match="needs one of"):
        identity_tasks.get(session, open_task(session).id, actor=actor)


def test_nobody_settles_the_own_identity(session, chen):
    task = open_task(session)
    member = session.scalars(sa.select(Staff).where(Staff.user_id == chen.user_id)).one()
    member.id_number = task.applicant.id_number
    session.commit()
    own = actor_of(session, member)

    with pytest.raises(NotAllowed) as refused:
        identity_tasks.decide(session, task, V, "原件", actor=own, now=NOON)
    assert refused.value.code == "own_case"


class TestAskingAgain:
    """The job asks the service again until it tells, or only a person can."""

    LATER = NOON + dt.timedelta(minutes=11)

    def test_a_service_that_is_back_settles_the_task(self, session):
        task_id = open_task(session).id

        counts = run_identities(Service(V), now=self.LATER)

        task = session.get_one(IdentityTask, task_id)
        assert counts == {"verified": 1, "refused": 0, "unknown": 0}
        assert (task.state, task.applicant.verified_how) == (V, "service")

    def test_it_is_not_asked_before_its_time(self, session):
        open_task(session)
        service = Service(V)

        run_identities(service, now=NOON + dt.timedelta(minutes=9))

        assert service.asked == 0

    def test_what_the_service_refuses_is_left_to_staff(self, session, chen):
        task_id = open_task(session).id

        run_identities(Service(R, "mismatch"), now=self.LATER)

        task = session.get_one(IdentityTask, task_id)
        assert (task.state, task.why, task.next_at) == (U, "service_refused", None)
        assert task.applicant.identity_state is R
        identity_tasks.decide(session, task, V, "原件一致", actor=chen, now=self.LATER)
        assert task.applicant.identity_state is V

    def test_after_five_silent_tries_only_a_person_can_tell(self, session):
        task_id, now, service = open_task(session).id, NOON, Service(U, "time_out")
        for _ in range(9):
            now += dt.timedelta(days=1, minutes=1)
            run_identities(service, now=now)

        task = session.get_one(IdentityTask, task_id)
        assert (service.asked, task.state, task.next_at) == (5, U, None)

    def test_a_silent_service_is_left_alone_after_three(self, session):
        for _ in range(5):
            open_task(session)
        service = Service(U)

        run_identities(service, now=self.LATER)

        assert service.asked == 3


def test_one_open_task_a_person(session):
    task = open_task(session)

    with pytest.raises(sa.exc.IntegrityError):
        identity_tasks.begin(
            session, session.get_one(Applicant, task.applicant_id), again=True, now=NOON,
            agency_id=task.agency_id, why="again",
        )  # fmt: skip
