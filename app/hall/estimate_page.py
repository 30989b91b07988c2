"""Check before you start (额度测算): may I, how much, and if not, what would change it."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current, navigation
from app.display.words import localized
from app.domain.terms import Closes
from app.domain.workdays import local_date
from app.extensions import db
from app.hall.applying.apply import own_accounts
from app.hall.estimate import chosen_reason, closing_wish, estimate
from app.hall.estimate_advice import obstacles, own_standing, typed_standing
from app.hall.offers import Service, services_of
from app.models import Account
from app.services import reference

CHOOSING = {"agency", "service", "reason"}
"""What only chooses the questions: with no more than that nothing was answered yet."""


class EstimateView(BaseView):
    """The public calculator: it keeps nothing and asks for nothing that names a person."""

    route_base = "/estimate"
    default_view = "index"

    @expose("/")
    def index(self) -> str:
        """Show the questions of a reason and what the answers come to."""
        session, on = db.session(), local_date(current.now())
        account = _own_account(session)
        agency = account.agency if account else navigation.chosen_agency()
        services = services_of(session, agency, on) if agency else []
        chosen = _chosen(services, account)
        return self.render_template(
            "hall/estimate.html",
            agency=agency,
            agencies=navigation.agencies(),
            services=[(str(one.scheme.id), localized(one.scheme, "name")) for one in services],
            service=chosen,
            accounts=own_accounts(session) if account else [],
            account=account,
            brand=navigation.brand_of(agency) if agency else navigation.neutral(),
            **(_worked_out(session, chosen, account) if chosen and chosen.count else {}),
        )


def _worked_out(session: Session, service: Service, account: Account | None) -> dict[str, Any]:
    """Return the answers, the amount and what stands in the way."""
    on = local_date(current.now())
    typed: Mapping[str, str] = request.args.to_dict()
    if account is not None and not typed.get("balance"):
        free = account.available - account.frozen_amount
        typed = {**typed, "balance": f"{max(free, 0):.2f}"}
    reasons = reference.reasons_in_force(session, service.scheme.id, on)
    reason = chosen_reason(reasons, typed.get("reason", ""))
    standing = (
        own_standing(session, account, reason.code) if account else typed_standing(typed, on)
    )
    return {
        "reason": reason,
        "typed": typed,
        "is_asked": account is not None or not set(typed) <= CHOOSING,
        "calculator": estimate(session, service.scheme, typed, on),
        "obstacles": obstacles(
            session, reason, standing, closing=closing_wish(reason, typed), on=on
        ),
        "errors": standing.errors or {},
        "states": [
            ("normal", gettext("In use, contributions come in")),
            ("sealed", gettext("Sealed, nobody contributes")),
            ("frozen", gettext("Frozen by a court or the office")),
        ],
        "asks_interval": bool(reason.min_interval_months),
        "asks_sealed": reason.closes_account is not Closes.NEVER,
    }


def _own_account(session: Session) -> Account | None:
    """Return the own account to begin with: the one named, else the first."""
    if current.actor().applicant_id is None:
        return None
    accounts = own_accounts(session)
    wanted = request.args.get("account", type=int)
    named = next((one for one in accounts if one.id == wanted), None)
    return named or next(iter(accounts), None)


def _chosen(services: list[Service], account: Account | None) -> Service | None:
    """Return the service asked about: that of the own account, the one chosen, or the first."""
    wanted = account.scheme_id if account else request.args.get("service", type=int)
    found = next((one for one in services if one.scheme.id == wanted), None)
    return found or next(iter(services), None)
