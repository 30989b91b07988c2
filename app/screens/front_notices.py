"""What offices tell everybody on their front pages."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import current
from app.display.words import localized
from app.domain.terms import Role
from app.extensions import db
from app.models import Agency, FrontNotice
from app.screens import columns as col
from app.screens import fields as put
from app.screens.interface import fast
from app.screens.rights import OfMyAgency
from app.screens.writing import Written
from app.services.catalogue import front_notices

FOR_ALL = 0
"""Stands for no agency in the form's list, as its first line."""


class MineOrForAll(OfMyAgency):
    """Notices of the own agency; the installation's administrator sees every one."""

    name = "notices of mine"

    def apply(self, query: Any, _value: Any) -> Any:
        """Keep the agency's notices, or all."""
        if current.actor().has(Role.INSTALLATION_ADMIN):
            return query
        return super().apply(query, _value)


def for_whom(row: FrontNotice) -> str:
    """Return the office a notice is of, or that it is for all."""
    return localized(row.agency, "short_name") if row.agency else gettext("All offices")


def offices() -> list[tuple[str, str]]:
    """Return for whom the reader may write: the own agency, or any and all."""
    actor, query = current.actor(), sa.select(Agency).order_by(Agency.id)
    if not actor.has(Role.INSTALLATION_ADMIN):
        query = query.where(Agency.id == actor.agency_id)
    found = [(str(row.id), localized(row, "short_name")) for row in db.session.scalars(query)]
    every = [(str(FOR_ALL), gettext("All offices"))]
    return (every if actor.has(Role.INSTALLATION_ADMIN) else []) + found


class FrontNoticeScreen(Written):
    """Notices of the front page: for one office or all, from a day to a day."""

    datamodel = fast(FrontNotice, "agency")
    route_base = "/office/front-notices"
    class_permission_name = "FrontNotices"
    include_route_methods = {"list", "show", "add", "edit"}
    base_filters = [["id", MineOrForAll, None]]
    base_order = ("valid_from", "desc")
    list_title, show_title = _("Notices of the front page"), _("Notice")
    edit_title, add_title = _("Change the notice"), _("Write a notice")
    lead = _("Everybody reads them before logging in. Keep names and numbers of people out.")
    columns = (
        col.made("title", _("Headline"), lambda row: localized(row, "title")),
        col.made("office", _("For"), for_whom),
        col.day("valid_from", _("Shown from")),
        col.day("valid_to", _("Shown until")),
        col.made("text", _("Text"), lambda row: localized(row, "text")),
    )
    list_columns = ["title", "office", "valid_from", "valid_to"]
    show_columns = ["title", "text", "office", "valid_from", "valid_to"]
    edits = {
        "title_zh": put.line(_("Headline (Chinese)"), 100),
        "title_en": put.line(_("Headline (English)"), 200),
        "text_zh": put.long(_("Text (Chinese)")),
        "text_en": put.long(_("Text (English)")),
        "valid_from": put.date(_("Shown from"), required=True),
        "valid_to": put.date(_("Shown until"), hint=_("The last day; empty for no end.")),
        "agency_id": put.choice(_("For"), offices, coerce=int),
    }
    add_form = edit_form = put.form(**edits)

    def change(self, session: Session, row: Any, form: FlaskForm) -> Any:
        """Change the notice."""
        return self._written(session, row, form)

    def create(self, session: Session, form: FlaskForm) -> Any:
        """Write the notice."""
        return self._written(session, None, form)

    def _written(self, session: Session, row: Any, form: FlaskForm) -> FrontNotice:
        values = {name: form[name].data for name in self.edits}
        values["agency_id"] = values["agency_id"] or None
        return front_notices.write(
            session, row, values, actor=current.actor(), now=current.now()
        )
