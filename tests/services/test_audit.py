"""The audit trail: every row knows the one before, so that nothing changes unseen."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import WORKER
from app.extensions import db
from app.models import AuditEvent
from app.services import audit
from app.transaction import transaction
from tests.factories import NOON


def fill(session: Session, actor, rows: int = 4) -> list[int]:
    """Write some rows and return their keys."""
    keys = [
        audit.record(session, "looked", actor=actor, now=NOON, object_id=number, page=number).id
        for number in range(rows)
    ]
    session.commit()
    return keys


def tamper(session: Session, *statements: str, keep: bool = True) -> None:
    """Change the table as somebody with the database's password could, guards taken away."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
    else:
        for deed in ("update", "delete"):
            session.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_event_no_{deed}"))
    for statement in statements:
        session.execute(sa.text(statement))
    if keep:
        session.commit()


def broken(session: Session) -> list[tuple[str, int | str]]:
    """Return what the proof finds."""
    return [(violation.code, violation.row_id) for violation in audit.verify(session)]


@pytest.mark.both
def test_rows_as_they_were_written_hold(session, chen):
    fill(session, chen)

    assert broken(session) == []


@pytest.mark.both
def test_whatever_signs_a_row_holds_it_is_written_and_read_alike(session, chen):
    signs = "".join(map(chr, range(1, 160))) + "\u2028\ufeff\ufffd𠮷\\\"'/"
    with transaction() as writing:
        audit.record(
            writing, "looked", actor=chen, now=NOON, object_id="1", reason=signs, said=signs
        )

    [(_, _, _, text, agrees)] = list(audit.written_rows(session))[-1:]

    assert agrees
    assert text == audit.canonical(session.scalars(sa.select(AuditEvent)).all()[-1])


@pytest.mark.both
def test_a_changed_row_is_named(session, chen):
    keys = fill(session, chen)

    tamper(session, f"UPDATE audit_event SET actor_name = 'nobody' WHERE id = {keys[1]}")

    assert broken(session) == [("audit_changed", keys[1])]


def test_a_row_hashed_anew_breaks_the_one_after_it(session, chen):
    keys = fill(session, chen)
    row = session.get_one(AuditEvent, keys[1])
    row.act = "nothing"
    forged = audit.fingerprint(row)
    session.rollback()

    tamper(
        session,
        f"UPDATE audit_event SET act = 'nothing', hash = '{forged}' WHERE id = {keys[1]}",
    )

    assert broken(session) == [("audit_order", keys[2])]


@pytest.mark.both
def test_a_deleted_row_is_missed(session, chen):
    keys = fill(session, chen)

    tamper(session, f"DELETE FROM audit_event WHERE id = {keys[1]}")

    assert broken(session) == [("audit_order", keys[2]), ("audit_count", keys[-1])]


def test_rows_cut_off_at_the_end_are_missed(session, chen):
    keys = fill(session, chen)

    tamper(session, f"DELETE FROM audit_event WHERE id = {keys[-1]}")

    assert broken(session) == [("audit_count", keys[-2])]


def test_two_rows_that_changed_places_are_named(session, chen):
    keys = fill(session, chen)

    tamper(
        session,
        f"UPDATE audit_event SET id = -1 WHERE id = {keys[1]}",
        f"UPDATE audit_event SET id = {keys[1]} WHERE id = {keys[2]}",
        f"UPDATE audit_event SET id = {keys[2]} WHERE id = -1",
    )

    assert {("audit_order", keys[1]), ("audit_order", keys[2])} <= set(broken(session))


@pytest.mark.both
def test_the_database_takes_new_rows_only(session, chen):
    fill(session, chen, 1)

    with pytest.raises(sa.exc.DatabaseError, match="takes new rows only"):
        session.execute(sa.text("UPDATE audit_event SET act = 'x'"))
    session.rollback()


@pytest.mark.both
def test_many_at_once_write_one_chain(app):
    def write(number: int) -> None:
        with app.app_context():
            for page in range(5):
                with transaction() as session:
                    audit.record(session, "looked", actor=WORKER, now=NOON, page=[number, page])
            db.session.remove()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))

    with app.app_context():
        assert broken(db.session()) == []
        assert db.session.scalar(sa.select(sa.func.count(AuditEvent.id))) == 20


def test_a_row_tells_who_where_and_in_which_request(session, chen):
    row = audit.record(
        session, "revealed", actor=chen, now=NOON, object_type="applicant", object_id=7,
        applicant_id=None, reason="asked by telephone", field="mobile",
    )  # fmt: skip

    assert (row.actor_name, row.agency_id) == (chen.name, chen.agency_id)
    assert (row.object_id, row.reason, row.details) == (
        "7", "asked by telephone", {"field": "mobile"},
    )  # fmt: skip
