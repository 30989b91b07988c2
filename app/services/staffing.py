"""Staff of an agency: who is taken on, with which roles."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from app.domain import identity
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Agency, Staff
from app.services import audit
from app.services.people_rules import RULES, PeopleRules
from app.services.registration import make_user


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
    rules: PeopleRules = RULES,
) -> Staff:
    """Take somebody on as staff of an agency; the identity number bars the own case."""
    user = make_user(session, *roles, password=password, username=username, rules=rules)
    member = Staff(user=user, agency_id=agency.id, name=name, number=username)
    member.id_number = identity.normalise(id_number) if id_number else None
    session.add(member)
    session.flush()
    audit.record(
        session, "staff_created", actor=actor or Actor(None, "setup", frozenset()), now=now,
        object_type="staff", object_id=member.id, agency_id=agency.id,
        roles=sorted(str(role) for role in roles),
    )  # fmt: skip
    return member
