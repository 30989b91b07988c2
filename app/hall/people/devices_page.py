"""On which devices somebody is signed in, and how to end them; for applicants and staff."""

from typing import Any

from flask import flash, g, redirect, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from flask_login import login_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.devices import DEVICE, factor_rule, forget, people_rules
from app.display.browsers import browser_words
from app.extensions import db
from app.models import LoginSession
from app.services import audit
from app.services.entry import second_factor, sessions
from app.services.entry.entering import FactorRule
from app.transaction import transaction


class DevicesView(BaseView):
    """The own devices, the password, and for staff the second factor."""

    route_base = "/devices"
    default_view = "index"

    @expose("/")
    @login_required
    def index(self) -> str:
        """List the devices, the one used last first."""
        actor = current.actor()
        is_staff = actor.applicant_id is None
        rows = sessions.signed_in(
            db.session(), key_of(), now=current.now(), staff=is_staff, rules=people_rules()
        )
        enrolled = second_factor.is_enrolled(db.session(), key_of())
        page: str = self.render_template(
            "hall/devices.html",
            devices=[shown(row) for row in rows],
            factor=is_staff and factor_rule() is not FactorRule.OFF,
            enrolled=enrolled,
            codes_left=second_factor.codes_left(db.session(), key_of()) if enrolled else 0,
        )
        return page

    @expose("/<int:device_id>/end", methods=["POST"])
    @login_required
    def end(self, device_id: int) -> Response:
        """Log one device out."""
        key, now = key_of(), current.now()

        def work(writing: Session) -> int:
            return int(sessions.close_one(writing, device_id, key, now=now))

        if end_with(work):
            flash(gettext("The device is logged out."), "success")
        return redirect(url_for("DevicesView.index"))

    @expose("/end-others", methods=["POST"])
    @login_required
    def end_others(self) -> Response:
        """Log every device out but this one."""
        key, now, keep = key_of(), current.now(), session.get(DEVICE)
        ended = end_with(lambda w: sessions.close_others(w, key, now=now, keep=keep))
        flash(gettext("Devices logged out: %(count)s.", count=ended), "success")
        return redirect(url_for("DevicesView.index"))

    @expose("/end-all", methods=["POST"])
    @login_required
    def end_all(self) -> Response:
        """Log every device out, this one too."""
        key, now = key_of(), current.now()
        end_with(lambda w: sessions.close_others(w, key, now=now))
        forget()
        flash(gettext("You are logged out everywhere."), "success")
        return redirect(url_for("SignInView.login"))


def key_of() -> int:
    """Return the key of who is signed in."""
    user_id = current.actor().user_id
    assert user_id is not None, "the page asks for log-in"
    return user_id


def end_with(work: Any) -> int:
    """End devices and write it down; return how many."""
    actor, now = current.actor(), current.now()
    with transaction() as writing:
        ended: int = work(writing)
        if ended:
            audit.record(
                writing, "devices_ended", actor=actor, now=now, object_type="user",
                object_id=actor.user_id or "", applicant_id=actor.applicant_id, count=ended,
            )  # fmt: skip
    return ended


def shown(row: LoginSession) -> dict[str, Any]:
    """Return a device in words."""
    return {
        "id": row.id,
        "is_this": row.id == g.device.id,
        "browser": gettext("Interface") if row.how == "api" else browser_words(row.agent),
        "address": row.address,
        "since": row.created_at,
        "last": row.last_seen_at,
    }
