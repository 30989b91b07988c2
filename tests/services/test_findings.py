"""Lines without our reference: suggested, said by one, confirmed by another, then booked."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import PayoutStatus, Role, Status
from app.gateways.bank import Statement, StatementLine
from app.jobs.day_ends import close_days
from app.jobs.payouts import run_payouts
from app.models import DayEnd, Notice
from app.models import StatementLine as Row
from app.services.accounting import verification
from app.services.paying import findings, payments, reconciliation, resolutions, statements
from tests.factories import NOON, change_roles
from tests.money import PaperBank, make_approved

P = PayoutStatus
DAY = NOON.date()
NEXT = NOON + dt.timedelta(days=1)
AFTER = NOON + dt.timedelta(days=2)
STRANGE = "AJ20261118999999990"


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


@pytest.fixture
def case(session, chen, dai, payer, bank):
    """Make a payment that the bank carries out without saying so."""
    bank.script.append("done")
    bank.silent = True
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    session.expire_all()
    return case


def read(session, case, *lines, day=DAY, now=NEXT):
    """Take the statement of a day with these lines."""
    found = statements.take_statement(
        session, case.agency_id, Statement(day, lines, complete=True), now=now
    )
    session.commit()
    session.expire_all()
    return found


@pytest.fixture
def line(session, case):
    """Make the bank's line of the payment, with a reference of the bank's own."""
    payout = case.payouts[0]
    read(
        session, case,
        StatementLine("0001", payout.amount, payout.payee_name, payout.payee_card, NOON),
    )  # fmt: skip
    return session.scalars(sa.select(Row)).one()


def test_a_line_without_our_reference_is_only_suggested(session, case, line, payer):
    [item] = reconciliation.open_items(session, actor=payer)
    assert (item.flag, item.suggested) == ("only_theirs", [case.payouts[0]])
    assert case.payouts[0].status is P.UNKNOWN


@pytest.mark.parametrize("change", [{"amount": Decimal(1)}, {"payee_tail": "9999"}])
def test_another_sum_or_account_is_not_suggested(session, case, line, change):
    other = Row(
        agency_id=line.agency_id, on_date=line.on_date, line_no=2, reference="0002",
        amount=line.amount, direction="out", bucket="only_theirs", payee_tail=line.payee_tail,
        read_at=NEXT,
    )  # fmt: skip
    for name, value in change.items():
        setattr(other, name, value)
    session.add(other)
    session.flush()
    assert findings.suggestions(session, other) == []


@pytest.mark.both
def test_two_people_find_the_payment_of_a_line(kind, session, case, line, payer, releaser):
    said = findings.propose(
        session, line, actor=payer, now=NEXT, payout_id=case.payouts[0].id, why="same account"
    )
    assert case.payouts[0].status is P.UNKNOWN
    findings.confirm(session, said, actor=releaser, now=NEXT)
    session.commit()

    session.expire_all()
    assert (case.payouts[0].status, case.status) == (P.SETTLED, Status.PAID)
    assert reconciliation.open_items(session, actor=payer) == []
    assert [*verification.verify(session)] == []


def test_a_payment_thought_lost_is_found_by_its_own_reference(
    session, case, payer, releaser, bank, clock
):
    [payout] = case.payouts
    payments.to_approved(session, payout, now=NOON, why="resolved")
    read(session, case, *bank.statement(DAY).lines)
    [item] = reconciliation.open_items(session, actor=payer)
    assert (item.flag, item.suggested) == ("only_theirs", [])
    case.agency.payouts_stopped, bank.silent = "", False
    session.commit()
    run_payouts(bank, now=NEXT)

    [item] = reconciliation.open_items(session, actor=payer)
    assert (item.flag, item.suggested) == ("only_theirs", [payout])
    said = findings.propose(
        session, item.line, actor=payer, now=NEXT, payout_id=payout.id, why="voucher 5"
    )
    findings.confirm(session, said, actor=releaser, now=NEXT)
    assert payout.status is P.SETTLED
    assert bank.times_paid() == {payout.bank_reference: 1}


def test_one_person_alone_finds_no_payment(session, case, line, payer):
    said = findings.propose(
        session, line, actor=payer, now=NEXT, payout_id=case.payouts[0].id, why="same account"
    )
    session.commit()
    payer = change_roles(session, payer, Role.RELEASER)
    with pytest.raises(NotAllowed) as told:
        findings.confirm(session, said, actor=payer, now=NEXT)
    assert told.value.code == "four_eyes"


def test_a_line_is_no_payment_that_was_not_suggested(session, case, line, payer, chen, dai):
    other = make_approved(session, chen, dai, amount=77)
    with pytest.raises(Invalid) as told:
        findings.propose(
            session, line, actor=payer, now=NEXT, payout_id=other.payouts[0].id, why="guessed"
        )
    assert told.value.code == "finding_differs"


def test_what_is_not_ours_is_explained_by_two(session, case, line, payer, releaser):
    said = findings.propose(
        session, line, actor=payer, now=NEXT, payout_id=None, why="the bank's own fee"
    )
    findings.confirm(session, said, actor=releaser, now=NEXT)
    assert reconciliation.open_items(session, actor=payer) == []
    with pytest.raises(IllegalMove):
        findings.discard(session, said, actor=payer, now=NEXT, reason="no")


def test_a_wrong_finding_is_taken_away(session, case, line, payer, releaser):
    said = findings.propose(
        session, line, actor=payer, now=NEXT, payout_id=case.payouts[0].id, why="same account"
    )
    findings.discard(session, said, actor=releaser, now=NEXT, reason="another person")
    [item] = reconciliation.open_items(session, actor=payer)
    assert item.said is None


def test_a_line_that_could_be_it_keeps_a_payment_in_doubt(session, case, line, bank):
    payout = case.payouts[0]
    assert payments.window_over(payout, now=NEXT)
    assert not payments.statement_lacks(session, payout)


def test_a_line_explained_as_anothers_proves_that_it_is_lacking(
    session, case, line, payer, releaser
):
    said = findings.propose(
        session, line, actor=payer, now=NEXT, payout_id=None, why="rent of the office"
    )
    findings.confirm(session, said, actor=releaser, now=NEXT)
    assert payments.statement_lacks(session, case.payouts[0])


def test_payers_are_told_of_differences(session, case, line, payer):
    told = session.scalars(sa.select(Notice).where(Notice.user_id == payer.user_id)).all()
    assert "reconciliation_difference" in {one.event for one in told}


@pytest.fixture
def ended(session):
    """Close the days that can be closed; return the last end."""

    def close(now=NEXT):
        close_days(now=now)
        return session.scalars(sa.select(DayEnd).order_by(DayEnd.on_date.desc())).first()

    return close


@pytest.fixture
def paid(session, chen, dai, bank, clock):
    """Make a payment that was carried out as it should."""
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    session.expire_all()
    clock.set(NEXT)
    return case


@pytest.mark.whole
@pytest.mark.both
def test_a_day_ends_when_four_books_agree(kind, session, paid, bank, ended):
    read(session, paid, *bank.statement(DAY).lines)

    end = ended()

    assert end.balanced
    assert end.differences == []
    out = (end.ledger_out, end.payouts_out, end.bank_out, end.pages_out)
    assert out == (paid.amount,) * 4
    assert (end.count_out, end.in_transit, end.in_flight) == (1, 0, 0)
    assert close_days(now=NEXT) == 0


def test_a_difference_of_a_day_is_named(session, paid, bank, ended):
    line = bank.statement(DAY).lines[0]
    read(session, paid, replace(line, amount=line.amount + 1), replace(line, reference=STRANGE))

    end = ended()

    assert not end.balanced
    kinds = {one["kind"]: one["amount"] for one in end.differences}
    assert kinds == {"differing": "-1.00", "only_theirs": "5000.00"}


def test_a_fee_of_the_bank_is_set_aside_and_stops_nothing(session, paid, bank, ended, payer):
    fee = StatementLine("", Decimal("12.50"), "", "", NOON, code="CHRG")
    found = read(session, paid, *bank.statement(DAY).lines, fee)

    assert (found.matched, found.fee, found.only_theirs) == (1, 1, 0)
    assert paid.agency.payouts_stopped == ""
    assert reconciliation.open_items(session, actor=payer) == []
    end = ended()
    assert end.balanced
    assert [(one["kind"], one["amount"]) for one in end.differences] == [("bank_fee", "12.50")]
    kept = session.scalars(sa.select(Row).where(Row.bucket == "fee")).one()
    assert (kept.reference, kept.amount, kept.direction) == ("CHRG", Decimal("12.50"), "out")


def test_what_only_looks_like_a_fee_stops_payouts(session, paid, bank):
    big = StatementLine("", statements.MOST_FEE + 1, "", "", NOON, code="CHRG")
    other = StatementLine("", Decimal("12.50"), "", "", NOON, code="ESCT")
    back = StatementLine("", Decimal("-12.50"), "", "", NOON, code="CHRG")

    found = read(session, paid, *bank.statement(DAY).lines, big, other, back)

    assert (found.fee, found.only_theirs) == (0, 3)
    assert paid.agency.payouts_stopped == statements.STOP_THEIRS


def test_a_payment_the_bank_has_not_is_named(session, paid, ended):
    read(session, paid)
    assert [one["kind"] for one in ended().differences] == ["only_ours"]


def test_a_booking_of_another_day_is_no_fault(session, paid, bank, ended):
    read(session, paid)
    ended()
    after = NEXT + dt.timedelta(days=1)
    read(session, paid, *bank.statement(DAY).lines, day=NEXT.date(), now=after)

    end = ended(after)

    assert [one["kind"] for one in end.differences] == ["bank_other_day"]
    assert end.balanced


def test_money_that_came_back_days_later_ends_its_day(session, paid, bank, ended, clock):
    read(session, paid, *bank.statement(DAY).lines)
    ended()
    bank.bounce(paid.payouts[0].bank_reference)
    [_, back] = bank.booked
    line = StatementLine(back[0], back[1], "", "", NEXT)
    read(session, paid, line, day=NEXT.date(), now=NEXT)

    end = ended(NEXT)

    assert paid.status is Status.PAYEE_FIX
    assert end.balanced
    back_sums = (end.ledger_back, end.payouts_back, end.bank_back, end.pages_back)
    assert back_sums == (paid.amount,) * 4


@pytest.fixture
def unbooked(session, paid, payer):
    """Make a payment that the bank called paid and has on no statement, the next day's read."""
    [payout] = paid.payouts
    read(session, paid)
    with pytest.raises(IllegalMove):
        never_booked(session, payout, payer)
    read(session, paid, day=NEXT.date(), now=AFTER)
    return payout


