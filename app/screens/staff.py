"""Staff and roles: the agency's own people, by their user administrator; never applicants."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from flask_appbuilder.models.filters import BaseFilter
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import current
from app.devices import people_rules
from app.display.terms import term
from app.display.words import localized
from app.domain.terms import Role
from app.extensions import db
from app.models import Agency, Staff
from app.screens import columns as col
from app.screens import fields as put
from app.screens.base import Screen
from app.screens.interface import fast
from app.screens.named import Named, SoughtByName
from app.screens.rights import NOBODY
from app.screens.role_terms import GivesForATime, form_of, until_when
from app.screens.searches import Search
from app.screens.writing import Written
from app.services.staff import staff_rights


class OwnStaff(BaseFilter):
    """Staff of the own agency; the installation's administrator sees those of all."""

    name = "own staff"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Leave out the staff of others."""
        actor = current.actor()
        if actor.has(Role.INSTALLATION_ADMIN):
            return query
        return query.filter(self.model.agency_id == (actor.agency_id or NOBODY))


def own_agencies() -> list[tuple[str, str]]:
    """Return the agencies for which the member of staff who asks takes people on."""
    actor = current.actor()
    query = sa.select(Agency).order_by(Agency.id)
    if not actor.has(Role.INSTALLATION_ADMIN):
        query = query.where(Agency.id == actor.agency_id)
    return [(str(row.id), localized(row, "name")) for row in db.session.scalars(query)]


def roles_to_give() -> list[tuple[str, str]]:
    """Return the roles that the member of staff who asks gives."""
    return [(str(role), term(role)) for role in staff_rights.may_give(current.actor())]


def roles_of(row: Staff) -> str:
    """Return the roles of a member of staff in words."""
    known = [Role(role.name) for role in row.user.roles if role.name in set(Role)]
    return ", ".join(term(role) for role in sorted(known))


class StaffScreen(SoughtByName, GivesForATime):
    """Log-ins of staff with their roles."""

    datamodel = fast(Staff, "user.roles", "agency", "grants")
    route_base = "/users"
    class_permission_name = "Staff"
    include_route_methods = {"list", "show", "add", "edit", "term", "search"}
    method_permission_name = {
        **Written.method_permission_name, "term": "edit", "search": "read",
    }  # fmt: skip
    base_filters = [["id", OwnStaff, None]]
    base_order = ("id", "asc")
    list_title, show_title = _("Users"), _("User")
    edit_title, add_title = _("Change rights"), _("Take somebody on")
    lead = _("Staff of the agency. Applicants register by themselves and are not shown here.")
    form_lead = _(
        "Whoever is changed is signed out everywhere and signs in with the new rights."
    )
    columns = (
        col.made("username", _("Log-in name"), lambda row: row.user.username),
        col.text("name", _("Name")),
        col.text("number", _("Staff number")),
        col.named("agency", _("Agency")),
        col.made("roles", _("Roles"), roles_of),
        col.made("until", _("Roles that end"), until_when),
        col.made(
            "active", _("Active"), lambda row: str(_("Yes") if row.user.active else _("No"))
        ),
    )
    list_columns = ["username", "name", "agency", "roles", "until", "active"]
    show_columns = ["username", "name", "number", "agency", "roles", "until", "active"]
    searches = (Search("name", _("Name begins with"), Named, grows=True),)
    edit_form = put.form(
        active=put.flag(_("May log in")),
        roles=put.checks(_("Roles"), roles_to_give),
    )
    add_form = put.form(
        agency_id=put.choice(_("Agency"), own_agencies, coerce=int),
        username=put.line(_("Log-in name"), 60),
        name=put.line(_("Name"), 100),
        id_number=put.line(
            _("Identity number"), 32, hint=_("Kept sealed; it bars one's own case.")
        ),
        roles=put.checks(_("Roles"), roles_to_give),
        valid_until=put.date(_("Last day"), hint=_("The last day; empty: without an end.")),
        password=put.secret(_("First password"), hint=_("To be changed at the first log-in.")),
    )

    term_form = form_of(roles_to_give)

    def show_links(self, pk: Any) -> list[tuple[str, str]]:
        """Lead to the page on which a role is given for a time."""
        if not self.opens("edit"):
            return []
        return [
            (gettext("Log-in and devices"), url_for("StaffAccessView.show", staff_id=pk)),
            (gettext("Give a role for a time"), url_for("StaffScreen.term", pk=pk)),
        ]

    def typed(self, row: Staff) -> dict[str, Any]:
        """Show the rights as they are."""
        return {
            "obj": None,
            "data": {
                "active": bool(row.user.active),
                "roles": [role.name for role in row.user.roles],
            },
        }

    def change(self, session: Session, row: Staff, form: FlaskForm) -> None:
        """Set the rights."""
        staff_rights.change_rights(
            session, row, active=form.active.data, roles=map(Role, form.roles.data),
            actor=current.actor(), now=current.now(),
        )  # fmt: skip

    def create(self, session: Session, form: FlaskForm) -> Staff:
        """Take somebody on."""
        return staff_rights.take_on(
            session, agency_id=form.agency_id.data, username=form.username.data,
            name=form.name.data, id_number=form.id_number.data,
            roles=map(Role, form.roles.data), password=form.password.data,
            valid_until=form.valid_until.data, actor=current.actor(), now=current.now(), rules=people_rules(),
        )  # fmt: skip


RIGHTS = {
    "Desk": _("Desk"), "Cases": _("Applications"), "Materials": _("Materials"),
    "Holders": _("Applicants and accounts"), "Payouts": _("Payments"), "Ledger": _("Ledger"),
    "CaseEvents": _("Case history"), "Audit": _("Audit"), "Reference": _("Reference data"),
    "Packages": _("Packages"), "Agencies": _("Agencies"), "Feedback": _("Ratings of the service"),
    "FrontNotices": _("Notices of the front page"), "Staff": _("Users"),
    "Roles": _("Roles"), "Health": _("Health"), "Hall": _("Hall"), "Mine": _("Own data"),
}  # fmt: skip
"""What the surfaces are called of which a role says what it may."""

VERBS = {
    "read": _("read"), "edit": _("edit"), "decide": _("decide"), "second": _("second review"),
    "supervise": _("supervise"), "home": _("overview"), "prepare": _("prepare"),
    "release": _("release"), "publish": _("publish"), "apply": _("apply"), "answer": _("answer"),
}  # fmt: skip


class OfHall(BaseFilter):
    """Roles of the hall; Flask-AppBuilder's own two are not used."""

    name = "of the hall"
    arg_name = None

    def apply(self, query: Any, _value: Any) -> Any:
        """Leave the others out."""
        return query.filter(self.model.name.in_([str(role) for role in Role]))


def may(row: RoleRow) -> str:
    """Return what a role may do, as the settings say."""
    said = defaultdict[str, list[str]](list)
    for view, verb in current_app.config["FAB_ROLES"].get(row.name, []):
        bare, deed = view.strip("^$"), verb.strip("^$").removeprefix("can_")
        if deed in VERBS and bare in RIGHTS:
            said[str(RIGHTS[bare])].append(str(VERBS[deed]))
    comma = gettext(", ")
    return comma.join(
        gettext("%(what)s (%(which)s)", what=surface, which=comma.join(deeds))
        for surface, deeds in said.items()
    )


class RoleScreen(Screen):
    """Roles; what each may do is written in the settings and changed there only."""

    datamodel = fast(RoleRow)
    route_base = "/roles"
    class_permission_name = "Roles"
    base_filters = [["id", OfHall, None]]
    base_order = ("id", "asc")
    list_title, show_title = _("Roles"), _("Role")
    lead = _("What a role may do is part of the installation and is not changed on a page.")
    columns = (
        col.made("name", _("Role"), lambda row: term(Role(row.name))),
        col.made("may", _("May"), may),
    )
    list_columns = show_columns = ["name", "may"]
