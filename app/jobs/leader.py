"""One worker leads, and who works knows whether others do: locks that end with their holder.

A lock is not a fence: a leader that slept may wake up beside another. Therefore every payment
is taken by a conditional update, and a lock only keeps two clocks from doing the same work.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zlib import crc32

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from app.extensions import db


@contextmanager
def lock(name: str) -> Iterator[bool]:
    """Try to hold the lock of that name; gives whether it is ours. It never waits."""
    if _on_a_server():
        with _own_connection() as connection:
            yield bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_key(name)))))
    else:
        with _file_of(name) as number:
            yield _taken(number)


@contextmanager
def presence(name: str, when_alone: Callable[[], None]) -> Iterator[None]:
    """Be one of those at work under that name; ``when_alone`` is called if nobody else is.

    Who comes meanwhile waits until the call is over. The question is asked on entering alone:
    whoever is inside keeps everybody after them from the answer "alone".
    """
    if _on_a_server():
        key = _key(name)
        with _own_connection() as connection:
            if alone := connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
                when_alone()
            connection.execute(sa.select(sa.func.pg_advisory_lock_shared(key)))
            if alone:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
            yield
    else:
        with _file_of(name) as number:
            if _taken(number):
                when_alone()
            fcntl.flock(number, fcntl.LOCK_SH)
            yield


def _on_a_server() -> bool:
    return db.engine.dialect.name == "postgresql"


def _key(name: str) -> int:
    return crc32(f"anju {name}".encode())


@contextmanager
def _own_connection() -> Iterator[Connection]:
    """Hold a connection outside the pool: what it locks ends with it, whatever happens.

    On an orderly end it is let go of first: the server closes connections in its own time.
    """
    own = sa.create_engine(db.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        yield connection
        with suppress(sa.exc.DBAPIError):
            connection.execute(sa.select(sa.func.pg_advisory_unlock_all()))


@contextmanager
def _file_of(name: str) -> Iterator[int]:
    """Open the file of that name; what is locked on it ends when it closes."""
    path = Path(current_app.config["ANJU_HOME"]) / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        yield file.fileno()


def _taken(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
