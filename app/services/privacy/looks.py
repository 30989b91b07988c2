"""Who looked at a person's data or changed it: told by role and office, never by name (SE01)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session, selectinload

from app.models import Agency, Applicant, AuditEvent

PAGE = 25
OWN_WISH = ("export_made", "dossier_made")
"""What the hall does because the person asked for it: no look by others."""


@dataclass(frozen=True, slots=True)
class Look:
    """One deed on a person's data by somebody else: an office's staff, or the hall itself."""

    id: int
    at: dt.datetime
    act: str
    value: str
    on: str
    agency: Agency | None
    roles: tuple[str, ...]


def who_looked(
    session: Session, applicant: Applicant, *, below: int | None = None, limit: int = PAGE
) -> list[Look]:
    """Return what others did with a person's data, newest first, ``below`` a row of before."""
    mine = sa.select(AuditEvent).where(
        AuditEvent.applicant_id == applicant.id,
        AuditEvent.act.not_in(OWN_WISH),
        sa.or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id != applicant.user_id),
    )
    if below is not None:
        mine = mine.where(AuditEvent.id < below)
    rows = session.scalars(mine.order_by(AuditEvent.id.desc()).limit(limit)).all()
    roles = _roles(session, {row.actor_id for row in rows if row.actor_id})
    agencies = {row.id: row for row in session.scalars(sa.select(Agency))}
    return [
        Look(
            row.id, row.at, row.act, str(row.details.get("value", "")), row.object_type,
            agencies.get(row.agency_id or 0), roles.get(row.actor_id or 0, ()),
        )
        for row in rows
    ]  # fmt: skip


def _roles(session: Session, users: Iterable[int]) -> dict[int, tuple[str, ...]]:
    rows = session.scalars(
        sa.select(User).where(User.id.in_(list(users))).options(selectinload(User.roles))
    )
    return {user.id: tuple(sorted(role.name for role in user.roles)) for user in rows}
