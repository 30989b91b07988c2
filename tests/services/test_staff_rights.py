"""Who gives which role; roles that never meet in one person."""

import itertools

import pytest

from app.domain.errors import Invalid, NotAllowed
from app.domain.terms import Role
from app.models import AuditEvent
from app.services.staff import staff_rights
from tests.factories import NOON, actor_of, make_id_number, make_staff

CLASHES = [
    (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER), (Role.PAYER, Role.RELEASER),
    (Role.FIRST_REVIEWER, Role.PAYER), (Role.SECOND_REVIEWER, Role.RELEASER),
    (Role.USER_ADMIN, Role.FIRST_REVIEWER), (Role.INSTALLATION_ADMIN, Role.PAYER),
    (Role.AUDITOR, Role.SECOND_REVIEWER), (Role.PACKAGE_EDITOR, Role.PACKAGE_PUBLISHER),
]  # fmt: skip


@pytest.fixture
def admin(session):
    return actor_of(session, make_staff(session, "admin", Role.USER_ADMIN))


def take_on(session, actor, *roles, **values):
    """Take somebody on with good values unless the test says otherwise."""
    good = {
        "agency_id": actor.agency_id, "username": "fresh", "name": "新人", "roles": roles,
        "id_number": make_id_number(), "password": "a long first password 1",
    }  # fmt: skip
    return staff_rights.take_on(session, **(good | values), actor=actor, now=NOON)


@pytest.mark.parametrize(("one", "other"), CLASHES)
def test_roles_that_must_not_meet_do_not(one, other):
    with pytest.raises(Invalid) as refused:
        staff_rights.check_roles({one, other})

    assert refused.value.code == "roles_clash"


@pytest.mark.parametrize("role", list(Role))
def test_one_role_alone_is_always_fine(role):
    staff_rights.check_roles({role})


def test_every_role_of_staff_is_given_by_somebody():
    given = itertools.chain(staff_rights.OF_AGENCY, staff_rights.OF_INSTALLATION)

    assert set(given) == set(Role) - {Role.APPLICANT, Role.WORKER}


def test_a_user_administrator_takes_on_a_reviewer(session, admin):
    member = take_on(session, admin, Role.FIRST_REVIEWER)

    assert [role.name for role in member.user.roles] == [Role.FIRST_REVIEWER]
    assert member.agency_id == admin.agency_id


@pytest.mark.parametrize("role", staff_rights.OF_INSTALLATION)
def test_a_user_administrator_makes_no_administrator(session, admin, role):
    with pytest.raises(NotAllowed) as refused:
        take_on(session, admin, role)

    assert refused.value.code == "role_not_yours"


def test_a_user_administrator_takes_on_nobody_elsewhere(session, admin):
    with pytest.raises(NotAllowed):
        take_on(session, admin, Role.PAYER, agency_id=admin.agency_id + 1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"username": "admin"}, "username_taken"),
        ({"password": "short"}, "password_short"),
        ({"roles": ()}, "roles_missing"),
    ],
)
def test_what_is_wrong_with_a_new_log_in_is_said(session, admin, values, code):
    with pytest.raises(Invalid) as refused:
        take_on(session, admin, Role.PAYER, **values)

    assert refused.value.code == code


def test_rights_are_changed_and_written_down(session, admin):
    member = make_staff(session, "eve", Role.PAYER)

    staff_rights.change_rights(
        session, member, active=False, roles={Role.AUDITOR}, actor=admin, now=NOON
    )

    assert not member.user.active
    assert [role.name for role in member.user.roles] == [Role.AUDITOR]
    assert session.query(AuditEvent).filter_by(act="staff_changed").count() == 1


def test_nobody_changes_the_own_rights(session, admin):
    member = make_staff(session, "eve", Role.USER_ADMIN)
    own = actor_of(session, member)

    with pytest.raises(NotAllowed) as refused:
        staff_rights.change_rights(
            session, member, active=True, roles={Role.AUDITOR}, actor=own, now=NOON
        )

    assert refused.value.code == "own_rights"


def test_roles_of_others_to_give_stay_as_they_are(session, admin):
    member = make_staff(session, "eve", Role.SECURITY_OFFICER)

    staff_rights.change_rights(
        session, member, active=True, roles={Role.PACKAGE_EDITOR}, actor=admin, now=NOON
    )

    assert {role.name for role in member.user.roles} == {
        Role.SECURITY_OFFICER, Role.PACKAGE_EDITOR,
    }  # fmt: skip


def test_staff_of_another_agency_are_out_of_reach(session, admin):
    member = make_staff(session, "eve", Role.PAYER, agency="liaoning")

    with pytest.raises(NotAllowed):
        staff_rights.change_rights(
            session, member, active=False, roles=(), actor=admin, now=NOON
        )


def test_one_person_has_one_log_in_at_an_agency(session, admin):
    number = make_id_number()
    take_on(session, admin, Role.FIRST_REVIEWER, id_number=number)

    with pytest.raises(Invalid) as refused:
        take_on(session, admin, Role.SECOND_REVIEWER, id_number=number, username="second")

    assert refused.value.code == "staff_known"
