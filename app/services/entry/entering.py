"""The last steps of every way in: the device's row, the second factor, a word about a new device."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Account, Agency, Applicant, LoginSession, Staff
from app.services import audit, notices
from app.services.entry import known_devices, second_factor, sessions
from app.services.staff import standing


class FactorRule(StrEnum):
    """Whether staff need a second factor (setting ANJU_SECOND_FACTOR)."""

    REQUIRED = "required"
    OFFERED = "offered"
    OFF = "off"


class Waits(StrEnum):
    """What a device still waits for before it is signed in."""

    NOTHING = ""
    FACTOR = "factor"
    ENROLMENT = "enrol"


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody comes from: address, kind of browser, and what the browser keeps."""

    address: str
    agent: str = ""
    device: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A device that came in: the secrets it keeps, and what it still waits for."""

    user_id: int
    token: str
    device: str
    waits_for: Waits = Waits.NOTHING


def enter(
    session: Session,
    user: User,
    *,
    visit: Visit,
    how: str,
    now: dt.datetime,
    factor_rule: FactorRule,
) -> Entry:
    """Open a device's row for somebody who has just proved who they are by ``how``.

    With a second factor to come, the row opens nothing but the page that asks for it. Raises
    ``NotAllowed`` (login_barred) for somebody whose roles must not meet in one person.
    """
    standing.check_entry(session, user, now=now)
    waits_for = _waits_for(session, user, factor_rule)
    token = sessions.open_session(
        session, user.id, now=now, address=visit.address, agent=visit.agent, how=how,
        waits_for=waits_for,
    )  # fmt: skip
    device = visit.device or known_devices.new_secret()
    entry = Entry(user.id, token, device, waits_for)
    if waits_for is Waits.NOTHING:
        _arrived(session, user, entry, visit=visit, now=now)
    return entry


def pass_factor(
    session: Session, half: LoginSession, *, visit: Visit, now: dt.datetime
) -> Entry:
    """Sign in a device whose second factor was right; it gets a new secret (ASVS 7.2.4)."""
    user = session.get_one(User, half.user_id)
    half.ended_at = now
    token = sessions.open_session(
        session, user.id, now=now, address=visit.address, agent=visit.agent, how=half.how
    )
    entry = Entry(user.id, token, visit.device or known_devices.new_secret())
    _arrived(session, user, entry, visit=visit, now=now)
    return entry


def is_staff(user: User) -> bool:
    """Tell whether a log-in belongs to staff: any role but the applicant's."""
    return any(role.name != Role.APPLICANT for role in user.roles)


def _waits_for(session: Session, user: User, rule: FactorRule) -> Waits:
    if rule is FactorRule.OFF or not is_staff(user):
        return Waits.NOTHING
    if second_factor.is_enrolled(session, user.id):
        return Waits.FACTOR
    return Waits.ENROLMENT if rule is FactorRule.REQUIRED else Waits.NOTHING


def _arrived(
    session: Session, user: User, entry: Entry, *, visit: Visit, now: dt.datetime
) -> None:
    """Know the browser from now on, and tell the owner when it is new (never at the very first)."""
    before = sa.select(sa.func.count(LoginSession.id)).where(
        LoginSession.user_id == user.id, LoginSession.waits_for == ""
    )
    first = (session.scalar(before) or 0) <= 1
    if known_devices.remember(session, entry.device, user.id, now=now) and not first:
        _tell(session, user, visit=visit, now=now)


def _tell(session: Session, user: User, *, visit: Visit, now: dt.datetime) -> None:
    applicant = session.scalar(sa.select(Applicant).where(Applicant.user_id == user.id))
    member = session.scalar(sa.select(Staff).where(Staff.user_id == user.id))
    who = Actor(user.id, "", frozenset(), address=visit.address, request_id=visit.request_id)
    event = audit.record(
        session, "new_device", actor=who, now=now, object_type="user", object_id=user.id,
        applicant_id=applicant.id if applicant else None,
        agency_id=member.agency_id if member else None,
    )  # fmt: skip
    agency_id = member.agency_id if member else agency_of(session, applicant)
    if agency_id is not None:
        notices.notify(
            session, "new_device_login", applicant=applicant,
            user_id=None if applicant else user.id, agency_id=agency_id, now=now,
            reference=f"new_device:{event.id}", time=now,
        )  # fmt: skip


def agency_of(session: Session, applicant: Applicant | None) -> int | None:
    """Return the agency that speaks to a person: of the first account, or the first there is."""
    if applicant is None:
        return None
    own = (
        sa.select(Account.agency_id)
        .where(Account.applicant_id == applicant.id)
        .order_by(Account.id)
        .limit(1)
    )
    return session.scalar(own) or session.scalar(sa.select(sa.func.min(Agency.id)))
