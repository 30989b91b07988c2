"""Who may come in: log-in by mobile, document number or staff name (SA09).

A try has three steps, so that limits are exact and nobody waits while a password is compared:
``begin`` counts it as wrong under the write lock, ``is_right`` compares without any, ``end``
takes the count back when it was right.
"""

import datetime as dt
import functools
import math
from dataclasses import dataclass

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app import sealing
from app.domain import identity
from app.domain.errors import Invalid, NotAllowed
from app.domain.policy import Actor
from app.models import Applicant, LoginFailure
from app.services import audit
from app.services.entry import known_devices
from app.services.people import code_pace
from app.services.people.people_rules import RULES, PeopleRules


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a name: what its password is compared with, and where it is counted."""

    failure_id: int
    user_id: int | None
    index: str
    place: str
    kept: str


def begin(
    session: Session,
    login: str,
    *,
    now: dt.datetime,
    address: str,
    device: str = "",
    picture_right: bool = False,
    rules: PeopleRules = RULES,
) -> Try:
    """Count a try of a name, the same work for unknown names. The caller commits.

    Raises ``NotAllowed``: login_locked after five wrong tries of this name from this address
    (or a hundred of any name), picture_needed after three of this name from anywhere, or of any
    name from this address. From a browser where the owner was before, only the wrong tries
    of that browser count: nobody else can bar the owner.
    """
    index, user = login_index(login), resolve_login(session, login)
    place = _place(session, user, device, address, now=now)
    _one_at_a_time(session, index, place)
    _check_tries(session, index, place, now=now, rules=rules, picture_right=picture_right)
    failure = LoginFailure(login_index=index, address=place, at=now, pending=True)
    session.add(failure)
    session.flush()
    usable = user is not None and bool(user.active) and bool(user.password)
    kept = str(user.password) if user is not None and usable else _decoy(rules.hash_method)
    return Try(failure.id, user.id if user and usable else None, index, place, kept)


def is_right(tried: Try, password: str) -> bool:
    """Compare the password; as long for names that nobody has. Open no transaction around it."""
    return check_password_hash(tried.kept, password) and tried.user_id is not None


def end(
    session: Session,
    tried: Try,
    *,
    right: bool,
    now: dt.datetime,
    address: str,
    request_id: str = "",
) -> User | None:
    """Write how a try ended; return who may come in. The caller commits."""
    user = session.get(User, tried.user_id) if tried.user_id is not None else None
    if not right or user is None:
        session.execute(
            sa.update(LoginFailure)
            .where(LoginFailure.id == tried.failure_id)
            .values(pending=False)
        )
        _record(session, "login_failed", user, now=now, address=address, request_id=request_id)
        return None
    _forgive(session, tried.index, place=tried.place)
    user.login_count = (user.login_count or 0) + 1
    user.last_login = now.astimezone(dt.UTC).replace(tzinfo=None)
    _record(session, "login", user, now=now, address=address, request_id=request_id)
    return user


def asks_picture(
    session: Session,
    login: str,
    *,
    now: dt.datetime,
    address: str,
    device: str = "",
    rules: PeopleRules = RULES,
) -> bool:
    """Tell whether the next try of a name from here needs a picture code."""
    place = _place(session, resolve_login(session, login), device, address, now=now)
    return _tries(session, login_index(login), place, now=now, rules=rules).asks_picture(rules)


def resolve_login(session: Session, login: str) -> User | None:
    """Return the log-in behind a mobile or document number, or behind a name of staff."""
    applicant = find_applicant(session, login)
    if applicant is not None:
        return applicant.user
    of_applicants = sa.select(Applicant.user_id).where(Applicant.user_id.is_not(None))
    return session.scalar(
        sa.select(User).where(User.username == login.strip(), User.id.not_in(of_applicants))
    )


def find_applicant(session: Session, login: str) -> Applicant | None:
    """Return the registered applicant with this mobile or document number."""
    try:
        column, value = Applicant.mobile_index, identity.check_mobile(login)
    except Invalid:
        column, value = Applicant.id_number_index, identity.normalise(login)
    return session.scalar(
        sa.select(Applicant).where(
            column == sealing.index_of(value), Applicant.user_id.is_not(None)
        )
    )


def login_index(login: str) -> str:
    """Return under which keyed hash the failures of a typed name are counted."""
    try:
        return sealing.index_of(f"login:{identity.check_mobile(login)}")
    except Invalid:
        return sealing.index_of(f"login:{identity.normalise(login)}")


def forgive(session: Session, login: str) -> None:
    """Forget the failures of a name from everywhere: its owner proved to hold the mobile."""
    _forgive(session, login_index(login))


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries of the last minutes: this name from here, any name from here, this name."""

    of_pair: int
    of_place: int
    known_of_place: int
    of_name: int
    oldest: dt.datetime | None
    by_owner: bool

    def asks_picture(self, rules: PeopleRules) -> bool:
        """Tell whether a picture code comes first; others' tries do not slow the owner down."""
        counts = (
            (self.of_pair,)
            if self.by_owner
            else (self.of_pair, self.known_of_place, self.of_name)
        )
        return max(counts) >= rules.picture_after

    def are_too_many(self, rules: PeopleRules) -> bool:
        """Tell whether the way is shut for a while."""
        return self.of_pair >= rules.failures or self.of_place >= rules.failures_an_address


