"""Other ways to log in, of somebody who is signed in: what is connected, connecting, ending it."""

from flask import abort, flash, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from app import current, outside
from app.devices import people_rules
from app.domain.errors import RuleBroken
from app.domain.outside_person import OutsidePerson
from app.extensions import db
from app.hall.outside.outside_arrival import refuse
from app.hall.outside.outside_setting_out import set_out
from app.hall.outside.outside_ways import name_of, ways
from app.hall.people.people_sentences import sentence
from app.services.entry import outside_binding, outside_identities, proofs
from app.transaction import transaction


class ConnectionsView(BaseView):
    """The accounts elsewhere that open this hall for the person who is signed in."""

    route_base = "/connections"
    default_view = "index"

    @expose("/")
    @login_required
    @no_cache
    def index(self) -> str:
        """Show what is connected, since when, used when, and what can be."""
        rows = outside_identities.of_user(db.session(), current_user.id)
        bound = {row.provider for row in rows}
        staff = current.actor().applicant_id is None
        return self.render_template(
            "hall/connections.html",
            rows=[(row, name_of(row.provider)) for row in rows],
            offered=[way for way in ways(for_staff=staff) if way.provider not in bound],
            is_applicant=not staff,
        )

    @expose("/<provider>/add/", methods=["POST"])
    @login_required
    @no_cache
    def add(self, provider: str) -> Response | str:
        """Lead somebody with fresh proof to a provider, to connect it.

        By a link: browsers do not let a form lead to another site (CSP form-action).
        """
        service = outside.openid(provider) or abort(404)
        check_proof(sms=True)
        begun = set_out(provider, service, user_id=current_user.id)
        if isinstance(begun, Response):
            return begun
        return self.render_template(
            "hall/outside_go.html", provider=name_of(provider), url=begun.url
        )

    @expose("/<int:key>/end/", methods=["POST"])
    @login_required
    @no_cache
    def end(self, key: int) -> Response:
        """Disconnect an account elsewhere; it opens nothing from then on."""
        check_proof(sms=False)
        actor, now, user_id = current.actor(), current.now(), current_user.id
        with transaction() as writing:
            mine = outside_identities.of_user(writing, user_id)
            row = next((one for one in mine if one.id == key), None)
            if row is not None:
                outside_binding.unbind(writing, row, actor=actor, now=now)
        if row is None:
            abort(404)
        flash(
            gettext("The account is disconnected. It does not open this hall any more."),
            "success",
        )
        return redirect(url_for("ConnectionsView.index"))


def connect(person: OutsidePerson, user_id: int) -> Response:
    """Bind who came back from a provider to the signed-in person who set out to connect it.

    The proof was fresh when the person set out; an answer is waited for ten minutes.
    """
    if not current_user.is_authenticated or current_user.id != user_id:
        return refuse(person.provider, "no_attempt")
    actor, now = current.actor(), current.now()
    try:
        with transaction() as writing:
            outside_binding.bind(
                writing, person, writing.get_one(User, user_id), actor=actor, now=now
            )
    except RuleBroken as broken:
        flash(sentence(broken), "danger")
    else:
        flash(gettext("The two accounts are connected."), "success")
    return redirect(url_for("ConnectionsView.index"))


def check_proof(*, sms: bool) -> None:
    """Let the page that asks again come first, unless the person proved just now who they are."""
    proofs.check(current.actor(), now=current.now(), sms=sms, rules=people_rules())
