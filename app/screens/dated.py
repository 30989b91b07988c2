"""The base of reference screens: dated rows, changed by package editors from a day on."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import current
from app.display.formats import day
from app.display.words import localized
from app.domain.workdays import local_date
from app.extensions import db
from app.models import (
    Scheme,
)  # fmt: skip
from app.screens import columns as col
from app.screens import fields as put
from app.screens.rights import OfMyAgency
from app.screens.writing import Written
from app.services.catalogue import reference_edits

ALWAYS = dt.date(1999, 1, 1)
"""The first day of rows that have none."""


def first_day(row: Any) -> str:
    """Return since when a row is in force; the oldest rows always were."""
    return day(row.valid_from) if row.valid_from > ALWAYS else str(_("always"))


MARKS = {
    "seed": _("from the manual"),
    "assumed": _("assumed, to be confirmed"),
    "found": _("from a published source"),
    "staff": _("set by staff"),
}
BEGINS = _("The change begins on")
BEGINS_HINT = _(
    "Today or later; empty means today. What was in force before ends the day before."
)
DATED = (
    col.named("scheme", _("Service")),
    col.made("valid_from", _("In force from"), first_day),
    col.made("valid_to", _("Until"), lambda row: day(row.valid_to) or str(_("no end"))),
    col.made("basis", _("Basis"), lambda row: gettext(row.basis) if row.basis else ""),
    col.made("mark", _("Mark"), lambda row: str(MARKS.get(row.mark, row.mark))),
)
LAST = ["valid_from", "valid_to"]


def own_schemes() -> list[tuple[str, str]]:
    """Return the services of the agency of the member of staff who asks."""
    agency = current.actor().agency_id
    rows = db.session.scalars(sa.select(Scheme).where(Scheme.agency_id == agency))
    return [(str(row.id), localized(row, "name")) for row in rows]


def value_of(typed: Any) -> Any:
    """Return what was typed as the tables keep it: several choices are a list of codes."""
    return tuple(typed) if isinstance(typed, list) else typed


class ReferenceScreen(Written):
    """Rows with the days they are in force."""

    class_permission_name = "Reference"
    base_filters = [["id", OfMyAgency, None]]
    include_route_methods = {"list", "show", "add", "edit"}
    base_order = ("code", "asc")
    form_lead = _(
        "Nothing is overwritten: applications begun before keep the rule of their day."
    )
    edits: dict[str, Any] = {}
    names: dict[str, Any] = {}

    def __init__(self, **kw: Any) -> None:
        """Make the forms of what may be changed, and of what names a new row."""
        begins = {"begins": put.date(BEGINS, hint=BEGINS_HINT)}
        scheme = put.choice(_("Service"), own_schemes, coerce=int)
        self.edit_form = put.form(**self.edits, **begins)
        self.add_form = put.form(scheme_id=scheme, **self.names, **self.edits, **begins)
        super().__init__(**kw)

    def change(self, session: Session, row: Any, form: FlaskForm) -> Any:
        """Bring the change into force."""
        values = {name: value_of(form[name].data) for name in self.edits}
        return reference_edits.change(
            session, row, values, begins=form.begins.data,
            actor=current.actor(), now=current.now(),
        )  # fmt: skip

    def create(self, session: Session, form: FlaskForm) -> Any:
        """Add the row."""
        names = ("scheme_id", *self.names, *self.edits)
        return reference_edits.add(
            session, self.datamodel.obj, {name: value_of(form[name].data) for name in names},
            begins=form.begins.data or local_date(current.now()),
            actor=current.actor(), now=current.now(),
        )  # fmt: skip
