"""A file that may be going out right now: nothing is said of its payments, the bank's word counts."""

import datetime as dt
import shutil

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.errors import Invalid
from app.domain.terms import PayoutStatus, Role
from app.jobs.paying import pay_all
from app.jobs.payouts import run_payouts
from app.models import Agency, BankFile, Payout
from app.services.paying import payments, resolutions
from app.transaction import transaction
from tests.factories import NOON, actor_of, make_staff
from tests.jobs.tables import answer, put
from tests.money import make_approved

LATER = NOON + dt.timedelta(minutes=20)


class Died(Exception):
    """The process has ended here."""


@pytest.fixture
def agency(session):
    """The agency, paying by tables."""
    row = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
    row.pays_by = "csv"
    session.commit()
    yield row
    shutil.rmtree(outside.bank(row).folder.root, ignore_errors=True)


@pytest.fixture
def approved(session, agency, chen, dai):
    """Make an approved case."""
    return lambda **columns: make_approved(session, chen, dai, **columns)


@pytest.fixture
def dies(app):
    """Let the process die at a named point, once."""

    def at(point):
        def end(name):
            if name == point:
                app.config["ANJU_CRASH_AT"] = None
                raise Died

        app.config["ANJU_CRASH_AT"] = end

    yield at
    app.config["ANJU_CRASH_AT"] = None


def files(session, kind="order"):
    """Return the files of a kind, read again."""
    session.expire_all()
    return session.scalars(
        sa.select(BankFile).where(BankFile.kind == kind).order_by(BankFile.id)
    ).all()


def payouts_of(session):
    """Return all payments, read again."""
    session.expire_all()
    return session.scalars(sa.select(Payout).order_by(Payout.id)).all()


def test_nothing_is_said_of_a_payment_whose_file_may_be_going_out(
    session, agency, approved, dies
):
    approved()
    dies("file.on_disk")
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    with transaction() as writing:
        [payout] = payouts_of(writing)
        payments.to_unknown(writing, payout, now=NOON, why="restart")
    payer = actor_of(session, make_staff(session, "付一", Role.PAYER))
    late = NOON + dt.timedelta(days=2)
    for outcome in (PayoutStatus.APPROVED, PayoutStatus.REJECTED):
        [payout] = payouts_of(session)
        with pytest.raises(Invalid) as why:
            resolutions.resolve_unknown(
                session, payout, actor=payer, now=late, outcome=outcome, proof="letter"
            )
        assert why.value.code == "file_going"

    pay_all(now=LATER)

    assert [one.status for one in payouts_of(session)] == [PayoutStatus.SENT]


def test_an_answer_proves_that_its_file_was_put_out(session, agency, approved, dies):
    approved(amount=100)
    dies("file.on_disk")
    with pytest.raises(Died):
        pay_all(now=NOON)
    session.rollback()
    agency.payouts_stopped = "looked at"
    session.commit()
    [file], [payout] = files(session), payouts_of(session)
    put(agency, answer(file, (payout.bank_reference, "100.00", "1", "AC04")))

    pay_all(now=NOON + dt.timedelta(minutes=1))

    assert [one.status for one in payouts_of(session)] == [PayoutStatus.REJECTED]
    assert files(session)[0].done_at


def test_a_run_that_holds_another_way_of_paying_sends_nothing(session, agency, approved, bank):
    approved()

    counts = run_payouts(bank, now=NOON)

    assert (counts.claimed, counts.sent) == (1, 0)
    assert [one.status for one in payouts_of(session)] == [PayoutStatus.APPROVED]


def test_an_inbox_that_cannot_be_read_holds_up_nobody(session, agency, approved):
    approved()
    place = outside.bank(agency).folder.root
    place.mkdir(parents=True)
    (place / "inbox").write_bytes(b"a file where the folder should be")

    pay_all(now=NOON)

    assert [one.status for one in payouts_of(session)] == [PayoutStatus.SENT]
