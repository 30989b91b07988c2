"""The nightly proof: what it finds stops the payments and is told to those who must act."""

import threading

import pytest
import sqlalchemy as sa

from app.domain.terms import Role
from app.gateways.storage import StorageDown
from app.jobs import housekeeping
from app.jobs.housekeeping import prove_books
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.models import Agency, BooksProof, JobRun, Notice
from app.services.paying import book_proofs
from app.transaction import transaction
from tests.factories import NOON, make_staff
from tests.money import make_approved
from tests.services.test_money_days import ONE_DAY, unguarded


def paid_and_closed(session, chen, dai, bank):
    make_staff(session, "pat", Role.PAYER)
    make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    close_all(now=NOON + ONE_DAY)


def stopped(session):
    session.expire_all()
    return [bool(agency.payouts_stopped) for agency in session.scalars(sa.select(Agency))]


def test_books_that_hold_stop_nothing(session, chen, dai, bank):
    paid_and_closed(session, chen, dai, bank)

    assert prove_books(now=NOON + ONE_DAY) == 0
    assert not any(stopped(session))


def test_a_closed_receipt_that_was_changed_stops_every_agency_and_is_told_once(
    session, chen, dai, bank
):
    paid_and_closed(session, chen, dai, bank)
    unguarded(session, "receipt", "UPDATE receipt SET facts = replace(facts, '5000', '9000')")

    assert prove_books(now=NOON + ONE_DAY) == 3
    prove_books(now=NOON + ONE_DAY)

    assert all(stopped(session))
    told = session.scalars(sa.select(Notice).where(Notice.event == "books_broken")).all()
    assert ["核验发现3处不符" in notice.text_zh for notice in told] == [True]


@pytest.mark.whole
@pytest.mark.both
def test_nobody_who_writes_waits_for_the_proof(
    kind, app, session, chen, dai, bank, monkeypatch
):
    paid_and_closed(session, chen, dai, bank)
    find = book_proofs.find

    def write(name):
        with app.app_context(), transaction() as other:
            other.add(JobRun(job=name, started_at=NOON, outcome="ok", counts={}))

    def found(reading):
        there = [*find(reading)]
        writer = threading.Thread(target=write, args=("beside",))
        writer.start()
        writer.join(timeout=5)
        assert not writer.is_alive()
        assert "beside" not in reading.scalars(sa.select(JobRun.job)).all()
        return there

    monkeypatch.setattr(book_proofs, "find", found)
    assert prove_books(now=NOON + ONE_DAY) == 0
    session.rollback()
    assert "beside" in session.scalars(sa.select(JobRun.job)).all()
    assert session.scalars(sa.select(BooksProof.violations)).all() == [0]


def test_a_storage_that_is_away_proves_nothing_wrong(session, chen, dai, bank, monkeypatch):
    paid_and_closed(session, chen, dai, bank)

    def away(*_args, **_names):
        raise StorageDown("storage", "not_read", "5")

    monkeypatch.setattr(housekeeping, "closed_days", away)
    assert prove_books(now=NOON + ONE_DAY) == 0
