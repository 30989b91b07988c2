"""How a colleague comes in: second factor and devices, looked after by the user administrator."""

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.devices import people_rules
from app.display.browsers import browser_words
from app.display.sentences import sentence
from app.domain.errors import RuleBroken
from app.domain.terms import Role
from app.extensions import db
from app.models import Staff
from app.services.entry import second_factor, sessions
from app.services.staff import staff_access
from app.transaction import transaction


class StaffAccessView(BaseView):
    """A page for each member of staff of the own agency."""

    route_base = "/office/staff-access"
    default_view = "show"
    class_permission_name = "Staff"
    method_permission_name = {"show": "read", "end": "edit", "reset": "edit"}

    @expose("/<int:staff_id>/")
    @has_access
    def show(self, staff_id: int) -> str:
        """Say whether there is a second factor and where the colleague is signed in."""
        member = find(db.session(), staff_id)
        rows = sessions.signed_in(
            db.session(), member.user_id, now=current.now(), staff=True, rules=people_rules()
        )
        enrolled = second_factor.is_enrolled(db.session(), member.user_id)
        page: str = self.render_template(
            "office/staff_access.html",
            member=member,
            own=member.user_id == current.actor().user_id,
            enrolled=enrolled,
            codes_left=second_factor.codes_left(db.session(), member.user_id),
            devices=[
                (browser_words(row.agent), row.address, row.created_at, row.last_seen_at)
                for row in rows
            ],
        )
        return page

    @expose("/<int:staff_id>/end", methods=["POST"])
    @has_access
    def end(self, staff_id: int) -> Response:
        """Sign the colleague out everywhere."""

        def work(session: Session, member: Staff) -> None:
            staff_access.end_sessions(session, member, **who())

        return done(staff_id, work, gettext("Signed out everywhere."))

    @expose("/<int:staff_id>/reset", methods=["POST"])
    @has_access
    def reset(self, staff_id: int) -> Response:
        """Take a lost authenticator away, after the colleague was checked in person."""

        def work(session: Session, member: Staff) -> None:
            staff_access.reset_factor(session, member, **who())

        return done(
            staff_id, work, gettext("Taken away. At the next log-in another one is set up.")
        )


def find(session: Session, staff_id: int) -> Staff:
    """Return a member of staff that the administrator looks after, or answer 404."""
    member, actor = session.get(Staff, staff_id), current.actor()
    if member is None:
        abort(404)
    if not actor.has(Role.INSTALLATION_ADMIN) and member.agency_id != actor.agency_id:
        abort(404)
    return member


def who() -> dict[str, Any]:
    """Return who acts, and when."""
    return {"actor": current.actor(), "now": current.now()}


def done(staff_id: int, work: Any, said: str) -> Response:
    """Do one deed, say what came of it, and go back to the page."""
    try:
        with transaction() as session:
            work(session, find(session, staff_id))
    except RuleBroken as broken:
        flash(sentence(broken), "danger")
    else:
        flash(said, "success")
    return redirect(url_for("StaffAccessView.show", staff_id=staff_id))
