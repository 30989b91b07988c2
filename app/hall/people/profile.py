"""What the hall knows of the person who is signed in, and what they may change (SA02)."""

import sqlalchemy as sa
from flask import abort, flash, redirect, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.devices import DEVICE, people_rules
from app.display.words import localized
from app.domain import masking
from app.domain.errors import RuleBroken
from app.domain.policy import Actor
from app.extensions import db
from app.hall.outside.outside_ways import name_of
from app.hall.people.codes_page import agency, give_code, try_mobile
from app.hall.people.forms_people import AddressForm, MobileForm
from app.models import (
    Account,
    Agency,
    Applicant,
    Bank,
    BankCard,
    IdDocumentType,
    LoginSession,
    NationalCode,
)  # fmt: skip
from app.services.entry import outside_identities, sessions
from app.services.people import codes, profiles
from app.services.people.codes import Purpose
from app.transaction import transaction


class ProfileView(BaseView):
    """My data: identity, mobile, address, cards, devices."""

    route_base = "/hall/profile"
    default_view = "index"
    class_permission_name = "Hall"
    method_permission_name = dict.fromkeys(
        ("index", "mobile", "code", "address", "devices"), "read"
    )

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what is on file; number and cards are masked."""
        return self.render_template("hall/profile.html", **known(myself()))

    @expose("/mobile/", methods=["GET", "POST"])
    @has_access
    def mobile(self) -> Response | str:
        """Change the mobile with a code that goes to the new one."""
        form = MobileForm()
        if form.is_submitted() and change_mobile(form):
            flash(gettext("Your new mobile number is saved."), "success")
            return redirect(url_for("ProfileView.index"))
        return self.render_template("hall/profile_mobile.html", form=form, sent=False)

    @expose("/mobile/code/", methods=["POST"])
    @has_access
    def code(self) -> Response | str:
        """Send a code to the new mobile."""
        form, of = MobileForm(), own_agency(myself())

        def send(writing: Session, actor: Actor) -> str:
            return codes.send_code(
                writing, purpose=Purpose.CHANGE_MOBILE, mobile=form.mobile.data or "",
                agency_id=of.id, actor=actor, now=current.now(), rules=people_rules(),
            )  # fmt: skip

        answer = give_code(form, Purpose.CHANGE_MOBILE, send)
        if answer is not None:
            return answer
        sent = not form.problems()
        return self.render_template("hall/profile_mobile.html", form=form, sent=sent)

    @expose("/address/", methods=["GET", "POST"])
    @has_access
    def address(self) -> Response | str:
        """Change the address for letters."""
        form = AddressForm(data={"address": myself().address})
        if form.is_submitted() and change_address(form):
            flash(gettext("Your address is saved."), "success")
            return redirect(url_for("ProfileView.index"))
        return self.render_template("hall/profile_address.html", form=form)

    @expose("/devices/", methods=["POST"])
    @has_access
    def devices(self) -> Response:
        """Log out every device but this one."""
        user_id, now = current_user.id, current.now()
        with transaction() as writing:
            ended = sessions.close_others(writing, user_id, now=now, keep=session.get(DEVICE))
        flash(gettext("Devices logged out: %(count)s.", count=ended), "success")
        return redirect(url_for("ProfileView.index"))


def myself() -> Applicant:
    """Return the applicant who is signed in, or answer 403."""
    return current.applicant() or abort(403)


def own_agency(applicant: Applicant) -> Agency:
    """Return the agency that speaks to the person: of the first account, or the page's."""
    of = db.session.scalar(
        sa.select(Agency)
        .join(Account, Account.agency_id == Agency.id)
        .where(Account.applicant_id == applicant.id)
        .order_by(Account.id)
        .limit(1)
    )
    return of or agency()


def known(applicant: Applicant) -> dict[str, object]:
    """Return what is on file of a person, as the page shows it."""
    kind = db.session.scalar(
        sa.select(IdDocumentType).where(IdDocumentType.code == applicant.id_type)
    )
    group = db.session.scalar(
        sa.select(NationalCode).where(
            NationalCode.table_name == "ethnic_group", NationalCode.code == applicant.ethnicity
        )
    )
    genders = {"1": gettext("Male"), "2": gettext("Female")}
    return {
        "applicant": applicant,
        "id_type": localized(kind, "name") if kind else applicant.id_type,
        "id_number": masking.mask_id(applicant.id_number),
        "gender": genders.get(str(applicant.gender or ""), ""),
        "group": localized(group, "name") if group else "",
        "mobile": masking.mask_mobile(applicant.mobile or ""),
        "cards": own_cards(applicant),
        "devices": own_devices(applicant),
        "connected": connected(applicant),
    }


def own_cards(applicant: Applicant) -> list[dict[str, object]]:
    """Return the cards in use with bank and masked number, newest first."""
    names = {
        row.code: localized(row, "short_name") for row in db.session.scalars(sa.select(Bank))
    }
    rows = db.session.scalars(
        sa.select(BankCard)
        .where(BankCard.applicant_id == applicant.id, BankCard.in_use)
        .order_by(BankCard.id.desc())
    )
    return [
        {
            "id": card.id,
            "bank": names.get(card.bank_code, card.bank_code),
            "number": masking.mask_card(card.number),
        }
        for card in rows
    ]


def own_devices(applicant: Applicant) -> int:
    """Return on how many devices the person is signed in."""
    rules, now = people_rules(), current.now()
    rows = db.session.scalars(
        sa.select(LoginSession).where(
            LoginSession.user_id == applicant.user_id, LoginSession.ended_at.is_(None)
        )
    )
    return sum(sessions.is_open(row, now=now, staff=False, rules=rules) for row in rows)


def connected(applicant: Applicant) -> str:
    """Return the names of the accounts elsewhere that open the hall for the person."""
    rows = outside_identities.of_user(db.session(), applicant.user_id or 0)
    names = [name_of(row.provider) for row in rows]
    return gettext(", ").join(names) if names else gettext("none")


def change_mobile(form: MobileForm) -> bool:
    """Save the new mobile, or put everything that is wrong into the form."""
    filled = form.validate()
    applicant = myself()
    key, of, actor, now = applicant.id, own_agency(applicant), current.actor(), current.now()
    problem = try_mobile(form, Purpose.CHANGE_MOBILE)
    if not filled:
        if problem is not None:
            form.attach(problem)
        return False
    try:
        with transaction() as writing:
            profiles.change_mobile(
                writing, writing.get_one(Applicant, key), form.mobile.data, form.token.data,
                form.code.data, agency=of, actor=actor, now=now, code_problem=problem,
            )  # fmt: skip
    except RuleBroken as broken:
        form.attach(broken)
        return False
    return True


def change_address(form: AddressForm) -> bool:
    """Save the address, or put what is wrong into the form."""
    applicant = myself()
    key, of, actor, now = applicant.id, own_agency(applicant), current.actor(), current.now()
    try:
        with transaction() as writing:
            profiles.update_address(
                writing, writing.get_one(Applicant, key), form.address.data or "",
                agency=of, actor=actor, now=now,
            )  # fmt: skip
    except RuleBroken as broken:
        form.attach(broken)
        return False
    return True
