"""The installation's own rows: agencies, packages that were loaded, files that were imported."""

from typing import Any

from flask import current_app, flash, redirect, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.display import codes
from app.display.words import is_chinese, localized
from app.domain.terms import Role
from app.models import Agency, ImportBatch, JobRun, PackageVersion
from app.packages.problems import PackageRefused
from app.packages.reader import PACKAGES
from app.repeating import once
from app.screens import cells
from app.screens import columns as col
from app.screens import fields as put
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.rights import OfMyAgency
from app.screens.searches import Exactly, Search, StartsWith
from app.screens.writing import Written
from app.services import audit
from app.services.catalogue import agency_edits
from app.services.catalogue.loading import Loaded, load_packages

OUTCOMES = {
    "ok": _("Done"),
    "failed": _("Failed"),
    "running": _("Running"),
    "stopped": _("Stopped before its end"),
}
WAYS = {
    "simulator": _("direct line to the bank"),
    "pain001": _("files of ISO 20022 (pain.001, pain.002, camt.053)"),
    "csv": _("tables (GB18030 csv)"),
}  # fmt: skip
COUNTS = {
    "added": _("added"), "changed": _("changed"), "ended": _("ended"),
    "kept": _("left as staff set them"),
}  # fmt: skip


def bank_hours(row: Agency) -> str:
    """Return when the bank takes payments."""
    if row.bank_opens is None or row.bank_closes is None:
        return gettext("all day")
    return f"{row.bank_opens:%H:%M} – {row.bank_closes:%H:%M}"


class AgencyScreen(Written):
    """The agencies of this installation: contact, hours, payer account, marks."""

    datamodel = fast(Agency, "schemes")
    route_base = "/office/agencies"
    class_permission_name = "Agencies"
    base_order = ("id", "asc")
    list_title, show_title, edit_title = _("Agencies"), _("Agency"), _("Change the agency")
    lead = _("An agency comes with its package; contact, hours and payer account are set here.")
    columns = (
        col.text("code", _("Code")),
        col.made("name", _("Full name"), lambda row: localized(row, "name")),
        col.made("short_name", _("Short name"), lambda row: localized(row, "short_name")),
        col.made("hall_name", _("Name of the hall"), lambda row: localized(row, "hall_name")),
        col.made("schemes", _("Services"), lambda row: cells.lines(map(cells.name_of, row.schemes))),
        col.text("hotline", _("Hotline")),
        col.made("hours", _("Hours"), lambda row: localized(row, "hours")),
        col.made("address", _("Address"), lambda row: localized(row, "address")),
        col.text("payer_name", _("Name of the payer")),
        col.bank("payer_bank_code", _("Payer's bank")),
        col.made("payer_account", _("Payer account"), lambda row: f"**** {row.payer_account[-4:]}"),
        col.made("bank_hours", _("Hours of the bank"), bank_hours),
        col.made("pays_by", _("Way of paying"), lambda row: WAYS[row.pays_by]),
        col.number("batch_limit", _("Most payments in a file")),
        col.text("host_name", _("Name of the host")),
        col.text("agreement_version", _("Version of the agreement")),
        col.flag("placeholder", _("Data are placeholders")),
        col.made("payouts_stopped", _("State of payments"), lambda row: gettext(row.payouts_stopped) if row.payouts_stopped else gettext("not stopped")),
    )  # fmt: skip
    list_columns = [
        "short_name",
        "schemes",
        "hotline",
        "hours",
        "placeholder",
        "payouts_stopped",
    ]
    show_fieldsets = [
        (_("Agency"), {"fields": ["code", "name", "short_name", "hall_name", "schemes", "host_name", "agreement_version", "placeholder"]}),
        (_("Contact"), {"fields": ["hotline", "hours", "address"]}),
        (_("Payer and bank"), {"fields": ["payer_name", "payer_bank_code", "payer_account", "bank_hours", "pays_by", "batch_limit", "payouts_stopped"]}),
    ]  # fmt: skip
    edits = {
        "hotline": put.line(_("Hotline"), 40),
        "hours_zh": put.line(_("Hours (Chinese)"), 200),
        "hours_en": put.line(_("Hours (English)"), 200),
        "address_zh": put.line(_("Address (Chinese)"), 200),
        "address_en": put.line(_("Address (English)"), 200),
        "payer_name": put.line(_("Name of the payer"), 100),
        "payer_bank_code": put.line(_("Payer's bank"), 16),
        "payer_account": put.line(_("Payer account"), 40),
        "bank_opens": put.time(_("The bank opens at"), hint=_("Empty for a bank that is always open.")),
        "bank_closes": put.time(_("The bank closes at")),
        "pays_by": put.choice(_("Way of paying"), lambda: list(WAYS.items()), hint=_("Change it only when no payment is on its way.")),
        "batch_limit": put.whole(_("Most payments in a file"), 1, 50_000),
        "host_name": put.line(_("Name of the host"), 100, required=False, hint=_("The address by which a visitor reaches this agency alone.")),
        "placeholder": put.flag(_("Data are placeholders"), hint=_("While this is ticked, pages say that contact data are invented.")),
    }  # fmt: skip
    edit_form = put.form(**edits)

    def change(self, session: Session, row: Agency, form: FlaskForm) -> None:
        """Change the agency."""
        agency_edits.change_agency(
            session, row, {name: form[name].data for name in self.edits},
            actor=current.actor(), now=current.now(),
        )  # fmt: skip


