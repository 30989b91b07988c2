"""What staff may do: who gives which role, and which roles never meet in one person."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain import passwords, policy
from app.domain.errors import Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Agency, LoginSession, RoleGrant, Staff
from app.services import audit
from app.services.people.people_rules import RULES, PeopleRules, common_passwords
from app.services.staff import role_terms, standing
from app.services.staff.staffing import check_one_log_in, check_roles, create_staff

OF_AGENCY = (
    Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.PAYER, Role.RELEASER,
    Role.AUDITOR, Role.PACKAGE_EDITOR, Role.PACKAGE_PUBLISHER,
)  # fmt: skip
"""What an agency's user administrator gives."""

OF_INSTALLATION = (Role.USER_ADMIN, Role.SECURITY_OFFICER, Role.INSTALLATION_ADMIN)
"""What the installation's administrator gives."""


def may_give(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that somebody may give or take."""
    given = OF_AGENCY if actor.has(Role.USER_ADMIN) else ()
    return given + (OF_INSTALLATION if actor.has(Role.INSTALLATION_ADMIN) else ())


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
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    rules: PeopleRules = RULES,
) -> Staff:
    """Take somebody on with roles that the actor may give. The caller commits."""
    wanted = frozenset(roles)
    _check_giver(session, agency_id, actor=actor, now=now)
    if not wanted:
        raise Invalid("no role", code="roles_missing", field="roles")
    if not wanted.issubset(may_give(actor)):
        raise NotAllowed("a role of others to give", code="role_not_yours", field="roles")
    check_roles(wanted)
    if session.scalar(sa.select(User.id).where(User.username == username)) is not None:
        raise Invalid("taken", code="username_taken", field="username")
    check_one_log_in(session, agency_id, id_number)
    passwords.check_password(
        password, minimum=rules.staff_password_minimum, breached=common_passwords(),
        personal=(name, username),
    )  # fmt: skip
    return create_staff(
        session, agency=session.get_one(Agency, agency_id), username=username, name=name,
        id_number=id_number, roles=sorted(wanted), password=password, actor=actor, now=now,
        valid_from=valid_from, valid_until=valid_until, rules=rules,
    )  # fmt: skip


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

    Whoever is changed is signed out everywhere. Nobody changes their own rights. Raises
    ``NotAllowed`` (own_rights, role_not_yours) or ``Invalid`` (roles_clash). The caller commits.
    """
    _check_giver(session, member.agency_id, actor=actor, now=now, member=member)
    giving, wanted = frozenset(may_give(actor)), frozenset(roles)
    before = standing.held_by(member.user)
    if not (wanted - before).issubset(giving):
        raise NotAllowed("a role of others to give", code="role_not_yours", field="roles")
    after = (before - giving) | (wanted & giving)
    if after == before and active == bool(member.user.active):
        return
    check_roles(after)
    if active:
        check_one_log_in(session, 0, member.id_number, but=member.id)
    role_terms.take_away(session, member, before - after, now=now)
    for role in sorted(after - before):
        role_terms.write_grant(session, member, role, actor=actor, now=now)
    member.user.active = active
    _sign_out(session, member, now=now)
    session.flush()
    audit.record(
        session, "staff_changed", actor=actor, now=now, object_type="staff",
        object_id=member.id, agency_id=member.agency_id, active=active,
        roles=sorted(str(role) for role in after),
    )  # fmt: skip


def give_for_a_time(
    session: Session,
    member: Staff,
    role: Role,
    *,
    valid_from: dt.date,
    valid_until: dt.date | None,
    why: str,
    actor: Actor,
    now: dt.datetime,
) -> RoleGrant:
    """Give a role from a day until a day, both included; a grant there is gets the new days.

    Raises ``NotAllowed`` (own_rights, role_not_yours) or ``Invalid`` (roles_clash, reason_missing,
    until_past, from_after_until). Whoever is given a role signs in anew. The caller commits.
    """
    _check_giver(session, member.agency_id, actor=actor, now=now, member=member)
    if role not in may_give(actor):
        raise NotAllowed("a role of others to give", code="role_not_yours", field="role")
    if not why.strip():
        raise Invalid("why is missing", code="reason_missing", field="why")
    check_roles(standing.held_by(member.user) | {role})
    grant = role_terms.write_grant(
        session, member, role, actor=actor, now=now, valid_from=valid_from,
        valid_until=valid_until, why=why,
    )  # fmt: skip
    _sign_out(session, member, now=now)
    audit.record(
        session, "role_given", actor=actor, now=now, object_type="staff", object_id=member.id,
        agency_id=member.agency_id, role=role.value, reason=why.strip()[:200],
        since=valid_from.isoformat(), until=valid_until.isoformat() if valid_until else "",
    )  # fmt: skip
    return grant


def _check_giver(
    session: Session,
    agency_id: int,
    *,
    actor: Actor,
    now: dt.datetime,
    member: Staff | None = None,
) -> None:
    """Raise ``NotAllowed`` unless the actor looks after these rights, and not the own ones."""
    policy.check_role(actor, Role.USER_ADMIN, Role.INSTALLATION_ADMIN)
    if not actor.has(Role.INSTALLATION_ADMIN):
        policy.check_agency(actor, agency_id=agency_id)
    standing.check(session, actor, now=now)
    if member is not None and member.user_id in standing.log_ins_of(session, actor):
        raise NotAllowed("own rights", code="own_rights", field="roles")


def _sign_out(session: Session, member: Staff, *, now: dt.datetime) -> None:
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.user_id == member.user_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )
