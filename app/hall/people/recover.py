"""A forgotten password (找回密码, SB04): the same page for known and unknown names."""

from flask import flash, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.devices import people_rules
from app.domain.errors import Invalid, RuleBroken
from app.domain.policy import Actor
from app.extensions import db
from app.hall.people.codes_page import agency, give_code, try_code, visitor
from app.hall.people.forms_people import RecoverForm
from app.services.entry import own_password, signin
from app.services.people import codes
from app.services.people.codes import Purpose
from app.transaction import transaction


class RecoverView(BaseView):
    """A new password for who holds the mobile on file."""

    route_base = "/recover"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @no_cache
    def index(self) -> Response | str:
        """Show the form, and set the new password when the code is right."""
        form = RecoverForm()
        if form.is_submitted() and recover(form):
            flash(gettext("Your new password is set. Please log in with it."), "success")
            return redirect(url_for("SignInView.login"))
        return self._page(form, sent=False)

    @expose("/code/", methods=["POST"])
    @no_cache
    def code(self) -> Response | str:
        """Send a code to the mobile on file; nobody learns whether there is one."""
        form = RecoverForm()
        login = form.login.data or ""
        if not login.strip():
            form.attach(Invalid(field="login", code="login_missing"))
            return self._page(form, sent=False)

        def send(writing: Session, actor: Actor) -> str:
            return codes.send_recovery_code(
                writing, signin.find_applicant(writing, login), login, agency_id=agency().id,
                actor=actor, now=current.now(), rules=people_rules(),
            )  # fmt: skip

        answer = give_code(form, Purpose.RECOVER, send, at_once=False)
        if answer is not None:
            return answer
        return self._page(form, sent=not form.problems())

    def _page(self, form: RecoverForm, *, sent: bool) -> str:
        minimum = people_rules().password_minimum
        page: str = self.render_template(
            "hall/recover.html", form=form, sent=sent, minimum=minimum
        )
        return page


def recover(form: RecoverForm) -> bool:
    """Set the new password, or put everything that is wrong into the form."""
    filled, problem = form.validate(), None
    login = form.login.data or ""
    if form.code.data:
        applicant = signin.find_applicant(db.session(), login)
        bound = own_password.recovery_index(applicant, login)
        problem = try_code(form, Purpose.RECOVER, bound)
    if not filled:
        if problem is not None:
            form.attach(problem)
        return False
    actor, now = visitor(), current.now()
    try:
        with transaction() as writing:
            own_password.recover(
                writing, login, form.token.data, form.code.data, form.password.data,
                agency=agency(), actor=actor, now=now, code_problem=problem,
                rules=people_rules(),
            )  # fmt: skip
    except RuleBroken as broken:
        form.attach(broken)
        return False
    return True
