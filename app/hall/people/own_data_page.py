"""What people may do with their data: see who looked, take a copy, correct, end the log-in."""

from io import BytesIO
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, outside
from app.devices import leave as sign_out
from app.devices import people_rules
from app.display.acts import act_word
from app.display.revealing import SUBJECTS, VALUES
from app.display.sentences import sentence
from app.display.terms import term
from app.display.words import localized
from app.domain.errors import Invalid, NotAllowed, RuleBroken
from app.domain.terms import Role
from app.extensions import db
from app.hall.people.profile import myself
from app.models import Applicant, NationalCode
from app.repeating import once
from app.screens.records import OBJECTS
from app.services.entry import proofs
from app.services.privacy import data_corrections, data_exports, leaving, looks
from app.services.privacy.looks import PAGE, Look
from app.transaction import transaction

SHOWN = 3
PAGES = {"index": "read", "looks": "read", "copy": "apply", "fetch": "read"}


class OwnDataView(BaseView):
    """The person's rights over the own data (PIPL art. 44-47)."""

    route_base = "/hall/my-data"
    default_view = "index"
    class_permission_name = "Hall"
    method_permission_name = PAGES | {"correct": "apply", "leave": "apply"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show the four things one may do, with what was done last."""
        return self._page()

    @expose("/looks/")
    @has_access
    def looks(self) -> str:
        """Show who looked at one's data or changed it, page by page."""
        below = request.args.get("below", "")
        rows = looks.who_looked(
            db.session(), myself(), limit=PAGE + 1,
            below=int(below) if below.isdecimal() and len(below) < LONGEST else None,
        )  # fmt: skip
        after = url_for("OwnDataView.looks", below=rows[PAGE - 1].id) if rows[PAGE:] else ""
        shown = [told(row) for row in rows[:PAGE]]
        return self.render_template("hall/my-data-looks.html", looks=shown, after=after)

    @expose("/copy/", methods=["POST"])
    @has_access
    def copy(self) -> Any:
        """Ask for a copy of everything; the worker makes it."""
        prove()

        def deed(session: Session, applicant: Applicant) -> None:
            data_exports.ask(session, applicant, actor=current.actor(), now=current.now())

        return self._done(deed, gettext("Your copy is being made. It is here in a minute."))

    @expose("/copy/<int:key>", methods=["POST"])
    @has_access
    def fetch(self, key: int) -> Response:
        """Hand out an own copy that is ready; it is written that it was fetched."""
        prove()
        try:
            with transaction() as session:
                data = data_exports.fetch(
                    session, key, outside.storage(), actor=current.actor(), now=current.now()
                )
        except NotAllowed:
            abort(404)
        answer = send_file(
            BytesIO(data), mimetype="application/zip", as_attachment=True,
            download_name=f"my-data-{key}.zip",
        )  # fmt: skip
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @expose("/correct/", methods=["POST"])
    @has_access
    def correct(self) -> Any:
        """Ask staff for a correction."""
        subject = request.form.get("subject", "")

        def deed(session: Session, applicant: Applicant) -> None:
            data_corrections.ask(
                session, applicant, subject=subject,
                wanted=request.form.get(f"wanted-{subject}", ""),
                why=request.form.get("why", ""), actor=current.actor(), now=current.now(),
            )  # fmt: skip

        return self._done(
            deed, gettext("Your request is with the office. Its answer stands here.")
        )

    @expose("/leave/", methods=["POST"])
    @has_access
    def leave(self) -> Any:
        """End the log-in for good, once more confirmed."""
        prove()
        if request.form.get("leave") != "yes":
            return self._page(Invalid(code="leave_confirm", field="leave")), 422
        key = myself().id
        try:
            with transaction() as session:
                leaving.close_log_in(
                    session, session.get_one(Applicant, key), actor=current.actor(),
                    now=current.now(),
                )  # fmt: skip
        except RuleBroken as broken:
            return self._page(broken), 422
        sign_out()
        flash(gettext("Your log-in is closed. You may register again at any time."), "success")
        return redirect(url_for("SignInView.login"))

    def _done(self, deed: Any, said: str) -> Any:
        key, here = myself().id, url_for("OwnDataView.index")

        def work(session: Session) -> str:
            deed(session, session.get_one(Applicant, key))
            return here

        try:
            place = once(work)
        except RuleBroken as broken:
            return self._page(broken), 422
        flash(said, "success")
        return redirect(place)

    def _page(self, broken: RuleBroken | None = None) -> str:
        session, applicant = db.session(), myself()
        page: str = self.render_template(
            "hall/my-data.html",
            looks=[told(row) for row in looks.who_looked(session, applicant, limit=SHOWN)],
            copies=data_exports.own_exports(session, applicant),
            requests=data_corrections.own_requests(session, applicant),
            subjects=SUBJECTS,
            groups=ethnic_groups(session),
            problems=[(broken.field, sentence(broken))] if broken else [],
            typed=request.form,
            now=current.now(),
        )
        return page


LONGEST = 19


def prove() -> None:
    """Ask again who it is, with a code to the mobile, before everything leaves or ends."""
    proofs.check(current.actor(), now=current.now(), sms=True, rules=people_rules())


def told(look: Look) -> dict[str, Any]:
    """Return a look in words: when, which office and role, what."""
    roles = [Role(name) for name in look.roles if name in set(Role)]
    who = gettext(", ").join(term(role) for role in roles) or gettext("The hall itself")
    if look.agency is not None and roles:
        who = gettext(
            "%(office)s, %(role)s", office=localized(look.agency, "short_name"), role=who
        )
    value = VALUES.get(look.value) or SUBJECTS.get(look.value) or OBJECTS.get(look.on)
    deed = act_word(look.act)
    if value:
        deed = gettext("%(deed)s: %(value)s", deed=deed, value=value)
    return {"at": look.at, "who": who, "deed": deed}


def ethnic_groups(session: Session) -> list[tuple[str, str]]:
    """Return the ethnic groups to choose from."""
    rows = session.scalars(
        sa.select(NationalCode)
        .where(NationalCode.table_name == "ethnic_group")
        .order_by(NationalCode.code)
    )
    return [(row.code, localized(row, "name")) for row in rows]
