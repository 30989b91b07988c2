"""The payments of every agency, each through its own bank."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import asdict

from app import outside
from app.jobs import day_ends, housekeeping, leader
from app.jobs.payouts import Counts, recover, run_payouts
from app.models import Agency
from app.services import reference
from app.services.paying import stops
from app.transaction import transaction

LONGEST = 300.0
"""Seconds one agency's run may take: the bank's hours, caps and the day are those of its begin."""

log = logging.getLogger(__name__)


def pay_all(*, now: dt.datetime, stopping: Callable[[], bool] = lambda: False) -> Counts:
    """Run the payments of all agencies; a run beside others leaves their fresh claims alone.

    What one agency's run cannot get over is raised at the end, when the others had their turn.
    """
    total, begun = Counts(), time.monotonic()
    faults: list[Exception] = []

    def take_over() -> None:
        total.recovered = recover(now=now)

    def moment() -> dt.datetime:
        return now + dt.timedelta(seconds=int(time.monotonic() - begun))

    with transaction() as session:
        agency_ids = [agency.id for agency in reference.agencies(session)]
    with leader.presence("payouts", when_alone=take_over):
        for agency_id in agency_ids:
            if stopping():
                break
            try:
                counts = _pay(agency_id, now=moment(), stopping=stopping)
            except Exception as fault:
                log.exception("the payments of agency %s ended early", agency_id)
                faults.append(fault)
                continue
            for key, value in asdict(counts).items():
                setattr(total, key, getattr(total, key) + value)
    day_ends.close_days(now=now)
    prove_for_lifts(now=now)
    if faults:
        raise faults[0]
    return total


def _pay(agency_id: int, *, now: dt.datetime, stopping: Callable[[], bool]) -> Counts:
    """Run the payments of one agency, for so long at the most; the next run goes on."""
    ends = time.monotonic() + LONGEST
    with transaction() as session:
        bank = outside.bank(session.get_one(Agency, agency_id))
    return run_payouts(
        bank, now=now, agency_id=agency_id, alone=False,
        stopping=lambda: stopping() or time.monotonic() >= ends,
    )  # fmt: skip


def prove_for_lifts(*, now: dt.datetime) -> None:
    """Prove the books where somebody proposed that stopped payouts go on."""
    with transaction() as session:
        wanted = stops.wants_proof(session, now=now)
    if wanted:
        housekeeping.prove_books(now=now)
