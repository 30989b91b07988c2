"""Whether a returned case was corrected where the return opinion asked for it."""

import datetime as dt

from sqlalchemy.orm import Session

from app.domain.errors import Invalid
from app.domain.workdays import local_date
from app.models import Application, ReturnItem
from app.services import reference

PAPER_ONLY = frozenset({"materials"})
"""What a line reopens when nothing but a new upload can settle it."""


def uncorrected(session: Session, case: Application, *, now: dt.datetime) -> list[Invalid]:
    """Return a problem for each paper that was sent back and not uploaded anew since."""
    types = reference.material_types(session, case.scheme_id, local_date(now))
    return [
        Invalid(
            code="material_not_corrected",
            field=f"material-{item.material_code}",
            paper_zh=types[item.material_code].name_zh,
            paper_en=types[item.material_code].name_en,
        )
        for item in case.return_items
        if _asks_for_upload(item) and not _uploaded_since(case, item)
    ]


def _asks_for_upload(item: ReturnItem) -> bool:
    reopens = frozenset(item.return_reason.reopens)
    return bool(item.material_code) and item.settled_at is None and reopens == PAPER_ONLY


def _uploaded_since(case: Application, item: ReturnItem) -> bool:
    return any(
        page.uploaded_at >= item.at and page.removed_at is None
        for material in case.materials
        if material.material_code == item.material_code
        for page in material.pages
    )
