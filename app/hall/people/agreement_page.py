"""A newer version of the user agreement: asked for once, before the hall goes on."""

from flask import redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import no_cache
from werkzeug.wrappers import Response

from app import current
from app.domain.errors import Invalid
from app.extensions import db
from app.hall.people.forms_people import AgreementForm
from app.hall.people.profile import myself
from app.models import Agency, Applicant
from app.services.people import agreements
from app.transaction import transaction

AGREED = "agreed"
"""Key of the cookie that says that nothing is open in this log-in."""

FREE = frozenset({"AgreementView", "SignInView", "HelpView", "static", "appbuilder"})
"""What is read or done without having agreed: the text itself, help, the way out."""


class AgreementView(BaseView):
    """What was changed in the agreement, and the tick that is needed to go on."""

    route_base = "/hall/agreement"
    default_view = "index"
    class_permission_name = "Hall"
    method_permission_name = {"index": "read"}

    @expose("/", methods=["GET", "POST"])
    @has_access
    @no_cache
    def index(self) -> Response | str:
        """Show the first open agreement, and keep the consent."""
        open_now = agreements.pending(db.session(), myself().id)
        if not open_now:
            return redirect(url_for("FrontView.index"))
        form, agency = AgreementForm(), open_now[0]
        if form.is_submitted() and agree(form, agency):
            return redirect(url_for("AgreementView.index"))
        return self.render_template("hall/agreement.html", form=form, agency=agency)


def agree(form: AgreementForm, agency: Agency) -> bool:
    """Keep the consent, or put what is wrong into the form."""
    form.validate()
    if not form.agreement.data:
        form.attach(Invalid(field="agreement", code="agreement_missing"))
        return False
    if form.agreement_version.data != agency.agreement_version:
        form.attach(Invalid(field="agreement", code="agreement_changed"))
        return False
    applicant_id, agency_id = myself().id, agency.id
    actor, now = current.actor(), current.now()
    with transaction() as writing:
        agreements.agree(
            writing, writing.get_one(Applicant, applicant_id),
            writing.get_one(Agency, agency_id), actor=actor, now=now,
        )  # fmt: skip
    return True


def gate() -> Response | None:
    """Lead to the agreement whoever opens a page while a newer version is open."""
    endpoint = (request.endpoint or "static").split(".")[0]
    free = request.method != "GET" or endpoint in FREE or request.path.startswith("/api/")
    if free or AGREED in session:
        return None
    applicant_id = current.actor().applicant_id
    if applicant_id is None:
        return None
    if agreements.pending(db.session(), applicant_id):
        return redirect(url_for("AgreementView.index"))
    session[AGREED] = True
    return None
