"""The browser's side of being signed in: a secret in the signed cookie, a row in the hall."""

import datetime as dt
import logging
import secrets
from dataclasses import dataclass

from flask import Response, after_this_request, current_app, g, request, session, url_for
from flask_appbuilder.security.sqla.models import User
from flask_login import login_user, logout_user
from sqlalchemy.orm import Session

from app import current
from app.domain.errors import Invalid, NotAllowed
from app.domain.networks import is_within
from app.domain.separation import ADMINISTRATION
from app.extensions import db
from app.models import LoginSession
from app.services.entry import (
    entering,
    known_devices,
    picture_codes,
    proofs,
    sessions,
    signin,
)  # fmt: skip
from app.services.entry.entering import Entry, FactorRule, Visit, Waits
from app.services.people.people_rules import PeopleRules
from app.services.staff import standing
from app.transaction import transaction

logger = logging.getLogger(__name__)

DEVICE = "device"
"""Key of the cookie, and of the claim of a token, under which the secret is kept."""

VISIT = "visit"
"""Key of the cookie under which a browser's picture codes are bound to it."""

_KEPT = ("locale", "agency")


@dataclass(frozen=True, slots=True)
class Device:
    """The signed-in device of this request, read once."""

    id: int
    last_seen_at: dt.datetime
    proven_at: dt.datetime | None
    sms_proven_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Picture:
    """What was typed for a picture code, and to whom the code was given."""

    token: str = ""
    typed: str = ""
    bound: str = ""


def try_password(login: str, password: str, picture: Picture) -> int | None:
    """Return whose name and password these are, or None; the one way for page and interface.

    Raises ``NotAllowed`` (login_locked, picture_needed) or ``Invalid`` (picture_expired,
    picture_used, picture_wrong). No transaction is open while the password is compared.
    """
    now, rules, where = current.now(), people_rules(), visit()
    wrong = answer_picture(picture)
    try:
        with transaction() as writing:
            tried = signin.begin(
                writing, login, now=now, address=where.address, device=where.device,
                picture_right=wrong is None, rules=rules,
            )  # fmt: skip
    except NotAllowed as refused:
        if refused.code == "picture_needed" and wrong is not None:
            raise wrong from refused
        raise
    right = signin.is_right(tried, password)
    with transaction() as writing:
        user = signin.end(
            writing, tried, right=right, now=now, address=where.address,
            request_id=where.request_id,
        )  # fmt: skip
        return user.id if user is not None else None


def same_password(user_id: int, typed: str) -> bool:
    """Tell whether who is signed in typed the own password; every page counts the same tries.

    Raises ``NotAllowed`` (again_locked). No transaction is open while it is compared.
    """
    with transaction() as writing:
        user = writing.get_one(User, user_id)
        again = proofs.begin(writing, user, now=current.now(), rules=people_rules())
    if not proofs.is_right(again, typed):
        return False
    with transaction() as writing:
        proofs.forgive(writing, again)
    return True


def answer_picture(picture: Picture) -> Invalid | None:
    """Use a picture code up and return what is wrong with the answer, or None."""
    if not picture.typed.strip():
        return Invalid(field="picture", code="picture_needed")
    with transaction() as writing:
        return picture_codes.answer(
            writing, picture.token, picture.typed, bound=picture.bound, now=current.now()
        )


def new_picture(bound: str) -> str:
    """Return the token of a new picture code for a browser or an address."""
    return picture_codes.issue(bound, now=current.now())


def bound_here() -> str:
    """Return what binds picture codes to this browser."""
    if VISIT not in session:
        session[VISIT] = secrets.token_hex(16)
    return str(session[VISIT])


def bound_to_address() -> str:
    """Return what binds picture codes to who asks without a browser."""
    return f"address:{address()}"


