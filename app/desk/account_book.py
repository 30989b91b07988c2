"""The statement of an account as staff of the money read it: by its number, reading written down."""

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app import current
from app.display import account_book
from app.domain import identity
from app.domain.errors import NotAllowed
from app.domain.masking import mask_name
from app.extensions import db
from app.models import Account, Scheme
from app.navigation import brand_of
from app.screens.readings import note_opened
from app.services.accounting import account_statement


class StaffBookView(BaseView):
    """What moved the money of an account of the agency."""

    route_base = "/desk/accounts"
    default_view = "show"
    class_permission_name = "Payouts"
    method_permission_name = {"show": "read", "export": "read", "bill": "read", "find": "read"}

    @expose("/<int:key>/")
    @has_access
    def show(self, key: int) -> str:
        """Show what moved the balance on the days asked for."""
        account = of_agency(key)
        found = account_book.book(db.session(), account, now=current.now())
        return self.render_template(
            "desk/account_book.html",
            title=gettext("Account statement"),
            rows=account_book.rows(found["statement"], for_holder=False),
            holder=mask_name(account.applicant.name),
            **found,
        )

    @expose("/<int:key>/export")
    @has_access
    def export(self, key: int) -> Response:
        """Give the same as a file: csv or xlsx."""
        return account_book.asked_file(
            db.session(), of_agency(key), now=current.now(), for_holder=False
        )

    @expose("/<int:key>/year/<int:year>/")
    @has_access
    def bill(self, key: int, year: int) -> str:
        """Show the bill of a year, made for an A4 page, the name masked."""
        account = of_agency(key)
        return self.render_template(
            "hall/year_bill.html",
            brand=brand_of(account.agency),
            holder=mask_name(account.applicant.name),
            back=url_for("StaffBookView.show", key=key),
            **account_book.asked_bill(db.session(), account, year, now=current.now()),
        )

    @expose("/find", methods=["POST"])
    @has_access
    def find(self) -> Response:
        """Open the account with exactly this number."""
        typed = identity.normalise(request.form.get("number", "")[:64])
        key = db.session.scalar(
            sa.select(Account.id).where(
                Account.number == typed,
                Account.scheme_id.in_(
                    sa.select(Scheme.id).where(Scheme.agency_id == current.actor().agency_id)
                ),
            )
        )
        if key is None:
            flash(gettext("There is no account with this number here."), "warning")
            return redirect(url_for("ReversalView.index"))
        return redirect(url_for("StaffBookView.show", key=key))


def of_agency(key: int) -> Account:
    """Return an account of the agency for who may read its money; the reading is written down."""
    try:
        account = account_statement.staff_account(db.session(), key, actor=current.actor())
    except NotAllowed:
        abort(404)
    note_opened(account)
    return db.session.get_one(Account, key)
