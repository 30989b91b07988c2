"""The money closed day by day: a root over what was booked, chained, kept as a file."""

import datetime as dt
import gzip

import pytest
import sqlalchemy as sa

from app import anju_verify, outside
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.models import MoneyDay, Posting, Receipt
from app.services import audit
from app.services.records import money_days, money_proof
from tests.factories import NOON
from tests.money import PaperBank, make_approved

ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def paid(session, chen, dai, clock):
    """A case that was paid at noon."""
    case = make_approved(session, chen, dai)
    audit.record(session, "looked", actor=chen, now=NOON)
    session.commit()
    run_payouts(PaperBank(clock), now=NOON)
    session.expire_all()
    return case


@pytest.fixture
def closed(session, paid):
    """The day on which it was paid, closed, and an empty day after it."""
    close_all(now=NOON + ONE_DAY)
    close_all(now=NOON + 2 * ONE_DAY)
    return session.scalars(sa.select(MoneyDay).order_by(MoneyDay.day)).all()


def broken(session):
    found = money_proof.verify(session, storage=outside.storage())
    return [(violation.code, violation.table, violation.row_id) for violation in found]


def unguarded(session, table, *statements):
    """Change a table as somebody with the database's password could."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    else:
        for deed in ("update", "delete"):
            session.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_{deed}"))
    for statement in statements:
        session.execute(sa.text(statement))
    session.commit()


@pytest.mark.both
def test_a_day_holds_entries_and_receipt_and_the_next_follows_it(session, closed):
    first, second = closed
    lines = money_days.lines_of(outside.storage().get(first.storage_key))

    assert anju_verify.check_day(lines)["root"] == first.root
    assert first.rows == len(lines) - 1 > 4
    assert (second.rows, second.previous_root) == (0, first.root)
    assert anju_verify.check_chain(money_days.seals(session, first.agency_id)) == 2
    assert first.audit_hash
    assert broken(session) == []


def test_an_open_day_is_not_closed_and_a_closed_one_only_once(session, closed):
    assert close_all(now=NOON + 2 * ONE_DAY) == {"audit": 0, "money": 0}


def test_money_booked_late_belongs_to_the_next_day(session, closed, chen, dai):
    make_approved(session, chen, dai)
    close_all(now=NOON + 3 * ONE_DAY)

    last = session.scalars(sa.select(MoneyDay).order_by(MoneyDay.day.desc())).first()
    assert last.rows > 0
    assert broken(session) == []


@pytest.mark.both
def test_a_posting_changed_after_the_closing_is_named(session, closed):
    posting = session.scalars(sa.select(Posting).order_by(Posting.id)).first()
    unguarded(session, "posting", f"UPDATE posting SET amount = 7 WHERE id = {posting.id}")
    session.expire_all()

    assert ("closed_row_changed", "journal_entry", posting.entry_id) in broken(session)


def test_a_receipt_changed_or_taken_away_is_named(session, closed):
    key = session.scalar(sa.select(Receipt.id))
    unguarded(session, "receipt", "UPDATE receipt SET facts = replace(facts, '5000', '9000')")
    assert ("closed_row_changed", "receipt", key) in broken(session)

    unguarded(session, "receipt", "DELETE FROM receipt")
    assert ("closed_row_gone", "receipt", key) in broken(session)


def test_a_root_a_day_and_a_file_that_were_changed_are_named(session, closed):
    first, second = closed
    outside.storage().delete(first.storage_key)
    outside.storage().put(first.storage_key, gzip.compress(b"{}\n"))
    unguarded(session, "money_day", f"UPDATE money_day SET rows = 99 WHERE id = {second.id}")
    session.expire_all()

    day = [one.day.isoformat() for one in closed]
    assert broken(session) == [
        ("money_file_changed", "money_day", day[0]), ("money_day_changed", "money_day", day[1]),
    ]  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("table", ["money_day", "receipt"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET agency_id = 1", "DELETE FROM {}"])
def test_what_left_on_paper_takes_no_change(session, closed, table, deed):
    with pytest.raises(sa.exc.DatabaseError, match="takes new rows only"):
        session.execute(sa.text(deed.format(table)))
    session.rollback()
