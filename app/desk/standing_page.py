"""Agreed monthly withdrawals at the desk: signed by two, stopped with a reason."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.terms import term
from app.display.words import localized
from app.domain.errors import RuleBroken
from app.domain.masking import mask_name
from app.domain.terms import OrderState
from app.extensions import db
from app.models import StandingOrder
from app.services import reference
from app.services.standing_orders import agreeing, months, proof

MOST_SHOWN = 100


class MonthlyView(BaseView):
    """What waits for signatures, and what runs."""

    route_base = "/desk/monthly"
    default_view = "index"
    class_permission_name = "Desk"
    method_permission_name = {"index": "read", "decide": "read", "stop": "read"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show the agreements of the agency: those to sign first."""
        return self._page()

    @expose("/<int:key>/decide", methods=["POST"])
    @has_access
    def decide(self, key: int) -> Any:
        """Sign the terms that were shown, or refuse them with the reason."""
        form = request.form

        def work(session: Session) -> None:
            who: dict[str, Any] = {"actor": current.actor(), "now": current.now()}
            order = agreeing.get(session, key, actor=current.actor())
            if form.get("deed") == "sign":
                agreeing.sign(session, order, seen=form.get("terms", ""), **who)
            else:
                agreeing.decline(session, order, reason=form.get("reason", ""), **who)

        return self._done(work, key, gettext("Recorded."))

    @expose("/<int:key>/stop", methods=["POST"])
    @has_access
    def stop(self, key: int) -> Any:
        """Stop an agreement for the office."""

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            order = agreeing.get(session, key, actor=actor)
            reason = request.form.get("reason", "")
            agreeing.stop_by_staff(session, order, reason=reason, actor=actor, now=now)
            months.stand_down(session, order, now=now)

        return self._done(work, key, gettext("Stopped; the applicant reads the reason."))

    def _done(self, work: Callable[[Session], None], key: int, said: str) -> Any:
        here = url_for("MonthlyView.index")
        if not deeds.may("decide", "second", "supervise"):
            abort(403)
        broken = deeds.attempt(work, location=here, about=f"standing_order:{key}")
        if broken is None:
            flash(said, "success")
            return redirect(here)
        if broken.code == "not_found":
            abort(404)
        return self._page(broken, key), 422

    def _page(self, broken: RuleBroken | None = None, key: int = 0) -> str:
        session, actor = db.session(), current.actor()
        if actor.agency_id is None:
            abort(404)
        banks = {bank.code: localized(bank, "short_name") for bank in reference.banks(session)}
        found = {
            state: agreeing.of_agency(session, actor=actor, state=state, limit=MOST_SHOWN)
            for state in (OrderState.PROPOSED, OrderState.ACTIVE)
        }
        page: str = self.render_template(
            "desk/monthly.html",
            title=gettext("Monthly withdrawals by agreement"),
            waiting=[_shown(session, one, banks) for one in found[OrderState.PROPOSED]],
            running=[_shown(session, one, banks) for one in found[OrderState.ACTIVE]],
            may_sign=deeds.may("decide", "second"),
            may_stop=deeds.may("decide", "second", "supervise"),
            problems=[(f"reason-{key}", sentence(broken))] if broken else [],
            typed=request.form.get("reason", "") if broken else "",
            typed_for=key,
        )
        return page


def _shown(session: Session, order: StandingOrder, banks: Mapping[str, str]) -> dict[str, Any]:
    """Return an agreement as staff read it: names masked, the fingerprint of what they sign."""
    reason = reference.reason(session, order.scheme_id, order.reason_code, order.starts_on)
    return {
        "order": order,
        "person": mask_name(order.payee_name),
        "reason": reason,
        "bank": banks.get(order.payee_bank_code, order.payee_bank_code),
        "terms": proof.terms_of(order).fingerprint(),
        "signed": [one.actor_name for one in order.signatures],
        "next": term(agreeing.next_signer(order)),
        "last": order.months[0] if order.months else None,
    }
