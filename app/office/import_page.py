"""Taking accounts from a file: looked at first, line by line, then taken whole or not at all."""

from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from app import current
from app.display.formats import money
from app.screens.file_taking import FileTakingView
from app.services.accounts import ImportReport, import_accounts
from app.transaction import transaction


class AccountsImportView(FileTakingView):
    """Upload, preview with every fault, confirm."""

    route_base = "/office/accounts-import"
    class_permission_name = "Imports"
    method_permission_name = dict.fromkeys(("index", "look", "take"), "edit")
    template = "office/accounts-import.html"
    file_name = "accounts.csv"

    def read(self, data: bytes, name: str, *, preview: bool) -> ImportReport:
        """Return what the file holds."""
        actor, now = current.actor(), current.now()
        with transaction() as session:
            return import_accounts(
                session, data, actor=actor, now=now, name=name, preview=preview
            )

    def taken(self, report: ImportReport) -> tuple[str, str] | None:
        """Say how many accounts were taken, and show the list of imports."""
        if not report.written:
            return None
        said = ngettext(
            "%(num)d account was taken.", "%(num)d accounts were taken.", report.rows
        )
        total = gettext("Total %(total)s yuan.", total=money(report.total))
        return f"{said} {total}", url_for("ImportScreen.list")

    def shown(self) -> dict[str, Any]:
        """Return the page's own words."""
        return {"title": gettext("Import accounts")}
