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
_MOMENT = r'\"YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"\"'
_quoted = json.encoder.encode_basestring


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
    at = event.at.astimezone(dt.UTC).isoformat(" ", "microseconds").removesuffix("+00:00")
    return _text(
        event.act, event.actor_id, event.actor_name, event.address, event.agency_id,
        event.applicant_id, at, json.dumps(event.details), event.object_id, event.object_type,
        event.previous_hash, event.reason, event.request_id,
    )  # fmt: skip


def written_rows(
    session: Session, *, after: int = 0, until: int | None = None
) -> Iterator[tuple[int, str, str, str, bool]]:
    """Give the rows in their order: key, hash before, hash, canonical text, whether they agree.

    The rows come as the driver reads them, a batch at a time, and each is hashed once.
    """
    digest = hashlib.sha256
    for key, kept, previous, text in _read(session, after, until):
        agrees = digest(text.encode()).hexdigest() == kept
        old = None if agrees else _text_of_old(text, kept)
        yield key, previous, kept, old or text, agrees or old is not None


def verify(session: Session) -> Iterator[Violation]:
    """Name every row that was changed or put in, and every place where rows are missing."""
    written, last = _counted(session)
    before, previous, row_id, count, follows = "", FIRST, 0, 0, True
    for key, said, kept, _, agrees in written_rows(session, until=last):
        count += 1
        if follows and said == before:
            yield _broken("audit_inserted", row_id, "it was not written by the hall")
        elif said != previous:
            yield _broken("audit_order", key, "a row before it is missing or was moved")
        if not agrees:
            yield _broken("audit_changed", key, "its content is not what was written")
        follows = said == previous
        before, previous, row_id = previous, kept, key
    if written != count:
        yield _broken("audit_count", row_id, f"{written} rows were written, {count} are there")


def _read(
    session: Session, after: int, until: int | None
) -> Iterator[tuple[int, str, str, str]]:
    """Give key, hash, hash before and canonical text of rows, through a cursor of the driver.

    PostgreSQL writes the text itself, which is faster than to fetch its parts.
    """
    bound = session.connection()
    if bound.dialect.name == "postgresql":
        query = sa.select(AuditEvent.id, AuditEvent.hash, AuditEvent.previous_hash, _written())
        yield from _fetched(bound, _between(query, after, until), "audit_rows")
        return
    at = sa.type_coerce(AuditEvent.at, sa.String)
    rows = sa.select(AuditEvent.id, AuditEvent.hash, *_columns(at))
    for key, kept, *values in _fetched(bound, _between(rows, after, until)):
        yield key, kept, values[10], _text(*values)


def _fetched(
    bound: sa.Connection, query: sa.Select[*tuple[Any, ...]], *name: str
) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a query a batch at a time; with a name the server holds the cursor."""
    cursor = bound.connection.cursor(*name)
    try:
        cursor.execute(str(query.compile(bound, compile_kwargs={"literal_binds": True})))
        while rows := cursor.fetchmany(_BATCH):
            yield from rows
    finally:
        cursor.close()


def _between(
    query: sa.Select[*tuple[Any, ...]], after: int, until: int | None
) -> sa.Select[*tuple[Any, ...]]:
    chosen = query.where(AuditEvent.id > after).order_by(AuditEvent.id)
    return chosen if until is None else chosen.where(AuditEvent.id <= until)


def _columns(at: sa.ColumnElement[str]) -> list[Any]:
    """Return what a text is made of, in the order of ``_text``."""
    event = AuditEvent
    return [
        event.act, event.actor_id, event.actor_name, event.address, event.agency_id,
        event.applicant_id, at, sa.cast(event.details, sa.Text), event.object_id,
        event.object_type, event.previous_hash, event.reason, event.request_id,
    ]  # fmt: skip


def _written() -> sa.ColumnElement[str]:
    """Return the canonical text as PostgreSQL puts it together; it quotes as ``_text`` does."""

    def quoted(column: Any) -> sa.ColumnElement[str]:
        return sa.cast(sa.func.to_json(column), sa.Text)

    def number(column: Any) -> sa.ColumnElement[str]:
        return sa.func.coalesce(sa.cast(column, sa.Text), "null")

    event = AuditEvent
    at = sa.func.to_char(sa.func.timezone("UTC", event.at), _MOMENT)
    values = {
        "act": quoted(event.act), "actor_id": number(event.actor_id),
        "actor_name": quoted(event.actor_name), "address": quoted(event.address),
        "agency_id": number(event.agency_id), "applicant_id": number(event.applicant_id),
        "at": at, "details": sa.cast(event.details, sa.Text),
        "object_id": quoted(event.object_id), "object_type": quoted(event.object_type),
        "previous_hash": quoted(event.previous_hash), "reason": quoted(event.reason),
        "request_id": quoted(event.request_id),
    }  # fmt: skip
    said: sa.ColumnElement[str] = sa.literal("")
    for name, value in values.items():
        said += f'{"," if name != "act" else "{"}"{name}":' + value
    return said + "}"


def _broken(code: str, row_id: int | str, sentence: str) -> Violation:
    return Violation(code, AuditEvent.__tablename__, row_id, sentence)


def _text(
    act: str, actor_id: int | None, actor_name: str, address: str, agency_id: int | None,
    applicant_id: int | None, at: str, details: str, object_id: str, object_type: str,
    previous_hash: str, reason: str, request_id: str,
) -> str:  # fmt: skip
    return (
        f'{{"act":{_quoted(act)},"actor_id":{"null" if actor_id is None else actor_id},'
        f'"actor_name":{_quoted(actor_name)},"address":{_quoted(address)},'
        f'"agency_id":{"null" if agency_id is None else agency_id},'
        f'"applicant_id":{"null" if applicant_id is None else applicant_id},'
        f'"at":"{at[:10]}T{at[11:]}+00:00","details":{details},'
        f'"object_id":{_quoted(object_id)},"object_type":{_quoted(object_type)},'
        f'"previous_hash":{_quoted(previous_hash)},"reason":{_quoted(reason)},'
        f'"request_id":{_quoted(request_id)}}}'
    )


def _text_of_old(text: str, kept: str) -> str | None:
    """Return the text of a row of the first version, whose details were hashed in order."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    said["at"] = said["at"].removesuffix("+00:00")
    said["details"] = json.dumps(
        said["details"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    made = _text(**said)
    return made if hash_of(made) == kept else None


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
