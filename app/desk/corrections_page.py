"""Corrections people ask for: read and answered by supervisors within the days."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.revealing import SUBJECTS
from app.domain.errors import RuleBroken
from app.domain.masking import mask_name
from app.domain.workdays import local_date
from app.extensions import db
from app.models import CorrectionRequest
from app.services.privacy import data_corrections


class CorrectionView(BaseView):
    """What people of the agency want corrected, the most urgent first."""

    route_base = "/desk/corrections"
    default_view = "index"
    class_permission_name = "Holders"
    method_permission_name = {"index": "edit", "answer": "edit"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what waits for an answer."""
        return self._page()

    @expose("/<int:key>/answer", methods=["POST"])
    @has_access
    def answer(self, key: int) -> Any:
        """Make the correction, or refuse it with the reason."""
        here = url_for("CorrectionView.index")

        def work(session: Session) -> None:
            row = data_corrections.get_request(session, key, actor=current.actor())
            data_corrections.answer(
                session, row, grant=request.form.get("deed") == "grant",
                text=request.form.get("answer", ""), actor=current.actor(), now=current.now(),
            )  # fmt: skip

        broken = deeds.attempt(work, location=here, about=f"correction_request:{key}")
        if broken is not None:
            if broken.code == "not_found":
                abort(404)
            return self._page(broken, key), 422
        flash(gettext("Answered; the applicant reads it under “Privacy and data”."), "success")
        return redirect(here)

    def _page(self, broken: RuleBroken | None = None, key: int = 0) -> str:
        session, actor, now = db.session(), current.actor(), current.now()
        if actor.agency_id is None:
            abort(404)
        page: str = self.render_template(
            "desk/corrections.html",
            title=gettext("Corrections asked for"),
            rows=[_shown(row) for row in data_corrections.open_requests(session, actor=actor)],
            today=local_date(now),
            problems=[(f"answer-{key}", sentence(broken))] if broken else [],
        )
        return page


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
