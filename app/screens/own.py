"""What is an applicant's own: accounts, applications, materials, cards; nobody else's rows."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.display import codes, formats
from app.display.labels import applicant_label
from app.display.terms import term
from app.models import Account, Application, BankCard, Material
from app.screens import cells
from app.screens import columns as col
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.rights import OfOwnCases, Own
from app.services.applying.relations import may_show_money


class MyScreen(Screen):
    """Own rows only."""

    class_permission_name = "Mine"
    base_filters = [["id", Own, None]]


class MyAccountsScreen(MyScreen):
    """The applicant's accounts at every agency."""

    datamodel = fast(Account, "scheme", "agency")
    route_base = "/my-accounts"
    list_title, show_title = _("My accounts"), _("My account")
    columns = (
        col.text("number", _("Account number")),
        col.named("scheme", _("Service")),
        col.named("agency", _("Office")),
        col.text("employer", _("Employer")),
        col.word("state", _("State")),
        col.yuan("available", _("Can be withdrawn (yuan)")),
        col.yuan("held", _("Held for applications (yuan)")),
        col.yuan("frozen_amount", _("Frozen (yuan)")),
        col.yuan("balance", _("Balance (yuan)")),
        col.day("opened_on", _("Opened on")),
        col.day("ban_until", _("Barred until")),
        col.text("ban_reason", _("Reason of the bar")),
    )
    list_columns = ["number", "scheme", "employer", "state", "available", "held"]
    show_fieldsets = [
        (_("Account"), {"fields": ["number", "scheme", "agency", "employer", "state", "opened_on"]}),
        (_("Sums"), {"fields": ["available", "held", "frozen_amount", "balance"]}),
        (_("Bar on withdrawals"), {"fields": ["ban_until", "ban_reason"]}),
    ]  # fmt: skip

    def show_links(self, pk: Any) -> list[tuple[str, str]]:
        """Lead to the statement of the account."""
        return [(gettext("Account statement"), url_for("AccountBookView.show", key=pk))]


def own_sum(name: str, label: Any) -> col.Column:
    """Return a column of money, empty until the right to know the account is confirmed."""
    return col.Column(
        name,
        label,
        lambda row: formats.money(getattr(row, name)) if may_show_money(row) else "-",
        is_number=True,
    )


class MyApplicationsScreen(MyScreen):
    """The applicant's applications, drafts too."""

    datamodel = fast(Application, "account", "reason", "scheme", "agency", "payouts")
    route_base = "/my-applications"
    list_title, show_title = _("My applications"), _("My application")
    nothing_yet = _("What you have begun or submitted stands here.")
    begin = (_("Apply online for a withdrawal"), "ApplyView.choose")
    columns = (
        col.made("number", _("Number"), lambda row: row.number or term(row.status)),
        col.named("scheme", _("Service")),
        col.made(
            "account", _("Account"), lambda row: row.account.number if may_show_money(row) else "-"
        ),
        col.named("reason", _("Reason")),
        col.word("kind", _("Kind")),
        own_sum("amount", _("Amount asked (yuan)")),
        own_sum("amount_allowed", _("Amount allowed (yuan)")),
        col.made("status", _("State"), lambda row: cells.tag(applicant_label(row))),
        col.moment("created_at", _("Begun")),
        col.moment("submitted_at", _("Submitted")),
        col.moment("decided_at", _("Decided")),
        col.moment("paid_at", _("Paid")),
        col.day("due_on", _("Decision due")),
        col.made(
            "payee_last_four", _("Receiving card"),
            lambda row: f"**** {row.payee_last_four}" if row.payee_last_four else "",
        ),
    )  # fmt: skip
    list_columns = ["number", "scheme", "reason", "kind", "amount", "status", "submitted_at"]
    show_columns = [
        "number", "status", "scheme", "account", "reason", "kind", "amount", "amount_allowed",
        "payee_last_four", "created_at", "submitted_at", "due_on", "decided_at", "paid_at",
    ]  # fmt: skip

    def show_links(self, pk: Any) -> list[tuple[str, str]]:
        """Lead to the page that follows the application."""
        return [(gettext("Progress and papers"), url_for("ProgressView.show", key=pk))]


class MyMaterialsScreen(MyScreen):
    """The papers of the applicant's own cases."""

    datamodel = fast(Material, "application", "material_type", "pages")
    route_base = "/my-materials"
    base_filters = [["id", OfOwnCases, None]]
    list_title, show_title = _("My materials"), _("My material")
    nothing_yet = _("What you upload for an application stands here.")
    columns = (
        col.named("material_type", _("Material")),
        col.made("application", _("Application"), lambda row: row.application.number or term(row.application.status)),
        col.made("pages", _("Pages"), lambda row: sum(1 for page in row.pages if not page.removed_at)),
        col.word("origin", _("Origin")),
        col.word("verdict", _("Judged")),
        col.moment("created_at", _("Added")),
    )  # fmt: skip
    list_columns = show_columns = [
        "material_type", "application", "pages", "origin", "verdict", "created_at",
    ]  # fmt: skip


class MyCardsScreen(MyScreen):
    """The receiving cards that the applicant stated."""

    datamodel = fast(BankCard)
    route_base = "/my-cards"
    list_title, show_title = _("My cards"), _("My card")
    columns = (
        col.made("number", _("Card"), lambda row: f"**** {row.last_four}"),
        col.bank("bank_code", _("Bank")),
        col.said("card_class", _("Class"), codes.CARD_CLASSES),
        col.flag("card_class_checked", _("Class checked")),
        col.flag("in_use", _("In use")),
        col.moment("created_at", _("Added")),
    )
    list_columns = show_columns = [
        "number", "bank_code", "card_class", "card_class_checked", "in_use", "created_at",
    ]  # fmt: skip

    def list_links(self) -> list[tuple[str, str]]:
        """Lead to the page on which a card is added."""
        there = "CardView.add" in current_app.view_functions
        return [(_("Add a card"), url_for("CardView.add") if there else "")]
