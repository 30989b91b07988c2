"""Rating the service (好差评): of one's own case when it has ended, or of the hall as a whole."""

import datetime as dt
from typing import Any

from flask import abort, flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current, navigation
from app.display.feedback import RATINGS, REASONS
from app.display.sentences import sentences
from app.display.words import localized
from app.domain import feedback as rules
from app.domain import signs
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.lifecycle import FINAL
from app.extensions import db
from app.hall.applying.wizard import own_case
from app.hall.forms import Typed
from app.models import Agency, Application, Feedback
from app.repeating import once, sent_key
from app.services.records import feedback
from app.transaction import transaction

GIVEN = "feedback_given"
SHOWN = dt.timedelta(minutes=10)
"""So long the code of a rating is shown to who gave it, on a machine others may use."""

GROUP = 4
MOST_CODE = 60


class FeedbackView(BaseView):
    """What anybody says of the hall, with or without a name."""

    route_base = "/feedback"
    default_view = "index"

    @expose("/")
    def index(self) -> str:
        """Show the form."""
        return self.render_template("hall/feedback.html", **asked(Typed(), _office()))

    @expose("/", methods=["POST"])
    def send(self) -> Any:
        """Keep what was said."""
        office = _office()
        if office is None:
            problem = ("office", gettext("Please choose the office."))
            typed = Typed(request.form, [problem])
            return self.render_template("hall/feedback.html", **asked(typed, None)), 422
        key, code = office.id, feedback.code_of(sent_key())

        def deed(session: Session) -> str:
            row = feedback.say(
                session, key, _typed(), named=request.form.get("named") == "yes", code=code,
                address=request.remote_addr or "", actor=current.actor(), now=current.now(),
            )  # fmt: skip
            return url_for("FeedbackView.thanks", by=row.due_on)

        try:
            there = once(deed)
        except RuleBroken as broken:
            typed = Typed(request.form, sentences(broken))
            return self.render_template("hall/feedback.html", **asked(typed, office)), 422
        session[GIVEN] = [code, current.now().timestamp()]
        return redirect(there)

    @expose("/thanks/")
    def thanks(self) -> str:
        """Say what becomes of it; who was not content gets the code to read the answer by."""
        code, since = session.get(GIVEN, ("", 0.0))
        is_fresh = current.now().timestamp() - since < SHOWN.total_seconds()
        return self.render_template(
            "hall/feedback-thanks.html",
            code=signs.grouped(code, GROUP) if is_fresh and "by" in request.args else "",
        )

    @expose("/answer/", methods=["GET", "POST"])
    def answer(self) -> Any:
        """Show what was said and what the office answered to who knows the code."""
        if request.method == "GET":
            return self.render_template("hall/feedback-answer.html", typed=Typed())
        try:
            found, status = _asked_for(request.form.get("code", "")), 200
        except NotAllowed as broken:
            typed = Typed(request.form, [("code", sentences(broken)[0][1])])
            status = 429 if broken.code == "too_many_tries" else 422
            return self.render_template("hall/feedback-answer.html", typed=typed), status
        return self.render_template(
            "hall/feedback-answer.html",
            typed=Typed(),
            found=found,
            rating=RATINGS[found.rating],
            reasons=[str(REASONS[code]) for code in found.reasons if code in REASONS],
            office=db.session.get_one(Agency, found.agency_id),
        )


class CaseFeedbackView(BaseView):
    """What the applicant says of a case that has ended, once."""

    route_base = "/hall/feedback"
    default_view = "show"
    class_permission_name = "Hall"
    method_permission_name = {"show": "read", "send": "apply"}

    @expose("/<int:key>/")
    @has_access
    def show(self, key: int) -> Any:
        """Show the form; what was said already stands with the case."""
        case = own_case(key)
        if not open_to_say(case):
            return redirect(url_for("ProgressView.show", key=key))
        return self.render_template(
            "hall/feedback.html", **asked(Typed(), case.agency, case=case)
        )

    @expose("/<int:key>/", methods=["POST"])
    @has_access
    def send(self, key: int) -> Any:
        """Keep what was said of the case."""
        case, there = own_case(key), url_for("ProgressView.show", key=key)

        def deed(session: Session) -> str:
            again = session.get_one(Application, key)
            feedback.say(
                session, again.agency_id, _typed(), case=again,
                actor=current.actor(), now=current.now(),
            )  # fmt: skip
            return there

        try:
            target = once(deed)
        except RuleBroken as broken:
            if broken.code in ("feedback_open", "rated_already"):
                flash(sentences(broken)[0][1], "warning")
                return redirect(there)
            typed = Typed(request.form, sentences(broken))
            page = self.render_template(
                "hall/feedback.html", **asked(typed, case.agency, case=case)
            )
            return page, 422
        flash(gettext("Thank you. The office reads it and improves by it."), "success")
        return redirect(target)


def _asked_for(code: str) -> Feedback:
    """Return the rating of a code; raise ``NotAllowed`` (too_many_tries, feedback_unknown)."""
    address = current.actor().address or request.remote_addr or ""
    with transaction() as session:
        row = feedback.by_code(session, code[:MOST_CODE], address=address, now=current.now())
        key = row.id if row else None
    if key is None:
        raise NotAllowed("no such code", code="feedback_unknown")
    return db.session.get_one(Feedback, key)


def open_to_say(case: Application) -> bool:
    """Tell whether a case has ended and nothing was said of it yet."""
    return case.status in FINAL and feedback.of_case(db.session(), case) is None


def asked(
    typed: Typed, office: Agency | None, *, case: Application | None = None
) -> dict[str, Any]:
    """Return what the form shows: the levels, what may be ticked, what was typed."""
    ticked = set(request.form.getlist("reasons"))
    return {
        "typed": typed,
        "case": case,
        "office": office,
        "offices": [(one.code, localized(one, "name")) for one in navigation.agencies()],
        "brand": navigation.brand_of(office) if office else navigation.neutral(),
        "levels": [(level.value, str(word)) for level, word in RATINGS.items()],
        "groups": [
            (legend, [(code, str(REASONS[code]), code in ticked) for code in codes])
            for legend, codes in (
                (gettext("What was good"), rules.PRAISED),
                (gettext("What should be better"), rules.FAULTED),
            )
        ],
        "may_be_named": case is None and current.actor().applicant_id is not None,
        "most": rules.LONGEST,
        "problems": typed.summary(["rating", "text", "office"]),
    }


def _typed() -> feedback.Said:
    return feedback.Said(
        rating=request.form.get("rating", ""),
        reasons=tuple(request.form.getlist("reasons")),
        text=request.form.get("text", ""),
    )


def _office() -> Agency | None:
    """Return the office it is about: the one chosen on the form, else the visitor's."""
    if code := request.form.get("office", ""):
        return navigation.agency_by_code(code) or abort(400)
    actor = current.actor()
    if actor.agency_id:
        return db.session.get(Agency, actor.agency_id)
    return navigation.chosen_agency()
