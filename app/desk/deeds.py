"""One way for every deed of staff: rights, one transaction, once, and a refusal that is written."""

import logging
from collections.abc import Callable
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import current
from app.domain.errors import NotAllowed, RuleBroken
from app.services import audit, repeats
from app.transaction import transaction

logger = logging.getLogger(__name__)
KEY_LENGTH = 64


def may(*verbs: str, view: str = "Desk") -> bool:
    """Tell whether the signed-in person has one of the rights on a surface."""
    security: Any = current_app.extensions["appbuilder"].sm
    return any(security.has_access(f"can_{verb}", view) for verb in verbs)


def attempt(
    work: Callable[[Session], None], *, location: str, about: str = ""
) -> RuleBroken | None:
    """Do one deed and commit it; return what forbids it, or None when it is done.

    A form that comes twice (same hidden key, same person) is done once. What is not allowed is
    written to the audit, with ``about`` naming the row.
    """
    key, who = request.form.get("key", "")[:KEY_LENGTH], current.actor()
    assert who.user_id is not None
    user_id, now = who.user_id, current.now()
    try:
        with transaction() as session:
            if key and repeats.first_answer(session, key, user_id=user_id) is not None:
                return None
            work(session)
            if key:
                repeats.remember(
                    session, key, user_id=user_id, route=request.endpoint or "",
                    location=location, now=now,
                )  # fmt: skip
    except NotAllowed as broken:
        refuse(broken, about=about)
        return broken
    except RuleBroken as broken:
        return broken
    except IntegrityError as clash:
        if "idempotency_key" not in str(clash.orig):
            raise
    return None


def refuse(broken: NotAllowed, *, about: str) -> None:
    """Write down that somebody tried what the rules forbid."""
    kind, _, row = about.partition(":")
    logger.warning("deed refused: %s on %s", broken.code, about)
    with transaction() as session:
        audit.record(
            session, "deed_refused", actor=current.actor(), now=current.now(),
            object_type=kind, object_id=row, reason=broken.code,
            deed=request.form.get("deed", "")[:KEY_LENGTH],
        )  # fmt: skip


def case_url(case_id: int, **more: Any) -> str:
    """Return the address of a case's page."""
    return url_for("CaseView.show", case_id=case_id, **more)
