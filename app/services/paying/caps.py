"""How much may leave in a run and on a day: numbers of a scheme with dates, counted by claims."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.terms import PayoutStatus
from app.domain.workdays import SHANGHAI, local_date
from app.models import Application, Payout, PayoutUsage
from app.services import reference

RUN_COUNT = "batch_limit"
RUN_TOTAL = "payout_run_limit"
DAY_COUNT = "payout_day_count"
DAY_TOTAL = "payout_day_limit"
SMALL_BATCH = "small_batch_limit"
"""The settings; one that is not there, or empty, sets no limit."""

NOT_OUT = (PayoutStatus.APPROVED, PayoutStatus.CANCELLED, PayoutStatus.REJECTED)
"""Payments that took nothing of a day: they are not at the bank."""


_TAKEN_ON = (
    sa.select(sa.func.count(), sa.func.sum(Payout.amount))
    .join(Application, Application.id == Payout.application_id)
    .where(
        Payout.agency_id == sa.bindparam("agency_id"),
        Application.scheme_id == sa.bindparam("scheme_id"),
        Payout.claimed_at >= sa.bindparam("begin"),
        Payout.claimed_at < sa.bindparam("end"),
        Payout.status.not_in(NOT_OUT),
    )
)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may leave, None for no limit: payments and yuan, in a run and on a day."""

    run_count: int | None = None
    run_total: Decimal | None = None
    day_count: int | None = None
    day_total: Decimal | None = None


@dataclass
class Taken:
    """What was taken so far: payments and yuan."""

    count: int = 0
    total: Decimal = Decimal(0)

    def add(self, amount: Decimal) -> None:
        """Count one more payment."""
        self.count += 1
        self.total += amount


def caps_of(session: Session, scheme_id: int, *, now: dt.datetime) -> Caps:
    """Return the caps of a scheme in force now."""
    found = reference.settings_on(session, scheme_id, local_date(now))
    run_count, day_count = found.get(RUN_COUNT), found.get(DAY_COUNT)
    return Caps(
        run_count=None if run_count is None else int(run_count),
        run_total=found.get(RUN_TOTAL),
        day_count=None if day_count is None else int(day_count),
        day_total=found.get(DAY_TOTAL),
    )


def used(session: Session, scheme_id: int, *, on: dt.date) -> Taken:
    """Return what payments have taken of a day."""
    row = session.execute(
        sa.select(PayoutUsage.count, PayoutUsage.total).where(
            PayoutUsage.scheme_id == scheme_id, PayoutUsage.on_date == on
        )
    ).first()
    return Taken(*row) if row else Taken()


def over(taken: Taken, amount: Decimal, count: int | None, total: Decimal | None) -> str:
    """Return which of two limits one more payment would pass: count, total or none ("")."""
    if count is not None and taken.count + 1 > count:
        return "count"
    return "total" if total is not None and taken.total + amount > total else ""


def over_run(caps: Caps, taken: Taken, amount: Decimal) -> str:
    """Return the setting of the run's cap that one more payment would pass, or ""."""
    which = over(taken, amount, caps.run_count, caps.run_total)
    return {"count": RUN_COUNT, "total": RUN_TOTAL}.get(which, "")


def over_day(caps: Caps, taken: Taken, amount: Decimal) -> str:
    """Return the setting of the day's cap that one more payment would pass, or ""."""
    which = over(taken, amount, caps.day_count, caps.day_total)
    return {"count": DAY_COUNT, "total": DAY_TOTAL}.get(which, "")


