"""The red switch: stop payouts at once; let them go on, one proposes and another confirms."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.words import localized
from app.domain.errors import RuleBroken
from app.domain.terms import Role
from app.extensions import db
from app.jobs.housekeeping import STOP_BOOKS
from app.jobs.payouts import STOP_BROKEN, STOP_DECISION
from app.models import PayoutStop
from app.services.paying import stops
from app.services.paying.bank_files import STOP_CLASH, STOP_UNWRITABLE
from app.services.paying.payments import STOP_DIFFERS, STOP_REFUSED
from app.services.paying.statements import STOP_THEIRS

BY_THE_HALL: Mapping[str, str] = {
    STOP_THEIRS: _l("The bank's statement has a payment that is not ours."),
    STOP_REFUSED: _l("The bank refused a message as a whole."),
    STOP_DIFFERS: _l("The bank holds something else under one of our references."),
    STOP_DECISION: _l("A payment is not what two people signed."),
    STOP_BROKEN: _l("A payment broke a rule of the books."),
    STOP_UNWRITABLE: _l("A batch could not be written as a file."),
    STOP_CLASH: _l("Another file lies where a batch was to go."),
    STOP_BOOKS: _l("The daily proof of the books has found a difference."),
}
"""Why the hall itself stops payouts, in the reader's language."""

RIGHTS = ("role_missing", "four_eyes", "own_case", "not_found")


class PayoutSwitchView(BaseView):
    """What stands between payouts and the bank: of the own agency, or of all."""

    route_base = "/desk/payout-switch"
    default_view = "show"
    class_permission_name = "Payouts"
    method_permission_name = dict.fromkeys(
        ("show", "stop", "propose", "confirm", "withdraw"), "stop"
    )

    @expose("/")
    @has_access
    def show(self) -> str:
        """Show the switch and every stop that is open."""
        return self._render()

    @expose("/stop", methods=["POST"])
    @has_access
    def stop(self) -> Any:
        """Stop payouts at once, with a reason."""

        def work(session: Session) -> None:
            reason = request.form.get("reason", "")
            stops.stop_by_hand(session, actor=current.actor(), now=current.now(), reason=reason)

        return self._done(work, gettext("Payouts are stopped. Nothing more goes to the bank."))

    @expose("/<int:stop_id>/propose", methods=["POST"])
    @has_access
    def propose(self, stop_id: int) -> Any:
        """Say why payouts may go on; another person confirms."""

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            stop = stops.get_stop(session, stop_id, actor=actor)
            why = request.form.get("reason", "")
            stops.propose_lift(session, stop, actor=actor, now=now, why=why)

        said = gettext("Proposed. The books are being proven; then another person confirms.")
        return self._done(work, said, about=f"payout_stop:{stop_id}")

    @expose("/<int:stop_id>/confirm", methods=["POST"])
    @has_access
    def confirm(self, stop_id: int) -> Any:
        """Let payouts go on, as the second person."""

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            stop = stops.get_stop(session, stop_id, actor=actor)
            stops.confirm_lift(session, stop, actor=actor, now=now)

        return self._done(work, gettext("Payouts go on."), about=f"payout_stop:{stop_id}")

    @expose("/<int:stop_id>/withdraw", methods=["POST"])
    @has_access
    def withdraw(self, stop_id: int) -> Any:
        """Take a proposal back: payouts stay stopped."""

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            stop = stops.get_stop(session, stop_id, actor=actor)
            stops.withdraw_lift(session, stop, actor=actor, now=now)

        said = gettext("The proposal is withdrawn. Payouts stay stopped.")
        return self._done(work, said, about=f"payout_stop:{stop_id}")

    def _done(self, work: Any, said: str, *, about: str = "agency") -> Any:
        here = url_for("PayoutSwitchView.show")
        broken = deeds.attempt(work, location=here, about=about)
        if broken is None:
            flash(said, "success")
            return redirect(here)
        return self._render(broken), 403 if broken.code in RIGHTS else 422

    def _render(self, broken: RuleBroken | None = None) -> str:
        session, actor = db.session(), current.actor()
        page: str = self.render_template(
            "desk/payout_switch.html",
            title=gettext("Stop and resume payouts"),
            stops=shown(session),
            everywhere=actor.has(Role.INSTALLATION_ADMIN),
            problems=[(broken.field, sentence(broken))] if broken else [],
            typed=request.form,
        )
        return page


def shown(session: Session) -> list[dict[str, Any]]:
    """Return the open stops with what the person signed in may do about each."""
    actor = current.actor()
    if not actor.has(*stops.STOPPERS, Role.AUDITOR, Role.INSTALLATION_ADMIN):
        return []
    return [_one(session, stop) for stop in stops.open_stops(session, actor=actor)]


def _one(session: Session, stop: PayoutStop) -> dict[str, Any]:
    actor = current.actor()
    proof = stops.proof_of(session, stop, now=current.now())
    installation = stop.by_installation and actor.has(Role.INSTALLATION_ADMIN)
    first = installation or (not stop.by_installation and actor.has(*stops.STOPPERS))
    second = installation or actor.has(*stops.LIFTERS)
    proposed = stop.proposed_by is not None
    return {
        "id": stop.id,
        "agency": localized(stop.agency, "short_name"),
        "reason": BY_THE_HALL.get(stop.reason, stop.reason),
        "by": stop.stopped_name if stop.stopped_by else gettext("the hall itself"),
        "at": stop.stopped_at,
        "again": stop.again_at,
        "proposed": proposed,
        "proposed_name": stop.proposed_name,
        "proposed_at": stop.proposed_at,
        "why": stop.proposed_why,
        "proof": proof,
        "proven": proof is not None and proof.violations == 0,
        "may_propose": first and not proposed,
        "may_confirm": proposed and second and stop.proposed_by != actor.user_id,
        "may_withdraw": proposed and (first or second),
    }