def _check_tries(
    session: Session, index: str, place: str, *, now: dt.datetime, rules: PeopleRules,
    picture_right: bool,
) -> None:  # fmt: skip
    tries = _tries(session, index, place, now=now, rules=rules)
    if tries.are_too_many(rules):
        opens = (tries.oldest or now) + dt.timedelta(minutes=rules.lock_minutes)
        minutes = math.ceil((opens - now) / dt.timedelta(minutes=1))
        raise NotAllowed("too many failures", code="login_locked", minutes=minutes)
    if tries.asks_picture(rules) and not picture_right:
        raise NotAllowed("a picture code first", code="picture_needed", field="picture")


def _tries(
    session: Session, index: str, place: str, *, now: dt.datetime, rules: PeopleRules
) -> Tries:
    """Count; tries under way count as wrong, but for the picture that a whole office would see."""
    row, count = LoginFailure, sa.func.count(LoginFailure.id)
    since = now - dt.timedelta(minutes=rules.lock_minutes)
    here, of_name = row.address == place, row.login_index == index
    of_pair, of_place, known_of_place, anywhere, oldest = session.execute(
        sa.select(
            count.filter(here, of_name), count.filter(here),
            count.filter(here, row.pending.is_(False)), count.filter(of_name),
            sa.func.min(row.at).filter(here),
        ).where(here | of_name, row.at > since)
    ).one()  # fmt: skip
    by_owner = place.startswith(known_devices.PLACE)
    return Tries(of_pair, of_place, known_of_place, anywhere, oldest, by_owner)


def _place(
    session: Session, user: User | None, device: str, address: str, *, now: dt.datetime
) -> str:
    """Return where a try is counted: at the address, or at a browser the owner used before.

    An IPv6 address counts as its network, which one household changes at will.
    """
    if user is not None and known_devices.is_known(session, device, user.id, now=now):
        return known_devices.place_of(device)
    return code_pace.origin(address)


def _one_at_a_time(session: Session, index: str, place: str) -> None:
    """Let tries of one name, and of one place, count one after the other (SQLite does anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        for word in sorted((index, sealing.index_of(f"place:{place}"))):
            key = int(word[:15], 16)
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _forgive(session: Session, index: str, *, place: str | None = None) -> None:
    gone = sa.delete(LoginFailure).where(LoginFailure.login_index == index)
    session.execute(gone if place is None else gone.where(LoginFailure.address == place))


def _record(
    session: Session, act: str, user: User | None, *, now: dt.datetime, address: str,
    request_id: str,
) -> None:  # fmt: skip
    user_id = user.id if user is not None else None
    person = session.scalar(sa.select(Applicant.id).where(Applicant.user_id == user_id))
    actor = Actor(user_id, "", frozenset(), address=address, request_id=request_id)
    audit.record(
        session, act, actor=actor, now=now, object_type="user", object_id=user_id or "",
        applicant_id=person if user_id is not None else None,
    )  # fmt: skip


@functools.cache
def _decoy(method: str) -> str:
    """Return the hash that is compared when there is no user, so that it takes as long."""
    return generate_password_hash("nobody has this password", method)
