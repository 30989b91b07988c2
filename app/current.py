"""Who is asking and what time it is, for entry points; services are told both."""

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from flask import current_app, g, has_request_context, request
from flask_appbuilder.security.sqla.models import User

from app.domain.policy import Actor
from app.extensions import db
from app.models import Applicant, Staff
from app.services.staff import standing

ANONYMOUS = Actor(user_id=None, name="", roles=frozenset())


def now() -> dt.datetime:
    """Return the moment, by the application's clock."""
    clock: Callable[[], dt.datetime] | None = current_app.config.get("ANJU_CLOCK")
    return clock() if clock else dt.datetime.now(dt.UTC)


def actor() -> Actor:
    """Return who is signed in, by cookie or token, with roles, agency and identity as of now."""
    user = g.get("user")
    if user is None or not user.is_authenticated:
        return ANONYMOUS
    if "actor" not in g:
        g.actor = _actor(user)
    found: Actor = g.actor
    return found


def applicant() -> Applicant | None:
    """Return the applicant who is signed in, if an applicant is."""
    return db.session.get(Applicant, key) if (key := actor().applicant_id) else None


def staff() -> Staff | None:
    """Return the member of staff who is signed in, if one is."""
    return db.session.scalar(sa.select(Staff).where(Staff.user_id == actor().user_id))


def _actor(user: User) -> Actor:
    session, user_id, device = db.session, user.id, g.get("device")
    roles = standing.roles_in_force(db.session(), user, now=now())
    person = session.scalar(sa.select(Applicant).where(Applicant.user_id == user_id))
    member = session.scalar(sa.select(Staff).where(Staff.user_id == user_id))
    identity = person.id_number_index if person else member.id_number_index if member else None
    return Actor(
        user_id=user_id,
        name=person.name if person else member.name if member else user.username,
        roles=roles,
        agency_id=member.agency_id if member else None,
        applicant_id=person.id if person else None,
        identity_index=identity,
        address=(request.remote_addr or "") if has_request_context() else "",
        request_id=g.get("request_id", ""),
        proven_at=device.proven_at if device else None,
        sms_proven_at=device.sms_proven_at if device else None,
    )
