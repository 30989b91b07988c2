"""Log-in and log-out, for applicants and staff on one page (SA03, SA09)."""

from flask import current_app, flash, g, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app import current
from app.devices import address, admit, leave, people_rules
from app.domain.errors import NotAllowed
from app.hall.forms_people import LogInForm
from app.services import sessions, signin
from app.transaction import transaction


class SignInView(AuthDBView):
    """The way in and the way out."""

    login_template = "hall/login.html"

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Response | str:
        """Show the log-in page and let in who types the right password."""
        if current_user.is_authenticated:
            return redirect(landing())
        form = LogInForm()
        if form.validate_on_submit() and enter(form):
            return redirect(landing())
        return self.render_template(self.login_template, form=form)

    @expose("/logout/", methods=["GET", "POST"])
    @no_cache
    def logout(self) -> Response | str:
        """Ask before logging out; the button does it."""
        if not current_user.is_authenticated:
            return redirect("/")
        if request.method == "GET":
            return self.render_template("hall/logout.html")
        leave()
        flash(gettext("You are logged out."), "success")
        return redirect("/")


def enter(form: LogInForm) -> bool:
    """Sign in, or put beside the form why not; unknown names and wrong passwords look alike."""
    now, rules = current.now(), people_rules()
    try:
        with transaction() as session:
            user = signin.authenticate(
                session, form.login.data, form.password.data, now=now, address=address(),
                request_id=g.request_id, rules=rules,
            )  # fmt: skip
            agent = request.user_agent.string
            token = (
                sessions.open_session(session, user.id, now=now, address=address(), agent=agent)
                if user is not None
                else ""
            )
    except NotAllowed as locked:
        form.attach(locked)
        return False
    if user is None:
        form.form_errors.append(gettext("Name or password is not right. Please compare both."))
        return False
    admit(user, token)
    return True


def landing() -> str:
    """Return where somebody arrives: the page that asked for log-in, the hall or the desk."""
    wanted = request.args.get("next", "")
    if wanted:
        return str(get_safe_redirect(wanted))
    home = "/hall/" if current.actor().applicant_id is not None else "/desk/"
    return home if _is_there(home) else "/"


def _is_there(path: str) -> bool:
    return any(rule.rule == path for rule in current_app.url_map.iter_rules())
