"""The second factor of staff: asked after the password, set up once, recovered by codes."""

from typing import Any

import segno
from flask import current_app, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.models import User
from werkzeug.wrappers import Response

from app import current
from app.devices import address, admit, factor_rule, half_way, people_rules, visit
from app.domain.errors import RuleBroken
from app.domain.policy import Actor
from app.extensions import db
from app.hall.people.forms_people import FactorForm
from app.hall.people.signin import landing
from app.models import LoginSession
from app.services.entry import entering, proofs, second_factor
from app.services.entry.entering import FactorRule, Waits
from app.transaction import transaction


class SecondFactorView(BaseView):
    """The authenticator app beside the password."""

    route_base = "/second-factor"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @no_cache
    def index(self) -> Response | str:
        """Ask for the code of the app; a device that gave it is signed in."""
        half = half_way()
        if half is None or half.waits_for != Waits.FACTOR:
            return redirect(url_for("SignInView.login"))
        form, key, user_id = FactorForm(), half.id, half.user_id
        if form.validate_on_submit() and is_right(form, user_id):
            _pass(key)
            return redirect(landing())
        return self.render_template("hall/second_factor.html", form=form)

    @expose("/enrol/", methods=["GET", "POST"])
    @no_cache
    def enrol(self) -> Response | str:
        """Set the app up; the first right code keeps it, and recovery codes are shown once.

        Who is signed in without one proves again first: an open screen is no reason for trust.
        """
        half, user = half_way(), _staff_user()
        user_id = half.user_id if half is not None else user.id if user is not None else None
        if user_id is None or _is_enrolled(user_id):
            return redirect(url_for("SignInView.login"))
        if half is None:
            proofs.check(current.actor(), now=current.now(), rules=people_rules())
        form, key = FactorForm(), half.id if half is not None else None
        if form.validate_on_submit():
            codes = keep(form, user_id)
            if codes:
                if key is not None:
                    _pass(key)
                return self._codes(codes)
        return self.render_template("hall/second_factor_enrol.html", **_offer(form, user_id))

    @expose("/codes/", methods=["POST"])
    @no_cache
    def codes(self) -> Response | str:
        """Make new recovery codes; those before are of no use any more."""
        user = _staff_user()
        if user is None or not _is_enrolled(user.id):
            return redirect(url_for("SignInView.login"))
        user_id, actor = user.id, current.actor()
        with transaction() as writing:
            made = second_factor.renew_codes(
                writing, user_id, actor=actor, now=current.now(), rules=people_rules()
            )
        return self._codes(made)

    def _codes(self, codes: list[str]) -> str:
        page: str = self.render_template(
            "hall/recovery_codes.html", codes=codes, onward=landing()
        )
        return page


def is_right(form: FactorForm, user_id: int) -> bool:
    """Use up the typed code, or put beside the field what is wrong with it."""
    with transaction() as writing:
        problem = second_factor.check(
            writing, user_id, form.factor.data or "", now=current.now(), address=address(),
            rules=people_rules(),
        )  # fmt: skip
    if problem is not None:
        form.attach(problem)
    return problem is None


def keep(form: FactorForm, user_id: int) -> list[str]:
    """Keep the offered secret and return the recovery codes, or none when the code was wrong."""
    actor = Actor(user_id, "", frozenset(), address=address())
    try:
        with transaction() as writing:
            return second_factor.enrol(
                writing, user_id, form.offer.data or "", form.factor.data or "", actor=actor,
                now=current.now(),
            )  # fmt: skip
    except RuleBroken as broken:
        form.attach(broken)
        return []


def _offer(form: FactorForm, user_id: int) -> dict[str, Any]:
    """Return the square picture and the secret; what was offered before stays while it is good."""
    offer = form.offer.data or second_factor.offer(user_id)
    if "offer_broken" in form.codes:
        offer = second_factor.offer(user_id)
    name = db.session.get_one(User, user_id).username
    read = second_factor.address_of(
        offer, user_id, name=name, issuer=str(current_app.config["APP_NAME"])
    )
    typed = second_factor.shown(offer, user_id)
    return {
        "form": form,
        "offer": offer,
        "square": square(read),
        "secret": " ".join(typed[place : place + 4] for place in range(0, len(typed), 4)),
        "required": factor_rule() is FactorRule.REQUIRED,
        "name": name,
    }


def square(text: str) -> str:
    """Return a QR code as a drawing within the page, without style or script."""
    return segno.make(text, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="aj-qr", lineclass=None
    )


def _pass(key: int) -> None:
    with transaction() as writing:
        half = writing.get_one(LoginSession, key)
        entry = entering.pass_factor(writing, half, visit=visit(), now=current.now())
    admit(entry)


def _staff_user() -> User | None:
    """Return the member of staff who is signed in here, when a second factor may be set up."""
    actor = current.actor()
    if actor.user_id is None or actor.applicant_id is not None:
        return None
    if factor_rule() is FactorRule.OFF:
        return None
    return db.session.get(User, actor.user_id)


def _is_enrolled(user_id: int) -> bool:
    return second_factor.is_enrolled(db.session(), user_id)
