"""What offices tell everybody on their front pages: written by staff, shown from day to day."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import FrontNotice
from app.services import audit

WRITERS = (Role.PACKAGE_EDITOR, Role.INSTALLATION_ADMIN)
SHOWN = 6
"""Notices on a front page."""


def shown_on(
    session: Session, agency_id: int | None, on: dt.date, *, limit: int = SHOWN
) -> list[FrontNotice]:
    """Return the notices of an agency, and those for all, that stand on a day, newest first."""
    return list(
        session.scalars(
            sa.select(FrontNotice)
            .where(
                sa.or_(FrontNotice.agency_id.is_(None), FrontNotice.agency_id == agency_id),
                FrontNotice.valid_from <= on,
                sa.or_(FrontNotice.valid_to.is_(None), FrontNotice.valid_to >= on),
            )
            .order_by(FrontNotice.valid_from.desc(), FrontNotice.id.desc())
            .limit(limit)
        )
    )


def write(
    session: Session,
    row: FrontNotice | None,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: dt.datetime,
) -> FrontNotice:
    """Write a notice, or change one, and return it.

    Package editors write for their own agency; the installation's administrator for any, or
    for all. Raises ``NotAllowed`` and ``Invalid`` (days_turned). The caller commits.
    """
    policy.check_role(actor, *WRITERS)
    wanted = dict(values)
    wanted.setdefault("agency_id", actor.agency_id if row is None else row.agency_id)
    if not actor.has(Role.INSTALLATION_ADMIN):
        policy.check_agency(actor, agency_id=wanted["agency_id"] or 0)
        if row is not None:
            policy.check_agency(actor, agency_id=row.agency_id or 0)
    if wanted["valid_to"] is not None and wanted["valid_to"] < wanted["valid_from"]:
        raise Invalid("ends before it begins", code="days_turned", field="valid_to")
    is_fresh = row is None
    notice = row or FrontNotice(created_at=now)
    for name, value in wanted.items():
        setattr(notice, name, value)
    session.add(notice)
    session.flush()
    audit.record(
        session, "notice_added" if is_fresh else "notice_changed", actor=actor, now=now,
        object_type="front_notice", object_id=notice.id, agency_id=notice.agency_id,
    )  # fmt: skip
    return notice
