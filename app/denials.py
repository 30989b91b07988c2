"""What somebody signed in was refused stands in the audit: the try, not what was typed."""

import logging

from flask import g, request

from app import current
from app.domain.errors import NotAllowed
from app.services import audit
from app.transaction import transaction

logger = logging.getLogger(__name__)
LONGEST = 64


def write(code: str, *, about: str = "") -> None:
    """Write once a request that the person asking tried what the rules forbid.

    ``about`` names the row as ``table:key``; without it the address' own parts are kept.
    """
    actor = current.actor()
    if actor.user_id is None or g.get("refusal_written"):
        return
    g.refusal_written = True
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
