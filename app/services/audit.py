"""Who did or read what: rows that take no change, each bound to the one before by its hash."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.domain.violation import Violation
from app.models import AuditEvent, Counter

FIRST = "0" * 64
"""What stands before the first row."""

SERIES = "audit"
_LOCK = 0x616E6A75
_BATCH = 1000
_SIGNED = (
    "agency_id", "actor_id", "actor_name", "act", "object_type", "object_id", "applicant_id",
    "reason", "details", "address", "request_id", "previous_hash",
)  # fmt: skip


def record(
    session: Session,
    act: str,
    *,
    actor: Actor,
    now: dt.datetime,
    object_type: str = "",
    object_id: int | str = "",
    agency_id: int | None = None,
    applicant_id: int | None = None,
    reason: str = "",
    **details: Any,
) -> AuditEvent:
    """Append one row; ``details`` hold words, numbers and truths, never a personal value.

    Rows are written one transaction after the other, so that each knows the one before it;
    what the deed itself changed is written first, lest two deeds wait for each other.
    """
    count = _next(session)
    previous = session.scalar(
        sa.select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    )
    event = AuditEvent(
        agency_id=agency_id if agency_id is not None else actor.agency_id,
        actor_id=actor.user_id,
        actor_name=actor.name,
        act=act,
        object_type=object_type,
        object_id=str(object_id),
        applicant_id=applicant_id,
        reason=reason,
        details=details,
        address=actor.address,
        request_id=actor.request_id,
        at=now,
        previous_hash=previous or FIRST,
    )
    event.hash = fingerprint(event)
    session.add(event)
    count.value += 1
    session.flush()
    return event


def fingerprint(event: AuditEvent) -> str:
    """Return the hash of a row: SHA-256 over its canonical JSON, the hash before included."""
    content = {name: getattr(event, name) for name in _SIGNED}
    content["at"] = event.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: Session) -> Iterator[Violation]:
    """Name every row that was changed, and every place where rows are missing or moved."""
    previous, counted = FIRST, 0
    for event in _rows(session):
        counted += 1
        if event.previous_hash != previous:
            yield _broken("audit_order", event.id, "a row before it is missing or was moved")
        if fingerprint(event) != event.hash:
            yield _broken("audit_changed", event.id, "its content is not what was written")
        previous = event.hash
    written = session.scalar(sa.select(Counter.value).where(Counter.series == SERIES)) or 0
    if written != counted:
        yield _broken("audit_count", "", f"{written} rows were written, {counted} are there")


def _broken(code: str, row_id: int | str, sentence: str) -> Violation:
    return Violation(code, AuditEvent.__tablename__, row_id, sentence)


def _rows(session: Session) -> Iterator[AuditEvent]:
    last = 0
    while True:
        batch = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.id > last).order_by(AuditEvent.id)
            .limit(_BATCH).execution_options(populate_existing=True)
        ).all()  # fmt: skip
        if not batch:
            return
        yield from batch
        last = batch[-1].id


def _next(session: Session) -> Counter:
    """Wait for other writers and return the count of rows written so far."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    count = session.get(Counter, SERIES, populate_existing=True)
    if count is None:
        count = Counter(series=SERIES, value=0)
        session.add(count)
    return count
