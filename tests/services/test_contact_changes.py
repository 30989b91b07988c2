"""A lost mobile: the same number for everybody, two people at the counter, both mobiles told."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, ManyProblems, NotAllowed
from app.domain.terms import ContactState, Role
from app.models import Applicant, AuditEvent, ContactChange, LoginSession, Notice
from app.services.entry import known_devices, outside_identities, sessions
from app.services.people import codes, contact_changes, own_cards
from app.services.people.codes import Purpose
from app.services.people.contact_changes import Wanted
from tests.factories import (
    NOON,
    actor_of,
    find_agency,
    make_account,
    make_applicant,
    make_card,
    make_card_number,
    make_id_number,
    make_staff,
)  # fmt: skip
from tests.services.test_people_codes import SOMEBODY

NEW = "13955556666"


@pytest.fixture
def eve(session):
    """Eve, supervisor in Anhui: the second person at the counter."""
    return actor_of(session, make_staff(session, "eve", Role.SUPERVISOR))


@pytest.fixture
def person(session):
    """Somebody with an account in Anhui."""
    applicant = make_applicant(session, "欧阳·娜")
    make_account(session, applicant, 0)
    return applicant


def ask(session, person=None, **typed) -> ContactChange:
    """Ask with the code that came to the new mobile."""
    agency = find_agency(session)
    token = codes.send_code(
        session, purpose=Purpose.COUNTER, mobile=typed.get("mobile", NEW), agency_id=agency.id,
        actor=SOMEBODY, now=NOON,
    )  # fmt: skip
    reference = f"{codes.reference(token)}:sms"
    sent = session.scalars(sa.select(Notice).where(Notice.reference == reference)).one()
    right = {
        "id_type": "resident_id_card", "mobile": NEW, "token": token,
        "id_number": person.id_number if person else make_id_number(),
        "name": person.name if person else "查无此人",
        "code": re.findall(r"\d{6}", sent.text_zh)[0],
    }  # fmt: skip
    change = contact_changes.ask(
        session, Wanted(**right | typed), agency=agency, actor=SOMEBODY, now=NOON
    )
    session.commit()
    return change


def checked(session, person, chen) -> ContactChange:
    """Return a request whose document was seen by Chen."""
    change = ask(session, person)
    contact_changes.check(
        session, change, id_number=person.id_number.lower(), reason="换号", actor=chen, now=NOON
    )
    session.commit()
    return change


@pytest.mark.both
def test_two_people_at_the_counter_set_a_new_mobile(session, person, chen, eve, kind):
    old = person.mobile
    sessions.open_session(session, person.user_id, now=NOON)
    change = checked(session, person, chen)

    contact_changes.confirm(session, change, actor=eve, now=NOON)
    session.commit()

    told = session.scalars(
        sa.select(Notice).where(Notice.event == "profile_changed", Notice.channel == "sms")
    )
    acts = session.scalars(sa.select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert (person.mobile, change.state) == (NEW, ContactState.DONE)
    assert {notice.mobile for notice in told} == {old, NEW}
    assert session.scalars(sa.select(LoginSession.ended_at)).all() == [NOON]
    assert [act for act in acts if act.startswith("contact")] == [
        "contact_asked", "contact_checked", "contact_changed",
    ]  # fmt: skip
    assert NEW not in change.mobile_sealed


def test_known_and_unknown_people_get_a_number_alike(session, person):
    known, unknown = ask(session, person), ask(session, mobile="13955557777")

    assert re.fullmatch(r"HB20261118\d{4}", known.number)
    assert re.fullmatch(r"HB20261118\d{4}", unknown.number)
    assert unknown.applicant_id is None


def test_the_old_mobile_is_warned_when_somebody_asks(session, person):
    ask(session, person)

    [notice] = session.scalars(
        sa.select(Notice).where(Notice.event == "contact_asked", Notice.channel == "sms")
    ).all()
    assert notice.mobile == person.mobile


def test_everything_wrong_in_a_request_is_told_at_once(session):
    wrong = {"id_number": "34019919900101011", "name": "1", "mobile": NEW}

    with pytest.raises(ManyProblems) as refused:
        ask(session, None, **wrong)

    found = {problem.field: problem.code for problem in refused.value.problems}
    assert found == {"id_number": "id_length", "name": "name_length"}


def test_the_document_must_be_the_one_that_was_named(session, person, chen):
    change = ask(session, person)

    with pytest.raises(ManyProblems) as refused:
        contact_changes.check(
            session, change, id_number=make_id_number(), reason="", actor=chen, now=NOON
        )

    found = {problem.field: problem.code for problem in refused.value.problems}
    assert found == {"id_number": "document_differs", "reason": "reason_needed"}
    assert change.state is ContactState.ASKED


def test_for_a_stranger_the_counter_learns_that_nobody_is_on_file(session, chen):
    number = make_id_number()
    change = ask(session, None, id_number=number)

    with pytest.raises(Invalid) as refused:
        contact_changes.check(
            session, change, id_number=number, reason="换号", actor=chen, now=NOON
        )

    assert refused.value.code == "contact_unknown"


def test_who_checked_does_not_confirm(session, person, chen):
    change = checked(session, person, chen)

    with pytest.raises(NotAllowed) as refused:
        contact_changes.confirm(session, change, actor=chen, now=NOON)

    assert refused.value.code == "four_eyes"
    assert person.mobile != NEW


def test_a_second_log_in_of_who_checked_does_not_confirm(session, person, chen):
    change = checked(session, person, chen)
    twin = make_staff(session, "twin", Role.SUPERVISOR)
    twin.id_number_index = chen.identity_index
    session.commit()

    with pytest.raises(NotAllowed) as refused:
        contact_changes.confirm(session, change, actor=actor_of(session, twin), now=NOON)

    assert refused.value.code == "four_eyes"
    assert person.mobile != NEW


def test_what_the_lost_telephone_holds_opens_nothing_any_more(session, person, chen, eve):
    outside_identities.bind(
        session, person.user, "wechat:wx1234", "openid", level="", actor=SOMEBODY, now=NOON
    )
    known_devices.remember(session, "of the telephone", person.user_id, now=NOON)
    change = checked(session, person, chen)

    contact_changes.confirm(session, change, actor=eve, now=NOON)
    session.commit()

    assert outside_identities.find(session, "wechat:wx1234", "openid") is None
    known = known_devices.is_known(session, "of the telephone", person.user_id, now=NOON)
    assert not known


def test_nothing_is_confirmed_before_the_document_was_seen(session, person, eve):
    with pytest.raises(IllegalMove):
        contact_changes.confirm(session, ask(session, person), actor=eve, now=NOON)


def test_a_request_ends_after_seven_days(session, person, chen, eve):
    change = checked(session, person, chen)

    with pytest.raises(IllegalMove):
        contact_changes.confirm(session, change, actor=eve, now=NOON + dt.timedelta(days=7))
    assert contact_changes.waiting(session, actor=eve, now=NOON + dt.timedelta(days=7)) == []


def test_the_mobile_of_another_person_is_refused_at_the_counter(session, person, chen, eve):
    change = checked(session, person, chen)
    make_applicant(session, mobile=NEW)

    with pytest.raises(Invalid, match="mobile_taken"):
        contact_changes.confirm(session, change, actor=eve, now=NOON)


def test_another_agency_and_other_roles_see_nothing(session, person):
    change = ask(session, person)
    far = make_staff(session, "far", Role.SUPERVISOR, agency="liaoning")
    second = make_staff(session, "second", Role.SECOND_REVIEWER)

    for member in (far, second):
        with pytest.raises(NotAllowed):
            contact_changes.get(session, change.id, actor=actor_of(session, member))


def test_a_refused_request_changes_nothing(session, person, chen, eve):
    change = checked(session, person, chen)

    contact_changes.refuse(session, change, note="非本人", actor=eve, now=NOON)

    assert (change.state, change.note) == (ContactState.REFUSED, "非本人")
    assert person.mobile != NEW


def test_what_came_to_nothing_is_removed_later(session, person, chen, eve):
    done = checked(session, person, chen)
    contact_changes.confirm(session, done, actor=eve, now=NOON)
    ask(session, mobile="13955557777")

    contact_changes.prune(session, before=NOON + dt.timedelta(days=8))

    assert session.scalars(sa.select(ContactChange.id)).all() == [done.id]


class TestRest:
    """For a day after a change at the counter no other receiving account can be named."""

    def add(self, session, person, number, now):
        proven = replace(SOMEBODY, proven_at=now, sms_proven_at=now)
        own_cards.add_card(
            session, person, number, "", agency=find_agency(session), actor=proven, now=now
        )

    @pytest.fixture
    def changed(self, session, person, chen, eve) -> Applicant:
        change = checked(session, person, chen)
        contact_changes.confirm(session, change, actor=eve, now=NOON)
        return person

    def test_a_new_card_has_to_wait(self, session, changed):
        with pytest.raises(Invalid) as refused:
            self.add(session, changed, make_card_number(7), NOON + dt.timedelta(hours=23))

        assert refused.value.code == "payee_rests"
        self.add(session, changed, make_card_number(7), NOON + dt.timedelta(hours=24))

    def test_a_card_that_was_there_before_may_be_used(self, session, changed):
        card = make_card(session, changed)

        contact_changes.check_payee_rest(changed, now=NOON + dt.timedelta(days=2))
        self.add(session, changed, card.number, NOON)