class PackageScreen(Screen):
    """Which packages were loaded, in which version, and what each brought."""

    datamodel = fast(PackageVersion)
    route_base = "/office/packages"
    class_permission_name = "Packages"
    include_route_methods = {"list", "show", "load"}
    method_permission_name = {"list": "read", "show": "read", "load": "publish"}
    list_title, show_title = _("Packages"), _("Package")
    lead = _(
        "A package is a service of an agency as data. A higher version adds rows from its day on and leaves alone what staff changed."
    )
    list_template = "screens/packages.html"
    columns = (
        col.text("code", _("Package")),
        col.number("version", _("Version")),
        col.moment("loaded_at", _("Loaded")),
        col.made("counts", _("Rows"), lambda row: cells.lines(counted(row.counts))),
        col.made("tables", _("Holds"), lambda row: cells.lines(held(row.counts))),
        col.text("sha256", _("Hash of the files")),
    )  # fmt: skip
    list_columns = ["code", "version", "loaded_at", "counts"]
    show_columns = ["code", "version", "loaded_at", "counts", "tables", "sha256"]
    searches = (Search("code", _("Package begins with"), StartsWith),)

    @expose("/load", methods=["POST"])
    @has_access
    def load(self) -> Response | str:
        """Load what has a higher version, or show every fault by file, line and column."""
        actor, now = current.actor(), current.now()
        folder = current_app.config.get("ANJU_PACKAGES", PACKAGES)

        def deed(session: Session) -> str:
            loaded = load_packages(session, now=now, folder=folder)
            if loaded.changed:
                audit.record(
                    session, "package_loaded", actor=actor, now=now,
                    object_type="package", packages=loaded.packages,
                )  # fmt: skip
            self.tell(loaded)
            return self.get_redirect()

        try:
            return redirect(once(deed))
        except PackageRefused as refused:
            return self.faults(refused)

    def faults(self, refused: PackageRefused) -> str:
        """Return the page with the faults of a package."""
        page: str = self.render_template(
            "screens/faults.html",
            title=gettext("The package was not loaded"),
            problems=[
                (one.file, one.line, one.column, one.why_zh if is_chinese() else one.why_en)
                for one in refused.problems
            ],
        )
        return page

    @staticmethod
    def tell(loaded: Loaded) -> None:
        """Say what a load did."""
        for name in loaded.packages:
            flash(gettext("Loaded: %(name)s", name=name), "success")
        for note in loaded.notes:
            flash(note, "warning")
        if not loaded.changed:
            flash(gettext("Nothing has a higher version."), "info")


def counted(counts: dict[str, Any]) -> list[str]:
    """Return what a load did, in words."""
    return [f"{word}: {counts[name]}" for name, word in COUNTS.items() if counts.get(name)]


def held(counts: dict[str, Any]) -> list[str]:
    """Return how many rows of each table a package holds."""
    tables: dict[str, int] = {}
    for name in counts.get("digests", {}):
        table = name.split(":", 1)[0]
        tables[table] = tables.get(table, 0) + 1
    return [
        f"{codes.said(codes.TABLES, table)}: {count}" for table, count in sorted(tables.items())
    ]


class OfMineOrAll(OfMyAgency):
    """Rows of the agency; the installation's administrator sees those of all."""

    name = "of mine or all"

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep the agency's rows, or all."""
        if current.actor().has(Role.INSTALLATION_ADMIN):
            return query
        return super().apply(query, _value)


class ImportScreen(Screen):
    """Files of accounts that were taken, with count and total."""

    datamodel = fast(ImportBatch)
    route_base = "/office/imports"
    class_permission_name = "Imports"
    base_filters = [["id", OfMineOrAll, None]]
    list_title, show_title = _("Imported accounts"), _("Imported file")
    columns = (
        col.text("name", _("File")),
        col.number("rows", _("Accounts")),
        col.yuan("total", _("Total (yuan)")),
        col.moment("at", _("Imported")),
        col.text("sha256", _("Hash of the file")),
    )
    list_columns = ["name", "rows", "total", "at"]
    show_columns = ["name", "rows", "total", "at", "sha256"]

    def list_links(self) -> list[tuple[Any, str]]:
        """Lead to the page that takes a file."""
        there = "AccountsImportView.index" in current_app.view_functions
        return [(_("Import accounts"), url_for("AccountsImportView.index") if there else "")]


class JobRunScreen(Screen):
    """Runs of the worker's jobs, newest first."""

    datamodel = fast(JobRun)
    route_base = "/office/job-runs"
    class_permission_name = "Health"
    list_title, show_title = _("Job runs"), _("Job run")
    columns = (
        col.text("job", _("Job")),
        col.moment("started_at", _("Started")),
        col.moment("ended_at", _("Ended")),
        col.made(
            "outcome", _("Outcome"), lambda row: str(OUTCOMES.get(row.outcome, row.outcome))
        ),
        col.made("counts", _("Counts"), lambda row: cells.pairs(row.counts)),
    )
    list_columns = show_columns = ["job", "started_at", "ended_at", "outcome", "counts"]
    searches = (Search("job", _("Job"), Exactly),)
