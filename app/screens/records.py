"""The audit of an agency: who did or read what; rows never change."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.display.acts import ACTS, act_word
from app.models import AuditEvent
from app.screens import cells
from app.screens import columns as col
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.rights import AuditOfMine
from app.screens.searches import Exactly, Search, Whole, choices

OBJECTS = {
    "account": _("Account"), "account_file": _("File with accounts"), "agency": _("Agency"), "applicant": _("Applicant"),
    "audit_day": _("Closed day"), "bank_file": _("File of the bank"),
    "contact_change": _("Change of mobile"), "contribution_batch": _("Contributions"),
    "contribution_file": _("File with contributions"),
    "feedback": _("Rating"), "front_notice": _("Notice of the front page"),
    "interest_run": _("Yearly interest"), "journal_entry": _("Journal entry"),
    "provider": _("Way to log in"), "route": _("Way to the bank"), "scheme": _("Service"),
    "standing_order": _("Monthly withdrawal"), "statement_line": _("Line of the statement"),
    "application": _("Application"), "bank": _("Bank"), "bank_bin": _("Card prefix"),
    "correction_request": _("Correction asked for"), "data_export": _("Copy of one's own data"),
    "bank_card": _("Card"), "fact_definition": _("Fact"), "import_batch": _("Imported file"),
    "dossier": _("File of a case"), "money_day": _("Day of money"),
    "material": _("Material"), "material_page": _("Page"), "material_requirement": _("Requirement"),
    "material_type": _("Material type"), "package": _("Package"), "payout": _("Payment"),
    "payout_batch": _("Payment batch"), "policy_setting": _("Number of the fund"),
    "return_reason": _("Return reason"), "staff": _("User"), "user": _("User"),
    "withdrawal_reason": _("Reason"), "working_day": _("Working day"),
}  # fmt: skip
"""What is acted on, in words."""


def object_of(row: AuditEvent) -> str:
    """Return what was acted on: its kind and number."""
    return f"{OBJECTS.get(row.object_type, row.object_type)} {row.object_id}".strip()


class AuditScreen(Screen):
    """Who did or read what, newest first."""

    datamodel = fast(AuditEvent)
    route_base = "/audit"
    class_permission_name = "Audit"
    base_filters = [["id", AuditOfMine, None]]
    list_title, show_title = _("Audit"), _("Audit record")
    lead = _("Every row is bound to the one before by its hash; none can be changed unnoticed.")
    columns = (
        col.number("id", _("Row")),
        col.moment("at", _("At")),
        col.made("actor_name", _("By"), lambda row: cells.actor(row.actor_name)),
        col.made("act", _("Act"), lambda row: act_word(row.act)),
        col.made("object", _("On"), object_of),
        col.text("reason", _("Why")),
        col.made("details", _("Details"), lambda row: cells.pairs(row.details)),
        col.text("address", _("Network address")),
        col.text("request_id", _("Request")),
        col.text("previous_hash", _("Hash before")),
        col.text("hash", _("Hash")),
    )
    list_columns = ["at", "actor_name", "act", "object", "reason", "address"]
    show_columns = [
        "id", "at", "actor_name", "act", "object", "reason", "details", "address", "request_id",
        "previous_hash", "hash",
    ]  # fmt: skip
    searches = (
        Search("act", _("Act"), Exactly, choices(ACTS)),
        Search("applicant_id", _("Applicant (row)"), Whole),
    )

    def list_links(self) -> list[tuple[Any, str]]:
        """Lead to the proof of the chain and to the closed days."""
        from flask import current_app, url_for  # the pages stand in another surface

        pages = (
            ("AuditProofView.index", _("Check the chain")),
            ("AuditDaysView.index", _("Closed days")),
        )
        return [
            (words, url_for(page) if page in current_app.view_functions else "")
            for page, words in pages
        ]
