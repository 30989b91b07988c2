"""Who may come in: log-in by mobile, document number or staff name (SA09)."""

import datetime as dt
import functools

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
from app.services.people_rules import RULES, PeopleRules


def authenticate(
    session: Session,
    login: str,
    password: str,
    *,
    now: dt.datetime,
    address: str,
    request_id: str = "",
    rules: PeopleRules = RULES,
) -> User | None:
    """Return whose name and password these are, or None; the same work for unknown names.

    A wrong try is counted and kept by the caller's commit. Raises ``NotAllowed``
    (login_locked) after five wrong tries of this name from this address.
    """
    index = login_index(login)
    _check_lock(session, index, address, now=now, rules=rules)
    user = resolve_login(session, login)
    known = user is not None and bool(user.active) and bool(user.password)
    kept = str(user.password) if user is not None and known else _decoy(rules.hash_method)
    if not check_password_hash(kept, password) or user is None or not known:
        session.add(LoginFailure(login_index=index, address=address, at=now))
        _record(session, "login_failed", user, now=now, address=address, request_id=request_id)
        return None
    forgive(session, login)
    user.login_count = (user.login_count or 0) + 1
    user.last_login = now.astimezone(dt.UTC).replace(tzinfo=None)
    _record(session, "login", user, now=now, address=address, request_id=request_id)
    return user


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
    """Forget the failures of a name: somebody proved to be its owner."""
    index = login_index(login)
    session.execute(sa.delete(LoginFailure).where(LoginFailure.login_index == index))


def _check_lock(
    session: Session, index: str, address: str, *, now: dt.datetime, rules: PeopleRules
) -> None:
    """Refuse a name that failed too often from here, and an address that tries many names."""
    since = now - dt.timedelta(minutes=rules.lock_minutes)
    from_here = (LoginFailure.address == address, LoginFailure.at > since)
    of_name, of_address = session.execute(
        sa.select(
            sa.func.count(LoginFailure.id).filter(LoginFailure.login_index == index),
            sa.func.count(LoginFailure.id),
        ).where(*from_here)
    ).one()
    if of_name >= rules.failures or of_address >= rules.failures_an_address:
        raise NotAllowed("too many failures", code="login_locked", minutes=rules.lock_minutes)


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
