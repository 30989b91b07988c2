"""The closed days of money: what each holds, its root, its file, and the chain of all roots."""

import json

from flask import abort, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app import current, outside
from app.display.files import as_file
from app.domain.errors import NotAllowed
from app.extensions import db
from app.gateways.storage import NotStored
from app.models import Agency
from app.office.asked import date_of
from app.services.records import money_days
from app.transaction import transaction


class MoneyDaysView(BaseView):
    """One file a day of the own agency's money, bound to the day before."""

    route_base = "/office/money-days"
    default_view = "index"
    class_permission_name = "Ledger"
    method_permission_name = dict.fromkeys(("index", "copy", "chain"), "read")

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show the days, a month at a time, newest first."""
        asked = request.args.get("until", "")
        until = date_of(asked) if asked else None
        shown = money_days.days(db.session(), actor=current.actor(), until=until)
        page: str = self.render_template(
            "office/money-days.html",
            title=gettext("Days of money"),
            days=shown[: money_days.PAGE],
            later=url_for("MoneyDaysView.index") if until else "",
            earlier=url_for("MoneyDaysView.index", until=shown[-1].day.isoformat())
            if len(shown) > money_days.PAGE
            else "",
        )
        return page

    @expose("/<string:day>/copy")
    @has_access
    def copy(self, day: str) -> Response:
        """Give the file of a day to keep; that it was taken is recorded."""
        wanted = date_of(day)
        try:
            with transaction() as session:
                key = money_days.take(session, wanted, actor=current.actor(), now=current.now())
            data = outside.storage().get(key)
        except (NotAllowed, NotStored):
            abort(404)
        name = f"anju-money-{_code()}-{wanted}.jsonl.gz"
        return as_file(data, name=name, kind="application/gzip")

    @expose("/chain")
    @has_access
    def chain(self) -> Response:
        """Give the roots of all days, against which receipts are checked."""
        agency_id = current.actor().agency_id or abort(404)
        lines = map(json.dumps, money_days.chain(db.session(), agency_id))
        data = "".join(f"{line}\n" for line in lines).encode()
        return as_file(data, name=f"anju-chain-{_code()}.jsonl", kind="application/jsonl")


def _code() -> str:
    """Return the code of the reader's agency: files are called as the command calls them."""
    return db.session.get_one(Agency, current.actor().agency_id).code
