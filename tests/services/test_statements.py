"""A day's statement against our payments: five faults among thousands, nothing else."""

import datetime as dt
import json
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.numbers import bank_reference
from app.domain.terms import PayoutStatus, Status
from app.gateways.bank import Statement, StatementLine
from app.jobs.payouts import run_payouts
from app.models import Agency, BankStatement, Payout, Receipt
from app.services.accounting import verification
from app.services.paying import receipts, reconciliation, statements
from tests.bars import FULL
from tests.factories import (
    NOON,
    make_account,
    make_applicant,
    make_application,
)
from tests.money import PaperBank, make_approved

MANY = 10_000 if FULL else 200
MOST_SECONDS = 10
STRANGE = "AJ20261118999999990"
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "reconciliation.json"
DAY = NOON.date()
NEXT = NOON + dt.timedelta(days=1)


@pytest.fixture
def bank(clock):
    """A bank in memory."""
    return PaperBank(clock)


def make_paid(session, many):
    """Make many paid payments on one case's pattern, quickly, without their ledger."""
    case = make_application(
        session, make_account(session, make_applicant(session), 0), status=Status.PAID
    )
    columns = {c.name: getattr(case, c.name) for c in case.__table__.columns if c.name != "id"}
    cases = [columns | {"number": f"BT{n}", "version": 1} for n in range(many)]
    keys = session.scalars(
        sa.insert(type(case)).returning(type(case).id, sort_by_parameter_order=True), cases
    ).all()
    rows = [
        {
            "application_id": key, "agency_id": case.agency_id, "status": PayoutStatus.PAID,
            "bank_reference": bank_reference(DAY, 1000 + n), "amount": Decimal(1000 + n),
            "payee_name": "某人", "payee_bank_code": "CCB", "payee_card_sealed": "-",
            "payee_last_four": "0000", "decision_hash": "-", "due_on": DAY,
            "created_at": NOON, "claimed_at": NOON, "paid_at": NOON,
        }
        for n, key in enumerate(keys, start=1)
    ]  # fmt: skip
    session.execute(sa.insert(Payout), rows)
    session.commit()
    return session.scalars(sa.select(Payout).order_by(Payout.id)).all()


def line_of(payout, amount=None):
    """Return the booking of a payment."""
    amount = payout.amount if amount is None else amount
    return StatementLine(payout.bank_reference, amount, payout.payee_name, "0", NOON)


@pytest.mark.bar(10)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 60)
def test_exactly_the_five_faults_are_flagged(
    kind, session, chen, dai, payer, bank, record_property
):
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    paid = make_paid(session, MANY - 1)
    returned, missing, wrong, doubled = case.payouts[0], paid[3], paid[5], paid[9]
    lines = [line_of(row) for row in paid if row is not missing]
    lines[lines.index(line_of(wrong))] = line_of(wrong, wrong.amount + 1)
    lines += [line_of(returned, -returned.amount), line_of(doubled)]
    lines.append(replace(line_of(missing), reference=STRANGE, payee_card="6217000000009999"))
    agency_id = paid[0].agency_id
    begun = time.monotonic()

    found = statements.take_statement(
        session, agency_id, Statement(DAY, tuple(lines), complete=True), now=NEXT
    )
    session.commit()
    flagged = reconciliation.open_items(session, actor=payer)
    flagged += reconciliation.returned(session, actor=payer)
    seconds = time.monotonic() - begun

    assert sorted((item.flag.value, item.reference) for item in flagged) == sorted(
        [
            ("differing", wrong.bank_reference), ("only_ours", missing.bank_reference),
            ("only_theirs", STRANGE), ("returned", returned.bank_reference),
            ("twice", doubled.bank_reference),
        ]
    )  # fmt: skip
    assert found.only_ours == [missing.id]
    assert case.status is Status.PAYEE_FIX
    assert session.get_one(Agency, agency_id).payouts_stopped == statements.STOP_THEIRS
    settled = sa.select(sa.func.count()).where(Payout.status == PayoutStatus.SETTLED)
    assert session.scalar(settled) == MANY - 3  # without the missing, wrong and returned one
    assert seconds < MOST_SECONDS
    record_property("number", f"{MANY:,} payouts, 5 faults, {len(flagged)} flagged")
    record_property("seconds", round(seconds, 2))
    if FULL:
        keep(kind, lines=len(lines), flagged=len(flagged), seconds=round(seconds, 1))


def keep(kind, **figures):
    """Write what was measured beside what is allowed."""
    there = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    there[kind] = {
        "payments": MANY, "planted": 5, "false": figures["flagged"] - 5,
        "seconds_allowed": MOST_SECONDS, **figures,
    }  # fmt: skip
    text = json.dumps(there, indent=2, sort_keys=True)
    RESULTS.write_text(text + "\n", encoding="utf-8")


def test_an_incomplete_statement_proves_nothing(session, chen, dai, bank):
    make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    agency_id = session.scalars(sa.select(Payout.agency_id)).first()
    torn = Statement(DAY, (), complete=False, problem="wrong_totals")
    assert statements.take_statement(session, agency_id, torn, now=NEXT) is None
    assert session.scalar(sa.select(sa.func.count(BankStatement.id))) == 0


def test_a_statement_is_taken_once(session, chen, dai, bank):
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    said = replace(bank.statement(DAY), complete=True)
    assert statements.take_statement(session, case.agency_id, said, now=NEXT).matched == 1
    session.commit()
    assert statements.take_statement(session, case.agency_id, said, now=NEXT) is None


def test_a_statement_ends_a_doubt(session, chen, dai, bank, clock):
    bank.script.append("done")
    bank.silent = True
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    clock.set(NEXT)
    run_payouts(bank, now=NEXT)
    session.expire_all()
    assert case.payouts[0].status is PayoutStatus.SETTLED
    assert case.status is Status.PAID
    assert receipts.facts_of(session.scalars(sa.select(Receipt)).one())["paid_on"] == str(DAY)
    assert [*verification.verify(session)] == []


def test_a_return_on_the_statement_goes_back_to_the_applicant(session, chen, dai, bank, clock):
    case = make_approved(session, chen, dai)
    run_payouts(bank, now=NOON)
    clock.set(NEXT)
    run_payouts(bank, now=NEXT)
    session.expire_all()
    assert case.payouts[0].status is PayoutStatus.SETTLED
    bank.bounce(case.payouts[0].bank_reference)
    said = bank.statement(NEXT.date())
    statements.take_statement(
        session, case.agency_id, replace(said, complete=True),
        now=NEXT + dt.timedelta(days=1),
    )  # fmt: skip
    session.commit()
    session.expire_all()
    assert case.payouts[0].status is PayoutStatus.RETURNED
    assert case.status is Status.PAYEE_FIX
    assert [*verification.verify(session)] == []
