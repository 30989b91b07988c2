"""The keys change while the hall works: nothing is lost, nothing stays under the old key."""

import random
import threading
import time

import pytest
import sqlalchemy as sa

from app import outside, sealing
from app.extensions import db
from app.jobs import resealing as work
from app.models import Applicant
from app.services.privacy import keyfile, resealing
from app.transaction import transaction
from tests.bars import FULL
from tests.factories import KEYS, NOON, make_applicant, make_id_number, make_mobile

MANY = 100_000 if FULL else 300
SECONDS = 60


@pytest.fixture
def keys(app, tmp_path):
    """The ring of the tests in a file that processes follow."""
    file = tmp_path / "keys"
    file.write_text(KEYS)
    kept = app.config["ANJU_KEYS_FILE"]
    app.config["ANJU_KEYS_FILE"] = file
    sealing.bind(sealing.KeyRing.parse(KEYS), file=file)
    yield file
    sealing.bind(sealing.KeyRing.parse(KEYS))
    app.config["ANJU_KEYS_FILE"] = kept


def fill(session, many):
    """Write people fast, as an import does."""
    rows = []
    for serial in range(many):
        one = Applicant(id_type="passport", name="林知夏", created_at=NOON)
        one.id_number, one.mobile, one.address = (
            f"E{serial:08d}",
            f"138{serial:08d}",
            "示例路1号",
        )
        rows.append({key: value for key, value in vars(one).items() if key[0] != "_"})
    for start in range(0, many, 5000):
        session.execute(sa.insert(Applicant), rows[start : start + 5000])
    session.commit()


