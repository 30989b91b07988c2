"""Applicants and accounts as staff of an agency see them: masked, own agency only."""

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, sealing
from app.display import formats
from app.display.terms import term
from app.domain import identity, masking
from app.domain.revealing import Of, Value
from app.domain.terms import AccountState
from app.extensions import db
from app.models import Account, Applicant
from app.screens import columns as col
from app.screens import fields as put
from app.screens.interface import fast
from app.screens.named import Named, SoughtByName
from app.screens.rights import HoldersOfMyAgency, OfMyAgency
from app.screens.searches import Number, Search, Term, terms
from app.screens.writing import Written
from app.services.accounting import account_corrections
from app.services.accounting.account_corrections import AccountChange
from app.services.people import bans


def number_of(row: Applicant) -> str:
    """Return the identity number, masked."""
    return masking.mask_id(row.id_number or "")


def mobile_of(row: Applicant) -> str:
    """Return the mobile, masked."""
    return masking.mask_mobile(row.mobile) if row.mobile else ""


STATES = [state for state in AccountState if state in account_corrections.BY_HAND]


def why() -> Any:
    """Return the field that asks why something is corrected."""
    hint = _("Why it is corrected; the audit keeps it.")
    return put.line(_("Why"), 200, hint=hint)


class ApplicantScreen(SoughtByName, Written):
    """People with an account or a case at the agency."""

    datamodel = fast(Applicant, "accounts")
    route_base = "/applicants"
    is_personal = True
    class_permission_name = "Holders"
    include_route_methods = {"list", "show", "edit", "find", "search"}
    method_permission_name = {
        "list": "read", "show": "read", "edit": "edit", "find": "read", "search": "read",
    }  # fmt: skip
    base_filters = [["id", HoldersOfMyAgency, None]]
    list_title, show_title = _("Applicants"), _("Applicant")
    edit_title = _("Correct the name")
    form_lead = _("Only the name can be corrected here, after the document was seen.")
    list_template = "screens/applicants.html"
    lead = _("Personal values are masked. Search by the beginning of the name.")
    columns = (
        col.made("name", _("Name"), lambda row: masking.mask_name(row.name)),
        col.made("id_number", _("Identity number"), number_of),
        col.made("mobile", _("Mobile"), mobile_of),
        col.made("address", _("Address"), lambda row: masking.mask_address(row.address or "")),
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
        "name", "id_number", "mobile", "address", "gender", "birth_date", "accounts", "registered", "created_at",
    ]  # fmt: skip
    reveals = (Of.APPLICANT, {
        "name": Value.NAME, "id_number": Value.ID_NUMBER, "mobile": Value.MOBILE,
        "address": Value.ADDRESS,
    })  # fmt: skip
    searches = (Search("name", _("Name begins with"), Named, grows=True, order="name"),)
    edit_form = put.form(name=put.line(_("Name"), 100), reason=why())

    def change(self, session: Session, row: Applicant, form: FlaskForm) -> None:
        """Correct the name."""
        account_corrections.correct_name(
            session, row, name=form.name.data, reason=form.reason.data,
            actor=current.actor(), now=current.now(),
        )  # fmt: skip

    @expose("/find", methods=["POST"])
    @has_access
    def find(self) -> Response:
        """Open the holder with exactly this number; it stands in no address and no log."""
        typed = identity.normalise(request.form.get("number", "")[:64])
        wanted = sa.select(Applicant.id).where(
            sa.or_(
                Applicant.id_number_index == sealing.index_of(typed),
                Applicant.mobile_index == sealing.index_of(typed),
            )
        )
        key = db.session.scalar(wanted) if typed else None
        if key is None or not self.datamodel.get(key, self._base_filters):
            flash(gettext("Nobody with this number has an account or a case here."), "warning")
            return redirect(self.get_redirect())
        return self.back_to(key)


class AccountScreen(Written):
    """Accounts of the agency's schemes."""

    datamodel = fast(Account, "applicant", "scheme")
    route_base = "/accounts"
    is_personal = True
    class_permission_name = "Holders"
    base_filters = [["id", OfMyAgency, None]]
    list_title, show_title, edit_title = _("Accounts"), _("Account"), _("Correct the account")
    form_lead = _("Balances move by the ledger alone. A freeze and a bar name their order.")
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
        (_("Sums"), {"fields": ["available", "held", "balance", "frozen_amount", "freeze_order"]}),
        (_("Bar on withdrawals"), {"fields": ["ban_until", "ban_reason", "ban_order"]}),
    ]  # fmt: skip
    searches = (
        Search("number", _("Account number begins with"), Number, grows=True, order="number"),
        Search("state", _("State"), Term, terms(AccountState)),
    )
    edit_form = put.form(
        employer=put.line(_("Employer"), 200, required=False),
        state=put.choice(_("State"), terms(AccountState, STATES)),
        frozen_amount=put.money(_("Frozen (yuan)")),
        freeze_order=put.line(_("Order of the freeze"), 64, required=False),
        ban_until=put.date(_("Barred until")),
        loan_fraud=put.flag(_("For loan fraud")),
        ban_reason=put.line(_("Reason of the bar"), 200, required=False),
        ban_order=put.line(_("Order of the bar"), 64, required=False),
        reason=why(),
    )

    def hint(self, row: Account, form: FlaskForm) -> None:
        """Say how long a bar may last, beside its day and beside what makes it longer."""
        session, now = db.session(), current.now()
        for field, loan_fraud in ((form.ban_until, False), (form.loan_fraud, True)):
            last = bans.longest(session, row, now=now, loan_fraud=loan_fraud)
            field.description = gettext("Until %(day)s at most.", day=formats.day(last))

    def show_links(self, pk: Any) -> list[tuple[str, str]]:
        """Lead those who may read its money to the statement of the account."""
        if not self.appbuilder.sm.has_access("can_read", "Payouts"):
            return []
        return [(gettext("Account statement"), url_for("StaffBookView.show", key=pk))]

    def change(self, session: Session, row: Account, form: FlaskForm) -> None:
        """Correct the account."""
        names = AccountChange.__slots__
        asked = AccountChange(**{name: form[name].data for name in names})
        account_corrections.correct_account(
            session, row, asked, reason=form.reason.data, loan_fraud=form.loan_fraud.data,
            actor=current.actor(), now=current.now(),
        )  # fmt: skip
