"""The audit closed day by day: files that follow each other and never change."""

import datetime as dt
import gzip
import hashlib
import json

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.policy import WORKER
from app.jobs.audit_days import close_days
from app.models import AuditDay
from app.services import audit
from app.services.records import audit_days
from tests.factories import NOON
from tests.services.test_audit import fill, tamper

ONE_DAY = dt.timedelta(days=1)
LATER = NOON + 2 * ONE_DAY


@pytest.fixture
def closed(session, chen):
    """Two closed days: four rows and one of nobody's agency, then one row."""
    fill(session, chen)
    audit.record(session, "looked", actor=WORKER, now=NOON)
    audit.record(session, "looked", actor=chen, now=NOON + ONE_DAY)
    session.commit()
    close_days(now=LATER)
    return session.scalars(sa.select(AuditDay).order_by(AuditDay.day)).all()


def broken(session):
    found = audit_days.verify(session, storage=outside.storage())
    return [(violation.code, violation.row_id) for violation in found]


def lines(data):
    return [json.loads(line) for line in gzip.decompress(data).decode().splitlines()]


def prove(data):
    """Prove a copy with nothing but hashlib, as an auditor would; return the day's hash."""
    head, *rows = lines(data)
    last = None
    for row in rows:
        if "row" in row:
            assert hashlib.sha256(row["row"].encode()).hexdigest() == row["hash"]
        before = (json.loads(row["row"]) if "row" in row else row)["previous_hash"]
        assert last in (None, before)
        last = row["hash"]
    chain = "\n".join([head["previous_hash"], *(row["hash"] for row in rows)])
    assert hashlib.sha256(chain.encode()).hexdigest() == head["hash"]
    return head["hash"]


@pytest.mark.both
def test_days_that_are_over_are_closed_and_hold(session, closed):
    first, second = closed

    assert (first.rows, second.rows) == (5, 1)
    assert second.previous_hash == first.day_hash
    assert second.day == first.day + ONE_DAY
    assert broken(session) == []


def test_a_day_that_is_not_over_stays_open(session, closed):
    assert close_days(now=LATER) == 0
    assert audit_days.next_day(session, now=LATER) is None


def test_a_day_without_rows_is_closed_too(session, closed):
    assert close_days(now=LATER + ONE_DAY) == 1
    assert audit_days.days(session)[0].rows == 0
    assert broken(session) == []


def test_a_row_of_before_midnight_that_comes_late_is_in_the_next_file(session, closed, chen):
    audit.record(session, "looked", actor=chen, now=NOON)
    session.commit()
    close_days(now=LATER + ONE_DAY)

    assert audit_days.days(session)[0].rows == 1
    assert broken(session) == []


def test_a_copy_proves_the_whole_day_and_shows_what_the_reader_may_read(session, closed, chen):
    copy = audit_days.copy_of(
        closed[0], storage=outside.storage(),
        reads=lambda row: row["agency_id"] == chen.agency_id,
    )  # fmt: skip

    assert prove(copy) == closed[0].day_hash
    assert ["row" in line for line in lines(copy)[1:]] == [True, True, True, True, False]


@pytest.mark.both
def test_the_last_rows_cut_off_and_the_counter_put_right_are_missed(session, closed):
    last = closed[1].last_id

    tamper(
        session,
        f"DELETE FROM audit_event WHERE id = {last}",
        "UPDATE counter SET value = value - 1 WHERE series = 'audit'",
    )

    assert [*audit.verify(session)] == []
    assert broken(session) == [("audit_rows_differ", closed[1].day.isoformat())]


def test_a_file_that_was_changed_or_taken_away_is_missed(session, closed):
    storage = outside.storage()
    forged, gone = closed[0].storage_key, closed[1].storage_key
    storage.delete(forged)
    storage.put(forged, gzip.compress(b"{}\n"))
    storage.delete(gone)

    assert broken(session) == [
        ("audit_file_changed", closed[0].day.isoformat()),
        ("audit_file_missing", closed[1].day.isoformat()),
    ]


@pytest.mark.both
@pytest.mark.parametrize("deed", ["UPDATE audit_day SET rows = 0", "DELETE FROM audit_day"])
def test_a_closed_day_takes_no_change(session, closed, deed):
    with pytest.raises(sa.exc.DatabaseError, match="takes new rows only"):
        session.execute(sa.text(deed))
    session.rollback()
