"""Reference data of an agency's services: dated rows, changed by package editors from a day on."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import current
from app.display.formats import day
from app.display.terms import term
from app.display.words import localized
from app.domain.amounts.rules import AMOUNT_RULES
from app.domain.terms import Kind, Need, Origin
from app.domain.workdays import local_date
from app.extensions import db
from app.models import (
    FactDefinition,
    MaterialRequirement,
    MaterialType,
    PolicySetting,
    ReturnReason,
    Scheme,
    WithdrawalReason,
)  # fmt: skip
from app.screens import columns as col
from app.screens import fields as put
from app.screens.interface import fast
from app.screens.rights import OfMyAgency
from app.screens.searches import Exactly, Search, StartsWith, Term, choices, terms
from app.screens.writing import Written
from app.services import reference_edits

ALWAYS = dt.date(1999, 1, 1)
"""The first day of rows that have none."""


def first_day(row: Any) -> str:
    """Return since when a row is in force; the oldest rows always were."""
    return day(row.valid_from) if row.valid_from > ALWAYS else str(_("always"))


LEVELS = {"material": _("One material"), "case": _("The whole application")}
OUTCOMES = {
    "return": _("Returned for correction"),
    "not_accepted": _("Not accepted"),
    "rejected": _("Refused"),
    "lapsed": _("Ended: not corrected in time"),
}
MARKS = {
    "seed": _("from the manual"),
    "assumed": _("assumed, to be confirmed"),
    "found": _("from a published source"),
    "staff": _("set by staff"),
}
CODES_HINT = _("Codes with commas between them.")
BEGINS = _("The change begins on")
BEGINS_HINT = _(
    "Today or later; empty means today. What was in force before ends the day before."
)
DATED = (
    col.named("scheme", _("Service")),
    col.made("valid_from", _("In force from"), first_day),
    col.made("valid_to", _("Until"), lambda row: day(row.valid_to) or str(_("no end"))),
    col.text("basis", _("Basis")),
    col.made("mark", _("Mark"), lambda row: str(MARKS.get(row.mark, row.mark))),
)
LAST = ["valid_from", "valid_to"]


def own_schemes() -> list[tuple[str, str]]:
    """Return the services of the agency of the member of staff who asks."""
    agency = current.actor().agency_id
    rows = db.session.scalars(sa.select(Scheme).where(Scheme.agency_id == agency))
    return [(str(row.id), localized(row, "name")) for row in rows]


class ReferenceScreen(Written):
    """Rows with the days they are in force."""

    class_permission_name = "Reference"
    base_filters = [["id", OfMyAgency, None]]
    include_route_methods = {"list", "show", "add", "edit"}
    base_order = ("code", "asc")
    form_lead = _(
        "Nothing is overwritten: applications begun before keep the rule of their day."
    )
    edits: dict[str, Any] = {}
    names: dict[str, Any] = {}

    def __init__(self, **kw: Any) -> None:
        """Make the forms of what may be changed, and of what names a new row."""
        begins = {"begins": put.date(BEGINS, hint=BEGINS_HINT)}
        scheme = put.choice(_("Service"), own_schemes, coerce=int)
        self.edit_form = put.form(**self.edits, **begins)
        self.add_form = put.form(scheme_id=scheme, **self.names, **self.edits, **begins)
        super().__init__(**kw)

    def change(self, session: Session, row: Any, form: FlaskForm) -> Any:
        """Bring the change into force."""
        values = {name: form[name].data for name in self.edits}
        return reference_edits.change(
            session, row, values, begins=form.begins.data,
            actor=current.actor(), now=current.now(),
        )  # fmt: skip

    def create(self, session: Session, form: FlaskForm) -> Any:
        """Add the row."""
        names = ("scheme_id", *self.names, *self.edits)
        return reference_edits.add(
            session, self.datamodel.obj, {name: form[name].data for name in names},
            begins=form.begins.data or local_date(current.now()),
            actor=current.actor(), now=current.now(),
        )  # fmt: skip


class ReasonScreen(ReferenceScreen):
    """Reasons for which a service pays."""

    datamodel = fast(WithdrawalReason, "scheme")
    route_base = "/reasons"
    include_route_methods = {"list", "show", "edit"}
    base_order = ("seq", "asc")
    list_title, show_title, edit_title = _("Reasons"), _("Reason"), _("Change the reason")
    columns = (
        *DATED,
        col.text("code", _("Code")),
        col.made("name", _("Title"), lambda row: localized(row, "name")),
        col.made("group", _("Group of reasons"), lambda row: localized(row, "group")),
        col.made("kinds", _("Kinds"), lambda row: ", ".join(term(Kind(one)) for one in row.kinds)),
        col.word("closes_account", _("Closes the account")),
        col.text("national_code", _("National code")),
        col.made("amount_rule", _("Amount"), lambda row: localized(row, "amount_rule")),
        col.number("min_interval_months", _("Months between")),
        col.number("max_times_per_house", _("Times a house")),
        col.number("approvals_required", _("Reviews needed")),
        col.codes("allowed_banks", _("Banks")),
        col.text("required_card_class", _("Card class")),
        col.made("help", _("Help text"), lambda row: localized(row, "help")),
        col.flag("enabled", _("Offered")),
    )  # fmt: skip
    list_columns = [
        "code",
        "name",
        "kinds",
        "closes_account",
        "min_interval_months",
        "enabled",
        *LAST,
    ]
    show_columns = [
        "code", "name", "scheme", "group", "kinds", "closes_account", "national_code", "amount_rule",
        "min_interval_months", "max_times_per_house", "approvals_required", "allowed_banks",
        "required_card_class", "help", "enabled", *LAST, "basis", "mark",
    ]  # fmt: skip
    searches = (Search("code", _("Code begins with"), StartsWith),)
    edits = {
        "name_zh": put.line(_("Title (Chinese)"), 100),
        "name_en": put.line(_("Title (English)"), 200),
        "amount_rule": put.choice(_("Rule of the amount"), lambda: [(one, one) for one in AMOUNT_RULES]),
        "amount_rule_zh": put.long(_("Amount in words (Chinese)")),
        "amount_rule_en": put.long(_("Amount in words (English)")),
        "min_interval_months": put.whole(_("Months between"), 0, 600, required=False),
        "max_times_per_house": put.whole(_("Times a house"), 0, 100, required=False),
        "approvals_required": put.whole(_("Reviews needed"), 2, 9),
        "allowed_banks": put.codes(_("Banks"), hint=CODES_HINT),
        "required_card_class": put.line(_("Card class"), 8, required=False),
        "help_zh": put.long(_("Help (Chinese)"), required=False),
        "help_en": put.long(_("Help (English)"), required=False),
        "enabled": put.flag(_("Offered")),
    }  # fmt: skip


class MaterialTypeScreen(ReferenceScreen):
    """Papers that may be asked for."""

    datamodel = fast(MaterialType, "scheme")
    route_base = "/material-types"
    list_title, show_title = _("Material types"), _("Material type")
    edit_title, add_title = _("Change the material type"), _("Add a material type")
    columns = (
        *DATED,
        col.text("code", _("Code")),
        col.made("name", _("Title"), lambda row: localized(row, "name")),
        col.text("category", _("Category")),
        col.word("origin", _("Origin")),
        col.number("min_files", _("Least files")),
        col.number("max_files", _("Most files")),
        col.codes("extensions", _("Kinds of file")),
        col.number("max_mb_per_file", _("MB a file")),
        col.number("reusable_months", _("Months it may be used again")),
        col.made("help", _("Help text"), lambda row: localized(row, "help")),
    )
    list_columns = ["code", "name", "origin", "min_files", "max_files", *LAST]
    show_columns = [
        "code", "name", "scheme", "category", "origin", "min_files", "max_files", "extensions",
        "max_mb_per_file", "reusable_months", "help", *LAST, "basis", "mark",
    ]  # fmt: skip
    searches = (
        Search("code", _("Code begins with"), StartsWith),
        Search("origin", _("Origin"), Term, terms(Origin)),
    )
    names = {
        "code": put.line(_("Code"), 16),
        "slug": put.line(_("Short word for addresses"), 64),
        "category": put.line(_("Category"), 32),
        "origin": put.choice(_("Origin"), terms(Origin)),
    }
    edits = {
        "name_zh": put.line(_("Title (Chinese)"), 100),
        "name_en": put.line(_("Title (English)"), 200),
        "min_files": put.whole(_("Least files"), 0, 50),
        "max_files": put.whole(_("Most files"), 1, 50),
        "extensions": put.codes(_("Kinds of file"), hint=CODES_HINT),
        "max_mb_per_file": put.whole(_("MB a file"), 1, 20),
        "help_zh": put.long(_("Help (Chinese)"), required=False),
        "help_en": put.long(_("Help (English)"), required=False),
    }


class RequirementScreen(ReferenceScreen):
    """Which paper a reason asks for in a kind of withdrawal."""

    datamodel = fast(MaterialRequirement, "scheme")
    route_base = "/requirements"
    base_order = ("reason_code", "asc")
    list_title, show_title = _("Requirements"), _("Requirement")
    edit_title, add_title = _("Change the requirement"), _("Add a requirement")
    columns = (
        *DATED,
        col.text("reason_code", _("Code of the reason")),
        col.word("kind", _("Kind")),
        col.text("material_code", _("Code of the material")),
        col.word("need", _("Needed")),
        col.made("condition", _("When"), lambda row: localized(row, "condition")),
        col.text("condition_key", _("Condition (as stored)")),
        col.text("alternative_group", _("One of the group")),
    )
    list_columns = ["reason_code", "kind", "material_code", "need", "condition", *LAST]
    show_columns = [
        "reason_code", "kind", "material_code", "scheme", "need", "condition", "condition_key",
        "alternative_group", *LAST, "basis", "mark",
    ]  # fmt: skip
    searches = (
        Search("reason_code", _("Code of the reason"), StartsWith),
        Search("kind", _("Kind"), Term, terms(Kind)),
        Search("material_code", _("Code of the material"), Exactly),
    )
    names = {
        "reason_code": put.line(_("Code of the reason"), 32),
        "kind": put.choice(_("Kind"), terms(Kind)),
        "material_code": put.line(_("Code of the material"), 16),
        "condition_key": put.line(_("Condition (as stored)"), 64, required=False),
    }
    edits = {
        "need": put.choice(_("Needed"), terms(Need)),
        "condition_zh": put.line(_("When (Chinese)"), 200, required=False),
        "condition_en": put.line(_("When (English)"), 200, required=False),
        "alternative_group": put.line(_("One of the group"), 64, required=False),
    }


class ReturnReasonScreen(ReferenceScreen):
    """Why staff send back, do not accept or refuse."""

    datamodel = fast(ReturnReason, "scheme")
    route_base = "/return-reasons"
    list_title, show_title = _("Return reasons"), _("Return reason")
    edit_title, add_title = _("Change the return reason"), _("Add a return reason")
    columns = (
        *DATED,
        col.text("code", _("Code")),
        col.made("label", _("Title"), lambda row: localized(row, "label")),
        col.made("level", _("Concerns"), lambda row: str(LEVELS.get(row.level, row.level))),
        col.made(
            "outcome", _("Leads to"), lambda row: str(OUTCOMES.get(row.outcome, row.outcome))
        ),
        col.made("text", _("Words to the applicant"), lambda row: localized(row, "text")),
        col.codes("reopens", _("May be changed")),
        col.flag("needs_note", _("Note needed")),
        col.codes("placeholders", _("Places in the text")),
    )
    list_columns = ["code", "label", "level", "outcome", "needs_note", *LAST]
    show_columns = [
        "code", "label", "scheme", "level", "outcome", "text", "reopens", "needs_note",
        "placeholders", *LAST, "basis", "mark",
    ]  # fmt: skip
    searches = (
        Search("code", _("Code begins with"), StartsWith),
        Search("level", _("Concerns"), Exactly, choices(LEVELS)),
        Search("outcome", _("Leads to"), Exactly, choices(OUTCOMES)),
    )
    names = {
        "code": put.line(_("Code"), 8, hint=_("R for return, N for not accepted, X for refused; it stays.")),
        "level": put.choice(_("Concerns"), choices(LEVELS)),
        "outcome": put.choice(_("Leads to"), choices(OUTCOMES)),
    }  # fmt: skip
    edits = {
        "label_zh": put.line(_("Title (Chinese)"), 100),
        "label_en": put.line(_("Title (English)"), 200),
        "text_zh": put.long(_("Words to the applicant (Chinese)"), hint=_("Say what is wrong and how to put it right. Places: {material_name}, {note}.")),
        "text_en": put.long(_("Words to the applicant (English)")),
        "reopens": put.codes(_("May be changed"), hint=CODES_HINT),
        "needs_note": put.flag(_("Note needed")),
    }  # fmt: skip


class FactScreen(ReferenceScreen):
    """Facts on which amounts and papers depend, and the questions that ask for them."""

    datamodel = fast(FactDefinition, "scheme")
    route_base = "/facts"
    include_route_methods = {"list", "show", "edit"}
    base_order = ("id", "asc")
    list_title, show_title, edit_title = _("Facts"), _("Fact"), _("Change the question")
    columns = (
        *DATED,
        col.text("key", _("Key")),
        col.made("question", _("Question"), lambda row: localized(row, "question")),
        col.made("hint", _("Hint"), lambda row: localized(row, "hint")),
        col.text("source", _("Source")),
        col.text("type", _("Type")),
        col.text("unit", _("Unit")),
        col.text("page", _("Page")),
        col.text("options", _("Choices")),
        col.text("used_by", _("Used by")),
    )
    list_columns = ["key", "question", "source", "type", "unit", *LAST]
    show_columns = [
        "key", "question", "hint", "scheme", "source", "type", "unit", "page", "options", "used_by",
        *LAST, "basis", "mark",
    ]  # fmt: skip
    searches = (Search("key", _("Key begins with"), StartsWith, grows=True),)
    edits = {
        "question_zh": put.line(_("Question (Chinese)"), 300, required=False),
        "question_en": put.line(_("Question (English)"), 300, required=False),
        "hint_zh": put.long(_("Hint (Chinese)"), required=False),
        "hint_en": put.long(_("Hint (English)"), required=False),
    }


class PolicySettingScreen(ReferenceScreen):
    """Numbers of the fund: caps, days, rates, with the days they are in force."""

    datamodel = fast(PolicySetting, "scheme")
    route_base = "/policy-settings"
    base_order = ("key", "asc")
    list_title, show_title = _("Numbers of the fund"), _("Number of the fund")
    edit_title, add_title = _("Change the number"), _("Add a number")
    columns = (
        *DATED,
        col.text("key", _("Key")),
        col.Column("value", _("Value"), lambda row: row.value or str(_("no limit")), is_number=True),
        col.text("unit", _("Unit")),
    )  # fmt: skip
    list_columns = ["key", "value", "unit", *LAST]
    show_columns = ["key", "value", "unit", "scheme", *LAST, "basis", "mark"]
    searches = (Search("key", _("Key begins with"), StartsWith, grows=True),)
    names = {
        "key": put.line(_("Key"), 64),
        "unit": put.line(_("Unit"), 32, required=False),
    }
    edits = {
        "value": put.line(_("Value"), 64, required=False, hint=_("Empty sets no limit.")),
        "basis": put.line(
            _("Basis"), 500, required=False, hint=_("The document that sets it.")
        ),
    }
