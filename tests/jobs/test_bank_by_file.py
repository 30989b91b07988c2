"""Payments by file through the whole hall, and a bank written by others that pays and refuses."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.terms import PayoutStatus, Status
from app.jobs.paying import pay_all
from app.models import Agency, Bank, BankFile, Payout
from app.services.accounting import verification
from tests.factories import NOON
from tests.mock_bank import OURS, ROUTING, MockBank
from tests.money import make_approved

DAY = dt.timedelta(days=1)
CLOSED_CARD = "6217000012345678"


@pytest.fixture
def agency(session):
    """The agency, paying by pain.001 from an account at the bank."""
    row = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
    row.pays_by, row.payer_account = "pain001", OURS
    session.commit()
    return row


@pytest.fixture
def other(agency):
    """A bank written by others where the agency has its account."""
    with MockBank(NOON) as bank:
        bank.open_account("ANHUI", iban=OURS, balance=10_000_000_00, name="安徽省直")
        yield bank


@pytest.fixture
def approved(session, chen, dai):
    """Make an approved case."""
    return lambda **columns: make_approved(session, chen, dai, **columns)


def folder(agency, which):
    """Return one of the agency's folders."""
    return outside.bank(agency).folder._root / which  # noqa: SLF001 - a test looks into it


def carry(agency, bank):
    """Carry files to the bank and its answers back, as the office's line to it does."""
    for path in sorted(folder(agency, "outbox").glob("*.xml")):
        bank.send(path.read_bytes())
        path.unlink()
    inbox = folder(agency, "inbox")
    inbox.mkdir(parents=True, exist_ok=True)
    for name, data in bank.post():
        (inbox / name).write_bytes(data)


def statuses(session):
    """Return every payment's status, in order."""
    session.expire_all()
    return list(session.scalars(sa.select(Payout.status).order_by(Payout.id)))


def sound(session):
    """Tell whether every invariant holds."""
    return [*verification.verify(session)] == []


def test_a_case_is_paid_by_file_and_settled_by_the_banks_statement(
    session, agency, other, approved
):
    case = approved(amount=5000)

    sent = pay_all(now=NOON)
    carry(agency, other)
    other.wait_until(NOON.date() + DAY)
    carry(agency, other)
    counts = pay_all(now=NOON + DAY)

    session.refresh(case)
    assert (sent.sent, counts.settled) == (1, 1)
    assert (case.status, statuses(session)) == (Status.PAID, [PayoutStatus.SETTLED])
    assert sound(session)
