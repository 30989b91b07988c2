"""Getting a code by text message: with the script in place, without it on the same page."""

from collections.abc import Callable

from flask import g, jsonify, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, navigation, outside
from app.devices import address
from app.domain.errors import RuleBroken
from app.domain.policy import Actor
from app.hall.forms_people import PeopleForm
from app.hall.people_sentences import sentence
from app.jobs import notices as outbox
from app.models import Agency
from app.services import codes
from app.transaction import transaction

Send = Callable[[Session, Actor], str]


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


def give_code(form: PeopleForm, send: Send) -> Response | None:
    """Send a code and answer the script, or put the outcome into the form.

    The message goes out at once after the commit; what fails stays in the outbox.
    """
    actor = visitor()
    try:
        with transaction() as session:
            token = send(session, actor)
    except RuleBroken as broken:
        if wants_json():
            return jsonify(problem=sentence(broken))
        form.attach(broken)
        return None
    outbox.send_now(outside.sms(), codes.reference(token), now=current.now())
    if wants_json():
        return jsonify(token=token, message=sent_sentence())
    form.token.data = token
    return None


def sent_sentence() -> str:
    """Return what is said when a code is on its way."""
    return gettext("A code is on its way. It is valid for 5 minutes.")


def wants_json() -> bool:
    """Tell whether the page's script asks."""
    return request.accept_mimetypes.best == "application/json"
