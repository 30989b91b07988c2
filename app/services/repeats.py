"""A form that is sent twice gets the first answer again."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import IdempotencyKey

LONGEST_KEY = 64


def first_answer(session: Session, key: str, *, user_id: int | None) -> str | None:
    """Return the address the first sending of this form led to, None when it is the first."""
    if not key or user_id is None:
        return None
    return session.scalar(
        sa.select(IdempotencyKey.location).where(
            IdempotencyKey.key == key[:LONGEST_KEY], IdempotencyKey.user_id == user_id
        )
    )


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
    if key and user_id is not None:
        session.add(
            IdempotencyKey(
                key=key[:LONGEST_KEY], user_id=user_id, route=route, location=location,
                created_at=now,
            )
        )  # fmt: skip
