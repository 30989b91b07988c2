"""Records that take new rows only: the databases refuse what would rewrite them."""

import pytest
import sqlalchemy as sa

from app.models import ReviewNote
from app.services import audit
from tests.factories import NOON, make_application

GUARDED = (
    "audit_event", "audit_day", "case_event", "journal_entry", "posting", "statement_line",
    "bank_message", "review_note", "contribution_batch", "contribution_line", "supplement",
    "money_day", "receipt", "day_end", "books_proof", "payout_proof",
    "import_batch",
)  # fmt: skip
REFUSED = "takes new rows only"


@pytest.fixture
def names(session):
    """Every trigger of the database."""
    postgres = session.get_bind().dialect.name == "postgresql"
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if postgres
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    return {*session.scalars(sa.text(query))}


@pytest.mark.both
def test_every_record_has_its_guards(session, names):
    wanted = {f"{table}_no_{deed}" for table in GUARDED for deed in ("update", "delete")}
    for table in ("payout_resolution", "ledger_reversal", "statement_finding", "payout_stop"):
        wanted |= {f"{table}_no_{deed}" for deed in ("change", "update", "delete")}
    if session.get_bind().dialect.name == "postgresql":
        wanted |= {f"{table}_no_truncate" for table in (*GUARDED, "payout_resolution")}

    assert wanted <= names


@pytest.fixture
def row(session, chen):
    """One row of the audit, its key and hash."""
    event = audit.record(session, "looked", actor=chen, now=NOON)
    session.commit()
    return {"id": event.id, "hash": event.hash}


@pytest.mark.parametrize("column", ["id", "hash"])
def test_replace_is_no_way_round_the_guards(session, row, column):
    session.execute(sa.text("CREATE TEMP TABLE forged AS SELECT * FROM audit_event"))
    session.execute(sa.text("UPDATE forged SET act = 'nothing'"))
    other = {"id": "hash = 'x'", "hash": "id = id + 1"}[column]
    session.execute(sa.text(f"UPDATE forged SET {other}"))

    with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
        session.execute(sa.text("REPLACE INTO audit_event SELECT * FROM forged"))
    session.rollback()


def refused(session, statement):
    """Tell whether the database refuses a statement."""
    try:
        with session.begin_nested():
            session.execute(sa.text(statement))
    except sa.exc.DatabaseError as fault:
        return REFUSED in str(fault)
    return False


@pytest.fixture
def note(session, chen):
    """A note of a reviewer on a case."""
    case = make_application(session)
    session.add(
        ReviewNote(
            application_id=case.id, agency_id=case.agency_id, actor_id=chen.user_id,
            actor_name=chen.name, text="called the notary", at=NOON,
        )
    )  # fmt: skip
    session.commit()


@pytest.mark.both
@pytest.mark.usefixtures("note")
@pytest.mark.parametrize(
    ("statement", "stands"),
    [
        ("UPDATE review_note SET text = 'never called'", True),
        ("UPDATE review_note SET actor_name = 'somebody else'", True),
        ("DELETE FROM review_note", True),
        ("UPDATE review_note SET text = ''", False),
    ],
)
def test_a_note_may_be_emptied_when_its_time_has_come_and_nothing_else(
    session, statement, stands
):
    assert refused(session, statement) is stands


@pytest.mark.both
def test_a_table_of_records_is_never_emptied(session, row):
    postgres = session.get_bind().dialect.name == "postgresql"

    assert refused(session, "TRUNCATE audit_event" if postgres else "DELETE FROM audit_event")