def take(
    session: Session,
    caps: Caps,
    amount: Decimal,
    *,
    agency_id: int,
    scheme_id: int,
    on: dt.date,
) -> str:
    """Count one payment into the day, or return the setting of the cap it would pass.

    One conditional statement: of runs at the same time the second waits for the first and
    then sees what it took.
    """
    if (reached := over_day(caps, Taken(), amount)) != "":
        return reached
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql.insert if postgres else sqlite.insert)(PayoutUsage)
    table = PayoutUsage.__table__.c
    fits = [sa.true()]
    if caps.day_count is not None:
        fits.append(table.count < caps.day_count)
    if caps.day_total is not None:
        fits.append(table.total <= caps.day_total - amount)
    counted = session.scalar(
        insert.values(
            agency_id=agency_id, scheme_id=scheme_id, on_date=on, count=1, total=amount,
            small_total=Decimal(0),
        )
        .on_conflict_do_update(
            index_elements=[PayoutUsage.scheme_id, PayoutUsage.on_date],
            set_={"count": table.count + 1, "total": table.total + amount},
            where=sa.and_(*fits),
        )
        .returning(PayoutUsage.id)
        .execution_options(synchronize_session=False, populate_existing=True)
    )  # fmt: skip
    if counted is not None:
        return ""
    return over_day(caps, used(session, scheme_id, on=on), amount) or DAY_TOTAL


def give_back(session: Session, payout: Payout) -> None:
    """Count a payment out of the day it was taken on: it is certain that it did not leave."""
    if payout.claimed_at is not None:
        on = local_date(payout.claimed_at)
        count_out(session, payout.application.scheme_id, payout.amount, on=on)


def count_out(session: Session, scheme_id: int, amount: Decimal, *, on: dt.date) -> None:
    """Take one payment out of the count of a day."""
    session.execute(
        sa.update(PayoutUsage)
        .where(PayoutUsage.scheme_id == scheme_id, PayoutUsage.on_date == on)
        .values(count=PayoutUsage.count - 1, total=PayoutUsage.total - amount)
        .execution_options(synchronize_session=False)
    )


def take_small(
    session: Session, amount: Decimal, *, agency_id: int, scheme_id: int, now: dt.datetime
) -> bool:
    """Tell whether a batch may leave without another person's release, and count it if so.

    The limit is what may leave so in a day: who cuts a large batch into small ones gains nothing.
    """
    limit = reference.settings_on(session, scheme_id, local_date(now)).get(SMALL_BATCH)
    if limit is None or amount > limit:
        return False
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql.insert if postgres else sqlite.insert)(PayoutUsage)
    small = PayoutUsage.__table__.c.small_total
    counted = session.scalar(
        insert.values(
            agency_id=agency_id, scheme_id=scheme_id, on_date=local_date(now), count=0,
            total=Decimal(0), small_total=amount,
        )
        .on_conflict_do_update(
            index_elements=[PayoutUsage.scheme_id, PayoutUsage.on_date],
            set_={"small_total": small + amount},
            where=small <= limit - amount,
        )
        .returning(PayoutUsage.id)
        .execution_options(synchronize_session=False, populate_existing=True)
    )  # fmt: skip
    return counted is not None


def recount(session: Session, *, agency_id: int, since: dt.datetime) -> None:
    """Write what an agency's payments have taken: of each day since, and of each day counted before.

    For payments that were written past the run, as the invented ones are.
    """
    of_agency = sa.select(PayoutUsage).where(PayoutUsage.agency_id == agency_id)
    counted = {(row.scheme_id, row.on_date): row for row in session.scalars(of_agency)}
    claimed = session.execute(
        sa.select(Application.scheme_id, Payout.claimed_at)
        .join(Application, Application.id == Payout.application_id)
        .where(Payout.agency_id == agency_id, Payout.claimed_at >= since)
    )
    for key in counted.keys() | {(scheme, local_date(at)) for scheme, at in claimed if at}:
        scheme_id, day = key
        taken = taken_on(session, agency_id, scheme_id, day)
        row = counted.get(key)
        if row is None:
            row = PayoutUsage(agency_id=agency_id, scheme_id=scheme_id, on_date=day)
            session.add(row)
        row.count, row.total = taken.count, taken.total
    session.flush()


def taken_on(session: Session, agency_id: int, scheme_id: int, on: dt.date) -> Taken:
    """Count the payments themselves that were taken on a day and did not come back at once."""
    begin = dt.datetime.combine(on, dt.time(), SHANGHAI)
    asked = {"agency_id": agency_id, "scheme_id": scheme_id, "begin": begin}
    count, total = session.execute(
        _TAKEN_ON, asked | {"end": begin + dt.timedelta(days=1)}
    ).one()
    return Taken(count, Decimal(total or 0))
