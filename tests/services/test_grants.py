"""The hall's own user of PostgreSQL rewrites no record, whatever becomes of the guards."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.services import audit
from app.services.records import money_days
from tests.factories import NOON, make_application

ROLE = "anju_hall"
FORBIDDEN = (
    "UPDATE audit_event SET act = 'nothing'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "UPDATE posting SET amount = 1",
    "DELETE FROM posting",
    "UPDATE journal_entry SET kind = 'other'",
    "DELETE FROM case_event",
    "DROP TRIGGER audit_event_no_update ON audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "ALTER TABLE posting DISABLE TRIGGER posting_no_update",
    "DROP FUNCTION refuse_change() CASCADE",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = 'x'",
    "CREATE TABLE other (id int)",
)


@pytest.fixture
def command(app):
    """Run ``flask anju grant-rights``."""
    return lambda role: app.test_cli_runner().invoke(args=["anju", "grant-rights", role])


@pytest.fixture
def as_hall(app, session, command):
    """A session of the hall's own user."""
    exists = "SELECT 1 FROM pg_roles WHERE rolname = :role"
    if session.scalar(sa.text(exists), {"role": ROLE}) is None:
        session.execute(sa.text(f"CREATE ROLE {ROLE} LOGIN"))
    session.commit()
    outcome = command(ROLE)
    assert outcome.exit_code == 0, outcome.output
    assert "take new rows only" in outcome.output
    engine = sa.create_engine(session.get_bind().url.set(username=ROLE))
    with Session(engine) as own:
        yield own
    engine.dispose()


def code_of(session, statement):
    """Return what the server says of a statement: its SQLSTATE, "" when it was done."""
    try:
        with session.begin_nested():
            session.execute(sa.text(statement))
    except sa.exc.DBAPIError as fault:
        return fault.orig.sqlstate
    return ""


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_the_halls_user_works_and_rewrites_no_record(chen, as_hall):
    make_application(as_hall)
    audit.record(as_hall, "looked", actor=chen, now=NOON)
    as_hall.commit()
    money_days.last_keys(as_hall, chen.agency_id, NOON.date() - dt.timedelta(days=1))

    said = {statement: code_of(as_hall, statement) for statement in FORBIDDEN}
    assert set(said.values()) == {"42501"}, said
    assert code_of(as_hall, "TRUNCATE posting, journal_entry CASCADE") == "42501"
    assert code_of(as_hall, "TRUNCATE receipt CASCADE") == "P0001"


def test_who_could_drop_the_guards_gets_no_rights(command):
    assert "Only PostgreSQL has users" in command(ROLE).output


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_an_owner_and_an_unknown_user_are_refused(session, command):
    owner = session.scalar(sa.text("SELECT current_user"))

    assert "could drop the guards" in command(owner).output
    assert "There is no user nobody" in command("nobody").output
