"""What staff may do: who gives which role, and which roles never meet in one person."""

import datetime as dt
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity, passwords, policy
from app.domain.errors import Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Agency, LoginSession, Staff
from app.services import audit
from app.services.people_rules import RULES, PeopleRules, common_passwords
from app.services.staffing import create_staff

REVIEWERS = frozenset({Role.FIRST_REVIEWER, Role.SECOND_REVIEWER})
MONEY = frozenset({Role.PAYER, Role.RELEASER})

OF_AGENCY = (
    Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.PAYER, Role.RELEASER,
    Role.AUDITOR, Role.PACKAGE_EDITOR, Role.PACKAGE_PUBLISHER,
)  # fmt: skip
"""What an agency's user administrator gives."""

OF_INSTALLATION = (Role.USER_ADMIN, Role.SECURITY_OFFICER, Role.INSTALLATION_ADMIN)
"""What the installation's administrator gives."""

APART: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (frozenset({Role.FIRST_REVIEWER}), frozenset({Role.SECOND_REVIEWER})),
    (frozenset({Role.PAYER}), frozenset({Role.RELEASER})),
    (REVIEWERS, MONEY),
    (REVIEWERS | MONEY, frozenset(OF_INSTALLATION)),
    (REVIEWERS | MONEY, frozenset({Role.AUDITOR})),
    (frozenset({Role.PACKAGE_EDITOR}), frozenset({Role.PACKAGE_PUBLISHER})),
)
"""Roles of which nobody holds one of each side: who decides does not pay, nor look after rights."""


def may_give(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that somebody may give or take."""
    given = OF_AGENCY if actor.has(Role.USER_ADMIN) else ()
    return given + (OF_INSTALLATION if actor.has(Role.INSTALLATION_ADMIN) else ())


def check_roles(roles: Collection[Role]) -> None:
    """Raise ``Invalid`` (roles_clash) when two roles must not meet in one person."""
    held = frozenset(roles)
    for one, other in APART:
        if held & one and held & other:
            raise Invalid("roles that must not meet", code="roles_clash", field="roles")


def take_on(
    session: Session,
    *,
    agency_id: int,
    username: str,
    name: str,
    id_number: str,
    roles: Iterable[Role],
    password: str,
    actor: Actor,
    now: dt.datetime,
    rules: PeopleRules = RULES,
) -> Staff:
    """Take somebody on with roles that the actor may give. The caller commits."""
    wanted = frozenset(roles)
    policy.check_role(actor, Role.USER_ADMIN, Role.INSTALLATION_ADMIN)
    if not actor.has(Role.INSTALLATION_ADMIN):
        policy.check_agency(actor, agency_id=agency_id)
    if not wanted:
        raise Invalid("no role", code="roles_missing", field="roles")
    if not wanted.issubset(may_give(actor)):
        raise NotAllowed("a role of others to give", code="role_not_yours", field="roles")
    check_roles(wanted)
    if session.scalar(sa.select(User.id).where(User.username == username)) is not None:
        raise Invalid("taken", code="username_taken", field="username")
    _check_one_login(session, agency_id, id_number)
    passwords.check_password(
        password, minimum=rules.staff_password_minimum, breached=common_passwords(),
        personal=(name, username),
    )  # fmt: skip
    return create_staff(
        session, agency=session.get_one(Agency, agency_id), username=username, name=name,
        id_number=id_number, roles=sorted(wanted), password=password, actor=actor, now=now,
        rules=rules,
    )  # fmt: skip


def _check_one_login(session: Session, agency_id: int, id_number: str) -> None:
    """Refuse a second log-in of one person: two signatures would then be one person's."""
    index = sealing.index_of(identity.normalise(id_number))
    there = sa.select(Staff.id).where(
        Staff.agency_id == agency_id, Staff.id_number_index == index
    )
    if session.scalar(there.limit(1)) is not None:
        raise Invalid("has a log-in", code="staff_known", field="id_number")


def change_rights(
    session: Session,
    member: Staff,
    *,
    active: bool,
    roles: Iterable[Role],
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Switch a log-in on or off and set the roles the actor may give; others stay as they are.

    Whoever is changed is signed out everywhere. Nobody changes the own rights. Raises
    ``NotAllowed`` (own_rights, role_not_yours) or ``Invalid`` (roles_clash). The caller commits.
    """
    policy.check_role(actor, Role.USER_ADMIN, Role.INSTALLATION_ADMIN)
    if not actor.has(Role.INSTALLATION_ADMIN):
        policy.check_agency(actor, agency_id=member.agency_id)
    if member.user_id == actor.user_id:
        raise NotAllowed("own rights", code="own_rights", field="roles")
    giving, wanted = frozenset(may_give(actor)), frozenset(roles)
    before = frozenset(Role(row.name) for row in member.user.roles if row.name in set(Role))
    if not (wanted - before).issubset(giving):
        raise NotAllowed("a role of others to give", code="role_not_yours", field="roles")
    after = (before - giving) | (wanted & giving)
    if after == before and active == bool(member.user.active):
        return
    check_roles(after)
    member.user.roles = [
        row for row in session.scalars(sa.select(RoleRow)) if row.name in set(after)
    ]
    member.user.active = active
    _sign_out(session, member, now=now)
    session.flush()
    audit.record(
        session, "staff_changed", actor=actor, now=now, object_type="staff",
        object_id=member.id, agency_id=member.agency_id, active=active,
        roles=sorted(str(role) for role in after),
    )  # fmt: skip


def _sign_out(session: Session, member: Staff, *, now: dt.datetime) -> None:
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.user_id == member.user_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )
