"""The statement of an own account (明细), its year bill (年度账单), and both to keep."""

from flask import abort, url_for
from flask_appbuilder import BaseView, expose, has_access
from werkzeug.wrappers import Response

from app import current
from app.display import account_book
from app.domain.errors import NotAllowed
from app.extensions import db
from app.models import Account
from app.navigation import brand_of
from app.services.accounting import account_statement


class AccountBookView(BaseView):
    """What moved the money of an account that is the reader's own."""

    route_base = "/hall/accounts"
    default_view = "show"
    class_permission_name = "Hall"
    method_permission_name = {"show": "read", "export": "read", "bill": "read"}

    @expose("/<int:key>/")
    @has_access
    def show(self, key: int) -> str:
        """Show what moved the balance on the days asked for."""
        account, session = own(key), db.session()
        found = account_book.book(session, account, now=current.now())
        return self.render_template(
            "hall/account_book.html",
            brand=brand_of(account.agency),
            rows=account_book.rows(found["statement"], for_holder=True),
            holder=account.applicant.name,
            **found,
        )

    @expose("/<int:key>/export")
    @has_access
    def export(self, key: int) -> Response:
        """Give the same as a file: csv or xlsx."""
        return account_book.asked_file(
            db.session(), own(key), now=current.now(), for_holder=True
        )

    @expose("/<int:key>/year/<int:year>/")
    @has_access
    def bill(self, key: int, year: int) -> str:
        """Show the bill of a year, made for an A4 page."""
        account = own(key)
        return self.render_template(
            "hall/year_bill.html",
            brand=brand_of(account.agency),
            holder=account.applicant.name,
            back=url_for("AccountBookView.show", key=key),
            **account_book.asked_bill(db.session(), account, year, now=current.now()),
        )


def own(key: int) -> Account:
    """Return an own account; another's is not there."""
    try:
        return account_statement.own_account(db.session(), key, actor=current.actor())
    except NotAllowed:
        abort(404)
