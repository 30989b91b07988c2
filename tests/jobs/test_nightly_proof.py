"""The nightly proof: what it finds stops the payments and is told to those who must act."""

import sqlalchemy as sa

from app.domain.terms import Role
from app.gateways.storage import StorageDown
from app.jobs import housekeeping
from app.jobs.housekeeping import prove_books
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.models import Agency, Notice
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


def test_a_storage_that_is_away_proves_nothing_wrong(session, chen, dai, bank, monkeypatch):
    paid_and_closed(session, chen, dai, bank)

    def away(*_args, **_names):
        raise StorageDown("storage", "not_read", "5")

    monkeypatch.setattr(housekeeping, "closed_days", away)
    assert prove_books(now=NOON + ONE_DAY) == 0
