"""Payments, batches and the ledger of an agency: to read."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.display import formats
from app.display.account_book import kind_word
from app.display.terms import term
from app.domain.revealing import Of, Value
from app.domain.terms import PayoutStatus
from app.models import JournalEntry, Payout, PayoutBatch
from app.screens import cells
from app.screens import columns as col
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.rights import OfMyAgency
from app.screens.searches import Number, Search, StartsWith, Term, terms

BY_THE_HALL = {
    "restart": _("The run ended before the bank's answer was kept."),
    "not_found": _("The bank does not know it."),
    "no_file": _("No file of the bank speaks of it yet."),
    "no_connection": _("There was no connection; nothing was sent."),
    "time_out": _("There was no answer in time."),
    "unreadable": _("The answer could not be read."),
    "resolved": _("Two people said that the bank never had it."),
    "differs": _("The bank holds something else under the reference."),
    "in no file": _("It was in no file yet; it waits again."),
    "another way of paying": _("The way of paying was changed; it waits again."),
    "the case is held": _("The case is held; it waits."),
    "payouts of the agency are stopped": _("Payouts are stopped; it waits."),
    "the bank is closed": _("The bank is closed; it waits."),
    "the bank is closed or payouts are stopped": _("The bank is closed or payouts are stopped."),
    "amount or payee is not what was signed": _("Amount or payee is not what was signed."),
}  # fmt: skip
"""What the hall itself writes where the bank said nothing."""


def said(text: str) -> str:
    """Return the bank's own words as they are, the hall's in the reader's language."""
    return str(BY_THE_HALL.get(text, text))


class PayoutScreen(Screen):
    """Payments of the agency: payee masked, card by its last four digits."""

    datamodel = fast(Payout, "application", "batch")
    route_base = "/payouts"
    is_personal = True
    class_permission_name = "Payouts"
    base_filters = [["id", OfMyAgency, None]]
    list_title, show_title = _("Payments"), _("Payment")
    columns = (
        col.text("bank_reference", _("Bank reference")),
        col.text("application", _("Application")),
        col.holder("payee_name", _("Payee")),
        col.bank("payee_bank_code", _("Bank")),
        col.made("payee_last_four", _("Card"), lambda row: f"**** {row.payee_last_four}"),
        col.yuan("amount", _("Amount (yuan)")),
        col.word("status", _("State")),
        col.number("attempt", _("Attempt")),
        col.text("batch", _("Batch")),
        col.day("due_on", _("Due on")),
        col.moment("created_at", _("Approved")),
        col.moment("sent_at", _("Sent")),
        col.moment("paid_at", _("Paid")),
        col.moment("ended_at", _("Ended")),
        col.number("queries", _("Questions to the bank")),
        col.text("bank_code_answer", _("Answer of the bank")),
        col.made("bank_text", _("Words of the bank"), lambda row: said(row.bank_text)),
    )
    list_columns = [
        "bank_reference", "application", "payee_name", "amount", "status", "due_on", "paid_at",
    ]  # fmt: skip
    show_fieldsets = [
        (_("Payment"), {"fields": [
            "bank_reference", "application", "status", "amount", "payee_name", "payee_bank_code",
            "payee_last_four", "attempt", "batch"]}),
        (_("Days"), {"fields": ["created_at", "due_on", "sent_at", "paid_at", "ended_at"]}),
        (_("The bank"), {"fields": ["queries", "bank_code_answer", "bank_text"]}),
    ]  # fmt: skip
    reveals = (Of.PAYOUT, {"payee_name": Value.NAME, "payee_last_four": Value.CARD})
    searches = (
        Search(
            "bank_reference",
            _("Bank reference begins with"),
            Number,
            grows=True,
            order="bank_reference",
        ),
        Search("status", _("State"), Term, terms(PayoutStatus), order="due_on"),
    )


class BatchScreen(Screen):
    """Payments that went to the bank together."""

    datamodel = fast(PayoutBatch)
    route_base = "/payout-batches"
    class_permission_name = "Payouts"
    base_filters = [["id", OfMyAgency, None]]
    list_title, show_title = _("Payment batches"), _("Payment batch")
    columns = (
        col.text("number", _("Number")),
        col.number("count", _("Payments")),
        col.yuan("total", _("Total (yuan)")),
        col.moment("prepared_at", _("Prepared")),
        col.moment("released_at", _("Released")),
    )
    list_columns = show_columns = ["number", "count", "total", "prepared_at", "released_at"]
    searches = (Search("number", _("Number begins with"), Number, grows=True, order="number"),)


def kind_of(row: JournalEntry) -> str:
    """Return what moved the money, in words."""
    return kind_word(row.kind)


def moved(row: JournalEntry) -> str:
    """Return the sum that an entry moved: its positive side."""
    return formats.money(sum((one.amount for one in row.postings if one.amount > 0), 0))


def sides(row: JournalEntry) -> Markup:
    """Return both sides of an entry, a line a posting."""
    whose = {True: gettext("of the holder"), False: gettext("of the agency")}
    return cells.lines(
        f"{term(one.ledger_account.code)} {whose[one.ledger_account.account_id is not None]}: "
        f"{formats.money(one.amount)}"
        for one in row.postings
    )


class LedgerScreen(Screen):
    """Every movement of money with both its sides; corrected by new entries only."""

    datamodel = fast(JournalEntry, "postings.ledger_account")
    route_base = "/ledger"
    class_permission_name = "Ledger"
    base_filters = [["id", OfMyAgency, None]]
    list_title, show_title = _("Ledger"), _("Journal entry")
    columns = (
        col.text("reference", _("Reference")),
        col.made("kind", _("Movement"), kind_of),
        col.Column("sum", _("Sum (yuan)"), moved, is_number=True),
        col.made("postings", _("Postings (yuan)"), sides),
        col.day("value_date", _("Value date")),
        col.moment("at", _("Posted")),
        col.text("note", _("Note")),
    )
    list_columns = ["reference", "kind", "sum", "value_date", "at"]
    show_columns = ["reference", "kind", "postings", "value_date", "at", "note"]

    def list_links(self) -> list[tuple[Any, str]]:
        """Lead to the closed days of money."""
        from flask import current_app, url_for  # the page stands in another surface

        page = "MoneyDaysView.index"
        there = page in current_app.view_functions
        return [(_("Days of money"), url_for(page) if there else "")]

    searches = (
        Search(
            "reference", _("Reference begins with"), StartsWith, grows=True, order="reference"
        ),
    )
