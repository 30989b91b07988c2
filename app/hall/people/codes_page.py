"""Getting a code by text message: with the script in place, without it on the same page."""

from collections.abc import Callable

from flask import g, jsonify, request, session
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, navigation, outside, sealing
from app.devices import (
    Picture,
    address,
    answer_picture,
    bound_here,
    new_picture,
    people_rules,
)  # fmt: skip
from app.domain import identity
from app.domain.errors import Invalid, RuleBroken
from app.domain.policy import Actor
from app.extensions import db
from app.hall.people.forms_people import PeopleForm
from app.hall.people.people_sentences import sentence
from app.jobs import notices as outbox
from app.models import Agency
from app.services.people import code_pace, codes
from app.services.people.codes import Purpose
from app.transaction import transaction

Send = Callable[[Session, Actor], str]

ASKED = "codes"
"""Key of the cookie under which this browser's requests for codes are kept, by purpose."""


def agency() -> Agency:
    """Return the agency whose page this is, the first one when none was chosen."""
    found = navigation.chosen_agency()
    return found if found is not None else navigation.agencies()[0]


def visitor() -> Actor:
    """Return who asks, with the address, whether signed in or not."""
    known = current.actor()
    return (
        known
        if known.user_id
        else Actor(None, "", frozenset(), address=address(), request_id=g.request_id)
    )


def give_code(
    form: PeopleForm, purpose: Purpose, send: Send, *, at_once: bool = True
) -> Response | None:
    """Send a code and answer the script, or put the outcome into the form.

    The request is bound to this browser by its signed cookie. The message goes out after the
    commit, or, where the time of an answer could tell who is known, with the outbox's next
    round; what fails stays in the outbox.
    """
    actor = visitor()
    wrong = picture_problem(form)
    if wrong is not None:
        if wants_json():
            return jsonify(problem=sentence(wrong), picture=True)
        form.attach(wrong)
        return None
    try:
        with transaction() as writing:
            token = send(writing, actor)
    except RuleBroken as broken:
        if wants_json():
            return jsonify(problem=sentence(broken))
        form.attach(broken)
        return None
    session[ASKED] = {**session.get(ASKED, {}), purpose.value: token}
    if at_once:
        outbox.send_now(outside.sms(), codes.reference(token), now=current.now())
    if wants_json():
        return jsonify(token=token, message=sent_sentence())
    form.token.data = token
    return None


def picture_problem(form: PeopleForm) -> Invalid | None:
    """Return what is wrong with the picture code, when one is asked; the form shows another."""
    origin = code_pace.origin(address())
    rules, now = people_rules(), current.now()
    if not code_pace.asks_picture(db.session(), origin, now=now, rules=rules):
        return None
    typed, token = (request.form.get(name, "") for name in ("picture", "picture_token"))
    wrong = answer_picture(Picture(token, typed, bound_here()))
    if wrong is not None:
        form.picture_shown = new_picture(bound_here())
    return wrong


def try_code(form: PeopleForm, purpose: Purpose, mobile_index: str) -> Invalid | None:
    """Count one try of the code and return what is wrong with it; another browser's is wrong."""
    token, code = form.token.data or "", form.code.data or ""
    if not (token and code):
        return Invalid(field="code", code="code_missing")
    if session.get(ASKED, {}).get(purpose.value) != token:
        return Invalid(field="code", code="code_wrong")
    with transaction() as writing:
        return codes.check_code(
            writing, token, code, purpose=purpose, mobile_index=mobile_index,
            now=current.now(), rules=people_rules(),
        )  # fmt: skip


def try_mobile(form: PeopleForm, purpose: Purpose) -> Invalid | None:
    """Count one try of the code that went to the mobile typed in the form."""
    try:
        number = identity.check_mobile(form.mobile.data or "")
    except Invalid as refused:
        return refused if form.code.data else Invalid(field="code", code="code_missing")
    return try_code(form, purpose, sealing.index_of(number))


def sent_sentence() -> str:
    """Return what is said when a code is on its way."""
    return gettext("A code is on its way. It is valid for 5 minutes.")


def wants_json() -> bool:
    """Tell whether the page's script asks."""
    return request.accept_mimetypes.best == "application/json"
