"""Papers of an agency's services: kinds, who asks for which, and why staff send back."""

from flask_babel import lazy_gettext as _

from app.display import codes
from app.display.words import localized
from app.domain.terms import Kind, Need, Origin
from app.models import (
    MaterialRequirement,
    MaterialType,
    ReturnReason,
)  # fmt: skip
from app.screens import cells
from app.screens import columns as col
from app.screens import fields as put
from app.screens.dated import DATED, LAST, ReferenceScreen
from app.screens.interface import fast
from app.screens.searches import Exactly, Search, StartsWith, Term, choices, terms

REOPENED = {**codes.PAGES, **codes.REOPENS}
LEVELS = {"material": _("One material"), "case": _("The whole application")}
OUTCOMES = {
    "return": _("Returned for correction"),
    "not_accepted": _("Not accepted"),
    "rejected": _("Refused"),
    "lapsed": _("Ended: not corrected in time"),
}


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
        col.said("category", _("Category"), codes.CATEGORIES),
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
        "extensions": put.codes(_("Kinds of file"), hint=put.CODES_HINT),
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
        col.made(
            "reason_code", _("Reason"), lambda row: cells.reason(row.scheme_id, row.reason_code)
        ),
        col.word("kind", _("Kind")),
        col.made(
            "material_code",
            _("Material"),
            lambda row: cells.material(row.scheme_id, row.material_code),
        ),
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
        col.made(
            "reopens", _("May be changed"), lambda row: codes.all_said(REOPENED, row.reopens)
        ),
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
        "reopens": put.checks(_("May be changed"), choices(REOPENED)),
        "needs_note": put.flag(_("Note needed")),
    }  # fmt: skip
