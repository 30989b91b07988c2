"""Changing one's own password, for applicants and staff."""

from flask import flash, redirect, session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from app import current
from app.devices import DEVICE, people_rules, same_password
from app.domain.errors import RuleBroken
from app.hall.people.forms_people import PasswordForm
from app.hall.people.profile import own_agency
from app.services.entry import own_password, proofs
from app.transaction import transaction


class PasswordView(BaseView):
    """Another password, by somebody who knows the present one."""

    route_base = "/password"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @login_required
    def index(self) -> Response | str:
        """Show the form, and change the password; other devices are logged out."""
        proofs.check(current.actor(), now=current.now(), rules=people_rules())
        form = PasswordForm()
        if form.is_submitted() and change(form):
            flash(gettext("Your password is changed. Other devices are logged out."), "success")
            return redirect("/hall/profile/" if current.actor().applicant_id else "/")
        minimum = people_rules().staff_password_minimum
        if current.actor().applicant_id:
            minimum = people_rules().password_minimum
        return self.render_template("hall/password.html", form=form, minimum=minimum)


def change(form: PasswordForm) -> bool:
    """Change the password, or put everything that is wrong into the form."""
    if not form.validate():
        return False
    applicant, user_id = current.applicant(), current_user.id
    of = own_agency(applicant) if applicant else None
    actor, now = current.actor(), current.now()
    try:
        knows_old = same_password(user_id, form.old_password.data)
        with transaction() as writing:
            own_password.change_password(
                writing, writing.get_one(User, user_id), form.password.data,
                knows_old=knows_old, keep=session.get(DEVICE), actor=actor, now=now, agency=of,
                rules=people_rules(),
            )  # fmt: skip
    except RuleBroken as broken:
        form.attach(broken)
        return False
    return True
