"""Unified identity (统一身份认证): to a provider, and back from it (SA01, SB02)."""

from flask import abort, redirect, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_login import current_user
from werkzeug.wrappers import Response

from app import outside
from app.gateways.errors import Unavailable
from app.gateways.openid import Begun, OpenIdService, OutsideRefused
from app.hall.outside import outside_attempts
from app.hall.outside.outside_arrival import arrive, refuse
from app.hall.outside.outside_connect import connect
from app.hall.outside.outside_setting_out import callback_url, set_out
from app.hall.outside.outside_ways import OPENID, name_of, public_url
from app.hall.people.signin import landing
from app.navigation import local_path

ANSWERED = ("state", "code", "iss", "error")


class OutsideView(BaseView):
    """The way over another provider's log-in."""

    route_base = "/login/outside"
    default_view = "begin"

    @expose("/<provider>/")
    @no_cache
    def begin(self, provider: str) -> Response:
        """Send somebody to the provider to log in."""
        service = asked(provider)
        if current_user.is_authenticated:
            return redirect(landing())
        begun = set_out(provider, service, next_page=wanted_page())
        return redirect(begun.url) if isinstance(begun, Begun) else begun

    @expose("/<provider>/callback/")
    @no_cache
    def callback(self, provider: str) -> Response:
        """Take the provider's answer, once, and let in whom it names."""
        service = asked(provider)
        answer = {name: request.args[name] for name in ANSWERED if name in request.args}
        attempt = outside_attempts.take(provider, answer.get("state", ""))
        if attempt is None:
            said_no = answer.get("error") == "access_denied" and not answer.get("state")
            return refuse(provider, "denied" if said_no else "no_attempt")
        try:
            person = service.finish(callback_url(provider), attempt.begun, answer)
        except OutsideRefused as refused:
            return refuse(provider, refused.code, refused)
        except Unavailable as fault:
            return refuse(provider, "unavailable", fault)
        if attempt.user_id is not None:
            return connect(person, attempt.user_id)
        return arrive(person, how=OPENID + provider, next_page=attempt.next_page)

    @expose("/<provider>/goodbye/")
    @no_cache
    def goodbye(self, provider: str) -> str:
        """Offer to log out at the provider too, where others could go on in one's name."""
        service = asked(provider)
        return self.render_template(
            "hall/outside_goodbye.html", provider=name_of(provider),
            farewell=service.farewell(public_url("/")),
        )  # fmt: skip


def asked(provider: str) -> OpenIdService:
    """Return the provider of an address, or answer 404."""
    return outside.openid(provider) or abort(404)


def wanted_page() -> str:
    """Return the page of this site that asked for the log-in, or nothing."""
    wanted = request.args.get("next", "")
    return local_path(wanted) if wanted else ""
