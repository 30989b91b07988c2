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
_BATCH = 2000
_SIGNED = (
    "act", "actor_id", "actor_name", "address", "agency_id", "applicant_id", "at", "details",
    "object_id", "object_type", "previous_hash", "reason", "request_id",
)  # fmt: skip
"""What the hash of a row is taken over, in this order."""

_NUMBERS = ("actor_id", "agency_id", "applicant_id")
_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


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
    session.flush()
    _take_turn(session)
    previous = session.scalar(
        sa.select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    )
    event = AuditEvent(
        agency_id=agency_id if agency_id is not None else actor.agency_id,
        actor_id=actor.user_id,
        actor_name=actor.kept_name,
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
    session.flush()
    return event


def fingerprint(event: AuditEvent) -> str:
    """Return the hash of a row: SHA-256 over its canonical text, the hash before included."""
    return hash_of(canonical(event))


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(event: AuditEvent) -> str:
    """Write a row as JSON, keys in order, nothing between; details as the database keeps them."""
    at = event.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    made = {"at": f'"{at}"', "details": json.dumps(event.details)}
    values = (made.get(name) or _compact(getattr(event, name)) for name in _SIGNED)
    pairs = (f'"{name}":{value}' for name, value in zip(_SIGNED, values, strict=True))
    return f"{{{','.join(pairs)}}}"


def written_rows(
    session: Session, *, after: int = 0, until: int | None = None
) -> Iterator[tuple[int, str, str, str]]:
    """Give the rows in their order: key, hash before, hash, canonical text.

    The database writes the text, so that a hundred thousand rows take a second; a row whose
    hash does not fit is written once more here, lest a database quote a rare sign otherwise.
    """
    text = _text_of_row(session.get_bind().dialect.name)
    query = sa.select(AuditEvent.id, AuditEvent.previous_hash, AuditEvent.hash, text)
    query = query.where(AuditEvent.id > after).order_by(AuditEvent.id)
    if until is not None:
        query = query.where(AuditEvent.id <= until)
    for part in session.execute(query.execution_options(yield_per=_BATCH)).partitions():
        for row_id, previous, kept, made in part:
            fits = hash_of(made) == kept
            yield row_id, previous, kept, made if fits else _text_again(session, row_id)


def verify(session: Session) -> Iterator[Violation]:
    """Name every row that was changed or put in, and every place where rows are missing."""
    written, last = _counted(session)
    before, previous, row_id, count, follows = "", FIRST, 0, 0, True
    for key, said, kept, text in written_rows(session, until=last):
        count += 1
        if follows and said == before:
            yield _broken("audit_inserted", row_id, "it was not written by the hall")
        elif said != previous:
            yield _broken("audit_order", key, "a row before it is missing or was moved")
        if hash_of(text) != kept:
            yield _broken("audit_changed", key, "its content is not what was written")
        follows = said == previous
        before, previous, row_id = previous, kept, key
    if written != count:
        yield _broken("audit_count", row_id, f"{written} rows were written, {count} are there")


def _broken(code: str, row_id: int | str, sentence: str) -> Violation:
    return Violation(code, AuditEvent.__tablename__, row_id, sentence)


def _compact(value: Any, *, ordered: bool = False) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=ordered, separators=(",", ":"))


def _text_of_row(dialect: str) -> sa.ColumnElement[str]:
    """Return the expression by which the database writes a row's canonical text."""
    event, postgres = AuditEvent, dialect == "postgresql"
    quote = sa.func.to_json if postgres else sa.func.json_quote
    at: sa.ColumnElement[Any] = (
        sa.func.to_char(sa.func.timezone("UTC", event.at), _MOMENT)
        if postgres
        else sa.func.replace(sa.type_coerce(event.at, sa.String), " ", "T").concat("+00:00")
    )
    made: dict[str, sa.ColumnElement[Any]] = {
        "at": sa.literal('"').concat(at).concat('"'),
        "details": sa.cast(event.details, sa.Text),
    }
    text: sa.ColumnElement[Any] = sa.literal("")
    for place, name in enumerate(_SIGNED):
        column = getattr(event, name)
        if name in _NUMBERS:
            made[name] = sa.func.coalesce(sa.cast(column, sa.Text), "null")
        value = made[name] if name in made else sa.cast(quote(column), sa.Text)
        text = text.concat(f'{"," if place else "{"}"{name}":').concat(value)
    return text.concat("}")


def _text_again(session: Session, row_id: int) -> str:
    """Write a row's text here, with its details as they are kept or, as of old, in order."""
    event = session.get_one(AuditEvent, row_id, populate_existing=True)
    made = canonical(event)
    if hash_of(made) == event.hash:
        return made
    kept, ordered = json.dumps(event.details), _compact(event.details, ordered=True)
    of_old = made.replace(f'"details":{kept},', f'"details":{ordered},', 1)
    return of_old if hash_of(of_old) == event.hash else made


def _take_turn(session: Session) -> None:
    """Wait for other writers, and count the row: the counter's row is the lock."""
    counted = session.execute(
        sa.update(Counter)
        .where(Counter.series == SERIES)
        .values(value=Counter.value + 1)
        .returning(Counter.value)
        .execution_options(synchronize_session=False)
    )
    counted.scalar_one()


def _counted(session: Session) -> tuple[int, int]:
    """Return how many rows were written and the last key, both of one moment."""
    newest = sa.select(sa.func.max(AuditEvent.id)).scalar_subquery()
    found = session.execute(
        sa.select(Counter.value, newest).where(Counter.series == SERIES)
    ).one_or_none()
    return (found[0], found[1] or 0) if found else (0, 0)
