"""A form that is sent twice gets the first answer again."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import Invalid
from app.models import IdempotencyKey

LONGEST_KEY = 64


def first_answer(
    session: Session, key: str, *, user_id: int | None, route: str = ""
) -> str | None:
    """Return where the first sending of this form led to, None when this is the first.

    Raises ``Invalid`` (key_reused) when the key came with another form before.
    """
    if not key or user_id is None:
        return None
    found = session.execute(
        sa.select(IdempotencyKey.location, IdempotencyKey.route).where(
            IdempotencyKey.key == key[:LONGEST_KEY], IdempotencyKey.user_id == user_id
        )
    ).one_or_none()
    if found is None:
        return None
    if route and found.route != route:
        raise Invalid("the key of another form", code="key_reused", field="key")
    location: str = found.location
    return location


def claim(
    session: Session, key: str, *, user_id: int | None, route: str, now: dt.datetime
) -> IdempotencyKey | None:
    """Take the key before the deed is done, so that a second sending waits for the first."""
    if not key or user_id is None:
        return None
    kept = IdempotencyKey(
        key=key[:LONGEST_KEY], user_id=user_id, route=route, location="", created_at=now
    )
    session.add(kept)
    session.flush()
    return kept


def remember(
    session: Session,
    key: str,
    *,
    user_id: int | None,
    route: str,
    location: str,
    now: dt.datetime,
) -> None:
    """Keep where this form led to."""
    kept = claim(session, key, user_id=user_id, route=route, now=now)
    if kept is not None:
        kept.location = location
