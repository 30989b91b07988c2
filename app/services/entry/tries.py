"""Questions that are answered only so often: misses are counted per address and hour."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain.errors import NotAllowed
from app.models import LoginFailure
from app.services.people import code_pace

MOST = 10
"""Misses an address has in an hour."""

WINDOW = dt.timedelta(hours=1)
PREFIX = "q:"
"""Keeps these rows apart from the failed log-ins of the same address."""


def check(session: Session, what: str, *, address: str, now: dt.datetime) -> None:
    """Raise ``NotAllowed`` (too_many_tries) when this address missed too often in an hour."""
    missed = session.scalar(
        sa.select(sa.func.count()).where(
            LoginFailure.login_index == sealing.index_of(what),
            LoginFailure.address == _place(address),
            LoginFailure.at > now - WINDOW,
        )
    )
    if (missed or 0) >= MOST:
        raise NotAllowed("asked too often", code="too_many_tries")


def miss(session: Session, what: str, *, address: str, now: dt.datetime) -> None:
    """Count a question that found nothing."""
    session.add(
        LoginFailure(login_index=sealing.index_of(what), address=_place(address), at=now)
    )


def _place(address: str) -> str:
    return PREFIX + code_pace.origin(address)
