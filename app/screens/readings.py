"""Who of the staff opened the page of a person, an account, a case or a payment is written down."""

from typing import Any

from app import current
from app.extensions import db
from app.models import Applicant
from app.services.privacy import readings
from app.transaction import transaction


def note_opened(row: Any) -> None:
    """Write, once in a quarter of an hour, that a member of staff opens the page of a row."""
    actor, now = current.actor(), current.now()
    if actor.applicant_id is not None:
        return
    kind, key, agency_id = row.__tablename__, str(row.id), getattr(row, "agency_id", None)
    applicant_id = row.id if isinstance(row, Applicant) else _applicant_of(row)
    if not readings.is_due(
        db.session(), readings.OPENED, actor=actor, object_type=kind, object_id=key, now=now
    ):
        return
    with transaction() as session:
        readings.record_opened(
            session, actor=actor, now=now, object_type=kind, object_id=key,
            agency_id=agency_id, applicant_id=applicant_id,
        )  # fmt: skip


def _applicant_of(row: Any) -> int | None:
    """Return whose row it is; a payment's is its case's."""
    case = getattr(row, "application", None)
    found: int | None = getattr(case or row, "applicant_id", None)
    return found
