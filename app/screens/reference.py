"""Reasons, questions and numbers of an agency's services."""

from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.display import codes
from app.display.terms import term
from app.display.words import is_chinese, localized
from app.domain.amounts.rules import AMOUNT_RULES
from app.domain.terms import Kind
from app.models import (
    FactDefinition,
    PolicySetting,
    WithdrawalReason,
)  # fmt: skip
from app.screens import cells
from app.screens import columns as col
from app.screens import fields as put
from app.screens.dated import DATED, LAST, ReferenceScreen
from app.screens.interface import fast
from app.screens.searches import Search, StartsWith


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
        "amount_rule": put.choice(_("Rule of the amount"), lambda: [(one, codes.said(codes.AMOUNT_RULES, one)) for one in AMOUNT_RULES]),
        "amount_rule_zh": put.long(_("Amount in words (Chinese)")),
        "amount_rule_en": put.long(_("Amount in words (English)")),
        "min_interval_months": put.whole(_("Months between"), 0, 600, required=False),
        "max_times_per_house": put.whole(_("Times a house"), 0, 100, required=False),
        "approvals_required": put.whole(_("Reviews needed"), 2, 9),
        "allowed_banks": put.codes(_("Banks"), hint=put.CODES_HINT),
        "required_card_class": put.line(_("Card class"), 8, required=False),
        "help_zh": put.long(_("Help (Chinese)"), required=False),
        "help_en": put.long(_("Help (English)"), required=False),
        "enabled": put.flag(_("Offered")),
    }  # fmt: skip


def choices_of(row: FactDefinition) -> Markup:
    """Return the answers that a fact offers, a line each; bounds as they are stored."""
    place = 1 if is_chinese() else -1
    return cells.lines(
        one.split(":")[place if ":" in one else 0] for one in row.options.split("|")
    )


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
        col.said("source", _("Source"), codes.SOURCES),
        col.said("type", _("Type"), codes.TYPES),
        col.said("unit", _("Unit"), codes.UNITS),
        col.said("page", _("Page"), codes.PAGES),
        col.made("options", _("Choices"), choices_of),
        col.made(
            "used_by",
            _("Used by"),
            lambda row: codes.all_said(codes.AMOUNT_RULES, row.used_by.split("|")),
        ),
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
        col.made("name", _("Title"), lambda row: codes.said(codes.SETTINGS, row.key)),
        col.Column("value", _("Value"), lambda row: row.value or str(_("no limit")), is_number=True),
        col.said("unit", _("Unit"), codes.UNITS),
    )  # fmt: skip
    list_columns = ["name", "value", "unit", *LAST]
    show_columns = ["name", "key", "value", "unit", "scheme", *LAST, "basis", "mark"]
    searches = (Search("key", _("Key begins with"), StartsWith, grows=True),)
    names = {
        "key": put.line(_("Key"), 64),
        "unit": put.line(_("Unit"), 32, required=False),
    }
    edits = {
        "value": put.line(
            _("Value"),
            64,
            required=False,
            hint=_("Empty sets no limit, where there may be none."),
        ),
        "basis": put.line(
            _("Basis"), 500, required=False, hint=_("The document that sets it.")
        ),
    }
