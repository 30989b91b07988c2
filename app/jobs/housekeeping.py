"""What is done once a day: old rows go, and the books are proved."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import outside
from app.domain.violation import Violation
from app.gateways.storage import StorageDown
from app.jobs import runs
from app.jobs.retention import run_retention
from app.models import Agency, IdempotencyKey, LoginFailure, OneTimeCode, SpentPicture
from app.services import payouts
from app.services.entry import known_devices
from app.services.paying import book_proofs, payment_notices
from app.services.people import contact_changes
from app.services.records import audit_days, day_files, money_proof
from app.services.records.updates import changed_rows
from app.services.staff import role_terms
from app.transaction import snapshot, transaction

KEEP = dt.timedelta(days=30)
STOP_BOOKS = "The daily proof of the books has found a difference."
log = logging.getLogger(__name__)


def run_housekeeping(*, now: dt.datetime) -> dict[str, Any]:
    """Remove what has served its time, prove the books, stop payouts when they do not hold."""
    counts: dict[str, Any] = {"job_runs": runs.prune(now=now)}
    for model, column in (
        (OneTimeCode, OneTimeCode.created_at),
        (LoginFailure, LoginFailure.at),
        (SpentPicture, SpentPicture.at),
        (IdempotencyKey, IdempotencyKey.created_at),
    ):
        with transaction() as session:
            counts[model.__tablename__] = changed_rows(
                session,
                sa.delete(model)
                .where(column < now - KEEP)
                .execution_options(synchronize_session=False),
            )
    with transaction() as session:
        counts |= role_terms.keep_terms(session, now=now)
        counts["known_devices"] = known_devices.prune(session, now=now)
        counts["contact_change"] = contact_changes.prune(session, before=now - KEEP)
    counts |= run_retention(now=now)
    counts["violations"] = prove_books(now=now)
    return counts


def prove_books(*, now: dt.datetime) -> int:
    """Prove every invariant; any that is broken stops all payouts. Return how many are.

    All is read as of one moment and nothing is locked; only the result is written, in one
    transaction with the stop.
    """
    with snapshot() as session:
        found = [*book_proofs.find(session), *_days_found(session)]
    for violation in found:
        log.error(
            "%s: %s %s: %s",
            violation.code, violation.table, violation.row_id, violation.sentence,
        )  # fmt: skip
    with transaction() as session:
        book_proofs.keep(session, found, now=now)
        if found:
            keys = session.scalars(sa.select(Agency.id).order_by(Agency.id)).all()
            payouts.lock_agency(session, *keys)
            for agency_id in keys:
                payouts.stop(session, agency_id, STOP_BOOKS, now=now, violations=len(found))
                payment_notices.books_broken(session, agency_id, len(found), now=now)
    return len(found)


def _days_found(session: Session) -> list[Violation]:
    try:
        return list(closed_days(session))
    except StorageDown:
        log.exception("the closed days could not be proven: the storage is away")
        return []


def closed_days(session: Session) -> Iterator[Violation]:
    """Prove the closed days of audit and money, with their files; raises ``StorageDown``."""
    yield from audit_days.verify(session, storage=outside.storage())
    yield from money_proof.verify(session, storage=outside.storage())
    yield from day_files.verify(session, storage=outside.storage())
