"""Uploading papers, looking at them and taking them away (SA15 to SA18, SB08)."""

import contextlib
from http import HTTPStatus

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import current, outside
from app.display.files import as_file
from app.display.sentences import sentence
from app.domain.errors import Invalid, NotAllowed, RuleBroken
from app.domain.page_words import Page
from app.extensions import db
from app.gateways.errors import Unavailable
from app.hall.applying.forms_wizard import address_of
from app.hall.applying.wizard import own_case
from app.models import MaterialPage
from app.services import applications, uploads
from app.transaction import transaction

JSON = "application/json"


class UploadView(BaseView):
    """The pictures of a case: add, see, take away."""

    route_base = "/hall"
    default_view = "picture"
    class_permission_name = "Hall"
    method_permission_name = {
        "add": "apply", "remove": "apply", "picture": "read", "thumbnail": "read",
    }  # fmt: skip

    @expose("/apply/<int:key>/upload", methods=["POST"])
    @has_access
    def add(self, key: int) -> Response | tuple[Response, int]:
        """Add the chosen files to a paper; each that cannot be read is named."""
        code = request.form.get("material_code", "")
        files = [file for file in request.files.getlist("file") if file.filename]
        refused: list[tuple[str, RuleBroken]] = []
        if not files:
            refused.append(("", Invalid(code="file_missing")))
        for file in files:
            try:
                with contextlib.closing(file):
                    _add(key, code, file)
            except NotAllowed:
                abort(404)
            except RuleBroken as broken:
                refused.append((uploads.shown_name(file.filename or ""), broken))
        return self._answer(key, code, len(files), refused)

    @expose("/page/<int:key>")
    @has_access
    def picture(self, key: int) -> Response:
        """Show a page at full size."""
        return _picture(key, thumbnail=False)

    @expose("/page/<int:key>/thumbnail")
    @has_access
    def thumbnail(self, key: int) -> Response:
        """Show a page small."""
        return _picture(key, thumbnail=True)

    @expose("/page/<int:key>/remove", methods=["POST"])
    @has_access
    def remove(self, key: int) -> Response | tuple[Response, int]:
        """Take a page away (删除)."""
        actor, now = current.actor(), current.now()
        try:
            with transaction() as session:
                page = session.get(MaterialPage, key) or abort(404)
                uploads.remove_page(session, page, actor=actor, now=now)
                case, code = page.material.application, page.material.material_code
                location = _place(address_of(case, Page.UPLOAD), code)
        except NotAllowed:
            abort(404)
        except RuleBroken as broken:
            flash(sentence(broken), "danger")
            location = url_for("ProgressView.index")
        return redirect(location)

    def _answer(
        self, key: int, code: str, sent: int, refused: list[tuple[str, RuleBroken]]
    ) -> Response | tuple[Response, int]:
        """Answer a script with JSON, a form with the page at the paper's place."""
        said = [f"{name}: {sentence(why)}" if name else sentence(why) for name, why in refused]
        if JSON in request.headers.get("Accept", ""):
            status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
            return jsonify(ok=not refused, problems=said), status
        for one in said:
            flash(one, "danger")
        if sent > len(refused):
            flash(gettext("The picture was uploaded."), "success")
        return redirect(_place(address_of(own_case(key), Page.UPLOAD), code))


def _add(key: int, code: str, file: FileStorage) -> None:
    """Make one upload safe, then keep its pages; nothing is locked while it is being read."""
    session: Session = db.session()
    actor, now = current.actor(), current.now()
    case = applications.get_own(session, key, actor=actor)
    kind = uploads.material_type_of(session, case, code, now=now)
    data = file.read(kind.max_mb_per_file * uploads.KEPT_MEGABYTE + 1)
    try:
        pages = uploads.scanned(kind, data, file.filename or "", antivirus=outside.antivirus())
    except Unavailable as down:
        raise Invalid(code="scanner_down") from down
    with transaction() as writing:
        case = applications.get_own(writing, key, actor=actor)
        kind = uploads.material_type_of(writing, case, code, now=now)
        uploads.add_pages(
            writing, case, kind, pages, filename=file.filename or "",
            storage=outside.storage(), actor=actor, now=now,
        )  # fmt: skip


def _picture(key: int, *, thumbnail: bool) -> Response:
    """Return a picture of the applicant's own; that writes nothing, so no lock is taken."""
    actor, now = current.actor(), current.now()
    try:
        _page, data = uploads.open_page(
            db.session(), key, thumbnail=thumbnail, storage=outside.storage(), actor=actor,
            now=now,
        )  # fmt: skip
    except NotAllowed:
        abort(404)
    return as_file(data, name=f"{key}.jpg", kind="image/jpeg", inline=True)


def _place(address: str, code: str) -> str:
    return f"{address}#material-{code}" if code else address
