"""Applicants and accounts as staff of an agency see them: masked, own agency only."""

from flask_babel import lazy_gettext as _

from app.display import formats
from app.display.terms import term
from app.domain import masking
from app.domain.terms import AccountState
from app.models import Account, Applicant
from app.screens import columns as col
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.rights import HoldersOfMyAgency, OfMyAgency
from app.screens.searches import Number, Search, StartsWith, Term, terms


def number_of(row: Applicant) -> str:
    """Return the identity number, masked."""
    return masking.mask_id(row.id_number or "")


def mobile_of(row: Applicant) -> str:
    """Return the mobile, masked."""
    return masking.mask_mobile(row.mobile) if row.mobile else ""


class ApplicantScreen(Screen):
    """People with an account or a case at the agency."""

    datamodel = fast(Applicant, "accounts")
    route_base = "/applicants"
    class_permission_name = "Holders"
    base_filters = [["id", HoldersOfMyAgency, None]]
    list_title, show_title = _("Applicants"), _("Applicant")
    lead = _("Personal values are masked. Search by the beginning of the name.")
    columns = (
        col.made("name", _("Name"), lambda row: masking.mask_name(row.name)),
        col.made("id_number", _("Identity number"), number_of),
        col.made("mobile", _("Mobile"), mobile_of),
        col.word("gender", _("Gender")),
        col.day("birth_date", _("Date of birth")),
        col.made(
            "accounts", _("Accounts"), lambda row: ", ".join(one.number for one in row.accounts)
        ),
        col.made("registered", _("Registered"), lambda row: formats.day(row.verified_at)),
        col.moment("created_at", _("Known since")),
    )
    list_columns = ["name", "id_number", "mobile", "accounts", "registered"]
    show_columns = [
        "name", "id_number", "mobile", "gender", "birth_date", "accounts", "registered", "created_at",
    ]  # fmt: skip
    searches = (Search("name", _("Name begins with"), StartsWith, grows=True),)


class AccountScreen(Screen):
    """Accounts of the agency's schemes."""

    datamodel = fast(Account, "applicant", "scheme")
    route_base = "/accounts"
    class_permission_name = "Holders"
    base_filters = [["id", OfMyAgency, None]]
    list_title, show_title = _("Accounts"), _("Account")
    columns = (
        col.text("number", _("Account number")),
        col.holder("applicant", _("Holder")),
        col.named("scheme", _("Service")),
        col.text("employer", _("Employer")),
        col.made("state", _("State"), lambda row: term(row.state)),
        col.yuan("available", _("Can be withdrawn (yuan)")),
        col.yuan("held", _("Held (yuan)")),
        col.yuan("balance", _("Balance (yuan)")),
        col.day("opened_on", _("Opened on")),
        col.day("sealed_on", _("Sealed on")),
        col.yuan("frozen_amount", _("Frozen (yuan)")),
        col.text("freeze_order", _("Order of the freeze")),
        col.day("ban_until", _("Barred until")),
        col.text("ban_reason", _("Reason of the bar")),
        col.text("ban_order", _("Order of the bar")),
    )
    list_columns = ["number", "applicant", "scheme", "employer", "state", "available", "held"]
    show_fieldsets = [
        (_("Account"), {"fields": [
            "number", "applicant", "scheme", "employer", "state", "opened_on", "sealed_on"]}),
        (_("Money"), {"fields": ["available", "held", "balance", "frozen_amount", "freeze_order"]}),
        (_("Bar on withdrawals"), {"fields": ["ban_until", "ban_reason", "ban_order"]}),
    ]  # fmt: skip
    searches = (
        Search("number", _("Account number begins with"), Number, grows=True),
        Search("state", _("State"), Term, terms(AccountState)),
    )
