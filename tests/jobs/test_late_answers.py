"""A late answer to a file whose payment was freed meanwhile: it stops payouts, the rest counts."""

import datetime as dt

import pytest

from app.domain.terms import PayoutStatus
from app.jobs.paying import pay_all
from app.models import Payout
from app.services.accounting import verification
from app.services.paying import claims, payments
from app.transaction import transaction
from tests.factories import NOON
from tests.jobs.tables import answer, files, payouts_of, put

P = PayoutStatus
LATER = NOON + dt.timedelta(minutes=20)
PAID, REFUSED, UNDER_WAY = ("0", ""), ("1", "AC04"), ("2", "")


@pytest.fixture
def sent(session, agency, approved):
    """A file with two payments in the outbox."""
    approved(amount=100)
    approved(amount=200)
    pay_all(now=NOON)
    return files(session)[0]


def free(session, to):
    """Let people say that the bank never had the first payment, or that it refused it."""
    with transaction() as writing:
        payout = writing.get_one(Payout, payouts_of(session)[0].id)
        payments.to_unknown(writing, payout, now=NOON, why="no_file")
        if to is P.REJECTED:
            payments.reject(writing, payout, "AC04", "", now=NOON)
        else:
            payments.to_approved(writing, payout, now=NOON, why="resolved")


def say(agency, session, file, first, second=PAID):
    """Let the bank answer a file of two payments."""
    one, two = (payout.bank_reference for payout in payouts_of(session)[:2])
    put(agency, answer(file, (one, "100.00", *first), (two, "200.00", *second)))


@pytest.mark.parametrize(
    ("to", "word", "stopped"),
    [
        (P.APPROVED, PAID, True),
        (P.APPROVED, UNDER_WAY, True),
        (P.REJECTED, PAID, True),
        (P.REJECTED, UNDER_WAY, False),
        (P.REJECTED, REFUSED, False),
    ],
)
def test_what_the_bank_paid_after_all_is_not_sent_again(
    session, agency, sent, to, word, stopped
):
    free(session, to)
    say(agency, session, sent, word)

    pay_all(now=LATER)

    session.refresh(agency)
    assert agency.payouts_stopped == (payments.STOP_DIFFERS if stopped else "")
    assert [one.status for one in payouts_of(session)] == [to, P.PAID]
    assert len(files(session)) == 1
    assert [*verification.verify(session)] == []


@pytest.mark.parametrize(("word", "stopped"), [(PAID, True), (REFUSED, False)])
def test_a_late_answer_counts_for_the_payments_that_stayed_in_its_file(
    session, agency, sent, word, stopped
):
    free(session, P.APPROVED)
    pay_all(now=LATER)
    first, second = files(session)
    say(agency, session, first, word)

    pay_all(now=LATER + dt.timedelta(hours=1))

    session.refresh(agency)
    one, two = payouts_of(session)
    assert bool(agency.payouts_stopped) is stopped
    assert (one.status, one.bank_file_id, two.status) == (P.SENT, second.id, P.PAID)
    assert files(session, "refused") == []


def test_a_payment_taken_again_stands_in_no_file(session, agency, sent):
    free(session, P.APPROVED)

    with transaction() as writing:
        claims.claim_next(writing, claims.plan(writing, now=LATER))

    assert [one.bank_file_id for one in payouts_of(session)] == [None, sent.id]
