"""Signed-in devices: rows that end by log-out, by time, or from another device."""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.models import LoginSession
from app.services import audit
from app.services.people.people_rules import RULES, PeopleRules
from app.services.records.updates import changed_rows

SILENT = frozenset({"wechat"})
"""Ways in that ask nothing of who holds the telephone: they are no fresh proof."""

SEEN_EVERY = dt.timedelta(minutes=1)
"""A device's last moment is written at most so often."""


def open_session(
    session: Session,
    user_id: int,
    *,
    now: dt.datetime,
    address: str = "",
    agent: str = "",
    how: str = "",
    waits_for: str = "",
) -> str:
    """Sign a device in and return the secret it keeps; the table knows only its hash.

    A device that ``waits_for`` a second factor is not signed in yet: it opens no page but the
    one that asks for it. Logging in is a fresh proof by itself, but for the ways in ``SILENT``.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=_hash(token), user_id=user_id, created_at=now, last_seen_at=now,
            address=address, agent=agent[:200], how=how, waits_for=waits_for,
            proven_at=None if waits_for or how in SILENT else now,
        )
    )  # fmt: skip
    session.flush()
    return token


def find_session(
    session: Session,
    token: str,
    *,
    now: dt.datetime,
    staff: bool = False,
    rules: PeopleRules = RULES,
) -> LoginSession | None:
    """Return the device with this secret while it is signed in: not ended, idle or old."""
    kept = _with(session, token)
    if kept is None or not is_open(kept, now=now, staff=staff, rules=rules):
        return None
    return kept


def find_half_way(
    session: Session, token: str, *, now: dt.datetime, rules: PeopleRules = RULES
) -> LoginSession | None:
    """Return the device whose password was right and whose second factor is still waited for."""
    kept = _with(session, token)
    latest = dt.timedelta(minutes=rules.half_way_minutes)
    if kept is None or not kept.waits_for or kept.ended_at is not None:
        return None
    return kept if now - kept.created_at <= latest else None


def is_open(
    device: LoginSession, *, now: dt.datetime, staff: bool, rules: PeopleRules = RULES
) -> bool:
    """Tell whether a device is signed in: all the way, not ended, idle too long, or too old."""
    idle = dt.timedelta(minutes=rules.staff_idle_minutes if staff else rules.idle_minutes)
    oldest = dt.timedelta(hours=rules.session_hours)
    return (
        device.ended_at is None
        and not device.waits_for
        and now - device.last_seen_at <= idle
        and now - device.created_at <= oldest
    )


def touch(session: Session, session_id: int, *, now: dt.datetime) -> None:
    """Write that a device was used now."""
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def close_session(session: Session, token: str, *, actor: Actor, now: dt.datetime) -> None:
    """Sign a device out; its secret is of no use any more."""
    if _end(session, LoginSession.token_hash == _hash(token), now=now):
        audit.record(
            session, "logout", actor=actor, now=now, object_type="user",
            object_id=actor.user_id or "", applicant_id=actor.applicant_id,
        )  # fmt: skip


def close_others(
    session: Session, user_id: int, *, now: dt.datetime, keep: str | None = None
) -> int:
    """Sign out all devices of a user but the one with the secret ``keep``; return how many."""
    others = LoginSession.user_id == user_id
    if keep is not None:
        others &= LoginSession.token_hash != _hash(keep)
    return _end(session, others, now=now)


def close_one(session: Session, session_id: int, user_id: int, *, now: dt.datetime) -> bool:
    """Sign out one device of a user; return whether it was there and signed in."""
    which = (LoginSession.id == session_id) & (LoginSession.user_id == user_id)
    return _end(session, which, now=now) > 0


def signed_in(
    session: Session,
    user_id: int,
    *,
    now: dt.datetime,
    staff: bool,
    rules: PeopleRules = RULES,
) -> list[LoginSession]:
    """Return the devices on which somebody is signed in, the one used last first."""
    rows = session.scalars(
        sa.select(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    )
    return [row for row in rows if is_open(row, now=now, staff=staff, rules=rules)]


def prove(session: Session, token: str, *, now: dt.datetime, sms: bool) -> None:
    """Write that the person at this device proved again just now; ``sms``: by a code too."""
    values = {"proven_at": now, "sms_proven_at": now} if sms else {"proven_at": now}
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.token_hash == _hash(token), LoginSession.ended_at.is_(None))
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _with(session: Session, token: str) -> LoginSession | None:
    found: LoginSession | None = session.scalar(
        sa.select(LoginSession).where(LoginSession.token_hash == _hash(token))
    )
    return found


def _end(session: Session, which: sa.ColumnElement[bool], *, now: dt.datetime) -> int:
    return changed_rows(
        session,
        sa.update(LoginSession)
        .where(which, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
