"""Taking accounts from a file: looked at first, line by line, then taken whole or not at all."""

import contextlib
import hashlib
import re

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from app import current, outside
from app.display.formats import money
from app.display.words import is_chinese
from app.gateways.storage.protocol import AlreadyStored, NotStored
from app.services.accounts import ImportReport, import_accounts
from app.transaction import transaction

MOST_BYTES = 20 * 1024 * 1024
MOST_SHOWN = 200
HASH = re.compile(r"[0-9a-f]{64}")


class AccountsImportView(BaseView):
    """Upload, preview with every fault, confirm."""

    route_base = "/office/accounts-import"
    default_view = "index"
    class_permission_name = "Imports"
    method_permission_name = {"index": "edit", "look": "edit", "take": "edit"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Say what a file looks like and ask for one."""
        return self._page(None)

    @expose("/look", methods=["POST"])
    @has_access
    def look(self) -> Response | str:
        """Read a file without taking it and show what it holds."""
        sent = request.files.get("file")
        data = sent.read(MOST_BYTES + 1) if sent else b""
        if not sent or not data or len(data) > MOST_BYTES:
            flash(gettext("Please choose a csv or xlsx file of at most 20 MB."), "danger")
            return redirect(url_for("AccountsImportView.index"))
        report = self._read(data, sent.filename or "accounts.csv", preview=True)
        if not report.problems:
            with contextlib.suppress(AlreadyStored):
                outside.storage().put(key_of(report.sha256), data)
        return self._page(report)

    @expose("/take", methods=["POST"])
    @has_access
    def take(self) -> Response | str:
        """Take a file that was looked at; it is read and checked again."""
        sha256 = request.form.get("sha256", "")
        if not HASH.fullmatch(sha256):
            abort(400)
        try:
            data = outside.storage().get(key_of(sha256))
        except NotStored:
            flash(gettext("Please send the file again; it was not kept."), "danger")
            return redirect(url_for("AccountsImportView.index"))
        report = self._read(data, request.form.get("name", "")[:200], preview=False)
        if not report.written:
            return self._page(report)
        outside.storage().delete(key_of(sha256))
        flash(
            ngettext("%(num)d account was taken.", "%(num)d accounts were taken.", report.rows)
            + " " + gettext("Total %(total)s yuan.", total=money(report.total)),
            "success",
        )  # fmt: skip
        return redirect(url_for("ImportScreen.list"))

    @staticmethod
    def _read(data: bytes, name: str, *, preview: bool) -> ImportReport:
        actor, now = current.actor(), current.now()
        with transaction() as session:
            return import_accounts(
                session, data, actor=actor, now=now, name=name, preview=preview
            )

    def _page(self, report: ImportReport | None) -> str:
        problems = [
            (one.line, one.column, one.why_zh if is_chinese() else one.why_en)
            for one in (report.problems if report else ())
        ]
        page: str = self.render_template(
            "office/accounts-import.html",
            title=gettext("Import accounts"),
            report=report,
            problems=problems[:MOST_SHOWN],
            more=max(0, len(problems) - MOST_SHOWN),
        )
        return page


def key_of(sha256: str) -> str:
    """Return where a file waits, sealed, from the look to the taking; bound to who looked."""
    who = f"{sha256} {current.actor().user_id}".encode()
    return f"imports/{hashlib.sha256(who).hexdigest()}"
