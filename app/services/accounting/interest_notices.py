"""Telling holders what interest the year brought (结息通知), with the postings that credit it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Account, Applicant, InterestRun
from app.services import notices
from app.services.accounting.bulk_postings import Due

EVENT = "interest_posted"
_HOLDERS = (
    sa.select(Account.id, Account.available, Account.held, Applicant)
    .join(Applicant, Applicant.id == Account.applicant_id)
    .where(Account.id.in_(sa.bindparam("keys", expanding=True)), Applicant.user_id.is_not(None))
    .order_by(Account.id)
)
"""Accounts of people who use the hall: of others nothing says how they want to be told."""


def tell(session: Session, run: InterestRun, due: Sequence[Due], *, now: dt.datetime) -> int:
    """Tell the holders of what was posted just now, once an account and year."""
    if not due:
        return 0
    posted = {one.account_id: one for one in due}
    return notices.tell_many(
        session, EVENT, _told(session, run.year, posted), agency_id=run.agency_id, now=now
    )


def _told(
    session: Session, year: int, posted: Mapping[int, Due]
) -> Iterator[tuple[Applicant, str, dict[str, Any]]]:
    for key, available, held, holder in session.execute(_HOLDERS, {"keys": list(posted)}):
        words = {
            "year": year,
            "interest": f"{posted[key].amount:,.2f}",
            "balance": f"{available + held:,.2f}",
        }
        yield holder, f"{EVENT}:{year}:{key}", words
