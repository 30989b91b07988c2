"""The wizard: one view for every page of an application."""

import datetime as dt
from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, outside, repeating
from app.domain import steps
from app.domain.errors import IllegalMove, Invalid, ManyProblems, NotAllowed, RuleBroken
from app.domain.page_words import Page
from app.domain.policy import Actor
from app.domain.terms import Status
from app.extensions import db
from app.hall import wording
from app.hall.applying.forms_wizard import WizardPage, address_of, with_problems
from app.hall.applying.letter import letter_in_force, letter_text
from app.hall.applying.papers import Papers
from app.hall.forms import told
from app.hall.wording import said
from app.models import Application
from app.navigation import brand_of
from app.services import applications
from app.services.applying import answers, houses, wizard
from app.services.records import repeats
from app.transaction import transaction

OPEN_FOR_THE_APPLICANT = frozenset({Status.DRAFT, Status.RETURNED})


class WizardView(BaseView):
    """The pages of an application, from the first to its result."""

    route_base = "/hall/apply"
    default_view = "go_on"
    class_permission_name = "Hall"
    method_permission_name = dict.fromkeys(
        ("go_on", "show", "save", "look_up", "calculate", "result"), "apply"
    )

    @expose("/<int:key>/")
    @has_access
    def go_on(self, key: int) -> Response:
        """Go to the first page that is still open."""
        case = own_case(key)
        if case.status not in OPEN_FOR_THE_APPLICANT:
            return redirect(url_for("ProgressView.show", key=key))
        return redirect(address_of(case, _furthest(case)))

    @expose("/<int:key>/<word>/")
    @has_access
    def show(self, key: int, word: str) -> Response | str:
        """Show a page; a later one than the first open page leads there."""
        case = own_case(key)
        page = _page(word)
        if case.status not in OPEN_FOR_THE_APPLICANT:
            return redirect(url_for("ProgressView.show", key=key))
        shown = WizardPage(db.session(), case, page, now=current.now())
        order, first_open = shown.order, shown.furthest
        if page not in order or order.index(page) > order.index(first_open):
            return redirect(address_of(case, first_open))
        return self._page(shown)

    @expose("/<int:key>/<word>/", methods=["POST"])
    @has_access
    def save(self, key: int, word: str) -> Response | str:
        """Save a page and go to the next; the last one submits."""
        page, typed, actor, now = _page(word), _typed(), current.actor(), current.now()
        if (again := _answered_before(typed, actor)) is not None:
            return redirect(again)
        try:
            with transaction() as session:
                location = _save(session, key, page, typed, actor=actor, now=now)
        except NotAllowed:
            abort(404)
        except (IllegalMove, Invalid, ManyProblems) as broken:
            location = _answered_before(typed, actor) or ""
            if not location:
                return self._came_back(key, page, typed, broken)
        return redirect(location)

    @expose("/<int:key>/<word>/house-lookup/", methods=["POST"])
    @has_access
    def look_up(self, key: int, word: str) -> Response | str:
        """Look the house up and show it back (返显); everything else typed stays on the page."""
        page, typed, actor, now = _page(word), _typed(), current.actor(), current.now()
        try:
            with transaction() as session:
                case = applications.get_own(session, key, actor=actor)
                houses.look_up(
                    session, case, lookup_by=typed.get("lookup_by", ""),
                    number=typed.get("house_no", ""), registry=outside.registry(),
                    actor=actor, now=now,
                )  # fmt: skip
        except NotAllowed:
            abort(404)
        except RuleBroken as broken:
            return self._came_back(key, page, typed, broken, near="house")
        with db.session.no_autoflush:
            return self._filled(own_case(key), page, typed, None)

    @expose("/<int:key>/<word>/calculate/", methods=["POST"])
    @has_access
    def calculate(self, key: int, word: str) -> Response | str:
        """Work the amount out with the answers as they are typed; nothing is saved."""
        page, typed, actor, now = _page(word), _typed(), current.actor(), current.now()
        typed = {name: value for name, value in typed.items() if name != "amount"}
        case = own_case(key)
        with db.session.no_autoflush:
            problems = answers.try_answers(
                db.session(), case, typed, actor=actor, now=now,
                card_check=outside.card_check(),
            )  # fmt: skip
            broken = ManyProblems(problems) if problems else None
            return self._filled(case, page, typed, broken)

    @expose("/<int:key>/result/")
    @has_access
    def result(self, key: int) -> Response | str:
        """Say that the application was submitted, and what comes next."""
        case = own_case(key)
        if case.status is not Status.SUBMITTED:
            return redirect(url_for("WizardView.go_on", key=key))
        flow = wizard.flow_of(case)
        return self.render_template(
            "hall/result.html",
            brand=brand_of(case.agency),
            case=case,
            heading=said(steps.title(flow, Page.RESULT)),
            line=said(wording.RESULT_LINES[flow]),
            sum_label=said(wording.SUM[flow]),
        )

    def _page(self, page: WizardPage) -> str:
        """Show a page with what it needs beside the form."""
        session, case, now = page.session, page.application, page.now
        signs = "letter" in page.sections
        return self.render_template(
            "hall/page.html",
            brand=brand_of(case.agency),
            page=page,
            case=case,
            typed=page.typed,
            letter=letter_text(session, case, now=now) if signs else "",
            letter_version=letter_in_force(session, case, now=now).version if signs else "",
            papers=Papers(session, case, now=now) if "papers" in page.sections else None,
        )

    def _came_back(
        self, key: int, page: Page, typed: Mapping[str, str], broken: RuleBroken, near: str = ""
    ) -> Response | str:
        """Show the page again with every problem, or why the case was not submitted."""
        case = own_case(key)
        if case.status not in OPEN_FOR_THE_APPLICANT:
            flash(told(db.session(), case, broken)[0][1], "warning")
            return redirect(url_for("ProgressView.show", key=key))
        shown = WizardPage(db.session(), case, page, now=current.now())
        if page not in shown.order:
            return redirect(address_of(case, shown.furthest))
        if near or _belongs(shown, broken):
            with db.session.no_autoflush:
                return self._filled(case, page, typed, broken)
        return failure_page(shown, broken)

    def _filled(
        self, case: Application, page: Page, typed: Mapping[str, str], broken: RuleBroken | None
    ) -> str:
        """Show a page with what was typed; questions follow a sub-type just chosen."""
        if typed.get("subtype") in (case.reason.subtypes or ()):
            case.subtype = typed["subtype"]
        shown = WizardPage(db.session(), case, page, now=current.now())
        shown.typed = with_problems(shown, typed, broken or ManyProblems([]))
        return self._page(shown)


