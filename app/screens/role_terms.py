"""A role for a time: given from a day until a day on a page of the users screen."""

from typing import Any

from flask import flash
from flask_appbuilder import expose, has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.display import formats
from app.display.terms import term
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.extensions import db
from app.models import RoleGrant, Staff
from app.screens import fields as put
from app.screens.searches import Options
from app.screens.writing import Written
from app.services.staff import role_terms, staff_rights


def form_of(roles: Options) -> Any:
    """Return the form by which one of these roles is given for a time."""
    return put.form(
        role=put.choice(_("Role"), roles),
        valid_from=put.date(
            _("First day"), required=True, hint=_("The first day of the role.")
        ),
        valid_until=put.date(_("Last day"), hint=_("The last day; empty: without an end.")),
        why=put.line(_("Why"), 200, hint=_("Why the role is given; the audit keeps it.")),
    )


class GivesForATime(Written):
    """The page on which a role with dates is given, with everything that was given before."""

    term_form: Any = None

    @expose("/term/<pk>", methods=["GET", "POST"])
    @has_access
    def term(self, pk: Any) -> Response | str:
        """Give a role for a time, or show the form."""
        row = self._find(pk)
        form = self.term_form(data={"valid_from": local_date(current.now())})
        key = row.id

        def deed(session: Session) -> Staff:
            member = session.get_one(Staff, key)
            staff_rights.give_for_a_time(
                session, member, Role(form.role.data), valid_from=form.valid_from.data,
                valid_until=form.valid_until.data, why=form.why.data,
                actor=current.actor(), now=current.now(),
            )  # fmt: skip
            return member

        if form.validate_on_submit() and self._done(form, deed):
            flash(gettext("Given. The person signs in anew."), "success")
            return self.back_to(key)
        page: str = self.render_template(
            "screens/role-terms.html",
            title=gettext("Give a role for a time"),
            widget=self.edit_widget(form=form),
            back=self.back_to(key).location,
            which=self._find(pk).name,
            grants=[_shown(one) for one in role_terms.grants_of(db.session(), self._find(pk))],
        )
        return page


def _shown(grant: RoleGrant) -> dict[str, Any]:
    """Return a grant in words, with whether it is in force, to come, ending soon or over."""
    today = local_date(current.now())
    last = grant.valid_until
    if grant.ended_at is not None or (last is not None and last < today):
        state = (gettext("over"), "plain", "ban")
    elif grant.valid_from > today:
        state = (gettext("begins later"), "plain", "hourglass-start")
    elif last is not None and last <= today + role_terms.REMINDED:
        state = (gettext("ends soon"), "turn", "clock")
    else:
        state = (gettext("in force"), "done", "circle-check")
    return {
        "role": term(grant.role),
        "since": formats.day(grant.valid_from),
        "until": formats.day(last) if last else gettext("no end"),
        "by": grant.given_name if grant.given_by else gettext("System"),
        "at": formats.day(grant.given_at),
        "why": grant.why,
        "state": state,
    }


def until_when(row: Staff) -> str:
    """Return until when the open roles of a member of staff last, those with an end only."""
    return "; ".join(
        gettext("%(role)s until %(day)s", role=term(one.role), day=formats.day(one.valid_until))
        for one in row.grants
        if one.ended_at is None and one.valid_until is not None
    )
