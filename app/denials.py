"""What somebody signed in was refused stands in the audit once: the try, not what was typed."""

import logging

from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from app import current
from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.extensions import db
from app.services import audit
from app.services.privacy import readings
from app.transaction import transaction

logger = logging.getLogger(__name__)
LONGEST = 64
LONGEST_ENDPOINT = 40


def write(code: str, *, about: str = "") -> None:
    """Write once a request that the person asking tried what the rules forbid.

    ``about`` names the row as ``table:key``; without it the address' own parts are kept.
    """
    actor = current.actor()
    if actor.user_id is None or not _is_first():
        return
    kind, _, row = about.partition(":")
    if not row:
        row = ",".join(str(part) for part in (request.view_args or {}).values())[:40]
    logger.warning("refused: %s at %s %s", code, request.method, request.endpoint)
    with transaction() as session:
        audit.record(
            session, "deed_refused", actor=actor, now=current.now(), object_type=kind,
            object_id=row, reason=code, method=request.method,
            route=(request.endpoint or "")[:LONGEST],
            deed=request.form.get("deed", "")[:LONGEST],
        )  # fmt: skip


def write_for(error: BaseException) -> None:
    """Write a page that was not found because the rules forbid it, and no other."""
    if isinstance(error.__context__, NotAllowed):
        write(error.__context__.code)


def write_page(response: Response) -> None:
    """Write a page that rights close: signed-in people in the audit, strangers in the log alone.

    A refusal whose rule was written in this request is not written a second time.
    """
    logger.warning("access refused", extra={"status": response.status_code})
    try:
        actor = current.actor()
        if actor.user_id is not None and _is_first():
            _write_access(actor)
    except SQLAlchemyError:
        logger.exception("a refused access could not be written")


def _is_first() -> bool:
    """Tell whether nothing was written of this request yet, and take the turn."""
    if g.get("refusal_written"):
        return False
    g.refusal_written = True
    return True


def _write_access(actor: Actor) -> None:
    endpoint, now = (request.endpoint or "")[:LONGEST_ENDPOINT], current.now()
    if not readings.is_due(
        db.session(), readings.REFUSED, actor=actor, object_type="route", object_id=endpoint,
        now=now,
    ):  # fmt: skip
        return
    with transaction() as session:
        readings.record_refused(
            session, actor=actor, now=now, endpoint=endpoint, method=request.method
        )
