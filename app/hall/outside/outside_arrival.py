"""Somebody comes back from another provider: let in when bound, else asked for proof.

The same for every provider (统一身份认证, WeChat): who knows the person calls ``arrive``.
"""

import logging
from http import HTTPStatus

from flask import make_response, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.devices import admit, leave, open_here, sign_in
from app.domain.errors import ManyProblems, RuleBroken
from app.domain.outside_person import OutsidePerson
from app.hall.outside import outside_pending
from app.hall.outside.outside_ways import again_url, name_of
from app.hall.people.codes_page import visitor
from app.hall.people.signin import landing
from app.models import Applicant
from app.services.entry import outside_binding
from app.transaction import transaction

logger = logging.getLogger(__name__)

STATUSES = {
    "denied": HTTPStatus.OK,
    "unavailable": HTTPStatus.FAILED_DEPENDENCY,
    "login_barred": HTTPStatus.FORBIDDEN,
    "login_elsewhere": HTTPStatus.FORBIDDEN,
    "staff_not_outside": HTTPStatus.FORBIDDEN,
}
"""What the pages answer; everything else is a request that does not fit (400)."""


def arrive(person: OutsidePerson, *, how: str, next_page: str = "") -> Response:
    """Sign in who is bound, or lead to the page that asks for the own log-in or registration.

    ``how`` is kept with the device: ``oidc:<provider>``, ``wechat``. Call it outside of a
    transaction, once the provider's answer has been checked.
    """
    if current_user.is_authenticated:
        leave()
    try:
        with transaction() as writing:
            user = outside_binding.let_in(writing, person, actor=visitor(), now=current.now())
            entry = open_here(writing, user, how=how) if user is not None else None
    except RuleBroken as broken:
        return refuse(person.provider, broken.code)
    if entry is None:
        outside_pending.keep(person, how=how, next_page=next_page)
        return redirect(url_for("BindView.index"))
    return redirect(admit(entry, next_page=next_page) or next_page or landing())


def enter(user_id: int, *, how: str, next_page: str) -> Response:
    """Sign in on this browser who was bound just now, and go on."""
    return redirect(sign_in(user_id, how=how) or next_page or landing())


def refuse(provider: str, why: str, fault: Exception | None = None) -> Response:
    """Say why somebody is not let in, what is kept and what to do; log and audit it."""
    logger.warning("log-in by %s refused: %s (%s)", provider, why, fault or "by rule")
    actor, now = visitor(), current.now()
    with transaction() as writing:
        outside_binding.refuse(writing, provider, why, actor=actor, now=now)
    page = render_template(
        "hall/outside_refused.html", why=why, provider=name_of(provider),
        again=again_url(provider),
    )  # fmt: skip
    return make_response(page, STATUSES.get(why, HTTPStatus.BAD_REQUEST))


def prefill() -> dict[str, str]:
    """Return what the provider says of who is about to register, for the form."""
    waiting = outside_pending.find()
    if waiting is None:
        return {}
    person = waiting.person
    said = {
        "name": person.name,
        "id_type": person.id_type,
        "id_number": person.id_number,
        "mobile": person.mobile,
    }
    return {name: text for name, text in said.items() if text}


def waited_for() -> str:
    """Return where who registers came from, or nothing."""
    waiting = outside_pending.find()
    return name_of(waiting.person.provider) if waiting is not None else ""


def bind_registered(session: Session, applicant: Applicant) -> None:
    """Bind who came from outside to the person registered in the same transaction.

    Raises ``ManyProblems`` when the provider names another person than was registered.
    """
    waiting = outside_pending.find()
    if waiting is None or applicant.user is None:
        return
    try:
        outside_binding.bind(
            session, waiting.person, applicant.user, actor=visitor(), now=current.now()
        )
    except RuleBroken as broken:
        raise ManyProblems([broken]) from broken
