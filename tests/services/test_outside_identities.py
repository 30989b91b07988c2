"""People bound to what other providers know them as."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.models import AuditEvent, OutsideIdentity
from app.services.entry import outside_identities
from tests.factories import NOON, make_applicant

PROVINCE, SUBJECT = "province", "340100-7f3a"


@pytest.fixture
def bind(session):
    """Bind a subject of a provider to an applicant."""

    def bound(person, provider=PROVINCE, subject=SUBJECT, **more):
        actor = more.pop("actor", None) or outside_actor(person)
        return outside_identities.bind(
            session, person.user, provider, subject, level="real-name", actor=actor, now=NOON,
            **more,
        )  # fmt: skip

    return bound


def outside_actor(person):
    return Actor(person.user_id, person.name, frozenset(), applicant_id=person.id)


def found(session, subject=SUBJECT, provider=PROVINCE):
    return outside_identities.find(session, provider, subject)


@pytest.mark.both
def test_a_bound_subject_leads_to_its_person_only(session, bind):
    ana = make_applicant(session)
    bind(ana)

    assert found(session).id == ana.user_id
    assert found(session, "another") is None
    assert found(session, provider="wechat") is None


def test_the_table_knows_only_the_hash_unless_the_provider_is_written_to(session, bind):
    ana = make_applicant(session)
    plain, written_to = bind(ana), bind(ana, "wechat", "oABC", keep_subject=True)

    assert plain.subject is None
    assert SUBJECT not in plain.subject_index
    assert written_to.subject == "oABC"
    assert "oABC" not in written_to.subject_sealed


@pytest.mark.both
def test_a_subject_of_somebody_else_is_never_taken_over(session, bind):
    bind(make_applicant(session))

    with pytest.raises(Invalid) as refused:
        bind(make_applicant(session))

    assert refused.value.code == "subject_bound"


def test_a_person_has_one_subject_of_a_provider(session, bind):
    ana = make_applicant(session)
    first = bind(ana)

    assert bind(ana) is first
    with pytest.raises(Invalid) as refused:
        bind(ana, subject="a second one")
    assert refused.value.code == "provider_bound"


@pytest.mark.both
def test_an_unbound_subject_opens_nothing_and_may_be_bound_anew(session, bind):
    ana, bo = make_applicant(session), make_applicant(session)
    row = bind(ana, keep_subject=True)
    later = NOON + dt.timedelta(days=1)

    outside_identities.unbind(session, row, actor=outside_actor(ana), now=later)
    session.refresh(row)

    assert (row.ended_at, row.subject) == (later, None)
    assert found(session) is None
    assert not outside_identities.of_user(session, ana.user_id)
    bind(bo)
    assert found(session).id == bo.user_id


def test_a_closed_log_in_keeps_no_binding_and_no_subject(session, bind):
    ana, bo = make_applicant(session), make_applicant(session)
    gone, kept = bind(ana, keep_subject=True), bind(bo, subject="of bo", keep_subject=True)

    outside_identities.end_all(session, ana.user_id, now=NOON)
    session.expire_all()

    assert (gone.ended_at, gone.subject) == (NOON, None)
    assert (kept.ended_at, kept.subject) == (None, "of bo")


def test_a_locked_log_in_is_not_opened_from_outside(session, bind):
    ana = make_applicant(session)
    bind(ana)
    ana.user.active = False

    assert found(session) is None


def test_binding_and_unbinding_are_recorded_without_the_subject(session, bind):
    ana = make_applicant(session)
    row = bind(ana)
    for _ in range(2):
        outside_identities.unbind(session, row, actor=outside_actor(ana), now=NOON)

    events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()

    assert [event.act for event in events] == ["outside_bound", "outside_unbound"]
    assert {event.applicant_id for event in events} == {ana.id}
    assert SUBJECT not in str([event.details for event in events])


def test_coming_in_is_a_log_in_of_the_person_by_that_provider(session, bind):
    ana = make_applicant(session)
    row = bind(ana)
    later = NOON + dt.timedelta(hours=1)

    outside_identities.came_in(
        session, row, level="face", actor=outside_actor(ana), now=later
    )  # fmt: skip

    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.act, event.details) == ("login", {"provider": PROVINCE, "level": "face"})
    assert (row.last_used_at, row.level, ana.user.login_count) == (later, "face", 1)


@pytest.mark.both
def test_the_database_holds_one_person_a_subject(session, bind):
    row = bind(make_applicant(session))
    twin = OutsideIdentity(
        provider=row.provider, subject_index=row.subject_index, level="", bound_at=NOON,
        user_id=make_applicant(session).user_id, last_used_at=NOON,
    )  # fmt: skip
    session.add(twin)

    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    session.rollback()
