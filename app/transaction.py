"""The one place that commits."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.domain.errors import IllegalMove
from app.extensions import db

_writing: ContextVar[bool] = ContextVar("writing", default=False)
BUSY_SECONDS = 30
CLASHES = {
    "one_draft_a_reason": "draft_there",
    "application.account_id, application.applicant_id, application.reason_code": "draft_there",
    "one_open_case": "open_case",
    "application.account_id": "open_case",
    "one_person_a_subject": "subject_bound",
    "outside_identity.provider, outside_identity.subject_index": "subject_bound",
    "one_subject_a_person": "provider_bound",
    "one_order_an_account": "order_live",
    "standing_order.account_id": "order_live",
    "outside_identity.user_id, outside_identity.provider": "provider_bound",
}
"""What a broken uniqueness is called by PostgreSQL and by SQLite, and the sentence for it."""


@contextmanager
def transaction() -> Iterator[Session]:
    """Do one piece of work: all of it is kept, or nothing.

    The request's read transaction is ended first, so that everything the work decides on is
    read again; on SQLite the write lock is taken at once (``BEGIN IMMEDIATE``), because a read
    that turns into a write fails whatever the time-out. Raises ``IllegalMove`` when somebody
    else was faster.
    """
    session = db.session()
    session.rollback()
    token = _writing.set(True)
    try:
        yield session
        session.commit()
    except StaleDataError as stale:
        session.rollback()
        raise IllegalMove("the row has moved on") from stale
    except IntegrityError as clash:
        session.rollback()
        if (code := _known_clash(str(clash.orig))) is not None:
            raise IllegalMove("another application is there", code=code) from clash
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


@contextmanager
def snapshot() -> Iterator[Session]:
    """Read everything as it stands at one moment; nobody waits for it, and nothing is kept."""
    session = db.session()
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(
            execution_options={
                "isolation_level": "REPEATABLE READ",
                "postgresql_readonly": True,
            }
        )
    try:
        yield session
    finally:
        session.rollback()


def _known_clash(text: str) -> str | None:
    """Return the code of what two people, or one person twice, did at the same moment."""
    return next((code for mark, code in CLASHES.items() if mark in text), None)


def hide_values(engine: sa.Engine) -> None:
    """Take what PostgreSQL adds to a fault (DETAIL: the failing row) out of it: logs are read."""

    @sa.event.listens_for(engine, "handle_error")
    def refused(context: sa.engine.ExceptionContext) -> None:
        for fault in (context.original_exception, context.sqlalchemy_exception):
            if fault is not None and fault.args and "\nDETAIL:" in str(fault.args[0]):
                fault.args = (str(fault.args[0]).split("\nDETAIL:")[0], *fault.args[1:])


def prepare_sqlite(engine: sa.Engine) -> None:
    """Make SQLite durable and strict: WAL, full sync, foreign keys, and locks taken in time."""

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        if not _writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        with _turn(engine.url.database):
            connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _turn(database: str | None) -> Iterator[None]:
    """Let writers in one after the other.

    SQLite's writers poll for its lock, whoever asks at the right moment gets it, and under load
    one may starve until the time-out. Of those who stand in line here only the first polls.
    """
    if not database or database == ":memory:":
        yield
        return
    with Path(f"{database}-turn").open("a") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield
