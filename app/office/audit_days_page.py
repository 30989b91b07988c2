"""The closed days of the audit: what each holds, its hash, a copy of what the reader may read."""

from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app import current, outside
from app.display.files import as_file
from app.domain.policy import Actor
from app.domain.terms import Role
from app.extensions import db
from app.gateways.storage import NotStored
from app.models import AuditDay
from app.office.asked import date_of
from app.screens.rights import LOGIN_ACTS
from app.services import audit
from app.services.records import audit_days
from app.transaction import transaction


class AuditDaysView(BaseView):
    """One file a day, bound to the day before."""

    route_base = "/office/audit-days"
    default_view = "index"
    class_permission_name = "Audit"
    method_permission_name = {"index": "read", "copy": "read"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show the days, a month at a time, newest first."""
        asked = request.args.get("until", "")
        until = date_of(asked) if asked else None
        shown = audit_days.days(db.session(), until=until)
        page: str = self.render_template(
            "office/audit-days.html",
            title=gettext("Closed days of the audit"),
            days=shown,
            later=url_for("AuditDaysView.index") if until else "",
            earlier=_address_before(shown),
        )
        return page

    @expose("/<string:day>/copy")
    @has_access
    def copy(self, day: str) -> Response:
        """Give a copy of a day to keep; that it was taken is recorded."""
        kept, actor = _day(day), current.actor()
        reads = reader(actor)
        try:
            data = audit_days.copy_of(kept, storage=outside.storage(), reads=reads)
        except NotStored:
            abort(404)
        name = f"anju-audit-{kept.day}.jsonl.gz"
        with transaction() as session:
            audit.record(
                session, "audit_exported", actor=actor, now=current.now(),
                object_type="audit_day", object_id=kept.day.isoformat(),
            )  # fmt: skip
        return as_file(data, name=name, kind="application/gzip")


def reader(actor: Actor) -> audit_days.Reads:
    """Return which rows somebody may read: those of the own agency, or its log-ins alone."""
    whole = actor.has(Role.AUDITOR, Role.SUPERVISOR)

    def reads(row: dict[str, Any]) -> bool:
        mine = actor.agency_id is not None and row["agency_id"] == actor.agency_id
        return mine and (whole or row["act"] in LOGIN_ACTS)

    return reads


def _day(text: str) -> AuditDay:
    return audit_days.find_day(db.session(), date_of(text)) or abort(404)


def _address_before(shown: list[AuditDay]) -> str:
    """Return where the days before those on the page are, or nothing when there are none."""
    if not shown:
        return ""
    before = shown[-1].day - audit_days.ONE_DAY
    older = audit_days.find_day(db.session(), before)
    return url_for("AuditDaysView.index", until=before.isoformat()) if older else ""