def sign_in(user_id: int, *, how: str) -> str:
    """Sign in on this browser who has just proved who they are, by whatever way; the one door.

    ``how`` is kept with the device: "password", "oidc:<provider>", "wechat". Call it outside of
    a transaction, when the proof is committed. The browser gets a new session, is known from
    then on, and the owner is told of a new one. Returns the address of the page that asks staff
    for their second factor, or "" when the way is free. Raises ``NotAllowed`` (login_barred)
    for a log-in that was switched off.
    """
    with transaction() as writing:
        user = writing.get(User, user_id)
        if user is None or not user.active:
            raise NotAllowed("switched off", code="login_barred")
        entry = open_here(writing, user, how=how)
    return admit(entry)


def open_here(writing: Session, user: User, *, how: str) -> Entry:
    """Open the row of this browser within a transaction; ``admit`` follows after its commit.

    Raises ``NotAllowed``: login_elsewhere for an administrator outside of the networks that the
    installation names, login_barred for roles that must not meet.
    """
    if not may_work_here(user):
        logger.warning("log-in of administrator %s refused: not from this address", user.id)
        raise NotAllowed("outside of ANJU_ADMIN_NETWORKS", code="login_elsewhere")
    return entering.enter(
        writing, user, visit=visit(), how=how, now=current.now(), factor_rule=factor_rule()
    )


def admit(entry: Entry, *, next_page: str = "") -> str:
    """Give this browser its secrets; return the page of the second factor when one is waited for.

    What the browser held before is dropped but language and agency. ``next_page`` follows the
    second factor; else the page's own ``next`` does.
    """
    forget()
    session[DEVICE] = entry.token
    after_this_request(lambda answer: keep_known(answer, entry.device))
    onward = next_page or request.args.get("next")
    if entry.waits_for is Waits.FACTOR:
        return url_for("SecondFactorView.index", next=onward)
    if entry.waits_for is Waits.ENROLMENT:
        return url_for("SecondFactorView.enrol", next=onward)
    user = db.session.get(User, entry.user_id)
    login_user(user, remember=False)
    return ""


def may_work_here(user: User) -> bool:
    """Tell whether this address may use a log-in: of administrators the settings may ask a network."""
    networks = current_app.config["ANJU_ADMIN_NETWORKS"]
    return not standing.held_by(user) & ADMINISTRATION or is_within(address(), networks)


def visit() -> Visit:
    """Return where this request comes from."""
    return Visit(
        address=address(),
        agent=request.user_agent.string,
        device=request.cookies.get(known_cookie(), "")
        or request.headers.get("Anju-Device", ""),
        request_id=g.get("request_id", ""),
    )


def came_by() -> str:
    """Return by which way this browser's device was signed in, "" when it is not."""
    token, rules = session.get(DEVICE, ""), people_rules()
    row = sessions.find_session(db.session(), token, now=current.now(), rules=rules)
    return row.how if row is not None else ""


def half_way() -> LoginSession | None:
    """Return this browser's device when its password was right and a second factor is to come."""
    token = session.get(DEVICE, "")
    if not token:
        return None
    return sessions.find_half_way(db.session(), token, now=current.now(), rules=people_rules())


def factor_rule() -> FactorRule:
    """Return whether staff need a second factor here."""
    return FactorRule(current_app.config["ANJU_SECOND_FACTOR"])


def people_rules() -> PeopleRules:
    """Return the numbers of registration and log-in, with the hash that is set here."""
    return PeopleRules(hash_method=current_app.config["FAB_PASSWORD_HASH_METHOD"])


def address() -> str:
    """Return where the request comes from."""
    return request.remote_addr or ""


def known_cookie() -> str:
    """Return the name of the cookie by which a browser is known again."""
    return "__Host-anju-known" if current_app.config["SESSION_COOKIE_SECURE"] else "anju-known"


def keep_known(answer: Response, secret: str) -> Response:
    """Let the browser keep what it is known by, for a year; scripts do not see it."""
    answer.set_cookie(
        known_cookie(),
        secret,
        max_age=known_devices.KEEP,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return answer


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
