"""Browsers a person logged in with before: others' wrong tries never bar the owner there."""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import KnownDevice
from app.services.records.updates import changed_rows

KEEP = dt.timedelta(days=365)
"""So long a browser is known after its last log-in."""

PLACE = "device:"
"""Begins the place under which the wrong tries of a known browser are counted."""


def new_secret() -> str:
    """Return what a browser keeps to be known again (256 random bits)."""
    return secrets.token_urlsafe(32)


def is_known(session: Session, secret: str, user_id: int, *, now: dt.datetime) -> bool:
    """Tell whether this person logged in with this browser within a year."""
    if not secret:
        return False
    found = sa.select(KnownDevice.id).where(
        KnownDevice.secret_hash == _hash(secret),
        KnownDevice.user_id == user_id,
        KnownDevice.last_seen_at > now - KEEP,
    )
    return session.scalar(found) is not None


def remember(session: Session, secret: str, user_id: int, *, now: dt.datetime) -> bool:
    """Know the browser from now on; return whether it was new to this person."""
    known = session.scalar(
        sa.select(KnownDevice).where(
            KnownDevice.secret_hash == _hash(secret), KnownDevice.user_id == user_id
        )
    )
    if known is not None:
        was_new: bool = known.last_seen_at <= now - KEEP
        known.last_seen_at = now
        return was_new
    session.add(
        KnownDevice(
            secret_hash=_hash(secret), user_id=user_id, created_at=now, last_seen_at=now
        )
    )
    session.flush()
    return True


def forget(session: Session, user_id: int) -> None:
    """Know no browser of this person any more: the password was stolen or given anew."""
    session.execute(sa.delete(KnownDevice).where(KnownDevice.user_id == user_id))


def prune(session: Session, *, now: dt.datetime) -> int:
    """Remove browsers that were not used for a year; return how many."""
    return changed_rows(
        session,
        sa.delete(KnownDevice)
        .where(KnownDevice.last_seen_at <= now - KEEP)
        .execution_options(synchronize_session=False),
    )


def place_of(secret: str) -> str:
    """Return under which place the wrong tries of a known browser are counted."""
    return PLACE + _hash(secret)[:32]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