class Traffic(threading.Thread):
    """The hall at work: people are read and changed all the time."""

    def __init__(self, app, many, half):
        super().__init__()
        self.app, self.many, self.half, self.faults, self.writes = app, many, half, [], 0
        self.ending, self.chance = threading.Event(), random.Random(half)

    def run(self):
        with self.app.app_context():
            while not self.ending.is_set():
                try:
                    self.work(2 * self.chance.randint(1, self.many // 2) - self.half)
                except Exception as fault:
                    self.faults.append(fault)
                time.sleep(0.001)

    def work(self, key):
        with transaction() as session:
            person = session.get(Applicant, key)
            assert person.id_number == f"E{key - 1:08d}"
            person.address = f"示例路{self.chance.randint(1, 999)}号"
            other = session.get(Applicant, self.many + 1 - key)
            assert other.mobile == f"138{self.many - key:08d}"
        self.writes += 1


@pytest.mark.bar(20)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 60)
def test_the_key_changes_while_the_hall_writes(kind, app, session, keys, record_property):
    fill(session, MANY)
    traffic = [Traffic(app, MANY, half) for half in (0, 1)]
    for one in traffic:
        one.start()
    began = time.monotonic()
    keyfile.add_key(keys)
    done = work.reseal_rows()
    took = time.monotonic() - began
    for one in traffic:
        one.ending.set()
    for one in traffic:
        one.join()
    work.reseal_rows()

    assert [fault for one in traffic for fault in one.faults] == []
    assert min(one.writes for one in traffic) > 0
    assert done.broken == []
    assert resealing.count_by_key(session) == {"k2": 3 * MANY}
    session.expire_all()
    assert all(row.id_number and row.address for row in session.scalars(sa.select(Applicant)))
    assert took < SECONDS, f"{MANY} rows took {took:.1f} s"
    written = sum(one.writes for one in traffic)
    record_property("number", f"{MANY:,} rows, {written:,} writes of the hall meanwhile")
    record_property("seconds", round(took, 1))


@pytest.mark.both
def test_a_change_that_died_goes_on_where_it_stopped(kind, session, keys, monkeypatch):
    monkeypatch.setattr(resealing, "BATCH", 10)
    fill(session, 40)
    keyfile.add_key(keys)

    class Killed(BaseException):
        pass

    def die(_rows):
        raise Killed

    with pytest.raises(Killed):
        work.reseal_rows(die)

    assert work.rows_left() == 30
    assert work.reseal_rows().rows == 30
    assert resealing.count_by_key(session) == {"k2": 120}


@pytest.mark.both
def test_what_is_written_under_way_is_not_overwritten(kind, session, keys):
    person = make_applicant(session)
    keyfile.add_key(keys)
    [place] = [one for one in resealing.places() if one.table.name == "applicant"]
    batch = resealing.next_batch(session, place, sealing.ring(), after=0)
    person.mobile = make_mobile(77)
    session.commit()

    resealing.write_back(session, place, batch.changes)
    session.commit()

    session.refresh(person)
    assert person.mobile == make_mobile(77)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_row_somebody_is_writing_is_left_for_the_next_round(kind, session, keys):
    fill(session, 3)
    keyfile.add_key(keys)
    [place] = [one for one in resealing.places() if one.table.name == "applicant"]
    batch = resealing.next_batch(session, place, sealing.ring(), after=0)
    session.rollback()
    with db.engine.begin() as writer:
        writer.execute(sa.update(place.table).where(place.table.c.id == 2).values(locale="en"))

        assert resealing.write_back(session, place, batch.changes) == 2
        session.commit()

    assert work.reseal_rows().rows == 1


def test_a_value_moved_to_another_row_or_column_does_not_open(session, keys):
    ana = make_applicant(session, id_number=make_id_number(1), mobile=make_mobile(1))
    bo = make_applicant(session, id_number=make_id_number(2), mobile=make_mobile(2))
    keyfile.add_key(keys)
    work.reseal_rows()
    session.expire_all()
    ana.mobile_sealed, bo.mobile_sealed = bo.mobile_sealed, ana.mobile_sealed
    ana.address_sealed = ana.id_number_sealed

    for row, name in ((ana, "mobile"), (bo, "mobile"), (ana, "address")):
        with pytest.raises(sealing.SealBroken):
            getattr(row, name)
    session.commit()
    keyfile.add_key(keys)

    assert work.reseal_rows().broken == [
        f"applicant.address of row {ana.id}",
        f"applicant.mobile of row {ana.id}",
        f"applicant.mobile of row {bo.id}",
    ]


def test_every_sealed_column_of_every_table_is_found():
    columns = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    found = {
        f"{place.table.name}.{name}_sealed"
        for place in resealing.places()
        for name in place.names
    }

    assert len(columns) >= 16
    assert found == columns


def test_files_are_sealed_anew_and_open_throughout(session, keys):
    storage = outside.storage()
    for number in range(3):
        storage.put(f"1/2026/11/18/{number}", b"page" * 100)
    keyfile.add_key(keys)

    assert storage.get("1/2026/11/18/1") == b"page" * 100
    assert work.reseal_files(work.old_files()).files == 3
    assert work.old_files() == []
    assert storage.get("1/2026/11/18/2") == b"page" * 100


def test_the_operator_changes_and_retires_a_key(app, session, keys, clock):
    person = make_applicant(session, mobile=make_mobile(5))
    run = app.test_cli_runner().invoke

    first = run(args=["anju", "keys", "rotate"])
    early = run(args=["anju", "keys", "retire", "k1"])
    clock.pass_by(hours=2)
    late = run(args=["anju", "keys", "retire", "k1"])
    current_one = run(args=["anju", "keys", "retire", "k2"])

    assert first.exit_code == 0, first.output
    assert "k2" in first.output
    assert "younger than an hour" in early.output
    assert late.exit_code == 0, late.output
    assert current_one.exit_code == 1
    assert list(sealing.parts(keys.read_text())) == ["k2", "index"]
    assert keys.with_name("keys.retired").read_text().startswith("k1:")
    assert {
        keys.stat().st_mode & 0o777,
        keys.with_name("keys.retired").stat().st_mode & 0o777,
    } == {0o600}
    session.refresh(person)
    assert person.mobile == make_mobile(5)


def test_a_key_file_that_cannot_be_read_leaves_the_keys(keys):
    before = sealing.ring().current
    keys.write_text("nonsense")

    assert sealing.ring().current == before
