"""The browser's side of being signed in: a secret in the signed cookie, a row in the hall."""

from flask import current_app, request, session
from flask_appbuilder.security.sqla.models import User
from flask_login import login_user, logout_user

from app import current
from app.services import sessions
from app.services.people_rules import PeopleRules
from app.transaction import transaction

DEVICE = "device"
"""Key of the cookie, and of the claim of a token, under which the secret is kept."""

_KEPT = ("locale", "agency")


def people_rules() -> PeopleRules:
    """Return the numbers of registration and log-in that this installation sets."""
    made = current_app.config.get("ANJU_PEOPLE")
    return made or PeopleRules(hash_method=current_app.config["FAB_PASSWORD_HASH_METHOD"])


def address() -> str:
    """Return where the request comes from."""
    return request.remote_addr or ""


def admit(user: User, token: str) -> None:
    """Sign this browser in; what it held before is dropped but language and agency."""
    forget()
    session[DEVICE] = token
    login_user(user, remember=False)


def leave() -> None:
    """Sign this browser out: the row ends, the cookie is emptied."""
    token = session.get(DEVICE)
    if token:
        actor, now = current.actor(), current.now()
        with transaction() as writing:
            sessions.close_session(writing, token, actor=actor, now=now)
    logout_user()
    forget()


def forget() -> None:
    """Empty the cookie but for language and agency."""
    kept = {key: session[key] for key in _KEPT if key in session}
    session.clear()
    session.update(kept)
