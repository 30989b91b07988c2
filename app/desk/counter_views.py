"""The counter: mobiles that are lost, identities that wait for a look at the document."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import counter_words, deeds
from app.desk.sentences import sentence
from app.devices import people_rules
from app.domain.errors import Invalid, ManyProblems, NotAllowed, RuleBroken
from app.domain.terms import IdentityState
from app.extensions import db
from app.services.people import contact_changes, identity_tasks

REFUSED = 422
FORBIDDEN = 403


class CounterView(BaseView):
    """Who stands at the counter, and what two of the staff do for them."""

    route_base = "/desk/counter"
    default_view = "index"
    class_permission_name = "Counter"
    method_permission_name = {
        "index": "read", "contact": "read", "identity": "read", "serve": "work",
        "settle": "work",
    }  # fmt: skip

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what waits: changes of mobile, open identities, refused ones."""
        session, actor, now = db.session(), current.actor(), current.now()
        if actor.agency_id is None:
            abort(404)
        page: str = self.render_template(
            "desk/counter.html", title=gettext("Counter"),
            changes=contact_changes.waiting(session, actor=actor, now=now),
            tasks=identity_tasks.waiting(session, actor=actor),
            refused=identity_tasks.waiting(session, actor=actor, refused=True),
            words=counter_words,
        )  # fmt: skip
        return page

    @expose("/contact/<int:change_id>")
    @has_access
    def contact(self, change_id: int) -> str:
        """Show one request for another mobile."""
        return self._contact(change_id)

    @expose("/contact/<int:change_id>/serve", methods=["POST"])
    @has_access
    def serve(self, change_id: int) -> Any:
        """Check the document, confirm as the second person, or refuse."""
        deed = _chosen(
            {"check": _check_contact, "confirm": _confirm_contact, "refuse": _refuse_contact}
        )
        broken = deeds.attempt(
            lambda session: deed(session, change_id),
            location=url_for("CounterView.index"), about=f"contact_change:{change_id}",
        )  # fmt: skip
        if broken is not None:
            return self._contact(change_id, broken), _status(broken)
        flash(gettext("Recorded."), "success")
        return redirect(url_for("CounterView.index"))

    @expose("/identity/<int:task_id>")
    @has_access
    def identity(self, task_id: int) -> str:
        """Show one identity that waits."""
        return self._identity(task_id)

    @expose("/identity/<int:task_id>/settle", methods=["POST"])
    @has_access
    def settle(self, task_id: int) -> Any:
        """Verify or refuse an identity, with the reason."""
        deed = _chosen({"verify": _verify, "refuse": _refuse_identity})
        broken = deeds.attempt(
            lambda session: deed(session, task_id),
            location=url_for("CounterView.index"), about=f"identity_task:{task_id}",
        )  # fmt: skip
        if broken is not None:
            return self._identity(task_id, broken), _status(broken)
        flash(gettext("Recorded."), "success")
        return redirect(url_for("CounterView.index"))

    def _contact(self, change_id: int, broken: RuleBroken | None = None) -> str:
        change = _found(
            lambda: contact_changes.get(db.session(), change_id, actor=current.actor())
        )
        page: str = self.render_template(
            "desk/counter_contact.html", title=gettext("Another mobile number"), change=change,
            mine=change.checked_by == current.actor().user_id, words=counter_words,
            rest_hours=people_rules().payee_rest_hours, **_problems(broken),
        )  # fmt: skip
        return page

    def _identity(self, task_id: int, broken: RuleBroken | None = None) -> str:
        task = _found(lambda: identity_tasks.get(db.session(), task_id, actor=current.actor()))
        page: str = self.render_template(
            "desk/counter_identity.html", title=gettext("Identity to verify"), task=task,
            words=counter_words, **_problems(broken),
        )  # fmt: skip
        return page


def _found(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except NotAllowed as refused:
        abort(404 if refused.code == "not_found" else FORBIDDEN)


def _chosen(
    offered: dict[str, Callable[[Session, int], None]],
) -> Callable[[Session, int], None]:
    return offered.get(request.form.get("deed", "")) or abort(400)


def _status(broken: RuleBroken) -> int:
    return FORBIDDEN if isinstance(broken, NotAllowed) else REFUSED


def _problems(broken: RuleBroken | None) -> dict[str, Any]:
    """Return what was typed and the sentences, beside their fields and all together."""
    every = broken.problems if isinstance(broken, ManyProblems) else [broken] if broken else []
    said = [(problem.field, sentence(problem)) for problem in every]
    return {"typed": request.form, "problems": said, "errors": dict(said)}


def _who() -> dict[str, Any]:
    return {"actor": current.actor(), "now": current.now()}


def _check_contact(session: Session, change_id: int) -> None:
    change = contact_changes.get(session, change_id, actor=current.actor())
    contact_changes.check(
        session, change, id_number=request.form.get("id_number", ""),
        reason=request.form.get("reason", ""), **_who(),
    )  # fmt: skip


def _confirm_contact(session: Session, change_id: int) -> None:
    change = contact_changes.get(session, change_id, actor=current.actor())
    if request.form.get("seen") != "yes":
        raise Invalid(code="tick_missing", field="seen")
    contact_changes.confirm(session, change, rules=people_rules(), **_who())


def _refuse_contact(session: Session, change_id: int) -> None:
    change = contact_changes.get(session, change_id, actor=current.actor())
    contact_changes.refuse(session, change, note=request.form.get("note", ""), **_who())


def _verify(session: Session, task_id: int) -> None:
    _decide(session, task_id, IdentityState.VERIFIED)


def _refuse_identity(session: Session, task_id: int) -> None:
    _decide(session, task_id, IdentityState.REFUSED)


def _decide(session: Session, task_id: int, state: IdentityState) -> None:
    task = identity_tasks.get(session, task_id, actor=current.actor())
    identity_tasks.decide(session, task, state, request.form.get("note", ""), **_who())
