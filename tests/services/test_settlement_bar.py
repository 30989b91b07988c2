"""Interest of very many accounts: posted once each, in little memory, the proof of it in seconds."""

import resource
import time
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.terms import LedgerCode
from app.jobs import interest as job
from app.models import Account, InterestRun, JournalEntry
from app.services.accounting import bulk_postings, interest_proof
from app.services.accounting.bulk_postings import Due
from tests.bars import FULL
from tests.factories import find_scheme, make_applicant
from tests.services.test_settlement import JULY

MANY = 100_000 if FULL else 600
MOST_MEGABYTES = 60
SINCE = JULY.date().replace(year=2025)


def fill(session, many):
    """Make accounts of one holder with a contribution each, fast."""
    scheme, holder = find_scheme(session), make_applicant(session)
    for start in range(0, many, 5000):
        numbers = range(start, min(start + 5000, many))
        session.execute(
            sa.insert(Account),
            [
                {
                    "agency_id": scheme.agency_id, "scheme_id": scheme.id,
                    "applicant_id": holder.id, "number": f"N{number:08d}", "opened_on": SINCE,
                }
                for number in numbers
            ],
        )  # fmt: skip
        keys = session.scalars(sa.select(Account.id).order_by(Account.id).offset(start)).all()
        dues = [
            Due(
                key, "contribution", f"c-{key}", Decimal(100 + key % 977), SINCE,
                LedgerCode.CONTRIBUTIONS,
            )
            for key in keys
        ]  # fmt: skip
        bulk_postings.post_many(session, scheme.agency_id, dues, now=JULY)
        session.commit()
    return scheme.id


def megabytes():
    """Return the memory this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1_000_000


@pytest.mark.whole
@pytest.mark.bar(8)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 120)
def test_a_year_of_interest_is_settled_and_proven(kind, session, record_property):
    run = job.begin(fill(session, MANY), 2026, now=JULY)
    before = megabytes()
    began = time.monotonic()
    sizes = [before]
    more = job.settle_run(run, now=JULY, progress=lambda _done: sizes.append(megabytes()))
    assert more == MANY
    took = time.monotonic() - began
    grew = max(sizes) - before
    began = time.monotonic()
    assert [*interest_proof.interest(session)] == []
    proven = time.monotonic() - began
    posted = session.scalar(
        sa.select(sa.func.count(JournalEntry.id)).where(JournalEntry.kind == "interest")
    )
    settled = session.get_one(InterestRun, run)
    assert (settled.posted, posted, settled.ended_at is not None) == (MANY, MANY, True)
    assert grew < MOST_MEGABYTES
    record_property("number", f"{MANY:,} accounts, grew by {grew:.0f} MB")
    record_property("seconds", round(took, 1))
    record_property("proof_seconds", round(proven, 1))
