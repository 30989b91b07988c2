"""The desk: what waits for each role, and the list of cases."""

from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds, home_page, queue_page, tour_page
from app.desk.case_deeds import DEEDS, Sent, do
from app.desk.sentences import sentence
from app.display.labels import PLAIN_STANDS, staff_words
from app.domain import lifecycle
from app.domain.terms import Role, Status
from app.domain.workdays import local_date
from app.extensions import db
from app.services import cases, reference
from app.services.review import worklist

MOST_AT_ONCE = 100
BULK = ("assign_me", "assign", "take_up")


class DeskView(BaseView):
    """The staff's first page and the list of cases."""

    route_base = "/desk"
    default_view = "home"
    class_permission_name = "Desk"
    method_permission_name = {"home": "home", "queue": "read", "seek": "read", "many": "read"}

    @expose("/")
    @has_access
    def home(self) -> str:
        """Show what waits for this person, each number leading to its list."""
        page: str = self.render_template(
            "desk/home.html",
            title=gettext("Workplace"),
            **home_page.gathered(db.session()),
            **tour_page.tour(),
        )
        return page

    @expose("/queue/")
    @has_access
    def queue(self) -> str:
        """Show the agency's cases, the most urgent first."""
        session, actor, now = db.session(), current.actor(), current.now()
        if actor.agency_id is None:
            abort(404)
        on = local_date(now)
        asked = queue_page.wanted(actor, on=on)
        found = worklist.find(session, asked, actor=actor, now=now)
        numbers = worklist.counts(session, actor=actor, now=now)
        names = worklist.colleagues(session, agency_id=actor.agency_id)
        queue_page.keep_list()
        page: str = self.render_template(
            "desk/queue.html",
            title=gettext("Cases to work on"),
            asked=asked,
            rows=queue_page.rows(
                found.cases,
                actor=actor,
                calendar=reference.calendar(session),
                names=names,
                amber=queue_page.amber_of(session, found.cases, on=on),
                now=now,
            ),
            chips=_chips(numbers, asked),
            statuses=_statuses(),
            reasons=queue_page.reason_options(session, actor.agency_id, on=on),
            spans=_spans(),
            before=queue_page.page_url(found.before, "before"),
            after=queue_page.page_url(found.after, "after"),
            colleagues=names if actor.has(Role.SUPERVISOR) else {},
            can_work=actor.has(Role.FIRST_REVIEWER, Role.SECOND_REVIEWER),
            here=request.full_path.rstrip("?"),
        )
        return page

    @expose("/queue/", methods=["POST"])
    @has_access
    def seek(self) -> Any:
        """Lead to the list that is searched for; its address names nobody."""
        return redirect(queue_page.sought_url(current.actor()))

    @expose("/queue/do", methods=["POST"])
    @has_access
    def many(self) -> Any:
        """Take up or assign the chosen cases, each by itself; what is refused is said."""
        name = request.form.get("deed", "")
        chosen = request.form.getlist("case")[:MOST_AT_ONCE]
        if single := request.form.get("take-up"):
            name, chosen = "take_up", [single]
        if name not in BULK or not deeds.may(*DEEDS[name].verbs):
            abort(403)
        done, refused = 0, []
        for key in filter(str.isdigit, chosen):
            broken = deeds.attempt(
                _one(name, int(key)), location="", about=f"application:{key}", part=key
            )
            done += broken is None
            refused += [sentence(broken)] if broken else []
        if done:
            flash(ngettext("%(num)s case done.", "%(num)s cases done.", done), "success")
        for why in dict.fromkeys(refused):
            flash(why, "danger")
        if not chosen:
            flash(gettext("Choose at least one case."), "warning")
        return redirect(queue_page.last_list())


def _one(name: str, case_id: int) -> Any:
    def work(session: Session) -> None:
        case = cases.get_case(session, case_id, actor=current.actor())
        form = dict(request.form.items()) | {"version": str(case.version)}
        do(Sent(session, case, form, current.actor(), current.now()), DEEDS[name])

    return work


def _chips(numbers: Any, asked: worklist.Wanted) -> list[tuple[str, str, bool]]:
    plain = not asked.words and not asked.status
    return [
        (
            f"{queue_page.chip_word(chip)} {queue_page.shown_count(numbers[chip])}",
            queue_page.chip_url(chip),
            plain and chip is asked.chip,
        )
        for chip in queue_page.CHIPS
        if numbers[chip] or chip is asked.chip or chip is worklist.Chip.OPEN
    ]


def _statuses() -> list[tuple[str, str]]:
    order = [status for status in Status if status is not Status.DRAFT]
    order.sort(key=lambda status: status not in lifecycle.OPEN)
    words = {status: staff_words(PLAIN_STANDS[status]).word for status in order}
    words[Status.SUBMITTED] = gettext("Submitted, not taken up")
    words[Status.IN_REVIEW] = gettext("In first review")
    return [(status.value, words[status]) for status in order]


def _spans() -> list[tuple[str, str]]:
    return [
        ("today", gettext("Today")),
        ("week", gettext("Last 7 days")),
        ("month", gettext("Last 31 days")),
    ]
