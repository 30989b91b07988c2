"""Money out of nothing: an entry that no file, run, case or payment called for is named."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.terms import Kind, LedgerCode, Status
from app.models import ContributionLine, ImportBatch, Posting
from app.services.accounting import (
    entries,
    entry_grounds,
    ledger_proof,
    posting_proofs,
    reversals,
)
from tests import paid_in
from tests.factories import NOON, make_account, make_applicant, make_application
from tests.money import make_funded, make_signed

L = LedgerCode
SUM = Decimal("777.00")
IN, EARNED = (L.CONTRIBUTIONS, L.AVAILABLE), (L.INTEREST, L.AVAILABLE)


def mint(session, account, kind, reference, sides, **of):
    """Post an entry of which the hall knows nothing else; the account's row moves with it."""
    move = entries.Movement(kind, reference, SUM, *sides)
    entry = entries.post(session, account, move, now=NOON, **of)
    session.commit()
    return entry


def named(session):
    return [(one.code, one.row_id) for one in entry_grounds.grounds(session)]


MINTED = [
    ("contribution", "contribution-1-1", IN),
    ("late", "late-1", (L.CONTRIBUTIONS, L.SUSPENSE)),
    ("interest", "interest-2026-{account}", EARNED),
    ("interest", "closing-interest-{case}", EARNED),
    ("interest", "i", EARNED),
    ("opening", "opening-1", IN),
    ("bonus", "b", IN),
    ("late_credit", "late-credit-1", IN),
    ("hold", "hold-1-1", (L.CONTRIBUTIONS, L.HELD)),
    ("hold", "hold-1-1", (L.AVAILABLE, L.HELD)),
    ("back", "back-1-1", (L.IN_TRANSIT, L.HELD)),
    ("paid", "paid-1-1", (L.IN_TRANSIT, L.BANK)),
    ("release", "release-1", (L.INTEREST, L.AVAILABLE)),
    ("late_interest", "late-interest-1", (L.INTEREST, L.HELD)),
    ("contribution_reversal", "reversal-1", (L.AVAILABLE, L.CONTRIBUTIONS)),
    ("interest_reversal", "reversal-1", IN),
]


@pytest.mark.both
@pytest.mark.parametrize(("kind_of", "reference", "sides"), MINTED)
def test_an_entry_nothing_called_for_is_named(session, kind, kind_of, reference, sides):
    account = make_funded(session, 1000)
    case = make_application(session, account, status=Status.DRAFT, kind=Kind.CLOSING)
    assert named(session) == []
    words = {"account": account.id, "case": case.id}

    entry = mint(session, account, kind_of, reference.format(**words), sides)

    assert ("entry_ungrounded", entry.id) in named(session)


def test_of_a_case_stands_what_the_case_says(session, chen):
    case = make_signed(session, chen, kind=Kind.CLOSING)
    for kind, sides in (
        ("late_interest", (L.INTEREST, L.HELD)), ("supplement", (L.AVAILABLE, L.HELD)),
        ("transit", (L.HELD, L.IN_TRANSIT)), ("back", (L.IN_TRANSIT, L.HELD)),
    ):  # fmt: skip
        entry = mint(session, case.account, kind, f"{kind}-1", sides, case=case)
        assert ("entry_ungrounded", entry.id) in named(session)


def test_an_entry_of_another_account_is_not_the_cases(session, chen):
    case, other = make_signed(session, chen), make_account(session, make_applicant(session))
    entry = mint(session, other, "hold", "hold-9-9", (L.AVAILABLE, L.HELD), case=case)

    assert named(session) == [("entry_ungrounded", entry.id)]


def test_late_money_is_credited_once_under_its_name(session):
    account = make_funded(session, 1000)
    account.closing = True
    late = paid_in.pay_in_late(
        session, account, 2 * SUM, now=NOON, value_date=NOON.date(), reference="l"
    )
    out = (L.SUSPENSE, L.AVAILABLE)
    half = mint(session, account, "late_credit", f"late-credit-{late.id}", out)
    other = mint(session, account, "late_credit", "late-credit-x", out)

    assert named(session) == [("entry_ungrounded", key) for key in (half.id, other.id)]


def test_a_line_of_another_sum_or_account_stands_for_nothing(session):
    account, other = make_funded(session), make_funded(session)
    entry = paid_in.pay_in(
        session, account, SUM, now=NOON, value_date=NOON.date(), reference="c"
    )
    session.commit()
    assert named(session) == []
    for change in ({"amount": 1}, {"amount": SUM, "account_id": other.id}):
        unguarded(session, "contribution_line", sa.update(ContributionLine).values(change))
        assert named(session) == [("entry_ungrounded", entry.id)]


@pytest.mark.both
def test_an_opening_no_file_brought_makes_the_sums_differ(session, kind):
    account = make_account(session, make_applicant(session), 0)
    reference = f"opening-{account.scheme_id}-{account.number}"
    mint(session, account, "opening", reference, IN)
    assert named(session) == [("openings_differ", account.agency_id)]

    session.add(
        ImportBatch(
            agency_id=account.agency_id, sha256="a", name="a", rows=1, total=SUM, at=NOON
        )
    )
    assert named(session) == []


def test_two_pairs_of_sides_are_no_entry(session):
    account = make_funded(session)
    entry = paid_in.pay_in(
        session, account, SUM, now=NOON, value_date=NOON.date(), reference="c"
    )
    session.add_all(
        Posting(
            agency_id=one.agency_id, entry_id=entry.id, amount=one.amount,
            ledger_account_id=one.ledger_account_id,
        )
        for one in list(entry.postings)
    )  # fmt: skip
    account.available += SUM
    session.commit()

    assert [one.code for one in ledger_proof.entries(session)] == ["entry_one_sided"]


@pytest.mark.both
def test_a_twin_nobody_confirmed_and_one_of_other_sides_are_named(
    session, kind, payer, releaser
):
    account = make_funded(session, 1000)
    entry, other = (
        paid_in.pay_in(session, account, SUM, now=NOON, value_date=NOON.date(), reference=name)
        for name in ("c1", "c2")
    )
    asked = reversals.propose(session, entry, actor=payer, now=NOON, proof="来函 1 号")
    back = (L.AVAILABLE, L.CONTRIBUTIONS)
    twin = mint(session, account, "contribution_reversal", f"reversal-{entry.id}", back)
    asked.twin_id = twin.id
    session.commit()
    assert ("entry_ungrounded", twin.id) in named(session)
    assert ("reversal_differs", asked.id) in twins(session)

    done = reversals.propose(session, other, actor=payer, now=NOON, proof="来函 2 号")
    turned = reversals.confirm(session, done, actor=releaser, now=NOON)
    session.commit()
    assert twins(session) == [("reversal_differs", asked.id)]
    side = entries.chart(session, account, L.INTEREST).id
    moved = sa.update(Posting).where(Posting.entry_id == turned.id, Posting.amount > 0)
    unguarded(session, "posting", moved.values(ledger_account_id=side))
    assert ("reversal_differs", done.id) in twins(session)


def twins(session):
    return [(one.code, one.row_id) for one in posting_proofs.twins(session)]


def unguarded(session, table, statement):
    """Change a table as somebody with the database in hand could."""
    on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_update{on}"))
    session.execute(statement.execution_options(synchronize_session=False))
    session.commit()
    session.expire_all()
