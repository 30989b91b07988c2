"""How a job is run: in a context of its own, with a row that says how it went."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import current, logs
from app.extensions import db
from app.models import JobRun
from app.services.records.updates import changed_rows
from app.transaction import transaction

KEEP = dt.timedelta(days=14)
SIGN_OF_LIFE = dt.timedelta(minutes=5)
"""So often a job that had nothing to do says that it runs."""

_written: dict[str, dt.datetime] = {}
log = logging.getLogger(__name__)


def run(app: Flask, name: str, work: Callable[[dt.datetime], Any]) -> bool:
    """Do a job's work at this moment and write its row; a failure is logged, never raised."""
    with app.app_context(), logs.in_job(name):
        started = current.now()
        try:
            counts = _counts(work(started))
            outcome = "ok"
        except Exception:
            log.exception("the job %s failed", name)
            counts, outcome = {}, "failed"
        finally:
            db.session.remove()
        last = _written.get(name)
        if counts or outcome != "ok" or last is None or started - last >= SIGN_OF_LIFE:
            _write(name, started, outcome, counts)
            _written[name] = started
        return outcome == "ok"


def prune(*, now: dt.datetime) -> int:
    """Remove the rows of runs long past; return how many."""
    with transaction() as session:
        return changed_rows(
            session,
            sa.delete(JobRun)
            .where(JobRun.started_at < now - KEEP)
            .execution_options(synchronize_session=False),
        )


def _write(name: str, started: dt.datetime, outcome: str, counts: dict[str, Any]) -> None:
    try:
        with transaction() as session:
            session.add(
                JobRun(
                    job=name, started_at=started, ended_at=current.now(), outcome=outcome,
                    counts=counts,
                )
            )  # fmt: skip
    except sa.exc.SQLAlchemyError:
        log.exception("the run of %s could not be written", name)
    finally:
        db.session.remove()


def _counts(result: Any) -> dict[str, Any]:
    """Return what a run counted, without the zeros; a run that did nothing counts nothing."""
    if result is None:
        return {}
    if isinstance(result, int):
        return {"done": result} if result else {}
    found = asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
    return {key: value for key, value in dict(found).items() if value}
