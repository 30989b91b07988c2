"""Corrections people ask for: read and answered by supervisors within the days."""

import datetime as dt
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.desk.answering import AnsweringView
from app.display.revealing import SUBJECTS
from app.domain.masking import mask_name
from app.domain.policy import Actor
from app.models import CorrectionRequest
from app.services.privacy import data_corrections


class CorrectionView(AnsweringView):
    """What people of the agency want corrected, the most urgent first."""

    route_base = "/desk/corrections"
    class_permission_name = "Holders"
    method_permission_name = {"index": "edit", "answer": "edit"}
    template = "desk/corrections.html"
    about = "correction_request"
    typed_in = "answer"

    def write(self, session: Session, key: int, *, actor: Actor, now: dt.datetime) -> None:
        """Make the correction, or refuse it with the reason."""
        row = data_corrections.get_request(session, key, actor=actor)
        data_corrections.answer(
            session, row, grant=request.form.get("deed") == "grant",
            text=request.form.get("answer", ""), actor=actor, now=now,
        )  # fmt: skip

    def said(self) -> str:
        """Say where the answer is read."""
        return gettext("Answered; the applicant reads it under “Privacy and data”.")

    def shown(self, session: Session, actor: Actor, _now: dt.datetime) -> dict[str, Any]:
        """Return what waits for an answer."""
        waiting = data_corrections.open_requests(session, actor=actor)
        return {
            "title": gettext("Corrections asked for"),
            "rows": [_shown(row) for row in waiting],
        }


def _shown(row: CorrectionRequest) -> dict[str, Any]:
    """Return a request as it is read: what is wanted stands in full, the name masked."""
    return {
        "id": row.id,
        "person": mask_name(row.applicant.name),
        "applicant_id": row.applicant_id,
        "subject": SUBJECTS[row.subject],
        "wanted": row.wanted,
        "why": row.why,
        "at": row.created_at,
        "due_on": row.due_on,
    }
