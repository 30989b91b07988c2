"""Fresh proof: who moves money or changes the way to it says again who they are (ASVS 7.5)."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from app import sealing
from app.domain.errors import NotAllowed, ProofNeeded
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import LoginFailure
from app.services import audit
from app.services.entry import sessions
from app.services.people.people_rules import RULES, PeopleRules

PLACE = "again"
"""Under this the wrong passwords of a person who is signed in are counted, apart from log-ins."""


@dataclass(frozen=True, slots=True)
class Again:
    """One try to prove it again: what the password is compared with, and where it is counted."""

    user_id: int
    failure_id: int
    kept: str


def check(
    actor: Actor, *, now: dt.datetime, sms: bool = False, rules: PeopleRules = RULES
) -> None:
    """Raise ``ProofNeeded`` unless the actor proved within the last ten minutes who they are.

    ``sms`` also asks applicants for a code to the mobile on file: what changes where money goes
    takes two factors (ASVS 6.3.3). Services call it last, right before they write.
    """
    lacks_sms = (
        sms
        and actor.has(Role.APPLICANT)
        and not _is_fresh(actor.sms_proven_at, now=now, rules=rules)
    )
    if lacks_sms or not _is_fresh(actor.proven_at, now=now, rules=rules):
        raise ProofNeeded(sms=lacks_sms)


def begin(
    session: Session, user: User, *, now: dt.datetime, rules: PeopleRules = RULES
) -> Again:
    """Count a try as wrong until it proves right. The caller commits.

    Raises ``NotAllowed`` (again_locked) after five wrong passwords within fifteen minutes.
    """
    one_at_a_time(session, user.id)
    index = _index(user.id)
    since = now - dt.timedelta(minutes=rules.lock_minutes)
    wrong = sa.select(sa.func.count(LoginFailure.id)).where(
        LoginFailure.login_index == index, LoginFailure.at > since
    )
    if (session.scalar(wrong) or 0) >= rules.failures:
        raise NotAllowed("too many", code="again_locked", minutes=rules.lock_minutes)
    failure = LoginFailure(login_index=index, address=PLACE, at=now)
    session.add(failure)
    session.flush()
    return Again(user.id, failure.id, str(user.password or ""))


def is_right(again: Again, password: str) -> bool:
    """Compare the password; open no transaction around it."""
    return bool(again.kept) and check_password_hash(again.kept, password)


def forgive(session: Session, again: Again) -> None:
    """Take the count back: the password was right. The caller commits."""
    session.execute(
        sa.delete(LoginFailure).where(LoginFailure.login_index == _index(again.user_id))
    )


def keep(session: Session, token: str, *, sms: bool, actor: Actor, now: dt.datetime) -> None:
    """Write with the device that its person proved it again just now. The caller commits."""
    sessions.prove(session, token, now=now, sms=sms)
    audit.record(
        session, "proved_again", actor=actor, now=now, object_type="user",
        object_id=actor.user_id or "", applicant_id=actor.applicant_id, sms=sms,
    )  # fmt: skip


def one_at_a_time(session: Session, user_id: int) -> None:
    """Let tries of one person count one after the other (SQLite writes one by one anyway)."""
    row = sa.select(User.id).where(User.id == user_id)
    session.execute(row.with_for_update(key_share=True))


def _is_fresh(at: dt.datetime | None, *, now: dt.datetime, rules: PeopleRules) -> bool:
    return at is not None and now - at <= dt.timedelta(minutes=rules.proof_minutes)


def _index(user_id: int) -> str:
    return sealing.index_of(f"{PLACE}:{user_id}")
