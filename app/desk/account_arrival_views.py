"""Accounts with balances from a file: looked at and brought by one person, posted by another."""

from typing import Any

from flask_babel import gettext, ngettext

from app import current
from app.desk import deeds
from app.desk.second_hand_views import SecondHandsView
from app.display.formats import money
from app.extensions import db
from app.services.accounting import account_arrivals
from app.services.accounts import ImportReport, import_accounts


class AccountsImportView(SecondHandsView):
    """Upload, preview with every fault, hand on; a second person posts or refuses."""

    route_base = "/office/accounts-import"
    class_permission_name = "Imports"
    method_permission_name = {
        "index": "read", "look": "edit", "take": "edit", "download": "read",
        "post": "release", "refuse": "release",
    }  # fmt: skip
    template = "office/accounts-import.html"
    file_name = "accounts.csv"
    files = account_arrivals
    about = "account_file"
    faulty = "accounts_faulty"

    def preview(self, data: bytes, name: str) -> ImportReport:
        """Return what the file holds and write nothing."""
        return import_accounts(
            db.session(), data, actor=current.actor(), now=current.now(), name=name,
            preview=True,
        )  # fmt: skip

    def posted(self, report: ImportReport | None = None) -> str:
        """Say how many accounts were opened; a form that came twice has no report."""
        if report is None:
            return gettext("The file was posted.")
        said = ngettext(
            "%(num)d account was taken.", "%(num)d accounts were taken.", report.rows
        )
        return f"{said} {gettext('Total %(total)s yuan.', total=money(report.total))}"

    def shown(self) -> dict[str, Any]:
        """Return what waits, and what the reader may do with it."""
        actor = current.actor()
        return {
            "title": gettext("Import accounts"),
            "waiting": account_arrivals.waiting(db.session(), actor=actor),
            "may_bring": deeds.may("edit", view="Imports"),
            "may_post": deeds.may("release", view="Imports"),
            "me": actor.user_id,
        }
