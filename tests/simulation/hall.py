"""The hall a seed plays in: the real application on a database that begins anew for every seed."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.gateways.sms import SmsFailed
from app.transaction import transaction
from tests.databases import PostgresDatabase, SqliteDatabase, release
from tests.simulation import cast


class SqliteHall:
    """A file without waiting for the disk, overwritten from a template with everybody in it."""

    def __init__(self, shared: Path, home: Path) -> None:
        """Prepare a hall as ``flask anju init`` leaves it and bring everybody in."""
        database = SqliteDatabase(shared, home)
        self.app = database.app
        self.cast = _settled(self.app)
        with self.app.app_context():
            sa.event.listen(db.engine, "connect", _hurried)
        self.template = sqlite3.connect(":memory:")

    def keep(self) -> None:
        """Begin every seed from what is there now."""
        with self.app.app_context():
            release(self.app)
            raw = db.engine.raw_connection()
            assert raw.driver_connection is not None
            raw.driver_connection.backup(self.template)
            raw.close()

    def begin(self) -> None:
        """Overwrite the database with the template."""
        with self.app.app_context():
            db.session.remove()
            raw = db.engine.raw_connection()
            try:
                assert raw.driver_connection is not None
                self.template.backup(raw.driver_connection)
            finally:
                raw.close()

    def close(self) -> None:
        """Let the files go."""
        release(self.app)
        self.template.close()


class PostgresHall:
    """A database of a real server, cloned from one with everybody in it."""

    def __init__(self, shared: Path, home: Path, worker: str = "sim") -> None:
        """Prepare a hall and keep it, with everybody in it, as the template."""
        self.database = PostgresDatabase(shared, home, worker)
        self.app = self.database.app
        self.cast = _settled(self.app)
        self.worker = worker

    def keep(self) -> None:
        """Begin every seed from what is there now."""
        self.database.keep_as_template(f"everybody_{self.worker}")

    def begin(self) -> None:
        """Clone the template."""
        self.database.restore()

    def close(self) -> None:
        """Let the server go."""
        self.database.close()


Hall = SqliteHall | PostgresHall


class Files:
    """A storage in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        """Keep a file."""
        self.kept[key] = data

    def get(self, key: str) -> bytes:
        """Return a file."""
        return self.kept[key]

    def delete(self, key: str) -> None:
        """Forget a file."""
        self.kept.pop(key, None)

    def exists(self, key: str) -> bool:
        """Tell whether a file is kept."""
        return key in self.kept

    def healthy(self) -> bool:
        """Memory is always there."""
        return True


class MoodySms:
    """A sender of messages that fails now and then."""

    def __init__(self, rng: Any) -> None:
        self.rng = rng
        self.taken: list[str] = []

    def send(self, mobile: str, text: str, reference: str) -> None:
        """Take a message, or fail."""
        if self.rng.random() < 0.1:
            raise SmsFailed("sms", "time_out")
        self.taken.append(reference)


@contextlib.contextmanager
def another_process(app: Flask) -> Iterator[None]:
    """Act with a session and a connection of one's own."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()


def _settled(app: Flask) -> cast.Cast:
    with app.app_context():
        with transaction() as session:
            cast.settle(session)
        with transaction() as session:
            everybody = cast.read(session)
        release(app)
    return everybody


def _hurried(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")
