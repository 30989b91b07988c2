"""The front page, and what each reason asks for."""

import datetime as dt

from flask import abort, request
from flask_appbuilder import IndexView, expose

from app import current, navigation
from app.domain.errors import Invalid
from app.domain.workdays import SHANGHAI
from app.extensions import db
from app.hall.estimate import estimate
from app.hall.guide_words import steps_of, tips_of
from app.hall.offers import papers_of, services_of
from app.models import Scheme, WithdrawalReason
from app.services import reference
from app.services.catalogue import front_notices


class FrontView(IndexView):
    """What the hall is, whom it serves, and the way in."""

    route_base = ""
    default_view = "index"

    @expose("/")
    def index(self) -> str:
        """Show the agency's front page, or the agencies to choose from."""
        agency = navigation.chosen_agency()
        if agency is None or "choose" in request.args:
            return self.render_template(
                "hall/doors.html", agencies=navigation.agencies(), brand=navigation.neutral()
            )
        services = services_of(db.session(), agency, today())
        return self.render_template(
            "hall/front.html",
            agency=agency,
            services=services,
            notices=front_notices.shown_on(db.session(), agency.id, today()),
            has_choice=len(navigation.agencies()) > 1,
            brand=navigation.brand_of(agency),
            calculator=estimate(db.session(), services[0].scheme, request.args, today())
            if services
            else None,
        )

    @expose("/guide/<agency>/<reason>")
    def guide(self, agency: str, reason: str) -> str:
        """Show the conditions, the amount and the papers of one reason."""
        found = navigation.agency_by_code(agency) or abort(404)
        offered = _reason(found.schemes, reason) or abort(404)
        settings = reference.settings_on(db.session(), offered.scheme_id, today())
        return self.render_template(
            "hall/guide.html",
            agency=found,
            reason=offered,
            papers=papers_of(db.session(), offered, today()),
            settings=settings,
            steps=steps_of(offered, offered.scheme, settings),
            tips=tips_of(db.session(), offered, on=today()),
            brand=navigation.brand_of(found),
        )


def today() -> dt.date:
    """Return the day in Shanghai, by the application's clock."""
    return current.now().astimezone(SHANGHAI).date()


def _reason(schemes: list[Scheme], code: str) -> WithdrawalReason | None:
    for scheme in schemes:
        try:
            found = reference.reason(db.session(), scheme.id, code, today())
        except Invalid:
            continue
        return found if found.enabled else None
    return None
