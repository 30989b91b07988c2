"""The payments of every agency, each through its own bank."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict

from app import outside
from app.jobs import day_ends, housekeeping, leader
from app.jobs.payouts import Counts, recover, run_payouts
from app.models import Agency
from app.services import reference
from app.services.paying import stops
from app.transaction import transaction


def pay_all(*, now: dt.datetime, stopping: Callable[[], bool] = lambda: False) -> Counts:
    """Run the payments of all agencies; a run beside others leaves their fresh claims alone."""
    total = Counts()

    def take_over() -> None:
        total.recovered = recover(now=now)

    with transaction() as session:
        agency_ids = [agency.id for agency in reference.agencies(session)]
    with leader.presence("payouts", when_alone=take_over):
        for agency_id in agency_ids:
            if stopping():
                break
            with transaction() as session:
                bank = outside.bank(session.get_one(Agency, agency_id))
            counts = run_payouts(
                bank, now=now, agency_id=agency_id, alone=False, stopping=stopping
            )
            for key, value in asdict(counts).items():
                setattr(total, key, getattr(total, key) + value)
    day_ends.close_days(now=now)
    prove_for_lifts(now=now)
    return total


def prove_for_lifts(*, now: dt.datetime) -> None:
    """Prove the books where somebody proposed that stopped payouts go on."""
    with transaction() as session:
        wanted = stops.wants_proof(session, now=now)
    if wanted:
        housekeeping.prove_books(now=now)
