"""Agreed monthly withdrawals of an agency: to read."""

from flask_babel import lazy_gettext as _

from app.domain.terms import OrderState
from app.models import StandingOrder
from app.screens import columns as col
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.rights import OfMyAgency
from app.screens.searches import Number, Search, Term, terms


class StandingOrderScreen(Screen):
    """What is agreed once and paid each month: payee masked, card by its last four digits."""

    datamodel = fast(StandingOrder, "account")
    route_base = "/standing-orders"
    is_personal = True
    class_permission_name = "Cases"
    base_filters = [["id", OfMyAgency, None]]
    list_title, show_title = _("Agreements"), _("Agreement")
    columns = (
        col.text("number", _("Agreement number")),
        col.text("account", _("Account")),
        col.text("reason_code", _("Reason")),
        col.holder("payee_name", _("Payee")),
        col.bank("payee_bank_code", _("Bank")),
        col.made("payee_last_four", _("Card"), lambda row: f"**** {row.payee_last_four}"),
        col.number("day_of_month", _("Day of the month")),
        col.day("starts_on", _("Begins on")),
        col.day("ends_on", _("Runs until")),
        col.word("state", _("State")),
        col.moment("signed_at", _("Asked")),
        col.moment("approved_at", _("Approved")),
        col.moment("ended_at", _("Ended")),
        col.word("ended_how", _("How it ended")),
        col.text("end_reason", _("Why")),
    )
    list_columns = ["number", "account", "payee_name", "day_of_month", "ends_on", "state"]
    show_columns = [
        "number", "account", "reason_code", "payee_name", "payee_bank_code", "payee_last_four",
        "day_of_month", "starts_on", "ends_on", "state", "signed_at", "approved_at", "ended_at",
        "ended_how", "end_reason",
    ]  # fmt: skip
    searches = (
        Search("number", _("Number begins with"), Number, grows=True, order="number"),
        Search("state", _("State"), Term, terms(OrderState), order="day_of_month"),
    )
