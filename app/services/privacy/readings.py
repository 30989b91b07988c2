"""Who opened what, and who was refused: one row a person and thing in a quarter of an hour."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.models import AuditEvent
from app.services import audit

PAUSE = dt.timedelta(minutes=15)
"""Whoever opens the same page again within it is not written down again."""

OPENED = "opened"
REFUSED = "access_refused"


def is_due(
    session: Session, act: str, *, actor: Actor, object_type: str, object_id: str,
    now: dt.datetime,
) -> bool:  # fmt: skip
    """Tell whether the act is to be written: it was not within the last quarter of an hour."""
    lately = sa.select(AuditEvent.id).where(
        AuditEvent.object_type == object_type,
        AuditEvent.object_id == object_id,
        AuditEvent.at > now - PAUSE,
        AuditEvent.actor_id == actor.user_id,
        AuditEvent.act == act,
    )
    return session.scalar(lately.limit(1)) is None


def record_opened(
    session: Session, *, actor: Actor, now: dt.datetime, object_type: str, object_id: str,
    agency_id: int | None, applicant_id: int | None,
) -> None:  # fmt: skip
    """Write that somebody opened the page of a row."""
    audit.record(
        session, OPENED, actor=actor, now=now, object_type=object_type, object_id=object_id,
        agency_id=agency_id, applicant_id=applicant_id,
    )  # fmt: skip


def record_refused(
    session: Session, *, actor: Actor, now: dt.datetime, endpoint: str, method: str
) -> None:
    """Write that somebody asked for what their rights do not open."""
    audit.record(
        session, REFUSED, actor=actor, now=now, object_type="route", object_id=endpoint,
        applicant_id=actor.applicant_id, method=method,
    )  # fmt: skip
