"""Every hour: end what was not corrected in time, remind before, forget old drafts."""

import datetime as dt
import logging
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import RuleBroken
from app.domain.terms import Status
from app.models import Application
from app.services.applying import drafts
from app.services.review import deadlines
from app.transaction import transaction

logger = logging.getLogger(__name__)


class Deed(Protocol):
    """What is done to a case when its time has come."""

    def __call__(self, session: Session, case: Application, *, now: dt.datetime) -> None:
        """Do it; the caller commits."""


def run_deadlines(*, now: dt.datetime) -> dict[str, int]:
    """Lapse, remind and forget; each case is a transaction of its own."""
    counts = {"reminded": 0, "lapsed": 0, "drafts_reminded": 0, "drafts_removed": 0}
    with transaction() as session:
        to_lapse = deadlines.lapsed(session, now=now)
        to_remind = deadlines.to_remind(session, now=now)
    for case_id in to_lapse:
        counts["lapsed"] += _with(case_id, Status.RETURNED, deadlines.lapse, now=now)
    for case_id in to_remind:
        counts["reminded"] += _with(case_id, Status.RETURNED, deadlines.remind, now=now)
    with transaction() as session:
        counts["drafts_reminded"] = drafts.remind(session, now=now)
    with transaction() as session:
        counts["drafts_removed"] = drafts.forget_old(session, now=now)
    return counts


def _with(case_id: int, status: Status, deed: Deed, *, now: dt.datetime) -> int:
    try:
        with transaction() as session:
            case = session.scalar(
                sa.select(Application).where(
                    Application.id == case_id, Application.status == status
                )
            )
            if case is None:
                return 0
            deed(session, case, now=now)
    except RuleBroken as broken:
        logger.warning("deadline of case %s not kept: %s", case_id, broken)
        return 0
    return 1
