"""Removing what has served its time, a few rows a transaction; files after their rows."""

import datetime as dt
import logging
import re
from typing import Any

import sqlalchemy as sa

from app import outside
from app.domain.policy import WORKER
from app.extensions import db
from app.gateways.storage import Storage, StorageDown
from app.models import MaterialPage
from app.services import audit
from app.services.privacy import retention
from app.services.privacy.retention import Rule
from app.transaction import transaction

BATCH = 100
UPLOAD_KEPT = dt.timedelta(days=1)
"""So long an uploaded file may wait for its row, or a list of accounts to be taken."""

WAITING = "imports/"
_PAGE = re.compile(r"\d+/\d{4}/\d\d/\d\d/([0-9a-f]{32})(-small)?")
log = logging.getLogger(__name__)


def run_retention(*, now: dt.datetime, dry_run: bool = False) -> dict[str, int]:
    """Apply every rule and return how many rows and files each one took; the audit keeps it.

    ``dry_run`` counts only.
    """
    storage = outside.storage()
    counts = {
        rule.name: _apply(rule, storage, now=now, dry_run=dry_run) for rule in retention.RULES
    }
    counts["uploads"] = _left_uploads(storage, now=now, dry_run=dry_run)
    done: dict[str, Any] = {name: count for name, count in counts.items() if count}
    if done and not dry_run:
        with transaction() as session:
            audit.record(session, "retention", actor=WORKER, now=now, **done)
    return counts


def _apply(rule: Rule, storage: Storage, *, now: dt.datetime, dry_run: bool) -> int:
    if dry_run:
        return retention.count_due(db.session(), rule, now=now)
    done = 0
    while True:
        with transaction() as session:
            ids = list(session.scalars(rule.due(session, now).limit(BATCH)))
            files = rule.scrub(session, ids, now) if ids else []
        _delete(storage, files)
        done += len(ids)
        if len(ids) < BATCH:
            return done


def _delete(storage: Storage, keys: list[str]) -> None:
    """Delete files whose rows are scrubbed; one that stays is found as left over later."""
    for key in keys:
        try:
            storage.delete(key)
        except StorageDown:
            log.warning("a file that has served its time could not be deleted; it goes later")


def _left_uploads(storage: Storage, *, now: dt.datetime, dry_run: bool) -> int:
    """Remove files no row knows: of uploads that failed, of lists never taken, of dead writers."""
    before = now - UPLOAD_KEPT
    old = [one.key for one in storage.kept() if one.since < before]
    left = [key for key in old if key.startswith(WAITING)]
    pages = {key: key.removesuffix("-small") for key in old if _PAGE.fullmatch(key)}
    for start in range(0, len(batch := sorted(set(pages.values()))), BATCH):
        some = batch[start : start + BATCH]
        known = set(
            db.session.scalars(
                sa.select(MaterialPage.storage_key).where(
                    MaterialPage.storage_key.in_(some), MaterialPage.purged_at.is_(None)
                )
            )
        )
        gone = set(some) - known
        left += [key for key, page in pages.items() if page in gone]
    db.session.rollback()
    if dry_run:
        return len(left)
    _delete(storage, left)
    return len(left) + storage.tidy(before)
