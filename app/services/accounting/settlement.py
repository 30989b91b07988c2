"""The yearly settlement of interest (年度结息): earned until 30 June, credited on 1 July (IN02).

A run goes through the accounts of a service in the order of their keys, some at a time; how far
it is stands in its row and moves with the postings, so that it goes on where it was stopped. An
account and a year have one reference, which the database takes once.
"""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import Invalid
from app.domain.policy import WORKER, Actor
from app.domain.terms import AccountState, LedgerCode
from app.models import Account, InterestRun, Scheme
from app.services import audit
from app.services.accounting import accrual, bulk_postings, interest_notices
from app.services.accounting.bulk_postings import Due

CHUNK = 1000
CREDITED = (7, 1)
"""Month and day on which interest is credited; it is earned until the day before."""

AUTOMATIC_DAYS = 31
"""So long from that day a run begins by itself; later a person says so."""

ENDED = (
    AccountState.CLOSED_BY_WITHDRAWAL,
    AccountState.CLOSED_BY_MERGER,
    AccountState.CLOSED_BY_TRANSFER,
)


def credited_on(year: int) -> dt.date:
    """Return the day on which the interest of a year is credited."""
    return dt.date(year, *CREDITED)


def reference_of(account_id: int, year: int) -> str:
    """Return the reference under which an account's interest of a year is posted."""
    return f"interest-{year}-{account_id}"


def begin(
    session: Session,
    scheme: Scheme,
    year: int,
    *,
    now: dt.datetime,
    today: dt.date,
    actor: Actor = WORKER,
) -> InterestRun:
    """Return the run of a service and year, begun now if it has not begun.

    Raises ``Invalid``: year_not_over before the day on which interest is credited;
    later_year_settled, for interest bears from the newest posting on.
    """
    if today < credited_on(year):
        raise Invalid("the interest year is not over", code="year_not_over", field="year")
    run = session.scalar(
        sa.select(InterestRun).where(
            InterestRun.scheme_id == scheme.id, InterestRun.year == year
        )
    )
    if run is None:
        later = InterestRun.scheme_id == scheme.id, InterestRun.year > year
        if session.scalar(sa.select(InterestRun.id).where(*later).limit(1)) is not None:
            raise Invalid("a later year was settled", code="later_year_settled", field="year")
        run = InterestRun(
            agency_id=scheme.agency_id, scheme_id=scheme.id, year=year, started_at=now
        )
        session.add(run)
        session.flush()
        audit.record(
            session, "interest_begun", actor=actor, now=now, object_type="interest_run",
            object_id=run.id, agency_id=run.agency_id, year=year, scheme=scheme.code,
        )  # fmt: skip
    return run


def settle_some(session: Session, run_id: int, *, now: dt.datetime, size: int = CHUNK) -> int:
    """Settle the next accounts of a run; return how many were gone through, 0 at its end.

    An account that closes has its interest already; one of before the first rate is left out.
    """
    run = session.get_one(InterestRun, run_id, with_for_update=True, populate_existing=True)
    if run.ended_at is not None:
        return 0
    keys = session.scalars(
        sa.select(Account.id)
        .where(
            Account.scheme_id == run.scheme_id,
            Account.id > run.last_account_id,
            Account.state.not_in(ENDED),
        )
        .order_by(Account.id)
        .limit(size)
    ).all()
    if not keys:
        _end(session, run, now=now)
        return 0
    rows = bulk_postings.lock(session, keys)
    due, left_out = _due(session, run, [row.id for row in rows if not row.closes])
    bulk_postings.post_many(session, run.agency_id, due, now=now)
    interest_notices.tell(session, run, due, now=now)
    run.last_account_id = keys[-1]
    run.accounts += len(keys)
    run.posted += len(due)
    run.left_out += left_out
    run.total += sum((one.amount for one in due), Decimal(0))
    session.flush()
    session.expire_all()
    return len(keys)


def _due(session: Session, run: InterestRun, keys: list[int]) -> tuple[list[Due], int]:
    """Return what a run posts, and how many accounts of before the first rate it leaves out.

    Interest posted for a later day (a closing that was voided) is followed by the next year's run
    only: a posting of an earlier day after it would let the days between bear twice.
    """
    day, due, left_out = credited_on(run.year), [], 0
    ahead = accrual.settled_beyond(session, keys, day)
    reckon = accrual.reckoner(session, run.scheme_id, to=day)
    for key, movements in accrual.movements_of(session, keys).items():
        if key in ahead:
            continue
        try:
            amount = reckon(movements)
        except Invalid:
            left_out += 1
            continue
        if amount > 0:
            due.append(
                Due(
                    key, "interest", reference_of(key, run.year), amount, day,
                    LedgerCode.INTEREST,
                )
            )  # fmt: skip
    return due, left_out


def _end(session: Session, run: InterestRun, *, now: dt.datetime) -> None:
    run.ended_at = now
    audit.record(
        session, "interest_settled", actor=WORKER, now=now, object_type="interest_run",
        object_id=run.id, agency_id=run.agency_id, year=run.year, accounts=run.accounts,
        posted=run.posted, total=str(run.total), left_out=run.left_out,
    )  # fmt: skip
