"""The month's cases of all agreements (约定提取): one transaction each, so a stop loses nothing."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from app import current
from app.domain.standing_orders import Skip
from app.jobs import crash
from app.models import JobRun
from app.services.standing_orders import faults, months
from app.transaction import transaction

NAME = "standing_orders"
CHUNK = 200
"""So many agreements are looked up at once, and so often the run says how far it is."""

MOST_FAILURES = 20
"""After so many failures in a row the run ends: it is not the agreements that are broken.

Those are left for the day, so that the next run goes on with others.
"""

logger = logging.getLogger(__name__)
Deed = Callable[[Session, int], str]


@dataclass
class Counts:
    """What a run did: cases made, months left out, agreements ended, and what broke a rule."""

    due: int = 0
    made: int = 0
    skipped: int = 0
    ended: int = 0
    failed: int = 0


def run_standing_orders(
    *, now: dt.datetime, stopping: Callable[[], bool] = lambda: False
) -> Counts:
    """End the agreements that are over, then make the case of every month that is due.

    It can be stopped or killed anywhere and begun again: what is made is made, the rest follows.
    """
    counts = Counts()
    with transaction() as session:
        counts.due = months.count_due(session, now=now)

    def end(session: Session, order_id: int) -> str:
        return "ended" if months.end_over(session, order_id, now=now) else ""

    def make(session: Session, order_id: int) -> str:
        made = months.make(session, order_id, now=now)
        if made is None:
            return ""
        return "skipped" if isinstance(made, Skip) else "made"

    def leave(session: Session, order_id: int) -> str:
        faults.leave(session, order_id, now=now)
        return ""

    _each(lambda session, after: months.over(session, now=now, after=after, limit=CHUNK),
          end, counts, stopping=stopping)  # fmt: skip
    if counts.due:
        run_id = _begin(counts, now=now)
        whole = _each(
            lambda session, after: months.due_orders(session, now=now, after=after, limit=CHUNK),
            make, counts, stopping=stopping, run_id=run_id, leave=leave,
        )  # fmt: skip
        _tell(run_id, counts, outcome=_ended(whole=whole, stopping=stopping()))
    return counts


def _each(
    find: Callable[[Session, int], list[int]],
    deed: Deed,
    counts: Counts,
    *,
    stopping: Callable[[], bool],
    run_id: int | None = None,
    leave: Deed | None = None,
) -> bool:
    """Do a deed for everything found, each in a transaction of its own; tell whether all came.

    With ``leave`` what fails is left for the day, and too many failures in a row end the run.
    """
    failures = 0
    for order_id in _found(find, counts, run_id=run_id):
        if stopping() or (leave is not None and failures >= MOST_FAILURES):
            return False
        if _done(deed, order_id, counts):
            failures = 0
            continue
        failures += 1
        if leave is not None:
            _done(leave, order_id, Counts())
    return True


def _found(
    find: Callable[[Session, int], list[int]], counts: Counts, *, run_id: int | None
) -> Iterator[int]:
    """Give the keys chunk after chunk; between two chunks the run says how far it is."""
    after = 0
    while True:
        with transaction() as session:
            chunk = find(session, after)
        if not chunk:
            return
        yield from chunk
        after = chunk[-1]
        if run_id is not None:
            _tell(run_id, counts)


def _done(deed: Deed, order_id: int, counts: Counts) -> bool:
    """Do one deed and count it; one that fails is logged."""
    crash.point("order.begun")
    try:
        with transaction() as session:
            outcome = deed(session, order_id)
            crash.point("order.written")
    except Exception:
        logger.exception("the agreement %s could not be worked on", order_id)
        counts.failed += 1
        return False
    crash.point("order.kept")
    if outcome:
        setattr(counts, outcome, getattr(counts, outcome) + 1)
    return True


def _begin(counts: Counts, *, now: dt.datetime) -> int:
    with transaction() as session:
        run = JobRun(job=NAME, started_at=now, outcome="running", counts=asdict(counts))
        session.add(run)
        session.flush()
        return run.id


def _tell(run_id: int, counts: Counts, *, outcome: str = "running") -> None:
    """Write how far the run is, for the page of the jobs."""
    with transaction() as session:
        run = session.get_one(JobRun, run_id)
        run.counts, run.outcome = asdict(counts), outcome
        run.ended_at = None if outcome == "running" else current.now()


def _ended(*, whole: bool, stopping: bool) -> str:
    if whole:
        return "ok"
    return "stopped" if stopping else "failed"
