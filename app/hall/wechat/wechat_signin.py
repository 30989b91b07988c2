"""Coming in from WeChat: the platform says whose WeChat it is, the hall whom that is bound to."""

import hmac
import secrets
from dataclasses import dataclass

from flask import redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from app import current, navigation, outside
from app.domain.outside_person import OutsidePerson
from app.gateways.wechat import WechatAccount, WechatFailed, WechatRefused
from app.hall.outside.outside_arrival import arrive, refuse
from app.hall.outside.outside_connect import check_proof, connect
from app.hall.outside.outside_ways import name_of
from app.hall.wechat.wechat_messages import account_of
from app.models import Agency

KEY = "wechat_asked"
"""Key of the cookie under which the question to the platform is kept."""

LASTS = 600
"""Seconds in which the platform's answer is taken."""

HALL = "/hall/"
HOW = "wechat"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question under way: what the answer must carry, and where it was to lead.

    ``user_id`` when somebody signed in connects this WeChat.
    """

    state: str
    agency: str
    next_page: str
    at: float
    user_id: int | None


class WechatSignInView(BaseView):
    """Log-in by WeChat; only the platform's own answer to this browser counts."""

    route_base = "/wechat"
    default_view = "login"

    @expose("/<agency>/login")
    @no_cache
    def login(self, agency: str) -> Response:
        """Send the browser to the platform; it comes back at once, without a question."""
        row, account = account_of(agency)
        wanted = allowed(request.args.get("next", ""))
        if current_user.is_authenticated:
            return redirect(wanted)
        session[navigation.CHOSEN] = row.code
        return redirect(set_out(row, account, next_page=wanted))

    @expose("/<agency>/connect", methods=["POST"])
    @login_required
    @no_cache
    def connect(self, agency: str) -> str:
        """Lead somebody signed in, with fresh proof, to connect this WeChat."""
        row, account = account_of(agency)
        check_proof(sms=True)
        url = set_out(row, account, user_id=current_user.id)
        return self.render_template(
            "hall/outside_go.html", provider=name_of(account.provider), url=url
        )

    @expose("/<agency>/callback")
    @no_cache
    def callback(self, agency: str) -> Response:
        """Let in who is bound; lead everybody else to the binding, or say why not."""
        row, account = account_of(agency)
        asked = take(row)
        if asked is None:
            return refuse(account.provider, "no_attempt")
        code = request.args.get("code", "")
        if not code:
            return refuse(account.provider, "denied")
        try:
            openid = outside.wechat(row.code).openid_of(code)
        except WechatRefused as fault:
            return refuse(account.provider, "spent", fault)
        except WechatFailed as fault:
            return refuse(account.provider, "unavailable", fault)
        person = OutsidePerson(account.provider, openid, keep_subject=True)
        if asked.user_id is not None:
            return connect(person, asked.user_id)
        return arrive(person, how=HOW, next_page=asked.next_page)


def allowed(wanted: str) -> str:
    """Return a page of the hall to arrive at; anything else becomes the first one."""
    path = navigation.local_path(wanted)
    return path if path.startswith(HALL) else HALL


def set_out(
    agency: Agency, account: WechatAccount, *, next_page: str = "", user_id: int | None = None
) -> str:
    """Return the platform's page, and remember in the browser what its answer must carry."""
    state = secrets.token_hex(16)
    session[KEY] = [state, agency.code, next_page, current.now().timestamp(), user_id]
    back = account.hall + url_for("WechatSignInView.callback", agency=agency.code)
    return outside.wechat(agency.code).sign_in_address(back, state)


def take(agency: Agency) -> Asked | None:
    """Return the question this answer belongs to, once; None for any other answer."""
    kept = session.pop(KEY, None)
    if kept is None:
        return None
    asked, given = Asked(*kept), request.args.get("state", "")
    fits = hmac.compare_digest(given.encode(), asked.state.encode())
    age = current.now().timestamp() - asked.at
    return asked if fits and asked.agency == agency.code and 0 <= age <= LASTS else None
