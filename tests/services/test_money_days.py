"""The money closed day by day: a root over what was booked, chained, kept as a file."""

import datetime as dt
import gzip
import threading
import time
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app import anju_verify, outside
from app.extensions import db
from app.jobs.money_days import close_all, days_left
from app.jobs.payouts import run_payouts
from app.models import Application, JournalEntry, MoneyDay, Posting, Receipt
from app.services import audit
from app.services.records import money_days, money_proof
from app.transaction import transaction
from tests import paid_in
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


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_an_entry_that_is_not_committed_yet_is_waited_for(app, session, paid):
    """A smaller key that is committed after a larger one would else be in no day at all."""
    agency_id, begun = paid.agency_id, threading.Event()

    def write_slowly():
        with app.app_context():
            with transaction() as slow:
                account = slow.get_one(Application, paid.id).account
                paid_in.pay_in(
                    slow,
                    account,
                    Decimal(1),
                    now=NOON,
                    value_date=NOON.date(),
                    reference="slow",
                )
                begun.set()
                time.sleep(0.3)
            db.session.remove()

    day = money_days.next_day(session, agency_id, now=NOON + ONE_DAY)
    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert begun.wait(5)
    with transaction() as closing:
        keys = money_days.last_keys(closing, agency_id, day)
    writer.join()

    slow = session.scalar(sa.select(JournalEntry.id).where(JournalEntry.reference == "slow"))
    assert keys[0] == slow


def test_closing_tells_of_every_day_that_was_left(session, closed):
    later, told = NOON + 4 * ONE_DAY, []
    left = days_left(now=later)

    done = close_all(now=later, progress=told.append)

    assert left == sum(told) == sum(done.values()) > 2
    assert days_left(now=later) == 0


def test_the_command_writes_a_day_and_the_chain_that_the_verifier_proves(
    app, session, closed, clock, tmp_path
):
    clock.set(NOON + 2 * ONE_DAY)
    day, chain = tmp_path / "day.jsonl.gz", tmp_path / "chain.jsonl"
    run = app.test_cli_runner().invoke
    wanted = ["anju", "money-export", "--agency", "anhui"]

    first = run(args=[*wanted, "--day", closed[0].day.isoformat(), "--to", day])
    run(args=[*wanted, "--chain", "--to", chain])

    assert first.stdout.split()[0] == closed[0].file_hash
    checks = [*anju_verify.Checker().all([str(day), str(chain)])]
    assert [holds for holds, _ in checks] == [True, True]
    assert run(args=[*wanted, "--day", "2026-12-01"]).exit_code == 1
    assert run(args=["anju", "money-export", "--agency", "nowhere"]).exit_code == 1
