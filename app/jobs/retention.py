"""Removing what has served its time, a few rows a transaction; files after their rows."""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app import outside
from app.domain.policy import WORKER, Actor
from app.extensions import db
from app.gateways.storage import Storage, StorageDown
from app.models import DataExport, Dossier, MaterialPage
from app.services import audit
from app.services.dossiers.requests import PLACE as DOSSIERS
from app.services.privacy import retention
from app.services.privacy.data_exports import COPIES
from app.services.privacy.retention import Rule
from app.transaction import transaction

BATCH = 100
UPLOAD_KEPT = dt.timedelta(days=1)
"""So long an uploaded file may wait for its row, or a list of accounts to be taken."""

WAITING = "imports/"
_PAGE = re.compile(r"\d+/\d{4}/\d\d/\d\d/([0-9a-f]{32})(-small)?")
log = logging.getLogger(__name__)


def rows_due(*, now: dt.datetime) -> int:
    """Return how many rows the rules would take now."""
    return sum(retention.count_due(db.session(), rule, now=now) for rule in retention.RULES)


def run_retention(
    *,
    now: dt.datetime,
    actor: Actor = WORKER,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> dict[str, int]:
    """Apply every rule and return how many rows and files each one took; the audit keeps it.

    What was done stands in the audit as the deed of ``actor``, even when a rule fails. ``dry_run`` counts only.
    ``progress`` hears how many rows each transaction took.
    """
    storage = outside.storage()
    counts = dict.fromkeys((*(rule.name for rule in retention.RULES), "uploads"), 0)
    try:
        for rule in retention.RULES:
            for taken in _applied(rule, storage, now=now, dry_run=dry_run):
                counts[rule.name] += taken
                progress(taken)
        counts["uploads"] = _left_uploads(storage, now=now, dry_run=dry_run)
    finally:
        done: dict[str, Any] = {name: count for name, count in counts.items() if count}
        if done and not dry_run:
            with transaction() as session:
                audit.record(session, "retention", actor=actor, now=now, **done)
    return counts


def _applied(rule: Rule, storage: Storage, *, now: dt.datetime, dry_run: bool) -> Iterator[int]:
    """Apply a rule; give how many rows each transaction took."""
    if dry_run:
        yield retention.count_due(db.session(), rule, now=now)
        return
    while True:
        with transaction() as session:
            ids = list(session.scalars(rule.due(session, now).limit(BATCH)))
            files = rule.scrub(session, ids, now) if ids else []
        _delete(storage, files)
        yield len(ids)
        if len(ids) < BATCH:
            return


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
    copies = {key: key for key in old if key.startswith(COPIES)}
    left += _unknown(copies, sa.select(DataExport.storage_key), DataExport.storage_key)
    parts = {key: key.rpartition("/")[0] for key in old if key.startswith(DOSSIERS)}
    left += _unknown(parts, sa.select(Dossier.storage_key), Dossier.storage_key)
    pages = {key: key.removesuffix("-small") for key in old if _PAGE.fullmatch(key)}
    alive = sa.select(MaterialPage.storage_key).where(MaterialPage.purged_at.is_(None))
    left += _unknown(pages, alive, MaterialPage.storage_key)
    db.session.rollback()
    if dry_run:
        return len(left)
    _delete(storage, left)
    return len(left) + storage.tidy(before)


def _unknown(
    files: dict[str, str], known: sa.Select[Any], column: InstrumentedAttribute[Any]
) -> list[str]:
    """Return the files whose key, after which each is named, no row holds."""
    keys, found = sorted(set(files.values())), set[str]()
    for start in range(0, len(keys), BATCH):
        found |= set(db.session.scalars(known.where(column.in_(keys[start : start + BATCH]))))
    return [file for file, key in files.items() if key not in found]
