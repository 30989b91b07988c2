"""Roles with dates: over at the end of the day, announced a week before, refused when they clash."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import Invalid, NotAllowed
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.models import AuditEvent, RoleGrant, Staff
from app.services.staff import role_terms, staff_rights, standing
from tests.factories import NOON, actor_of, change_roles, make_id_number, make_staff

TODAY = local_date(NOON)
DAY = dt.timedelta(days=1)


@pytest.fixture
def admin(session):
    return actor_of(session, make_staff(session, "admin", Role.USER_ADMIN))


@pytest.fixture
def eve(session):
    return make_staff(session, "eve", Role.PACKAGE_EDITOR)


def give(session, member, role, admin, first=TODAY, last=None, why="stands in for a colleague"):
    return staff_rights.give_for_a_time(
        session, member, role, valid_from=first, valid_until=last, why=why, actor=admin,
        now=NOON,
    )  # fmt: skip


def in_force(session, member, days=0):
    return standing.roles_in_force(session, member.user, now=NOON + days * DAY)


def code_of(refused):
    return refused.value.code


def test_a_role_is_in_force_on_its_days_only(session, admin, eve):
    give(session, eve, Role.SUPERVISOR, admin, first=TODAY + 2 * DAY, last=TODAY + 4 * DAY)

    told = [Role.SUPERVISOR in in_force(session, eve, days) for days in range(7)]

    assert told == [False, False, True, True, True, False, False]


def test_a_role_without_dates_goes_on(session, eve):
    assert in_force(session, eve, days=4000) == {Role.PACKAGE_EDITOR}


def test_giving_again_replaces_the_dates(session, admin, eve):
    give(session, eve, Role.SUPERVISOR, admin, last=TODAY + DAY)
    give(session, eve, Role.SUPERVISOR, admin, last=TODAY + 30 * DAY)

    open_grants = [one for one in role_terms.grants_of(session, eve) if one.ended_at is None]
    assert [one.valid_until for one in open_grants] == [TODAY + 30 * DAY]
    assert Role.SUPERVISOR in in_force(session, eve, days=20)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"last": TODAY - DAY}, "until_past"),
        ({"first": TODAY + 3 * DAY, "last": TODAY + DAY}, "from_after_until"),
        ({"why": " "}, "reason_missing"),
    ],
)
def test_dates_and_reason_are_checked(session, admin, eve, terms, code):
    with pytest.raises(Invalid) as refused:
        give(session, eve, Role.SUPERVISOR, admin, **terms)

    assert code_of(refused) == code


def test_roles_that_clash_are_refused_even_on_other_days(session, admin, eve):
    with pytest.raises(Invalid) as refused:
        give(session, eve, Role.PACKAGE_PUBLISHER, admin, first=TODAY + 100 * DAY)

    assert code_of(refused) == "roles_clash"


def test_a_right_that_has_ended_since_the_page_was_opened_is_none(session, admin, eve):
    give(session, eve, Role.SUPERVISOR, admin, last=TODAY)
    actor = actor_of(session, eve)
    standing.check(session, actor, now=NOON)

    with pytest.raises(NotAllowed) as refused:
        standing.check(session, actor, now=NOON + DAY)

    assert code_of(refused) == "role_missing"


def test_a_log_in_that_was_switched_off_does_nothing_more(session, eve):
    actor = actor_of(session, eve)
    eve.user.active = False

    with pytest.raises(NotAllowed):
        standing.check(session, actor, now=NOON)


def test_what_is_over_is_taken_off_and_written_down(session, admin, eve):
    give(session, eve, Role.SUPERVISOR, admin, last=TODAY + 5 * DAY)

    assert role_terms.keep_terms(session, now=NOON) == {"roles_ended": 0, "roles_ending": 1}
    assert role_terms.keep_terms(session, now=NOON)["roles_ending"] == 0
    counts = role_terms.keep_terms(session, now=NOON + 6 * DAY)

    assert counts == {"roles_ended": 1, "roles_ending": 0}
    assert [row.name for row in eve.user.roles] == [Role.PACKAGE_EDITOR]
    acts = session.scalars(sa.select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert acts[-2:] == ["role_ends_soon", "role_ended"]


@pytest.mark.parametrize(("days", "told"), [(8, 0), (7, 1), (0, 1)])
def test_the_end_of_a_role_is_told_seven_days_before(session, admin, eve, days, told):
    give(session, eve, Role.SUPERVISOR, admin, last=TODAY + days * DAY)

    for asked in ({"user_id": eve.user_id}, {"agency_id": eve.agency_id}):
        assert len(role_terms.ending_soon(session, now=NOON, **asked)) == told


def test_roles_that_clash_by_the_table_open_nothing(session, eve):
    change_roles(session, actor_of(session, eve), Role.PAYER, Role.RELEASER)

    assert in_force(session, eve) == frozenset()
    assert [one.code for one in standing.verify(session)] == ["roles_clash"]


def test_two_log_ins_of_one_person_open_nothing_together(session, eve):
    other = make_staff(session, "evelyn", Role.PACKAGE_PUBLISHER, agency="liaoning")
    other.id_number = eve.id_number
    session.commit()

    assert in_force(session, eve) == in_force(session, other) == frozenset()
    assert [one.code for one in standing.verify(session)] == ["roles_clash", "two_log_ins"]

    other.user.active = False
    session.commit()
    assert in_force(session, eve) == {Role.PACKAGE_EDITOR}
    assert [*standing.verify(session)] == []


def test_one_person_has_one_log_in_in_the_whole_hall(session, admin, eve):
    root = actor_of(session, make_staff(session, "root", Role.INSTALLATION_ADMIN))
    elsewhere = make_staff(session, "far", Role.PAYER, agency="liaoning").agency_id

    with pytest.raises(Invalid) as refused:
        staff_rights.take_on(
            session, agency_id=elsewhere, username="eve-2", name="eve",
            id_number=eve.id_number, roles=[Role.USER_ADMIN], password="a long password 17",
            actor=root, now=NOON,
        )  # fmt: skip

    assert code_of(refused) == "staff_known"


def test_an_old_log_in_is_not_switched_on_beside_a_new_one(session, admin, eve):
    old = make_staff(session, "old", Role.PAYER)
    old.id_number, old.user.active = eve.id_number, False
    session.commit()

    with pytest.raises(Invalid) as refused:
        staff_rights.change_rights(
            session, old, active=True, roles={Role.PAYER}, actor=admin, now=NOON
        )

    assert code_of(refused) == "staff_known"


def test_nobody_gives_a_role_to_the_own_person_by_another_log_in(session, admin):
    twin = make_staff(session, "twin")
    twin.id_number_index = admin.identity_index
    session.commit()

    with pytest.raises(NotAllowed) as refused:
        give(session, twin, Role.PAYER, admin)

    assert code_of(refused) == "own_rights"


def test_every_role_that_is_given_is_written_with_who_gave_it(session, admin):
    number = make_id_number()
    member = staff_rights.take_on(
        session, agency_id=admin.agency_id, username="new", name="新人", id_number=number,
        roles=[Role.PAYER], password="a long password 17", actor=admin, now=NOON,
        valid_until=TODAY + 9 * DAY,
    )  # fmt: skip

    [grant] = session.scalars(sa.select(RoleGrant).where(RoleGrant.staff_id == member.id))
    assert (grant.role, grant.given_by, grant.valid_until) == (
        Role.PAYER, admin.user_id, TODAY + 9 * DAY,
    )  # fmt: skip
    assert session.get(Staff, member.id).user.roles[0].name == Role.PAYER


def test_who_holds_roles_that_must_not_meet_is_not_let_in(session, eve):
    change_roles(session, actor_of(session, eve), Role.PAYER, Role.RELEASER)

    with pytest.raises(NotAllowed) as refused:
        standing.check_entry(session, eve.user, now=NOON)

    assert code_of(refused) == "login_barred"
