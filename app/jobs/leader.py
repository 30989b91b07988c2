"""One worker leads: a lock that ends with its holder, however it ends.

A lock is not a fence: a leader that slept may wake up beside another. Therefore every payment
is taken by a conditional update, and this lock only keeps two clocks from doing the same work.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import sqlalchemy as sa
from flask import current_app

from app.extensions import db


@contextmanager
def lock(name: str) -> Iterator[bool]:
    """Try to hold the lock of that name; gives whether it is ours. It never waits."""
    if db.engine.dialect.name == "postgresql":
        with _advisory_lock(name) as held:
            yield held
    else:
        with _file_lock(Path(current_app.config["ANJU_HOME"]) / f"{name}.lock") as held:
            yield held


@contextmanager
def _advisory_lock(name: str) -> Iterator[bool]:
    """Hold a lock of the server on a connection of its own: it ends with the connection."""
    key = crc32(f"anju {name}".encode())
    own = sa.create_engine(db.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        held = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key)))
        try:
            yield bool(held)
        finally:
            if held:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))


@contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
