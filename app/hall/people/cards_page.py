"""Adding and removing receiving accounts (本人银行卡)."""

import sqlalchemy as sa
from flask import abort, flash, redirect, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, outside
from app.display.words import localized
from app.domain import cards
from app.domain.errors import NotAllowed, RuleBroken
from app.extensions import db
from app.hall.people.forms_people import CardForm
from app.hall.people.profile import myself, own_agency
from app.models import Applicant, Bank
from app.repeating import once
from app.services.people import own_cards
from app.transaction import transaction


class CardView(BaseView):
    """The cards to which money may be paid."""

    route_base = "/hall/cards"
    default_view = "add"
    class_permission_name = "Hall"
    method_permission_name = {"add": "read", "remove": "read"}

    @expose("/add/", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | str:
        """Show the form, and keep the card when it can be one's own."""
        form = CardForm()
        if form.is_submitted() and keep(form):
            flash(gettext("The card is saved."), "success")
            return redirect(url_for("ProfileView.index"))
        return self.render_template("hall/card_add.html", form=form, banks=banks())

    @expose("/<int:card_id>/remove/", methods=["POST"])
    @has_access
    def remove(self, card_id: int) -> Response:
        """Take a card off the list; cases that name it keep it."""
        key, actor, now = myself().id, current.actor(), current.now()
        try:
            with transaction() as writing:
                applicant = writing.get_one(Applicant, key)
                own_cards.remove_card(writing, applicant, card_id, actor=actor, now=now)
        except NotAllowed:
            abort(404)
        flash(gettext("The card is removed."), "success")
        return redirect(url_for("ProfileView.index"))


def keep(form: CardForm) -> bool:
    """Save the card, or put what is wrong into the form."""
    if not form.validate():
        return False
    applicant = myself()
    key, of, actor, now = applicant.id, own_agency(applicant), current.actor(), current.now()
    number = cards.normalise(form.bank_account_no.data)
    match = outside.card_check().check(
        applicant.name, applicant.id_number, number, applicant.mobile or ""
    )

    def deed(writing: Session) -> str:
        own_cards.add_card(
            writing, writing.get_one(Applicant, key), number, form.bank_code.data or "",
            agency=of, actor=actor, now=now, card_class=form.card_class.data or "I",
            holder_check=str(match),
        )  # fmt: skip
        return url_for("ProfileView.index")

    try:
        once(deed)
    except RuleBroken as broken:
        form.attach(broken)
        return False
    return True


def banks() -> list[tuple[str, str]]:
    """Return the banks in the reader's language, the usual ones first."""
    rows = db.session.scalars(sa.select(Bank).order_by(Bank.sort_order, Bank.code))
    return [(row.code, localized(row, "short_name")) for row in rows]
