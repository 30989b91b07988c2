"""A lost mobile (手机号已停用): a request that gives a number for the counter, whoever asks."""

from flask import redirect, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.devices import people_rules
from app.display.formats import day
from app.domain.errors import RuleBroken
from app.domain.policy import Actor
from app.hall.people.codes_page import agency, give_code, try_mobile, visitor
from app.hall.people.forms_people import ContactForm
from app.hall.people.register import choices
from app.services.people import codes, contact_changes
from app.services.people.codes import Purpose
from app.services.people.contact_changes import Wanted
from app.transaction import transaction

DONE = "contact-asked"
"""Key of the cookie under which the page after the request finds the number."""


class ContactView(BaseView):
    """The way to the counter for who cannot get a code any more."""

    route_base = "/contact-change"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @no_cache
    def index(self) -> Response | str:
        """Show the form, and keep the request of who holds the new mobile."""
        form = ContactForm()
        if form.is_submitted() and ask(form):
            return redirect(url_for("ContactView.done"))
        return self._page(form)

    @expose("/code/", methods=["POST"])
    @no_cache
    def code(self) -> Response | str:
        """Send a code to the new mobile; without the script the form comes back as typed."""
        form = ContactForm()

        def send(writing: Session, actor: Actor) -> str:
            return codes.send_code(
                writing, purpose=Purpose.COUNTER, mobile=form.mobile.data or "",
                agency_id=agency().id, actor=actor, now=current.now(), rules=people_rules(),
            )  # fmt: skip

        answer = give_code(form, Purpose.COUNTER, send)
        return answer or self._page(form, sent=not form.problems())

    @expose("/done/")
    @no_cache
    def done(self) -> Response | str:
        """Say the number and what to bring."""
        if DONE not in session:
            return redirect(url_for("ContactView.index"))
        return self.render_template(
            "hall/contact_asked.html", asked=session[DONE], agency=agency()
        )

    def _page(self, form: ContactForm, *, sent: bool = False) -> str:
        return self.render_template(
            "hall/contact_change.html", form=form, sent=sent, agency=agency(), **choices()
        )


def ask(form: ContactForm) -> bool:
    """Keep the request, or put everything that is wrong into the form."""
    form.validate()
    problem = try_mobile(form, Purpose.COUNTER)
    wanted = Wanted(
        form.id_type.data or "", form.id_number.data or "", form.name.data or "",
        form.mobile.data or "", form.token.data or "", form.code.data or "",
    )  # fmt: skip
    of, actor, now = agency(), visitor(), current.now()
    try:
        with transaction() as writing:
            change = contact_changes.ask(
                writing, wanted, agency=of, actor=actor, now=now, code_problem=problem
            )
            session[DONE] = {"number": change.number, "until": day(change.ends_at)}
    except RuleBroken as broken:
        form.attach(broken)
        return False
    return True
