"""Settling the interest of a year: account by account, some at a time, resumed where it stopped."""

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from app.domain.workdays import local_date
from app.extensions import db
from app.models import Account, InterestRun, Scheme
from app.services.accounting import settlement
from app.transaction import transaction


def settle_due(
    *, now: dt.datetime, stopping: Callable[[], bool] = lambda: False
) -> dict[str, int]:
    """Begin what is due in July and go on with every run that was begun; return counts."""
    today = local_date(now)
    day = settlement.credited_on(today.year)
    if 0 <= (today - day).days < settlement.AUTOMATIC_DAYS:
        for scheme_id in db.session.scalars(sa.select(Scheme.id).order_by(Scheme.id)).all():
            begin(scheme_id, today.year, now=now)
    open_runs = sa.select(InterestRun.id).where(InterestRun.ended_at.is_(None))
    keys = db.session.scalars(open_runs.order_by(InterestRun.id)).all()
    counts = {"accounts": 0, "runs_ended": 0}
    for key in keys:
        counts["accounts"] += settle_run(key, now=now, stopping=stopping)
        counts["runs_ended"] += not stopping()
    return counts


def begin(scheme_id: int, year: int, *, now: dt.datetime) -> int:
    """Begin the run of a service and year, or find it; return its key."""
    with transaction() as session:
        scheme = session.get_one(Scheme, scheme_id)
        run = settlement.begin(session, scheme, year, now=now, today=local_date(now))
        return run.id


def settle_run(
    run_id: int,
    *,
    now: dt.datetime,
    stopping: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """Settle a run to its end, each step a transaction; return the accounts gone through."""
    done = 0
    while not stopping():
        with transaction() as session:
            step = settlement.settle_some(session, run_id, now=now)
        if not step:
            break
        done += step
        progress(step)
    return done


def accounts_left(run_id: int) -> int:
    """Return how many accounts a run still has before it, for a bar of progress."""
    run = db.session.get_one(InterestRun, run_id)
    query = sa.select(sa.func.count(Account.id)).where(
        Account.scheme_id == run.scheme_id, Account.id > run.last_account_id
    )
    return db.session.scalar(query) or 0
