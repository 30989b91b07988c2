"""The change of keys as a piece of work: small transactions, resumed where it was stopped."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app import outside, sealing
from app.extensions import db
from app.gateways.storage import SealedStorage
from app.services.privacy import resealing
from app.services.privacy.resealing import Place
from app.transaction import transaction

MOST_ROUNDS = 20
"""So often the tables are gone through again for what was written under way."""

Progress = Callable[[int], None]


@dataclass(slots=True)
class Resealed:
    """What a change of keys did: rows, files, and places that do not open."""

    rows: int = 0
    files: int = 0
    broken: list[str] = field(default_factory=list)


def rows_left() -> int:
    """Return how many rows hold a value that is not under the current key."""
    key_id, session = sealing.ring().current, db.session()
    found = sum(
        resealing.count_left(session, place, key_id=key_id) for place in resealing.places()
    )
    session.rollback()
    return found


def reseal_rows(progress: Progress = lambda _rows: None) -> Resealed:
    """Seal every value anew that is not under the current key; again until none is left.

    A request that began before the new key came may still write under the old one: hence the
    rounds. What does not open is named and left as it is.
    """
    done = Resealed()
    for _ in range(MOST_ROUNDS):
        found, done.broken = 0, []
        for place in resealing.places():
            found += _reseal_table(place, done, progress)
        if not found:
            break
    return done


def old_files() -> list[str]:
    """Return the keys of the files that are not sealed under the current key."""
    storage = _storage()
    return [one.key for one in storage.kept() if not storage.is_current(one.key)]


def reseal_files(keys: list[str], progress: Progress = lambda _files: None) -> Resealed:
    """Seal files anew: the new one is whole and on disk before it takes the old one's name."""
    storage, done = _storage(), Resealed()
    for key in keys:
        try:
            storage.reseal(key)
            done.files += 1
        except sealing.SealBroken:
            done.broken.append(f"file {key}")
        progress(1)
    return done


def _reseal_table(place: Place, done: Resealed, progress: Progress) -> int:
    """Go through a table: sealing happens while nothing is locked, writing is brief.

    Returns how many rows held a value that was not under the current key and does open.
    """
    found = last = 0
    while True:
        session = db.session()
        batch = resealing.next_batch(session, place, sealing.ring(), after=last)
        session.rollback()
        if not batch.rows:
            return found
        if batch.changes:
            with transaction() as writing:
                done.rows += resealing.write_back(writing, place, batch.changes)
        found += len(batch.changes)
        done.broken += batch.broken
        last = batch.last
        progress(batch.rows)


def _storage() -> SealedStorage:
    storage = outside.storage()
    assert isinstance(storage, SealedStorage)
    return storage
