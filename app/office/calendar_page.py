"""The calendar: a year as months, with days off and the working days swapped for them."""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import format_date, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, health
from app.display.words import localized
from app.domain.errors import RuleBroken
from app.domain.terms import DayKind, Role
from app.domain.workdays import local_date
from app.extensions import db
from app.models import WorkingDay
from app.repeating import once
from app.services.catalogue import reference_edits

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: its number, how it is kept, why; empty before and after a month."""

    number: int
    tone: str = ""
    name: str = ""


class CalendarView(BaseView):
    """Which days the offices work; dates not named go by their weekday."""

    route_base = "/office/calendar"
    default_view = "index"
    class_permission_name = "Calendar"
    method_permission_name = {"index": "read", "mark": "edit", "clear": "edit"}

    @expose("/")
    @expose("/<int:year>/")
    @has_access
    def index(self, year: int | None = None) -> str:
        """Show a year."""
        today = local_date(current.now())
        shown = year or today.year
        if not FIRST_YEAR <= shown <= LAST_YEAR:
            abort(404)
        named = days_of(shown)
        page: str = self.render_template(
            "office/calendar.html",
            title=gettext("Calendar %(year)s", year=shown),
            year=shown,
            months=[month_of(shown, month, named) for month in range(1, 13)],
            weekdays=weekdays(),
            named=sorted(named.values(), key=lambda row: row.date),
            today=today,
            missing=health.missing_year(db.session(), today),
            may_edit=may_edit(),
        )
        return page

    @expose("/mark", methods=["POST"])
    @has_access
    def mark(self) -> Response:
        """Name a day as off, or as worked by swap."""
        try:
            day = dt.date.fromisoformat(request.form.get("date", ""))
            kind = DayKind(request.form.get("kind", ""))
        except ValueError:
            flash(gettext("Please choose a date and how it is kept."), "danger")
            return redirect(url_for("CalendarView.index"))
        name = request.form.get("name", "").strip()[:50] or gettext("Set by staff")
        values = {"kind": kind, "name_zh": name, "name_en": name}
        return self._do(day, lambda session: write_day(session, day, values))

    @expose("/clear", methods=["POST"])
    @has_access
    def clear(self) -> Response:
        """Let a day go by its weekday again."""
        try:
            day = dt.date.fromisoformat(request.form.get("date", ""))
        except ValueError:
            abort(400)
        return self._do(day, lambda session: clear_day(session, day))

    @staticmethod
    def _do(day: dt.date, deed: Any) -> Response:
        here = url_for("CalendarView.index", year=day.year)

        def work(session: Session) -> str:
            deed(session)
            return here

        try:
            once(work)
        except RuleBroken:
            flash(gettext("A day that is over stays as it was kept."), "danger")
        else:
            flash(gettext("Saved. Deadlines from now on count by it."), "success")
        return redirect(here)


def write_day(session: Any, day: dt.date, values: dict[str, Any]) -> None:
    """Name a day, new or named before."""
    actor, now = current.actor(), current.now()
    row = session.scalar(sa.select(WorkingDay).where(WorkingDay.date == day))
    if row is None:
        reference_edits.add_day(session, day, values, actor=actor, now=now)
    else:
        reference_edits.change(session, row, values, actor=actor, now=now)


def clear_day(session: Any, day: dt.date) -> None:
    """Forget a named day."""
    row = session.scalar(sa.select(WorkingDay).where(WorkingDay.date == day))
    if row is None:
        abort(404)
    reference_edits.remove_day(session, row, actor=current.actor(), now=current.now())


def days_of(year: int) -> dict[dt.date, WorkingDay]:
    """Return the named days of a year."""
    query = sa.select(WorkingDay).where(
        WorkingDay.date.between(dt.date(year, 1, 1), dt.date(year, 12, 31))
    )
    return {row.date: row for row in db.session.scalars(query)}


def month_of(year: int, month: int, named: dict[dt.date, WorkingDay]) -> dict[str, Any]:
    """Return a month: its name and its weeks from Monday to Sunday."""
    weeks = [
        [day_of(year, month, number, named) for number in week]
        for week in calendar.Calendar().monthdayscalendar(year, month)
    ]
    return {"name": format_date(dt.date(year, month, 1), "LLLL"), "weeks": weeks}


def day_of(year: int, month: int, number: int, named: dict[dt.date, WorkingDay]) -> Day:
    """Return a day with how it is kept."""
    if not number:
        return Day(0)
    date = dt.date(year, month, number)
    if row := named.get(date):
        tone = "off" if row.kind is DayKind.HOLIDAY else "swap"
        return Day(number, tone, localized(row, "name"))
    return Day(number, "rest" if date.weekday() >= calendar.SATURDAY else "")


def weekdays() -> list[tuple[str, str]]:
    """Return the names of the weekdays from Monday on, short and whole."""
    monday = dt.date(2024, 1, 1)
    days = [monday + dt.timedelta(days=ahead) for ahead in range(7)]
    return [(format_date(day, "EEEEE"), format_date(day, "EEEE")) for day in days]


def may_edit() -> bool:
    """Tell whether the reader sets days."""
    return current.actor().has(Role.PACKAGE_EDITOR)
