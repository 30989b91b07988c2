"""The living page of the look: every component in all its states, drawn by the macros pages use."""

import datetime as dt
from decimal import Decimal
from typing import Any

from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from app import current
from app.display import charts
from app.display.labels import TABLE, Label

DAYS = 12


class StyleView(BaseView):
    """What somebody who writes a page looks at first, and whoever changes the look, last."""

    route_base = "/office/style"
    default_view = "index"
    class_permission_name = "Desk"
    method_permission_name = {"index": "home"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show the components; the samples are nobody's."""
        page: str = self.render_template(
            "office/style.html", title=gettext("Components of the pages"), **samples()
        )
        return page


def samples() -> dict[str, Any]:
    """Return what the components show."""
    return {
        "labels": states(),
        "events": events(current.now()),
        "sides": sides(),
        "calculated": calculated(),
        "pages": [
            gettext("Basic information"), gettext("Payee"), gettext("Commitment"),
            gettext("Upload"),
        ],
        "drawn": drawn(),
        "ranked": [
            {"label": gettext("Buying a house"), "number": 48},
            {"label": gettext("Paying rent"), "number": 31},
            {"label": gettext("Repaying a loan"), "number": 12, "is_late": True},
        ],
    }  # fmt: skip


def states() -> list[Label]:
    """Return every state of a case as staff read it."""
    return [
        Label(str(row.staff), row.staff_tone, row.staff_icon or row.icon)
        for row in TABLE.values()
    ]


def events(now: dt.datetime) -> list[dict[str, Any]]:
    """Return a course with one event of each kind, newest first."""
    kinds = (
        ("turn", gettext("Returned for correction"), gettext("One paper is still missing.")),
        ("now", gettext("Awaiting second review"), ""),
        ("paid", gettext("Paid"), gettext("The money arrives within three working days.")),
        ("done", gettext("Submitted"), ""),
    )
    return [
        {"at": now - dt.timedelta(days=place), "title": title, "note": note, "state": state}
        for place, (state, title, note) in enumerate(kinds)
    ]


def sides() -> list[tuple[str, str, list[dict[str, Any]], str]]:
    """Return the clock of both sides: days used, today, days left."""
    office = [
        {"label": str(day), "who": "office", "is_today": not left}
        for day, left in ((16, 1), (17, 0))
    ]
    yours = [{"label": "13", "who": "you", "is_today": False}]
    left = [{"label": "", "who": "", "is_today": False}]
    return [
        (gettext("The office"), gettext("2 of 3 working days"), office + left, ""),
        (gettext("You"), gettext("1 of 10 working days"), yours + left * 2, ""),
    ]


def calculated() -> list[tuple[str, Decimal, str]]:
    """Return how an amount came about."""
    return [
        (gettext("Balance in all"), Decimal(80_000), "plus"),
        (gettext("Held for open applications"), Decimal(12_000), "minus"),
        (gettext("Can be withdrawn"), Decimal(68_000), "subtotal"),
        (gettext("Amount asked"), Decimal(48_000), "result"),
    ]


def drawn() -> charts.Plot:
    """Return a chart with bars of two kinds and a line."""
    labels = [str(day) for day in range(1, DAYS + 1)]
    series = [
        charts.Series(
            gettext("Came in"), tuple(float(day % 5 + 2) for day in range(DAYS)), "c2"
        ),
        charts.Series(gettext("Decided"), tuple(float(day % 4 + 1) for day in range(DAYS))),
        charts.Series(gettext("Open"), tuple(6 - day % 3 for day in range(DAYS)), "l1"),
    ]
    title = gettext("The last %(count)s working days", count=DAYS)
    return charts.plot(title, gettext("Sample numbers"), gettext("Day"), labels, series)
