"""One way for every deed of staff: rights, one transaction, once, and a refusal that is written."""

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, url_for
from sqlalchemy.orm import Session

from app import current, denials
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.models import Application
from app.repeating import once
from app.services import cases
from app.transaction import transaction


def may(*verbs: str, view: str = "Desk") -> bool:
    """Tell whether the signed-in person has one of the rights on a surface."""
    security: Any = current_app.extensions["appbuilder"].sm
    return any(security.has_access(f"can_{verb}", view) for verb in verbs)


def attempt(
    work: Callable[[Session], None], *, location: str, about: str = "", part: str = ""
) -> RuleBroken | None:
    """Do one deed and commit it; return what forbids it, or None when it is done.

    A form that comes twice (same hidden key, same person) is done once. What is not allowed is
    written to the audit, with ``about`` naming the row.
    """

    def deed(session: Session) -> str:
        work(session)
        return location

    try:
        once(deed, part=part)
    except NotAllowed as broken:
        refuse(broken, about=about)
        return broken
    except RuleBroken as broken:
        return broken
    return None


def hand_out(read: Callable[[Session], tuple[str, bytes]], *, about: str) -> tuple[str, bytes]:
    """Return name and bytes of a file that somebody takes away, its reading recorded.

    Who may not is written down; a file of another agency is one that is not there.
    """
    try:
        with transaction() as session:
            return read(session)
    except NotAllowed as broken:
        refuse(broken, about=about)
        abort(404 if broken.code == "not_found" else 403)


def refuse(broken: NotAllowed, *, about: str) -> None:
    """Write down that somebody tried what the rules forbid."""
    denials.write(broken.code, about=about)


def case_of(case_id: int) -> Application:
    """Return a case of the agency; another's is not there, and the try is written down."""
    try:
        return cases.get_case(db.session(), case_id, actor=current.actor())
    except NotAllowed as broken:
        refuse(broken, about=f"application:{case_id}")
        abort(404)


def case_url(case_id: int, **more: Any) -> str:
    """Return the address of a case's page."""
    return url_for("CaseView.show", case_id=case_id, **more)