def never_booked(session, payout, actor, outcome=P.RETURNED):
    """Say that the bank never booked a payment."""
    return resolutions.resolve_unbooked(
        session, payout, actor=actor, now=AFTER, outcome=outcome, proof="bank letter 11"
    )


@pytest.mark.both
def test_two_people_take_back_what_the_bank_called_paid_and_never_booked(
    kind, session, paid, unbooked, payer, releaser, ended
):
    never_booked(session, unbooked, payer)
    assert unbooked.status is P.PAID
    never_booked(session, unbooked, releaser)
    session.commit()

    assert (unbooked.status, paid.status) == (P.RETURNED, Status.PAYEE_FIX)
    assert paid.account.held == paid.amount
    assert [*verification.verify(session)] == []
    read(session, paid, day=AFTER.date(), now=AFTER + dt.timedelta(days=1))
    end = ended(AFTER)
    assert ([one["kind"] for one in end.differences], end.balanced) == (["never_booked"], True)


def test_what_the_own_days_statement_may_have_is_not_called_unbooked(session, paid, payer):
    [payout] = paid.payouts
    read(session, paid, day=NEXT.date(), now=AFTER)

    with pytest.raises(IllegalMove):
        never_booked(session, payout, payer)


def test_what_two_people_gave_up_and_the_bank_books_after_all_stops_payouts(
    session, paid, unbooked, payer, releaser, bank
):
    never_booked(session, unbooked, payer)
    never_booked(session, unbooked, releaser)
    found = read(
        session, paid, *bank.statement(DAY).lines, day=AFTER.date(),
        now=AFTER + dt.timedelta(days=1),
    )  # fmt: skip
    assert (found.only_theirs, found.matched) == (1, 0)
    assert paid.agency.payouts_stopped


def test_nobody_ends_otherwise_what_was_never_booked(session, unbooked, payer):
    with pytest.raises(Invalid) as told:
        never_booked(session, unbooked, payer, outcome=P.APPROVED)
    assert told.value.code == "outcome_unknown"


def test_an_end_is_never_changed(session, paid, bank, ended):
    read(session, paid, *bank.statement(DAY).lines)
    ended()
    for statement in ("UPDATE day_end SET balanced = 1", "DELETE FROM day_end"):
        with pytest.raises(sa.exc.IntegrityError, match="new rows only"):
            session.execute(sa.text(statement))
        session.rollback()
