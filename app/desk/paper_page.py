"""What staff take away of a case: its receipt, its file; the audit keeps who took it and why."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.papers import dossier_file, receipt_file, refreshing
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.terms import Status
from app.extensions import db
from app.models import Application
from app.services.dossiers import requests
from app.services.paying import receipts
from app.transaction import transaction


class DeskPaperView(BaseView):
    """The papers of a case."""

    route_base = "/desk/papers"
    class_permission_name = "Desk"
    method_permission_name = dict.fromkeys(("index", "receipt", "dossier", "fetch"), "read")

    @expose("/<int:case_id>/")
    @has_access
    def index(self, case_id: int) -> Response:
        """Show the receipt and the files asked for by who looks, with their progress."""
        return self._page(deeds.case_of(case_id))

    @expose("/<int:case_id>/receipt")
    @has_access
    def receipt(self, case_id: int) -> Response:
        """Hand out the receipt of a paid case of the agency."""
        try:
            with transaction() as session:
                found = receipts.take(
                    session, case_id, actor=current.actor(), now=current.now()
                ).id
        except NotAllowed as broken:
            deeds.refuse(broken, about=f"application:{case_id}")
            abort(404)
        return receipt_file(found, back=url_for("DeskPaperView.index", case_id=case_id))

    @expose("/<int:case_id>/dossier", methods=["POST"])
    @has_access
    def dossier(self, case_id: int) -> Any:
        """Ask for the full file of a case, with the reason; the worker makes it."""
        here = url_for("DeskPaperView.index", case_id=case_id)

        def work(session: Session) -> None:
            requests.ask(
                session, case_id, reason=request.form.get("reason", ""),
                actor=current.actor(), now=current.now(),
            )  # fmt: skip

        if broken := deeds.attempt(work, location=here, about=f"application:{case_id}"):
            status = 403 if isinstance(broken, NotAllowed) else 422
            return self._page(deeds.case_of(case_id), broken), status
        flash(gettext("The file is being made. This page shows how far it is."), "success")
        return redirect(here)

    @expose("/dossier/<int:dossier_id>")
    @has_access
    def fetch(self, dossier_id: int) -> Response:
        """Hand out a file that is ready to who asked for it."""
        try:
            with transaction() as session:
                requests.fetch(session, dossier_id, actor=current.actor(), now=current.now())
        except NotAllowed as broken:
            deeds.refuse(broken, about=f"dossier:{dossier_id}")
            abort(404)
        return dossier_file(dossier_id)

    def _page(self, case: Application, broken: RuleBroken | None = None) -> Response:
        actor = current.actor()
        rows = requests.of_case(db.session(), case, actor=actor)
        page = self.render_template(
            "desk/papers.html",
            title=gettext("Receipt and file"),
            case=case,
            receipt=receipts.of_case(db.session(), case),
            is_paid=case.status is Status.PAID,
            may_ask=requests.may_ask(actor, case),
            dossiers=rows,
            typed=request.form,
            problems=[(broken.field, sentence(broken))] if broken else [],
            now=current.now(),
        )
        return refreshing(page, [] if broken else rows)
