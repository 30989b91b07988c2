"""Who logged in elsewhere proves the own log-in here, once; from then on both are one.

The first proof is the password, or a provider that vouches for document and name; the second is
a code to the mobile on file. Registration is the other way (``outside_arrival.bind_registered``).
"""

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.devices import people_rules
from app.domain import masking
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.policy import Actor
from app.extensions import db
from app.hall.outside import outside_pending
from app.hall.outside.outside_arrival import enter
from app.hall.outside.outside_pending import Pending
from app.hall.outside.outside_ways import name_of
from app.hall.people.codes_page import agency, give_code, try_code, visitor
from app.hall.people.forms_people import BindForm, LogInForm
from app.hall.people.signin import enter as password_of
from app.hall.people.signin import picture
from app.models import Applicant
from app.services.entry import outside_binding
from app.services.people import codes
from app.services.people.codes import Purpose
from app.transaction import transaction


class BindView(BaseView):
    """The one page on which a way in from outside is connected with a person of the hall."""

    route_base = "/login/bind"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @no_cache
    def index(self) -> Response | str:
        """Show what is to be proved; with the right code the two are bound and the way is free."""
        waiting = outside_pending.find()
        if waiting is None:
            return start_again()
        form, person = BindForm(), proven(waiting)
        if person is not None and form.validate_on_submit() and bind(form, waiting, person):
            assert person.user_id is not None
            onward = enter(person.user_id, how=waiting.how, next_page=waiting.next_page)
            flash(gettext("The two accounts are connected."), "success")
            return onward
        return self._page(waiting, person, form)

    @expose("/password/", methods=["GET", "POST"])
    @no_cache
    def password(self) -> Response | str:
        """Take the own log-in name and password, with the limits of the log-in page."""
        waiting = outside_pending.find()
        if waiting is None:
            return start_again()
        form = LogInForm()
        another = "another_picture" in request.form
        if not another and form.validate_on_submit() and prove_password(form, waiting):
            return redirect(url_for("BindView.index"))
        return self._page(waiting, None, BindForm(), form)

    @expose("/code/", methods=["POST"])
    @no_cache
    def code(self) -> Response | str:
        """Send a code to the mobile on file of who gave the first proof."""
        waiting = outside_pending.find()
        person = proven(waiting) if waiting is not None else None
        if waiting is None or person is None:
            return start_again()
        form, mobile = BindForm(), person.mobile or ""

        def send(writing: Session, actor: Actor) -> str:
            return codes.send_code(
                writing, purpose=Purpose.BIND, mobile=mobile, agency_id=agency().id,
                actor=actor, now=current.now(), rules=people_rules(),
            )  # fmt: skip

        answer = give_code(form, Purpose.BIND, send)
        return answer or self._page(waiting, proven(waiting), form)

    @expose("/cancel/", methods=["POST"])
    @no_cache
    def cancel(self) -> Response:
        """Forget who came; nothing was bound."""
        outside_pending.forget()
        return redirect(url_for("SignInView.login"))

    def _page(
        self,
        waiting: Pending,
        person: Applicant | None,
        form: BindForm,
        login: LogInForm | None = None,
    ) -> str:
        login = login or LogInForm(formdata=None)
        page: str = self.render_template(
            "hall/outside_bind.html", form=form, login=login,
            picture="" if person is not None else picture(login),
            provider=name_of(waiting.person.provider),
            name=masking.mask_name(waiting.person.name) if waiting.person.name else "",
            mobile=masking.mask_mobile(person.mobile or "") if person is not None else "",
            vouched=waiting.user_id is None,
        )  # fmt: skip
        return page


def start_again() -> Response:
    """Lead back to the log-in page: nobody is waited for, or the time is over."""
    flash(
        gettext("The log-in elsewhere is not waited for any more. Please begin again."),
        "warning",
    )
    return redirect(url_for("SignInView.login"))


def proven(waiting: Pending) -> Applicant | None:
    """Return who gave the first proof: the password, or a provider that vouches."""
    if waiting.user_id is None:
        return outside_binding.match(db.session(), waiting.person)
    return outside_binding.applicant_of(db.session(), waiting.user_id)


def prove_password(form: LogInForm, waiting: Pending) -> bool:
    """Remember whose name and password these are, or put beside the form why not."""
    user_id = password_of(form)
    if user_id is None:
        return False
    user = db.session.get_one(User, user_id)
    try:
        outside_binding.check_same_person(db.session(), waiting.person, user)
        if outside_binding.applicant_of(db.session(), user_id) is None:
            raise NotAllowed("staff connect from inside", code="staff_connect_inside")
    except RuleBroken as broken:
        form.attach(broken)
        return False
    outside_pending.prove(waiting, user_id)
    return True


def bind(form: BindForm, waiting: Pending, person: Applicant) -> bool:
    """Bind, or put what is wrong with the code into the form."""
    user_id = person.user_id
    assert user_id is not None
    mobile_index = outside_binding.mobile_index(db.session(), user_id)
    problem, actor, now = try_code(form, Purpose.BIND, mobile_index), visitor(), current.now()
    try:
        with transaction() as writing:
            outside_binding.bind_by_code(
                writing, waiting.person, writing.get_one(User, user_id), form.token.data or "",
                form.code.data or "", actor=actor, now=now, code_problem=problem,
            )  # fmt: skip
    except RuleBroken as broken:
        form.attach(broken)
        return False
    return True