def failure_page(page: WizardPage, broken: RuleBroken) -> str:
    """Say why a case was not submitted (提交失败原因), with the way back to each page."""
    case = page.application
    return render_template(
        "hall/failed.html",
        brand=brand_of(case.agency),
        case=case,
        heading=said(wording.FAILED),
        problems=told(page.session, case, broken),
        pages=[
            (said(steps.title(page.flow, one)), address_of(case, one)) for one in page.order
        ],
    )


def own_case(key: int) -> Application:
    """Return a case of the applicant who asks, or answer 404."""
    try:
        return applications.get_own(db.session(), key, actor=current.actor())
    except NotAllowed:
        abort(404)


def _save(
    session: Session, key: int, page: Page, typed: Mapping[str, str], *, actor: Actor,
    now: dt.datetime,
) -> str:  # fmt: skip
    """Save a page, submit the case if it is the last, and return where to go.

    An answer can make a page the last one that was not; it is shown again with the letter.
    """
    case = applications.get_own(session, key, actor=actor)
    shown = WizardPage(session, case, page, now=now)
    if page not in shown.order:
        raise IllegalMove("the page is not open", code="not_open_for_you")
    was_last, signs = shown.is_last, shown.signs
    traces = {"_address": actor.address, "_agent": request.user_agent.string}
    answers.save_page(
        session, case, page, {**typed, **traces}, actor=actor, now=now,
        card_check=outside.card_check(),
    )  # fmt: skip
    order = wizard.pages_of(session, case, now=now)
    if page is not order[-1]:
        return address_of(case, steps.following(order, page))
    if not (was_last or signs):
        return shown.address
    signature = _signature(typed, actor) if signs else None
    if signs and signature is None and shown.is_returned:
        raise ManyProblems([Invalid(code="agree_missing", field="agree")])
    applications.submit(session, case, actor=actor, now=now, signature=signature)
    location = address_of(case, Page.RESULT)
    repeats.remember(
        session, typed.get(repeating.FIELD, ""), user_id=actor.user_id, route="WizardView.save",
        location=location, now=now,
    )  # fmt: skip
    return location


def _signature(typed: Mapping[str, str], actor: Actor) -> Mapping[str, str] | None:
    if typed.get("agree") != "yes":
        return None
    return {"address": actor.address, "agent": request.user_agent.string[:200]}


def _answered_before(typed: Mapping[str, str], actor: Actor) -> str | None:
    return repeats.first_answer(
        db.session(), typed.get(repeating.FIELD, ""), user_id=actor.user_id
    )


def _belongs(page: WizardPage, broken: RuleBroken) -> bool:
    """Tell whether every problem can be put right on this page."""
    problems = broken.problems if isinstance(broken, ManyProblems) else [broken]
    here = set(page.fields)
    materials = "papers" in page.sections
    return all(
        problem.field in here or (materials and problem.field.startswith("material-"))
        for problem in problems
    )


def _furthest(case: Application) -> Page:
    order = wizard.pages_of(db.session(), case, now=current.now())
    return steps.furthest(order, wizard.done(case))


def _page(word: str) -> Page:
    if word not in set(Page) or word == Page.RESULT:
        abort(404)
    return Page(word)


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name != "csrf_token"}
