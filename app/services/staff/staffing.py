"""Staff of an agency: who is taken on, with which roles."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity, separation
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Agency, Staff
from app.services import audit
from app.services.people.people_rules import RULES, PeopleRules
from app.services.people.registration import make_user
from app.services.staff import role_terms


def create_staff(
    session: Session,
    *,
    agency: Agency,
    username: str,
    name: str,
    id_number: str | None,
    roles: Collection[Role],
    password: str,
    actor: Actor | None = None,
    now: dt.datetime,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    rules: PeopleRules = RULES,
) -> Staff:
    """Take somebody on as staff of an agency; the identity number bars the own case.

    Raises ``Invalid`` for roles that must not meet (roles_clash) and for a second log-in of one
    person (staff_known).
    """
    check_roles(roles)
    check_one_log_in(session, agency.id, id_number)
    user = make_user(session, *roles, password=password, username=username, rules=rules)
    member = Staff(user=user, agency_id=agency.id, name=name, number=username[:20])
    member.id_number = identity.normalise(id_number) if id_number else None
    session.add(member)
    session.flush()
    for role in sorted(roles):
        role_terms.write_grant(
            session, member, role, actor=actor, now=now, valid_from=valid_from,
            valid_until=valid_until,
        )  # fmt: skip
    audit.record(
        session, "staff_created", actor=actor or Actor(None, "setup", frozenset()), now=now,
        object_type="staff", object_id=member.id, agency_id=agency.id,
        roles=sorted(str(role) for role in roles),
    )  # fmt: skip
    return member


def check_roles(roles: Collection[Role]) -> None:
    """Raise ``Invalid`` (roles_clash) when two roles must not meet in one person."""
    if separation.clash(roles) is not None:
        raise Invalid("roles that must not meet", code="roles_clash", field="roles")


def check_one_log_in(
    session: Session, agency_id: int, id_number: str | None, *, but: int | None = None
) -> None:
    """Raise ``Invalid`` (staff_known) for a second log-in of one person, at any agency.

    Two signatures would then be one person's. A log-in that was switched off elsewhere does not
    count; at the same agency it is switched on again. ``but`` is the member who is asked about.
    """
    if not id_number:
        return
    there = sa.select(Staff.id).join(Staff.user).where(
        Staff.id_number_index == sealing.index_of(identity.normalise(id_number)),
        sa.or_(Staff.agency_id == agency_id, User.active.is_(True)),
        Staff.id != (but or 0),
    )  # fmt: skip
    if session.scalar(there.limit(1)) is not None:
        raise Invalid("has a log-in", code="staff_known", field="id_number")
