"""What an applicant takes away: the receipt of a paid application, the file of an own one."""

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.display.papers import dossier_file, receipt_file, refreshing
from app.display.sentences import sentence
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.terms import Status
from app.extensions import db
from app.hall.applying.wizard import own_case
from app.navigation import brand_of
from app.repeating import once
from app.services.dossiers import requests
from app.services.paying import receipts
from app.transaction import transaction


class PaperView(BaseView):
    """The papers of an own application."""

    route_base = "/hall/papers"
    class_permission_name = "Hall"
    method_permission_name = {
        "index": "read", "receipt": "read", "dossier": "apply", "fetch": "read",
    }  # fmt: skip

    @expose("/<int:key>/")
    @has_access
    def index(self, key: int) -> Response:
        """Show the receipt and the files that were asked for, with their progress."""
        case = own_case(key)
        if case.status is Status.DRAFT:
            abort(404)
        rows = requests.of_case(db.session(), case, actor=current.actor())
        receipt = receipts.of_case(db.session(), case)
        page = self.render_template(
            "hall/papers.html",
            brand=brand_of(case.agency),
            case=case,
            receipt=receipt,
            is_paid=case.status is Status.PAID,
            dossiers=rows,
            now=current.now(),
        )
        return refreshing(page, rows)

    @expose("/<int:key>/receipt")
    @has_access
    def receipt(self, key: int) -> Response:
        """Hand out the receipt of an own paid application."""
        try:
            with transaction() as session:
                found = receipts.take_own(
                    session, key, actor=current.actor(), now=current.now()
                ).id
        except NotAllowed:
            abort(404)
        return receipt_file(found, back=url_for("PaperView.index", key=key))

    @expose("/<int:key>/dossier", methods=["POST"])
    @has_access
    def dossier(self, key: int) -> Any:
        """Ask for the file of an own application; the worker makes it."""
        here = url_for("PaperView.index", key=key)

        def deed(session: Session) -> str:
            requests.ask_own(session, key, actor=current.actor(), now=current.now())
            return here

        try:
            place = once(deed)
        except NotAllowed:
            abort(404)
        except RuleBroken as broken:
            flash(sentence(broken), "danger")
            return redirect(here)
        flash(gettext("The file is being made. This page shows how far it is."), "success")
        return redirect(place)

    @expose("/dossier/<int:dossier_id>")
    @has_access
    def fetch(self, dossier_id: int) -> Response:
        """Hand out a file that is ready to who asked for it."""
        try:
            with transaction() as session:
                requests.fetch(session, dossier_id, actor=current.actor(), now=current.now())
        except NotAllowed:
            abort(404)
        return dossier_file(dossier_id)
