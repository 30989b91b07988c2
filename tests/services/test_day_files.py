"""Files of closed days outlive their rows: a day taken out of the record is named."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.policy import WORKER
from app.jobs.audit_days import close_days
from app.jobs.housekeeping import closed_days
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.models import AuditDay, MoneyDay
from app.services import audit
from app.services.records import audit_days, money_days
from tests.factories import NOON
from tests.money import PaperBank, make_approved

ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def closed(session, chen, dai, clock):
    """Two closed days, the first with money, both with rows of the audit."""
    case = make_approved(session, chen, dai)
    audit.record(session, "looked", actor=chen, now=NOON)
    session.commit()
    run_payouts(PaperBank(clock), now=NOON)
    audit.record(session, "looked", actor=chen, now=NOON + ONE_DAY)
    session.commit()
    for place in (1, 2):
        close_all(now=NOON + place * ONE_DAY)
    session.expire_all()
    return case.agency_id


def named(session):
    session.expire_all()
    found = [*closed_days(session)]
    return [(one.table, one.row_id) for one in found if one.code == "closed_file_unknown"]


def unguarded(session, table, *statements):
    """Change a table as somebody with the database in hand could."""
    on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
    for deed in ("update", "delete"):
        session.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_{deed}{on}"))
    for statement in statements:
        session.execute(sa.text(statement))
    session.commit()


def days(first, last):
    return [str(NOON.date() + place * ONE_DAY) for place in range(first, last)]


@pytest.mark.both
@pytest.mark.parametrize("table", ["audit_day", "money_day"])
def test_days_that_were_deleted_are_named_by_their_files(session, kind, closed, table):
    assert [*closed_days(session)] == []
    last = days(0, 1)[0]

    unguarded(session, table, f"DELETE FROM {table} WHERE day >= '{last}'")

    assert (table, days(1, 2)[0]) in named(session)


@pytest.mark.parametrize(
    ("table", "of", "change"),
    [
        ("money_day", "posting", "UPDATE posting SET amount = amount * 2"),
        ("audit_day", "audit_event", "UPDATE audit_event SET actor_name = '某人'"),
    ],
)
def test_the_newest_day_deleted_to_change_its_rows_is_named(session, closed, table, of, change):
    newest = days(0, 1)[0] if table == "money_day" else days(1, 2)[0]
    unguarded(session, table, f"DELETE FROM {table} WHERE day >= '{newest}'")
    unguarded(session, of, change)

    assert (table, newest) in named(session)
    close_all(now=NOON + 2 * ONE_DAY)
    assert (table, newest) in named(session)


def test_what_broken_off_runs_left_behind_is_no_deed(session, closed):
    storage, now, day = outside.storage(), NOON + 3 * ONE_DAY, NOON.date() + 2 * ONE_DAY
    audit_days.keep_file(audit_days.draw_up(session, day), storage=storage)
    assert named(session) == []
    audit.record(session, "looked", actor=WORKER, now=NOON)
    session.commit()

    assert close_days(now=now) == 1
    keys = money_days.last_keys(session, closed, day)
    money_days.keep_file(money_days.draw_up(session, closed, day, keys), storage=storage)
    session.commit()
    assert len([*storage.kept("audit/")]) == session.scalar(sa.func.count(AuditDay.id)) + 1

    assert named(session) == []
    assert close_all(now=now)["money"] > 0
    assert [*closed_days(session)] == []


def test_a_file_of_a_foreign_name_or_day_is_named(session, closed):
    storage = outside.storage()
    storage.put("audit/readme.txt", b"x")
    storage.put(f"money/{closed}/2031-01-01-{'ab' * 8}.jsonl.gz", b"x")
    first = session.scalars(sa.select(MoneyDay).order_by(MoneyDay.day)).first()
    storage.put(f"money/{closed}/{first.day}-{'ab' * 8}.jsonl.gz", b"x")

    assert set(named(session)) == {
        ("audit_day", "audit/readme.txt"), ("money_day", "2031-01-01"),
        ("money_day", str(first.day)),
    }  # fmt: skip
