"""Help and the texts one may want to read before coming in: public, no log-in."""

from collections.abc import Mapping

from flask import abort, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext

from app import current, navigation, outside
from app.display.browsers import in_wechat
from app.display.prose import prose
from app.display.words import localized
from app.domain.workdays import local_date
from app.extensions import db
from app.hall.outside.outside_ways import ways
from app.hall.wechat.wechat_shown import offers_fund, picture, shown
from app.models import Agency
from app.services import reference

TOPICS = ("unified-login", "wechat", "app")
"""Other ways in than registering here; each is a page that says how."""


class HelpView(BaseView):
    """How to come in and how things are done here."""

    route_base = ""
    default_view = "index"

    @expose("/help/")
    def index(self) -> str:
        """Show the list of topics and the way of an application from start to money."""
        return self.render_template(
            "hall/help.html", title=gettext("Help"), correction_days=correction_days()
        )

    @expose("/help/<topic>/")
    def topic(self, topic: str) -> str:
        """Show how to come in by another way."""
        if topic not in TOPICS:
            abort(404)
        facts: dict[str, object] = {"ways": ways()} if topic == "unified-login" else {}
        if topic == "wechat":
            facts = {"accounts": shown(), "inside": in_wechat(), "fund": offers_fund()}
        if topic == "app":
            address = _front()
            facts = {"address": address, "code": picture(address), "inside": in_wechat()}
        return self.render_template(f"hall/help-{topic}.html", **facts)

    @expose("/agreement/<agency>")
    def agreement(self, agency: str) -> str:
        """Show what one agrees to when registering at an agency."""
        found = _agency(agency)
        return self._text(found, localized(found, "agreement_title"), "agreement")

    @expose("/privacy/<agency>")
    def privacy(self, agency: str) -> str:
        """Show how an agency handles personal data."""
        return self._text(_agency(agency), gettext("How personal data is handled"), "privacy")

    @expose("/accessibility/")
    def accessibility(self) -> str:
        """Say what the hall does so that everybody can use it, and whom to tell if not."""
        return self.render_template("hall/help-accessibility.html")

    def _text(self, agency: Agency, title: str, name: str) -> str:
        """Show one of the agency's texts; the Chinese one decides."""
        return self.render_template(
            "hall/help-text.html",
            title=title,
            text=prose(localized(agency, name), agency_words(agency)),
            version=agency.agreement_version,
            brand=navigation.brand_of(agency),
        )


def correction_days() -> str:
    """Return the working days for a correction: of the chosen office, else the range of all."""
    session, on = db.session(), local_date(current.now())
    chosen = navigation.chosen_agency()
    found = {
        int(reference.settings_on(session, scheme.id, on)["correction_days"])
        for scheme in reference.schemes(session)
        if chosen is None or scheme.agency_id == chosen.id
    }
    return "–".join(str(days) for days in sorted({min(found), max(found)})) if found else "-"


def agency_words(agency: Agency) -> Mapping[str, str]:
    """Return what fills the places of an agency's texts."""
    return {
        "office_name": localized(agency, "name"),
        "office_word": localized(agency, "office_word"),
        "hall_name": localized(agency, "hall_name"),
        "hotline": agency.hotline,
        "address": localized(agency, "address"),
        "hours": localized(agency, "hours"),
    }


def _front() -> str:
    """Return the address of the front page, with the office that the reader has chosen."""
    chosen = navigation.chosen_agency()
    page = url_for("FrontView.index", agency=chosen.code if chosen else None)
    return outside.public_address() + page


def _agency(code: str) -> Agency:
    return navigation.agency_by_code(code) or abort(404)
