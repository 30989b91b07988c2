"""The proof of the books finds every row that was changed behind their back."""

import json
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.terms import Kind, Status
from app.jobs.payouts import run_payouts
from app.models import Posting
from app.services import ledger
from app.services.accounting import verification
from tests.factories import NOON, make_account, make_applicant, make_application
from tests.money import PaperBank, make_approved, make_signed

FAULTS = [
    ("UPDATE posting SET amount = amount + 7 WHERE id = {posting}", "posting_changed", "posting"),
    ("UPDATE account SET available = available + 1 WHERE id = {account}", "account_differs",
     "account"),
    ("UPDATE account SET held = held + 1 WHERE id = {account}", "account_differs", "account"),
    ("DELETE FROM posting WHERE id = {posting}", "entry_one_sided", "journal_entry"),
    ("UPDATE application SET status = 'approved' WHERE id = {case}", "paid_differs",
     "application"),
    ("UPDATE application SET status = 'paid' WHERE id = {waiting}", "paid_differs",
     "application"),
    ("UPDATE application SET amount = amount + 1 WHERE id = {case}", "amount_differs", "payout"),
    ("UPDATE application SET payee_name = '某人' WHERE id = {case}", "decision_differs", "payout"),
    ("UPDATE application SET approvals_required = 3 WHERE id = {case}", "four_eyes",
     "application"),
    ("UPDATE case_event SET actor_id = NULL WHERE application_id = {case}", "four_eyes",
     "application"),
    ("UPDATE payout SET status = 'settled' WHERE application_id = {case}", "settled_unproven",
     "payout"),
    ("UPDATE payout SET status = 'sent' WHERE application_id = {case}", "payment_differs",
     "payout"),
    ("UPDATE payout SET bank_reference = NULL WHERE application_id = {case}",
     "reference_missing", "payout"),
    ("UPDATE application SET amount = amount + 1 WHERE id = {waiting}", "hold_differs",
     "application"),
    ("UPDATE receipt SET facts = replace(facts, '5000', '9000')", "receipt_differs", "receipt"),
]  # fmt: skip


@pytest.fixture
def books(session, chen, dai, clock):
    """Make one paid case and one that waits for a decision; return their keys."""
    case = make_approved(session, chen, dai)
    run_payouts(PaperBank(clock), now=NOON)
    waiting = make_signed(session, chen)
    posting = session.scalars(
        sa.select(Posting.id).join(Posting.ledger_account)
        .where(Posting.ledger_account.has(account_id=case.account_id))
    ).first()  # fmt: skip
    return {
        "case": case.id, "account": case.account_id, "waiting": waiting.id, "posting": posting
    }  # fmt: skip


def unguard(session):
    """Take the triggers away, as somebody with the database in hand could."""
    postgres = session.get_bind().dialect.name == "postgresql"
    for table in ("posting", "journal_entry", "case_event", "receipt"):
        for deed in ("update", "delete"):
            on = f" ON {table}" if postgres else ""
            session.execute(sa.text(f"DROP TRIGGER {table}_no_{deed}{on}"))


@pytest.mark.both
def test_sound_books_have_no_violation(kind, session, books):
    assert [*verification.verify(session)] == []


@pytest.mark.parametrize(("deed", "code", "table"), FAULTS)
def test_a_changed_row_is_found_and_named(session, books, deed, code, table):
    unguard(session)
    session.execute(sa.text(deed.format(**books)))
    session.commit()
    found = {(row.code, row.table) for row in verification.verify(session)}
    assert (code, table) in found


@pytest.mark.parametrize(("held", "sound"), [(1000, True), (0, False)])
def test_a_closing_case_under_review_holds_its_principal(session, held, sound):
    account = make_account(session, make_applicant(session), 1000)
    case = make_application(
        session, account, status=Status.IN_REVIEW, kind=Kind.CLOSING, amount=Decimal("1012.34")
    )
    if held:
        ledger.hold(session, case, Decimal(held), now=NOON)

    found = [row.code for row in verification.verify(session)]

    assert found == ([] if sound else ["hold_differs"])


@pytest.mark.both
def test_a_changed_posting_is_named_by_its_key(kind, session, books):
    unguard(session)
    session.execute(sa.text(FAULTS[0][0].format(**books)))
    session.commit()
    named = [row for row in verification.verify(session) if row.table == "posting"]
    assert [row.row_id for row in named] == [books["posting"]]


def test_the_command_prints_lines_and_fails(app, session, books):
    runner = app.test_cli_runner()
    assert runner.invoke(args=["anju", "verify"]).exit_code == 0
    unguard(session)
    session.execute(sa.text(FAULTS[0][0].format(**books)))
    session.commit()
    outcome = runner.invoke(args=["anju", "verify"])
    assert outcome.exit_code == 1
    lines = [json.loads(line) for line in outcome.stdout.splitlines() if line.startswith("{")]
    assert {"posting", "account"} <= {line["table"] for line in lines}


def test_whoever_waits_hears_of_every_proof(session):
    told = []

    assert not [*verification.verify(session, told.append)]

    assert told == [1] * (len(verification.PROOFS) + 1)
