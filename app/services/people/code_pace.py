"""How often codes are sent: by purpose and name, by mobile, by address; exact in many processes.

What is refused aloud depends only on what was asked for before under the same name, whether or
not anybody has it. What strangers send to a mobile in all is kept to its limit silently: nobody
learns from it whose mobile it is.
"""

import datetime as dt
import hashlib
import ipaddress

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import Invalid
from app.models import OneTimeCode
from app.services.people.people_rules import PeopleRules

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
V6_NETWORK = 64
"""Bits of an IPv6 address that name a household; the rest is changed at will."""


def origin(address: str) -> str:
    """Return under what an address is counted: an IPv6 address by its network."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(ipaddress.ip_network((int(known), V6_NETWORK), strict=False))


def wait_turn(session: Session, *names: str) -> None:
    """Wait until nobody else writes a code under one of the names (SQLite writes one by one)."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for key in sorted({_lock(name) for name in names if name}):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def check(
    session: Session,
    purpose: str,
    name: str,
    *,
    origin: str,
    now: dt.datetime,
    rules: PeopleRules,
) -> None:
    """Raise ``Invalid``: code_wait, code_hour_limit, code_day_limit, code_address_limit."""
    of_name = (OneTimeCode.asked_index == name, OneTimeCode.purpose == purpose)
    last = session.scalar(sa.select(sa.func.max(OneTimeCode.created_at)).where(*of_name))
    if last is not None:
        wait = rules.code_again_seconds - int((now - last).total_seconds())
        if wait > 0:
            raise _refused("code_wait", seconds=wait)
    hour, day = _counts(session, *of_name, now=now)
    if day >= rules.codes_a_day:
        raise _refused("code_day_limit", most=rules.codes_a_day)
    if hour >= rules.codes_an_hour:
        raise _refused("code_hour_limit", most=rules.codes_an_hour)
    if not origin:
        return
    hour, day = _counts(session, OneTimeCode.address == origin, now=now)
    if hour >= rules.codes_an_hour_and_address or day >= rules.codes_a_day_and_address:
        raise _refused("code_address_limit")


def asks_picture(
    session: Session, origin: str, *, now: dt.datetime, rules: PeopleRules
) -> bool:
    """Tell whether an address asked so often within the hour that a picture code comes first."""
    hour, _ = _counts(session, OneTimeCode.address == origin, now=now)
    return bool(origin) and hour >= rules.codes_before_picture


def is_spent(session: Session, mobile: str, *, now: dt.datetime, rules: PeopleRules) -> bool:
    """Tell whether a mobile got all the codes it may, whatever they were for."""
    hour, day = _counts(session, OneTimeCode.sent_index == mobile, now=now)
    return hour >= rules.codes_an_hour or day >= rules.codes_a_day


def _counts(
    session: Session, *which: sa.ColumnElement[bool], now: dt.datetime
) -> tuple[int, int]:
    hour, day = session.execute(
        sa.select(
            sa.func.count(OneTimeCode.id).filter(OneTimeCode.created_at > now - HOUR),
            sa.func.count(OneTimeCode.id),
        ).where(*which, OneTimeCode.created_at > now - DAY)
    ).one()
    return hour, day


def _lock(name: str) -> int:
    digest = hashlib.sha256(f"code:{name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _refused(code: str, **facts: int) -> Invalid:
    return Invalid("", field="code", code=code, **facts)
