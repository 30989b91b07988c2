"""A wrong statement is put aside by two; another account's statements begin a chain of their own."""

import datetime as dt

import flask_migrate
import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import PayoutStatus, Role
from app.jobs.paying import pay_all
from app.models import BankFile
from app.services.paying import bank_arrivals, statements_aside
from app.transaction import transaction
from tests.factories import NOON, actor_of, make_staff
from tests.jobs.tables import files, payouts_of, put, statement

DAY = dt.timedelta(days=1)
SENT, SETTLED = PayoutStatus.SENT, PayoutStatus.SETTLED


@pytest.fixture
def one(session, people):
    """The person who asks."""
    return actor_of(session, make_staff(session, "付一", Role.PAYER))


@pytest.fixture
def two(session, people):
    """The person who does it."""
    return actor_of(session, make_staff(session, "放二", Role.RELEASER))


def later(agency, *rows, opening="1000000.00"):
    """Lay the statement of the second day into the inbox."""
    put(agency, statement(agency, *rows, day="2026-11-19", opening=opening))


@pytest.fixture
def wrong(session, agency, approved):
    """A payment sent, and a second day's statement that does not follow the first one."""
    approved(amount=100)
    pay_all(now=NOON)
    put(agency, statement(agency))
    pay_all(now=NOON + DAY)
    [payout] = payouts_of(session)
    later(agency, (payout.bank_reference, "100.00"), opening="5.00")
    pay_all(now=NOON + 2 * DAY)
    assert payouts_of(session)[0].status is SENT
    return files(session, "statement")[-1].id


def aside(key, actor, reason="the bank sends another"):
    """Say it of the file in a transaction of its own."""
    with transaction() as session:
        file = session.get_one(BankFile, key)
        return statements_aside.put_aside(
            session, file, actor=actor, now=NOON + 2 * DAY, reason=reason
        )


@pytest.mark.both
def test_a_corrected_statement_comes_when_two_people_put_the_wrong_one_aside(
    kind, session, agency, wrong, one, two
):
    reference = payouts_of(session)[0].bank_reference
    later(agency, (reference, "100.00"))
    pay_all(now=NOON + 2 * DAY)
    assert [file.on_date for file in files(session, "refused")] == [None]

    assert not aside(wrong, one)
    assert aside(wrong, two, "")
    later(agency, (reference, "100.00"))
    pay_all(now=NOON + 2 * DAY + DAY / 24)

    assert payouts_of(session)[0].status is SETTLED
    assert files(session, "statement")[1].problem == "the bank sends another"


def test_one_person_alone_puts_nothing_aside_and_says_why(session, agency, wrong, one, two):
    with pytest.raises(NotAllowed):
        aside(wrong, two)
    with pytest.raises(Invalid):
        aside(wrong, one, " ")
    aside(wrong, one)
    with pytest.raises(NotAllowed):
        aside(wrong, one)
    assert not files(session, "statement")[1].problem


@pytest.mark.both
def test_what_was_compared_or_not_asked_for_stays(kind, session, agency, wrong, one):
    first = files(session, "statement")[0].id
    with pytest.raises(IllegalMove):
        aside(first, one)
    for deed in ("problem = 'x'", "account = 'x'"):
        with pytest.raises(sa.exc.DBAPIError, match="new rows only"):
            session.execute(sa.text(f"UPDATE bank_file SET {deed} WHERE id = {wrong}"))
        session.rollback()


def test_a_statement_put_aside_while_it_was_compared_settles_nothing(
    session, agency, wrong, one, two
):
    aside(wrong, one)
    aside(wrong, two)

    with pytest.raises(IllegalMove):
        bank_arrivals.statement_read(session, agency.id, dt.date(2026, 11, 19), now=NOON)


def test_another_account_begins_with_its_own_balance(session, agency, approved):
    approved(amount=100)
    pay_all(now=NOON)
    put(agency, statement(agency, (payouts_of(session)[0].bank_reference, "100.00")))
    pay_all(now=NOON + DAY)
    agency.payer_account = "3400 0000 9999"
    session.commit()
    approved(amount=200)
    pay_all(now=NOON + DAY)

    later(agency, (payouts_of(session)[1].bank_reference, "200.00"), opening="7000.00")
    pay_all(now=NOON + 2 * DAY)

    assert [one.status for one in payouts_of(session)] == [SETTLED, SETTLED]


@pytest.mark.whole
@pytest.mark.both
def test_statements_taken_before_are_of_the_account_that_pays(kind, session, agency, wrong):
    session.commit()

    flask_migrate.downgrade(revision="20261123e")
    flask_migrate.upgrade()

    assert {one.account for one in files(session, "statement")} == {agency.payer_account}
