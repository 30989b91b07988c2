"""A form that is sent twice is done once: the key it carries, and the answer kept for it."""

import secrets
from collections.abc import Callable

from flask import Flask, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import current
from app.domain.errors import IllegalMove, RuleBroken
from app.services.records import repeats
from app.transaction import transaction

HEADER = "Idempotency-Key"
FIELD = "form_key"
TAKEN = ("idempotency_key", "one_answer_a_key")
"""What PostgreSQL and SQLite call a key that another request is using."""


def init_app(app: Flask) -> None:
    """Let templates give every form its own key."""
    app.jinja_env.globals["form_key"] = fresh_key  # FAB imports its macros without context


def fresh_key() -> str:
    """Return a key for one form as it is shown."""
    return secrets.token_hex(16)


def sent_key() -> str:
    """Return the key that came with the request: a header of the interface, a field of a form."""
    return (request.headers.get(HEADER) or request.form.get(FIELD, ""))[: repeats.LONGEST_KEY]


def begun(deed: Callable[[Session], str]) -> str:
    """Do a deed as ``once``; of two that begin the same at once the second goes on with it."""
    try:
        return once(deed)
    except IllegalMove as faster:
        if faster.code != "draft_there":
            raise
        return once(deed)


def once(deed: Callable[[Session], str], *, part: str = "") -> str:
    """Do a deed in one transaction of its own and return where it leads.

    ``part`` names one of several deeds of the same form.

    Of requests with the same key of the same person one does the deed; the others get its
    answer, also those that come while it runs. What is refused is not kept: it can be sent
    again. Raises what the deed raises, or ``Invalid`` (key_reused) for another form's key.
    """
    key, user_id, route = sent_key(), current.actor().user_id, request.endpoint or ""
    key = f"{key}:{part}"[: repeats.LONGEST_KEY] if key and part else key
    try:
        with transaction() as session:
            before = repeats.first_answer(session, key, user_id=user_id, route=route)
            if before is not None:
                return before
            kept = repeats.claim(session, key, user_id=user_id, route=route, now=current.now())
            location = deed(session)
            if kept is not None:
                kept.location = location
            return location
    except (RuleBroken, IntegrityError) as broken:
        if isinstance(broken, IntegrityError) and not any(
            mark in str(broken.orig) for mark in TAKEN
        ):
            raise
        with transaction() as session:
            before = repeats.first_answer(session, key, user_id=user_id, route=route)
        if before is None:
            raise
        return before
