"""How staff come in, as their user administrator looks after it: lost phones, open devices."""

import datetime as dt

from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Staff
from app.services import audit
from app.services.entry import known_devices, proofs, second_factor, sessions
from app.services.staff import standing


def end_sessions(session: Session, member: Staff, *, actor: Actor, now: dt.datetime) -> int:
    """Sign a colleague out everywhere; return on how many devices. The caller commits.

    Raises ``NotAllowed`` (role_missing, not_found).
    """
    _check(session, member, actor=actor, now=now)
    ended = sessions.close_others(session, member.user_id, now=now)
    audit.record(
        session, "devices_ended", actor=actor, now=now, object_type="staff",
        object_id=member.id, agency_id=member.agency_id, count=ended,
    )  # fmt: skip
    return ended


def reset_factor(session: Session, member: Staff, *, actor: Actor, now: dt.datetime) -> None:
    """Take a colleague's lost authenticator away; at the next log-in another one is set up.

    The colleague is signed out everywhere and no browser is known any more. The caller commits.
    Raises ``NotAllowed`` (role_missing, not_found, own_rights for the own one, factor_none).
    """
    _check(session, member, actor=actor, now=now)
    if member.user_id in standing.log_ins_of(session, actor):
        raise NotAllowed("the own one", code="own_rights")
    if not second_factor.is_enrolled(session, member.user_id):
        raise NotAllowed("there is none", code="factor_none")
    proofs.check(actor, now=now)
    second_factor.remove(session, member.user_id, actor=actor, now=now)
    known_devices.forget(session, member.user_id)
    sessions.close_others(session, member.user_id, now=now)


def _check(session: Session, member: Staff, *, actor: Actor, now: dt.datetime) -> None:
    policy.check_role(actor, Role.USER_ADMIN, Role.INSTALLATION_ADMIN)
    if not actor.has(Role.INSTALLATION_ADMIN):
        policy.check_agency(actor, agency_id=member.agency_id)
    standing.check(session, actor, now=now)
