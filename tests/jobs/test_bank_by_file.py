"""Payments by file through the whole hall, and a bank written by others that pays and refuses."""

import datetime as dt
import shutil

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
    yield row
    shutil.rmtree(outside.bank(row).folder.root, ignore_errors=True)


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
    return outside.bank(agency).folder.root / which


def carry(agency, bank):
    """Carry files to the bank and its answers back, as the line to a bank does."""
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


def days(session, agency, bank, *moments):
    """Let the hall and the bank work at these moments; carry files after each of the hall's runs."""
    for moment in moments:
        if moment.date() > NOON.date():
            bank.wait_until(moment.date())
            carry(agency, bank)
        counts = pay_all(now=moment)
        carry(agency, bank)
    session.expire_all()
    return counts


def test_a_case_is_paid_by_file_and_settled_by_the_banks_statement(
    session, agency, other, approved
):
    case = approved(amount=5000)

    counts = days(session, agency, other, NOON, NOON + DAY)

    assert (counts.settled, counts.stopped) == (1, 0)
    assert (case.status, statuses(session)) == (Status.PAID, [PayoutStatus.SETTLED])
    assert other.ask("GET", "/_mock/payments")[0]["amount"] == 5000_00
    assert sound(session)


@pytest.mark.whole
def test_a_closed_account_is_refused_and_its_applicant_corrects(
    session, agency, other, approved
):
    session.scalar(sa.select(Bank).where(Bank.code == "CCB")).cnaps_bank_code = ROUTING
    good, bad = approved(), approved(card=CLOSED_CARD)
    other.open_account(
        "CLOSED", iban=iban("MOCK0000000055"), account_number=CLOSED_CARD,
        behaviour="closed-account",
    )  # fmt: skip

    days(session, agency, other, NOON, NOON + DAY)

    assert (good.status, bad.status) == (Status.PAID, Status.PAYEE_FIX)
    assert bad.payouts[0].bank_code_answer == "AC04"
    assert sound(session)


def test_an_empty_account_is_asked_again_later_under_a_new_reference(
    session, agency, other, approved
):
    other.change("ANHUI", balance=0, behaviour="insufficient-funds")
    case = approved()

    days(session, agency, other, NOON, NOON + DAY / 24)

    first, second = case.payouts
    assert (first.status, first.bank_code_answer) == (PayoutStatus.REJECTED, "AM04")
    assert (case.status, second.attempt) == (Status.APPROVED, 2)
    assert sound(session)


@pytest.mark.whole
def test_money_that_comes_back_days_later_goes_to_the_applicants_page(
    session, agency, other, approved
):
    other.change("ANHUI", behaviour="return-later", parameters={"days": 2, "reason": "AC04"})
    case = approved()

    days(session, agency, other, *(NOON + day * DAY for day in range(4)))

    assert case.status is Status.PAYEE_FIX
    assert (statuses(session), case.payouts[0].bank_code_answer) == (
        [PayoutStatus.RETURNED], "AC04",
    )  # fmt: skip
    assert sound(session)


def test_a_file_sent_twice_is_a_duplicate_and_proves_that_it_arrived(
    session, agency, other, approved
):
    approved()
    pay_all(now=NOON)
    [order] = folder(agency, "outbox").glob("*.xml")
    other.send(order.read_bytes())

    carry(agency, other)
    pay_all(now=NOON)

    answers = session.scalars(sa.select(BankFile).where(BankFile.kind == "answer")).all()
    assert [(one.done_rows, one.problem) for one in answers] == [(1, ""), (1, "")]
    assert statuses(session) == [PayoutStatus.SENT]
    assert len(other.ask("GET", "/_mock/payments")) == 1


@pytest.mark.whole
def test_a_refused_file_stops_payouts_and_nothing_is_lost(session, agency, other, approved):
    other.change("ANHUI", behaviour="reject-file")
    case = approved()

    counts = days(session, agency, other, NOON, NOON + DAY / 24)

    assert (counts.stopped, case.status) == (1, Status.APPROVED)
    assert [payout.status for payout in case.payouts] == [
        PayoutStatus.REJECTED, PayoutStatus.APPROVED,
    ]  # fmt: skip
    assert sound(session)


def iban(rest):
    """Return a number with right check digits."""
    turned = int("".join(str(int(letter, 36)) for letter in f"{rest}NL00")) % 97
    return f"NL{98 - turned:02d}{rest}"
