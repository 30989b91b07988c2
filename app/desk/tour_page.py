"""The tour of the workplace: shown once to each member of staff, and again when asked for."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app import current
from app.desk import deeds
from app.models import Staff
from app.transaction import transaction


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the tour: what it says, and the part of the page it is about."""

    title: str
    text: str
    about: str


class TourView(BaseView):
    """Remembering who has taken the tour."""

    route_base = "/desk/tour"
    default_view = "done"
    class_permission_name = "Desk"
    method_permission_name = {"done": "home"}

    @expose("/done", methods=["POST"])
    @has_access
    def done(self) -> Response:
        """Note that the tour was taken, or left; it does not come by itself again."""
        with transaction() as session:
            session.execute(
                sa.update(Staff)
                .where(Staff.user_id == current.actor().user_id)
                .values(toured_at=current.now())
                .execution_options(synchronize_session=False)
            )
        return redirect(url_for("DeskView.home"))


def tour() -> dict[str, object]:
    """Return the stops of the tour and whether it opens by itself."""
    member = current.staff()
    is_new = member is not None and member.toured_at is None
    return {"stops": stops(), "opens_tour": is_new or "tour" in request.args}


def stops() -> list[Stop]:
    """Return the stops for the rights of the person who is signed in."""
    found = [
        Stop(
            gettext("The menu holds what you may open"),
            gettext("It follows your roles. What you do not find, another role does; what you do is recorded."),
            "#nav",
        ),
    ]  # fmt: skip
    if deeds.may("read") or deeds.may("read", view="Payouts"):
        found.append(
            Stop(
                gettext("Numbers lead to their lists"),
                gettext("Each counts what waits: warm is for you to act, red is late, violet is in doubt."),
                ".aj-stats",
            )
        )  # fmt: skip
    if deeds.may("read"):
        found += _of_cases()
    else:
        found.append(
            Stop(
                gettext("This page gathers what waits for you"),
                gettext("When nothing waits, the menu shows what your role may open."),
                "#main h1",
            )
        )
    return [
        *found,
        Stop(
            gettext("Personal data is covered"),
            gettext("Numbers are masked. To see one, give the reason; the holder can read who looked."),
            "#main h1",
        ),
        Stop(
            gettext("Large type, reading aid, language, log out"),
            gettext("They stand at the top of every page. This tour can be taken again from the bottom of this page."),
            ".aj-tools",
        ),
    ]  # fmt: skip


def _of_cases() -> list[Stop]:
    """Return the stops of those who work on cases."""
    return [
        Stop(
            gettext("The most urgent stand first"),
            gettext("Working days decide the order, late ones before all others."),
            "[aria-labelledby=due]",
        ),
        Stop(
            gettext("Find a case by what people tell you"),
            gettext("Its number, the name, or the last four digits of the mobile."),
            "[aria-labelledby=do]",
        ),
    ]  # fmt: skip
