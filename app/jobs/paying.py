"""The payments of every agency, each through its own bank."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict

from app import outside
from app.jobs import leader
from app.jobs.payouts import Counts, run_payouts
from app.models import Agency
from app.services import reference
from app.transaction import transaction


def pay_all(*, now: dt.datetime, stopping: Callable[[], bool] = lambda: False) -> Counts:
    """Run the payments of all agencies; a second run beside it leaves fresh claims alone."""
    total = Counts()
    with transaction() as session:
        agency_ids = [agency.id for agency in reference.agencies(session)]
    with leader.lock("payouts") as alone:
        for agency_id in agency_ids:
            if stopping():
                break
            with transaction() as session:
                bank = outside.bank(session.get_one(Agency, agency_id))
            counts = run_payouts(
                bank, now=now, agency_id=agency_id, alone=alone, stopping=stopping
            )
            total = Counts(
                **{key: value + getattr(counts, key) for key, value in asdict(total).items()}
            )
    return total
