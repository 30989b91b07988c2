"""Log-in and log-out, for applicants and staff on one page (SA03, SA09)."""

from flask import current_app, flash, redirect, request, session
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app import current
from app.devices import (
    DEVICE,
    Picture,
    bound_here,
    came_by,
    leave,
    new_picture,
    people_rules,
    sign_in,
    try_password,
    visit,
)  # fmt: skip
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.hall.outside.outside_ways import goodbye_url, ways
from app.hall.people.forms_people import LogInForm
from app.services.entry import signin


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
        if "another_picture" not in request.form and form.validate_on_submit():
            user_id = enter(form)
            try:
                if user_id is not None:
                    return redirect(sign_in(user_id, how="password") or landing())
            except NotAllowed as barred:
                form.attach(barred)
        return self.render_template(
            self.login_template, form=form, picture=picture(form), ways=ways()
        )

    @expose("/logout/", methods=["GET", "POST"])
    @no_cache
    def logout(self) -> Response | str:
        """Ask before logging out; the button does it."""
        if DEVICE not in session:
            return redirect("/")
        if request.method == "GET":
            return self.render_template("hall/logout.html")
        onward = goodbye_url(came_by())
        leave()
        flash(gettext("You are logged out."), "success")
        return redirect(onward)


def enter(form: LogInForm) -> int | None:
    """Return who may come in, or put beside the form why not; known and unknown look alike."""
    answer = Picture(form.picture_token.data or "", form.picture.data or "", bound_here())
    try:
        user_id = try_password(form.login.data or "", form.password.data or "", answer)
    except RuleBroken as refused:
        form.attach(refused)
        return None
    if user_id is None:
        form.form_errors.append(gettext("Name or password is not right. Please compare both."))
    return user_id


def picture(form: LogInForm) -> str:
    """Return the token of a new picture code when the next try from here needs one, else ""."""
    where, login = visit(), form.login.data or ""
    due = signin.asks_picture(
        db.session(), login, now=current.now(), address=where.address, device=where.device,
        rules=people_rules(),
    )  # fmt: skip
    return new_picture(bound_here()) if due else ""


def landing() -> str:
    """Return where somebody arrives: the page that asked for log-in, the hall or the desk."""
    wanted = request.args.get("next", "")
    if wanted:
        return str(get_safe_redirect(wanted))
    home = "/hall/" if current.actor().applicant_id is not None else "/desk/"
    return home if _is_there(home) else "/"


def _is_there(path: str) -> bool:
    return any(rule.rule == path for rule in current_app.url_map.iter_rules())
