"""A hall in which everybody asks for everything, put back after every deed that was done."""

import re
import shutil
from pathlib import Path

import sqlalchemy as sa

from app.extensions import db
from tests.conventions.matrix_world import build
from tests.databases import release

REFUSED = {"login", "400", "401", "403", "404", "405", "409", "415", "422", "429"}
RECORDS = (
    "audit_event", "audit_day", "login_session", "login_failure", "one_time_code", "counter",
    "picture_code", "known_device",
)  # fmt: skip
"""Tables that reading and refusing may add to: who looked, who tried, who is signed in."""

WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


def hurry(connection, _record):
    """Let the disk be: what is lost here is made again."""
    connection.execute("PRAGMA synchronous = OFF")


class Hall:
    """The hall with its world, put back after every deed that was done."""

    def __init__(self, app):
        self.app, self.world = app, build(app)
        self.file = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
        self.kept = self.file.with_suffix(".kept")
        self.client = app.test_client(use_cookies=False)
        release(app)
        shutil.copyfile(self.file, self.kept)
        self.writes, self.written = [], False
        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", self.note)
            sa.event.listen(db.engine, "connect", hurry)

    def note(self, _connection, _cursor, statement, *_rest):
        """Keep what is written: to records, and to anything else."""
        if found := WRITE.match(statement):
            self.written = True
            if found[2] not in RECORDS:
                self.writes.append(statement[:80])

    def close(self):
        with self.app.app_context():
            sa.event.remove(db.engine, "before_cursor_execute", self.note)
            sa.event.remove(db.engine, "connect", hurry)

    def put_back(self):
        release(self.app)
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)

    def ask(self, who, method, address):
        """Ask for an address as one of the people; return what a cell says of the answer."""
        visitor = self.world.visitors[who]
        headers = {"Cookie": visitor.cookie}
        if address.startswith("/api/"):
            headers = {"Authorization": f"Bearer {visitor.token}"} if visitor.token else {}
            headers["Content-Type"] = "application/json"
        self.writes, self.written = [], False
        data = b"{}" if address.startswith("/api/") and method != "GET" else None
        with self.client.open(address, method=method, headers=headers, data=data) as answer:
            said = str(answer.status_code)
            if said == "302" and answer.location.startswith("/login/?"):
                said = "login"
        harmed = self.writes and (method == "GET" or said in REFUSED)
        if self.written and method != "GET" and said not in REFUSED:
            self.put_back()
        return f"{said}!{self.writes[0]}" if harmed else said

    def cell(self, who, method, rule):
        """Return what a person is answered, for the own and for the foreign row."""
        own, foreign = self.world.addresses(self.app, rule)
        said = self.ask(who, method, own)
        if foreign is None or who in ("anonymous", "owner", "other"):
            return said
        return f"{said}/{self.ask(who, method, foreign)}"
