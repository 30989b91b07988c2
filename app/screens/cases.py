"""Cases of an agency, their papers and their history: to read; decisions are taken at the desk."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.display.labels import staff_label
from app.display.terms import event_word
from app.domain.terms import Kind, Status, Verdict
from app.models import Application, CaseEvent, Material
from app.screens import cells
from app.screens import columns as col
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.rights import OfMyAgency, OfSubmittedCases, SubmittedOfMyAgency
from app.screens.searches import Exactly, Number, Search, Term, terms

LATER = [status for status in Status if status is not Status.DRAFT]


class CaseScreen(Screen):
    """Cases that were submitted to the agency."""

    datamodel = fast(Application, "applicant", "account", "reason", "scheme", "payouts")
    route_base = "/applications"
    is_personal = True
    class_permission_name = "Cases"
    base_filters = [["id", SubmittedOfMyAgency, None]]
    list_title, show_title = _("Applications"), _("Application")
    columns = (
        col.text("number", _("Number")),
        col.holder("applicant", _("Applicant")),
        col.text("account", _("Account")),
        col.named("scheme", _("Service")),
        col.named("reason", _("Reason")),
        col.word("kind", _("Kind")),
        col.word("capacity", _("Applies")),
        col.yuan("amount", _("Amount asked (yuan)")),
        col.yuan("amount_allowed", _("Amount allowed (yuan)")),
        col.yuan("interest", _("Interest (yuan)")),
        col.made("status", _("State"), lambda row: cells.tag(staff_label(row))),
        col.moment("submitted_at", _("Submitted")),
        col.moment("decided_at", _("Decided")),
        col.moment("paid_at", _("Paid")),
        col.day("due_on", _("Decision due")),
        col.day("pay_by", _("Payment due")),
        col.bank("payee_bank_code", _("Receiving bank")),
        col.made(
            "payee_last_four", _("Receiving card"), lambda row: f"**** {row.payee_last_four}"
        ),
        col.flag("on_hold", _("On hold")),
        col.flag("investigating", _("Outside check")),
    )
    list_columns = [
        "number", "applicant", "reason", "kind", "amount", "status", "submitted_at", "due_on",
    ]  # fmt: skip
    order_columns = ["amount", "submitted_at"]
    show_fieldsets = [
        (_("Application"), {"fields": [
            "number", "status", "applicant", "account", "scheme", "reason", "kind", "capacity"]}),
        (_("Sums"), {"fields": [
            "amount", "amount_allowed", "interest", "payee_bank_code", "payee_last_four"]}),
        (_("Days"), {"fields": [
            "submitted_at", "due_on", "decided_at", "pay_by", "paid_at", "on_hold", "investigating"]}),
    ]  # fmt: skip
    searches = (
        Search("number", _("Number begins with"), Number, grows=True, order="number"),
        Search("status", _("State"), Term, terms(Status, LATER)),
        Search("kind", _("Kind"), Term, terms(Kind)),
    )

    def show_links(self, pk: Any) -> list[tuple[str, str]]:
        """Lead to the page on which the case is worked on."""
        return [(gettext("Open at the desk"), url_for("CaseView.show", case_id=pk))]


class MaterialScreen(Screen):
    """Papers of the agency's cases; pictures are opened at the desk, where reading is recorded."""

    datamodel = fast(Material, "application", "material_type", "pages")
    route_base = "/materials"
    class_permission_name = "Materials"
    base_filters = [["id", OfMyAgency, None], ["id", OfSubmittedCases, None]]
    list_title, show_title = _("Materials"), _("Material")
    columns = (
        col.text("application", _("Application")),
        col.named("material_type", _("Material")),
        col.text("material_code", _("Code")),
        col.word("origin", _("Origin")),
        col.made(
            "pages", _("Pages"), lambda row: sum(1 for page in row.pages if not page.removed_at)
        ),
        col.word("verdict", _("Judged")),
        col.moment("created_at", _("Added")),
    )
    list_columns = ["application", "material_type", "origin", "pages", "verdict", "created_at"]
    show_columns = [
        "application", "material_type", "material_code", "origin", "pages", "verdict", "created_at",
    ]  # fmt: skip
    searches = (
        Search("material_code", _("Code of the material"), Exactly),
        Search("verdict", _("Judged"), Term, terms(Verdict)),
    )


class CaseEventScreen(Screen):
    """The history of the agency's cases, newest first; rows never change."""

    datamodel = fast(CaseEvent, "application")
    route_base = "/case-events"
    class_permission_name = "CaseEvents"
    base_filters = [["id", OfMyAgency, None], ["id", OfSubmittedCases, None]]
    list_title, show_title = _("Case history"), _("Step of a case")
    columns = (
        col.text("application", _("Application")),
        col.made("action", _("Step"), lambda row: event_word(row.action)),
        col.word("from_status", _("From")),
        col.word("to_status", _("To")),
        col.made("actor_name", _("By"), lambda row: cells.actor(row.actor_name)),
        col.moment("at", _("At")),
        col.text("note", _("Note")),
        col.flag("public", _("The applicant sees it")),
    )
    list_columns = ["application", "action", "from_status", "to_status", "actor_name", "at"]
    show_columns = [
        "application", "action", "from_status", "to_status", "actor_name", "at", "note", "public",
    ]  # fmt: skip
    searches = (Search("to_status", _("To"), Term, terms(Status, LATER)),)
