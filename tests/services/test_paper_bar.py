"""A day of 25,000 payments closed, proven and printed from; a large case file in little memory."""

import json
import os
import time
import tracemalloc
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import outside
from app.gateways.paper.receipt_pdf import receipt_pdf
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.models import JournalEntry, LedgerAccount, MoneyDay, Posting, Receipt
from app.services.dossiers import packing
from app.services.dossiers.contents import Picture
from app.services.paying import receipts
from app.services.records import money_proof
from tests.bars import FULL
from tests.factories import NOON
from tests.money import PaperBank, make_approved
from tests.services.test_money_days import ONE_DAY, unguarded

ENTRIES = 75_000 if FULL else 200
PICTURES = 120 if FULL else 12
MOST_SECONDS = 60
MOST_MEMORY = 40_000_000
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "proof-on-paper.json"


def book_many(session, case):
    """Write as many entries as 25,000 payments leave on a day, many at a time."""
    sides = session.scalars(
        sa.select(LedgerAccount.id).where(LedgerAccount.agency_id == case.agency_id)
    ).all()[:2]
    first = (session.scalar(sa.select(sa.func.max(JournalEntry.id))) or 0) + 1
    ids = range(first, first + ENTRIES)
    session.execute(sa.insert(JournalEntry), [
        {"id": key, "agency_id": case.agency_id, "kind": "paid", "reference": f"bar-{key}",
         "value_date": NOON.date(), "at": NOON, "application_id": case.id, "note": ""}
        for key in ids
    ])  # fmt: skip
    session.execute(sa.insert(Posting), [
        {"agency_id": case.agency_id, "entry_id": key, "ledger_account_id": side,
         "amount": amount}
        for key in ids
        for side, amount in zip(sides, (-5000, 5000), strict=True)
    ])  # fmt: skip
    session.commit()


def timed(work):
    began = time.perf_counter()
    found = work()
    return round(time.perf_counter() - began, 2), found


@pytest.mark.whole
@pytest.mark.bar
@pytest.mark.timeout(900)
@pytest.mark.both
def test_a_day_of_very_many_payments_is_closed_proven_and_printed_from(
    kind, session, chen, dai, clock
):
    case = make_approved(session, chen, dai)
    run_payouts(PaperBank(clock), now=NOON)
    book_many(session, case)

    closing, _ = timed(lambda: close_all(now=NOON + ONE_DAY))
    proving, found = timed(lambda: [*money_proof.verify(session, storage=outside.storage())])
    receipt = session.scalars(sa.select(Receipt)).one()
    printing, paper = timed(
        lambda: receipts.printed(
            session, receipt, storage=outside.storage(), address="https://hall.example.cn"
        )
    )
    drawing, pdf = timed(lambda: receipt_pdf(paper))

    assert found == []
    assert closing + proving < MOST_SECONDS
    day = session.scalars(sa.select(MoneyDay)).one()
    keep(kind, entries=ENTRIES, seconds_to_close=closing, seconds_to_prove=proving,
         file_bytes=day.size, seconds_to_find_the_way=printing, steps=len(paper.twin["proof"]["way"]),
         seconds_to_draw=drawing, pdf_bytes=len(pdf))  # fmt: skip
    row = session.scalar(sa.select(sa.func.max(JournalEntry.id)))
    unguarded(session, "posting", f"UPDATE posting SET amount = 1 WHERE entry_id = {row}")
    named = {one.row_id for one in money_proof.verify(session, storage=outside.storage())}
    assert row in named


@pytest.mark.bar
def test_a_large_case_file_is_made_in_little_memory(app, session):
    storage, picture = outside.storage(), os.urandom(1_000_000)
    storage.put("1/bar", picture)
    record = {"case": {"number": "BT1"}, "materials": []}
    pictures = [Picture(f"materials/{n}.jpg", "1/bar", {}) for n in range(PICTURES)]

    tracemalloc.start()
    seconds, kept = timed(
        lambda: packing.packed(
            record, pictures, {}, storage=storage, place="dossiers/bar", told=lambda _: None
        )
    )
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept.size > PICTURES * 1_000_000
    assert peak < MOST_MEMORY
    keep("case_file", bytes=kept.size, parts=kept.parts, seconds=seconds, peak_memory=peak)


def keep(part, **figures):
    """Write the figures of a full run."""
    if FULL:
        there = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        RESULTS.write_text(json.dumps(there | {part: figures}, indent=2, sort_keys=True) + "\n")
