"""National data all agencies share: banks, card prefixes, days off; changed in place, audited."""

from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import current
from app.display import codes
from app.display.words import localized
from app.domain.terms import DayKind
from app.models import Bank, BankBin, WorkingDay
from app.screens import cells
from app.screens import columns as col
from app.screens import fields as put
from app.screens.interface import fast
from app.screens.searches import Exactly, Number, Search, StartsWith, Term, choices, terms
from app.screens.writing import Written
from app.services.catalogue import reference_edits

CARDS = {"debit": _("Debit"), "credit": _("Credit"), "prepaid": _("Prepaid")}
"""What a kind of card is called."""


class NationalScreen(Written):
    """Rows without days that all agencies share."""

    class_permission_name = "Reference"
    include_route_methods = {"list", "show", "add", "edit"}
    edits: dict[str, Any] = {}
    names: dict[str, Any] = {}

    def __init__(self, **kw: Any) -> None:
        """Make the forms of what may be changed, and of what names a new row."""
        self.edit_form = put.form(**self.edits)
        self.add_form = put.form(**self.names, **self.edits)
        super().__init__(**kw)

    def change(self, session: Session, row: Any, form: FlaskForm) -> Any:
        """Change the row."""
        values = {name: form[name].data for name in self.edits}
        return reference_edits.change(
            session, row, values, actor=current.actor(), now=current.now()
        )

    def create(self, session: Session, form: FlaskForm) -> Any:
        """Add the row."""
        values = {name: form[name].data for name in (*self.names, *self.edits)}
        return reference_edits.add(
            session, self.datamodel.obj, values, actor=current.actor(), now=current.now()
        )


class BankScreen(NationalScreen):
    """Banks that may receive a payment."""

    datamodel = fast(Bank)
    route_base = "/banks"
    base_order = ("sort_order", "asc")
    list_title, show_title = _("Banks"), _("Bank")
    edit_title, add_title = _("Change the bank"), _("Add a bank")
    columns = (
        col.text("code", _("Code")),
        col.made("name", _("Full name"), lambda row: localized(row, "name")),
        col.made("short_name", _("Short name"), lambda row: localized(row, "short_name")),
        col.text("cnaps_bank_code", _("Clearing code")),
        col.said("bank_kind", _("Kind of bank"), codes.BANK_KINDS),
        col.made(
            "allowed_schemes", _("Receives for"), lambda row: cells.schemes(row.allowed_schemes)
        ),
        col.codes("debit_card_lengths", _("Lengths of debit cards")),
        col.flag("cnaps_always_required", _("Branch number always needed")),
        col.number("sort_order", _("Place in lists")),
    )
    list_columns = ["code", "name", "short_name", "cnaps_bank_code", "allowed_schemes"]
    show_columns = [one.name for one in columns]
    searches = (Search("code", _("Code begins with"), Number),)
    names = {
        "code": put.line(_("Code"), 16),
        "cnaps_bank_code": put.line(_("Clearing code"), 3),
        "bank_kind": put.line(_("Kind of bank"), 16),
    }
    edits = {
        "name_zh": put.line(_("Name (Chinese)"), 100),
        "name_en": put.line(_("Name (English)"), 100),
        "short_name_zh": put.line(_("Short name (Chinese)"), 50),
        "short_name_en": put.line(_("Short name (English)"), 50),
        "allowed_schemes": put.codes(_("Receives for"), hint=put.CODES_HINT),
        "debit_card_lengths": put.codes(_("Lengths of debit cards"), hint=put.CODES_HINT),
        "sort_order": put.whole(_("Place in lists"), 0, 10_000),
    }


class CardPrefixScreen(NationalScreen):
    """Card prefixes: which bank, which length, debit or credit."""

    datamodel = fast(BankBin)
    route_base = "/card-prefixes"
    base_order = ("prefix", "asc")
    list_title, show_title = _("Card prefixes"), _("Card prefix")
    edit_title, add_title = _("Change the card prefix"), _("Add a card prefix")
    columns = (
        col.text("prefix", _("Prefix")),
        col.number("card_length", _("Digits")),
        col.bank("bank_code", _("Bank")),
        col.made(
            "card_kind",
            _("Kind of card"),
            lambda row: str(CARDS.get(row.card_kind, row.card_kind)),
        ),
    )
    list_columns = show_columns = ["prefix", "card_length", "bank_code", "card_kind"]
    searches = (
        Search("prefix", _("Prefix begins with"), StartsWith),
        Search("bank_code", _("Bank"), Exactly),
    )
    names = {
        "prefix": put.line(_("Prefix"), 12),
        "card_length": put.whole(_("Digits"), 12, 19),
    }
    edits = {
        "bank_code": put.line(_("Bank"), 16),
        "card_kind": put.choice(_("Kind of card"), choices(CARDS)),
    }


class WorkingDayScreen(NationalScreen):
    """Dates that differ from their weekday."""

    datamodel = fast(WorkingDay)
    route_base = "/working-days"
    base_order = ("date", "desc")
    list_title, show_title = _("Working days"), _("Working day")
    edit_title, add_title = _("Change the day"), _("Add a day")
    columns = (
        col.day("date", _("Date")),
        col.word("kind", _("Kept as")),
        col.made("name", _("Title"), lambda row: localized(row, "name")),
    )
    list_columns = show_columns = ["date", "kind", "name"]
    searches = (Search("kind", _("Kept as"), Term, terms(DayKind)),)
    names = {"date": put.date(_("Date"), required=True)}
    edits = {
        "kind": put.choice(_("Kept as"), terms(DayKind)),
        "name_zh": put.line(_("Title (Chinese)"), 50),
        "name_en": put.line(_("Title (English)"), 100),
    }

    def list_links(self) -> list[tuple[Any, str]]:
        """Lead to the calendar of a year."""
        there = "CalendarView.index" in current_app.view_functions
        return [(_("Calendar"), url_for("CalendarView.index") if there else "")]
