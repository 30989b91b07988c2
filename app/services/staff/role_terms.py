"""Roles with dates: given from a day until a day, over at the end of it, with a word before."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import Invalid
from app.domain.policy import WORKER, Actor
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.models import RoleGrant, Staff
from app.services import audit

REMINDED = dt.timedelta(days=7)
"""So long before its end a role is announced as ending."""

SETUP = Actor(None, "setup", frozenset())


def write_grant(
    session: Session,
    member: Staff,
    role: Role,
    *,
    actor: Actor | None = None,
    now: dt.datetime,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    why: str = "",
) -> RoleGrant:
    """Write that a role was given and put it on the log-in; an open grant of it is replaced.

    Both days are days of the role. Raises ``Invalid`` (until_past, from_after_until).
    """
    by, today = actor or SETUP, local_date(now)
    first = valid_from or today
    if valid_until is not None and valid_until < today:
        raise Invalid("the role would be over", code="until_past", field="valid_until")
    if valid_until is not None and valid_until < first:
        raise Invalid("ends before it begins", code="from_after_until", field="valid_until")
    _end(session, member, (role,), now=now)
    grant = RoleGrant(
        staff_id=member.id, role=role, valid_from=first, valid_until=valid_until,
        why=why.strip()[:200], given_by=by.user_id, given_name=by.name, given_at=now,
    )  # fmt: skip
    session.add(grant)
    if role not in {row.name for row in member.user.roles}:
        member.user.roles.append(
            session.scalars(sa.select(RoleRow).where(RoleRow.name == role.value)).one()
        )
    session.flush()
    return grant


def take_away(
    session: Session, member: Staff, roles: Iterable[Role], *, now: dt.datetime
) -> None:
    """End the grants of roles and take the roles off the log-in."""
    gone = frozenset(roles)
    _end(session, member, gone, now=now)
    member.user.roles = [row for row in member.user.roles if row.name not in gone]
    session.flush()


def grants_of(session: Session, member: Staff) -> list[RoleGrant]:
    """Return every grant a member of staff ever had, the newest first."""
    return list(
        session.scalars(
            sa.select(RoleGrant)
            .where(RoleGrant.staff_id == member.id)
            .order_by(RoleGrant.id.desc())
        )
    )


def ending_soon(
    session: Session,
    *,
    now: dt.datetime,
    user_id: int | None = None,
    agency_id: int | None = None,
) -> list[RoleGrant]:
    """Return the open grants that end within seven days, of one log-in or of an agency."""
    today = local_date(now)
    query = (
        sa.select(RoleGrant)
        .join(RoleGrant.staff)
        .where(
            RoleGrant.ended_at.is_(None),
            RoleGrant.valid_until.between(today, today + REMINDED),
        )
        .options(joinedload(RoleGrant.staff))
        .order_by(RoleGrant.valid_until, RoleGrant.id)
    )
    if user_id is not None:
        query = query.where(Staff.user_id == user_id)
    if agency_id is not None:
        query = query.where(Staff.agency_id == agency_id)
    return list(session.scalars(query))


def keep_terms(session: Session, *, now: dt.datetime) -> dict[str, int]:
    """Take roles off whose day is over, and write once into the audit what ends soon.

    A role that is over opens nothing from that day on, whether this has run or not.
    """
    over = session.scalars(
        sa.select(RoleGrant).where(
            RoleGrant.ended_at.is_(None), RoleGrant.valid_until < local_date(now)
        )
    ).all()
    for grant in over:
        take_away(session, grant.staff, (grant.role,), now=now)
        _record(session, "role_ended", grant, now=now)
    soon = [one for one in ending_soon(session, now=now) if one.reminded_at is None]
    for grant in soon:
        grant.reminded_at = now
        _record(session, "role_ends_soon", grant, now=now)
    return {"roles_ended": len(over), "roles_ending": len(soon)}


def _end(session: Session, member: Staff, roles: Iterable[Role], *, now: dt.datetime) -> None:
    session.execute(
        sa.update(RoleGrant)
        .where(
            RoleGrant.staff_id == member.id,
            RoleGrant.role.in_(list(roles)),
            RoleGrant.ended_at.is_(None),
        )
        .values(ended_at=now)
        .execution_options(synchronize_session="fetch")
    )


def _record(session: Session, act: str, grant: RoleGrant, *, now: dt.datetime) -> None:
    audit.record(
        session, act, actor=WORKER, now=now, object_type="staff", object_id=grant.staff_id,
        agency_id=grant.staff.agency_id, role=grant.role.value,
        until=grant.valid_until.isoformat() if grant.valid_until else "",
    )  # fmt: skip
