"""The proof of the controls: days counted as taken, switches as stopped, two people each."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.violation import Violation
from app.models import Agency, PayoutStop, PayoutUsage
from app.services.paying import caps

PROVEN_DAYS = 31


def usage(session: Session) -> Iterator[Violation]:
    """Name every day of the last month whose count is not that of the payments taken on it."""
    last = session.scalar(sa.select(sa.func.max(PayoutUsage.on_date)))
    if last is None:
        return
    since = last - dt.timedelta(days=PROVEN_DAYS)
    rows = session.execute(
        sa.select(
            PayoutUsage.id, PayoutUsage.agency_id, PayoutUsage.scheme_id, PayoutUsage.on_date,
            PayoutUsage.count, PayoutUsage.total,
        ).where(PayoutUsage.on_date >= since)
    )  # fmt: skip
    for row_id, agency_id, scheme_id, on, count, total in rows.all():
        there = caps.taken_on(session, agency_id, scheme_id, on)
        if (there.count, there.total) != (count, total):
            yield Violation(
                "usage_differs", "payout_usage", row_id,
                f"it counts {count} and {total}, the payments {there.count} and {there.total}",
            )  # fmt: skip


def switches(session: Session) -> Iterator[Violation]:
    """Name every agency that pays although somebody stopped it, and every stop one person lifted."""
    rows = session.scalars(
        sa.select(Agency.id).where(
            (Agency.payouts_stopped != "")
            != sa.exists().where(
                PayoutStop.agency_id == Agency.id, PayoutStop.lifted_at.is_(None)
            )
        )
    )
    for agency_id in rows:
        yield Violation(
            "stop_differs", "agency", agency_id, "its switch differs from its stops"
        )
    alone = session.scalars(
        sa.select(PayoutStop.id).where(
            PayoutStop.lifted_at.is_not(None), PayoutStop.lifted_by == PayoutStop.proposed_by
        )
    )
    for stop_id in alone:
        yield Violation("stop_lifted_alone", "payout_stop", stop_id, "one person lifted it")
