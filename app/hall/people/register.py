"""Real-name registration (实名注册, SA04 to SA08)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import redirect, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, outside
from app.devices import people_rules
from app.display.words import is_chinese, localized
from app.domain import identity, masking
from app.domain.errors import Invalid, ManyProblems
from app.domain.policy import Actor
from app.domain.terms import Gender
from app.extensions import db
from app.gateways.identity import IdentityState
from app.hall.outside import outside_pending
from app.hall.outside.outside_arrival import bind_registered, prefill, waited_for
from app.hall.people import document_words
from app.hall.people.codes_page import agency, give_code, try_mobile, visitor
from app.hall.people.forms_people import RegisterForm
from app.jobs import notices as outbox
from app.models import Account, Applicant, IdDocumentType, NationalCode
from app.services.people import codes, registration
from app.services.people.codes import Purpose
from app.transaction import transaction

DONE = "registered"
"""Key of the cookie under which the page after registration finds what to say."""


class RegisterView(BaseView):
    """The way to an account of one's own."""

    route_base = "/register"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @no_cache
    def index(self) -> Response | str:
        """Show the form, and register who fills it in rightly."""
        if current_user.is_authenticated:
            return redirect(url_for("SignInView.login"))
        form = RegisterForm(data=prefill())
        if form.is_submitted() and register(form):
            return redirect(url_for("RegisterView.done"))
        return self._page(form)

    @expose("/code/", methods=["POST"])
    @no_cache
    def code(self) -> Response | str:
        """Send the code; without the script the form comes back as it was typed."""
        form = RegisterForm()

        def send(writing: Session, actor: Actor) -> str:
            return codes.send_code(
                writing, purpose=Purpose.REGISTER, mobile=form.mobile.data or "",
                agency_id=agency().id, actor=actor, now=current.now(), rules=people_rules(),
            )  # fmt: skip

        return give_code(form, Purpose.REGISTER, send) or self._page(
            form, sent=not form.problems()
        )

    @expose("/done/")
    @no_cache
    def done(self) -> Response | str:
        """Say that it worked, what is known, and lead to the log-in page."""
        if DONE not in session:
            return redirect(url_for("RegisterView.index"))
        return self.render_template("hall/registered.html", known=session[DONE])

    def _page(self, form: RegisterForm, *, sent: bool = False) -> str:
        return self.render_template(
            "hall/register.html",
            form=form,
            sent=sent,
            agency=agency(),
            came_from=waited_for(),
            minimum=people_rules().password_minimum,
            **choices(),
        )


def register(form: RegisterForm) -> bool:
    """Register, or put everything that is wrong into the form."""
    form.validate()
    typed = read(form)
    problem = try_mobile(form, Purpose.REGISTER)
    known = Known() if problem else check_identity(typed)
    for attempt in ("first", "last"):
        try:
            applicant_id = _register(typed, problem, known)
        except ManyProblems as broken:
            form.attach(broken)
            return False
        except IntegrityError:
            if attempt == "last":
                raise
        else:
            _welcome(applicant_id)
            return True
    return False


def read(form: RegisterForm) -> registration.Registration:
    """Return what was typed."""
    return registration.Registration(
        id_type=form.id_type.data or "",
        id_number=form.id_number.data or "",
        name=form.name.data or "",
        gender=form.gender.data or "",
        ethnicity=form.ethnicity.data or "",
        mobile=form.mobile.data or "",
        token=form.token.data or "",
        code=form.code.data or "",
        password=form.password.data or "",
        agreement_version=form.agreement_version.data or "" if form.agreement.data else "",
        birth_date=form.birth_date.data or "",
        consent=bool(form.consent.data),
        locale="zh" if is_chinese() else "en",
    )


def choices() -> dict[str, Any]:
    """Return what can be chosen in the form, in the reader's language."""
    types = db.session.scalars(
        sa.select(IdDocumentType).where(IdDocumentType.enabled).order_by(IdDocumentType.seq)
    )
    groups = db.session.scalars(
        sa.select(NationalCode)
        .where(NationalCode.table_name == "ethnic_group")
        .order_by(NationalCode.code)
    )
    return {
        "id_types": [(row.code, localized(row, "name")) for row in types],
        "documents": document_words.hints(),
        "groups": [(row.code, localized(row, "name")) for row in groups],
        "genders": [(Gender.MALE, gettext("Male")), (Gender.FEMALE, gettext("Female"))],
    }


@dataclass(frozen=True, slots=True)
class Known:
    """What the identity service says: what is against the person, or why it cannot tell."""

    refusal: Invalid | None = None
    how: str = ""
    unknown: str = ""


def check_identity(typed: registration.Registration) -> Known:
    """Ask the identity service, outside any transaction.

    A service that cannot tell now stops nobody: the number was checked by its rule, and staff
    get a task.
    """
    answer = outside.identity_check().verify(
        typed.id_type, identity.normalise(typed.id_number), typed.name, typed.mobile
    )
    if answer.state is IdentityState.REFUSED:
        return Known(Invalid(field="id_number", code="identity_refused"))
    if answer.state is IdentityState.UNKNOWN:
        return Known(how="form", unknown=answer.reason or "unknown")
    return Known(how="service")


def _register(typed: registration.Registration, problem: Invalid | None, known: Known) -> int:
    actor, now, agency_id = visitor(), current.now(), agency().id
    with transaction() as writing:
        applicant = registration.register(
            writing, typed, agency_id=agency_id, actor=actor, now=now, code_problem=problem,
            identity_problem=known.refusal, verified_how=known.how, unknown=known.unknown,
            rules=people_rules(),
        )  # fmt: skip
        bind_registered(writing, applicant)
        return applicant.id


def _welcome(applicant_id: int) -> None:
    """Remember for the next page who registered and how many accounts were found."""
    came_from = waited_for()
    outside_pending.forget()
    outbox.send_now(outside.sms(), f"registered:{applicant_id}", now=current.now())
    applicant = db.session.get_one(Applicant, applicant_id)
    accounts = sa.select(sa.func.count(Account.id)).where(Account.applicant_id == applicant_id)
    session[DONE] = {
        "came_from": came_from,
        "name": masking.mask_name(applicant.name),
        "mobile": masking.mask_mobile(applicant.mobile or ""),
        "accounts": db.session.scalar(accounts) or 0,
        "open": applicant.identity_state is IdentityState.UNKNOWN,
        "counter": applicant.id_type == registration.OTHER,
    }
