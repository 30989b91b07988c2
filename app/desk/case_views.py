"""The case page: what is shown, what is decided, the pages of its papers."""

from typing import Any

from flask import Response, abort, flash, redirect, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy.orm import Session

from app import current, outside
from app.desk import case_page, deeds, queue_page, words
from app.desk.case_deeds import DEEDS, Sent, do
from app.desk.case_form import Line, ReturnForm
from app.desk.sentences import sentence
from app.desk.watermark import stamped
from app.display.files import as_file
from app.display.formats import day
from app.display.words import localized
from app.domain.errors import IllegalMove, Invalid, NotAllowed, RuleBroken
from app.domain.terms import Verdict
from app.domain.workdays import local_date
from app.extensions import db
from app.models import Application, ReturnReason
from app.screens.readings import note_opened
from app.services import cases, reference, uploads
from app.services.review import worklist
from app.transaction import transaction

Answer = str | tuple[str, int]


class CaseView(BaseView):
    """One case before the people who decide it."""

    route_base = "/desk"
    class_permission_name = "Desk"
    method_permission_name = dict.fromkeys(("show", "act", "page"), "read")

    @expose("/case/<int:case_id>/")
    @has_access
    def show(self, case_id: int) -> Answer:
        """Show a case with everything that is known of it, personal values masked."""
        note_opened(deeds.case_of(case_id))
        return self._render(deeds.case_of(case_id))

    @expose("/case/<int:case_id>/do", methods=["POST"])
    @has_access
    def act(self, case_id: int) -> Any:
        """Do one deed on the case, or show the page again with all that was typed."""
        case, name = deeds.case_of(case_id), request.form.get("deed", "")
        if wish := request.form.get("lines"):
            return self._render(case, ReturnForm.read(request.form).changed(wish))
        if name not in DEEDS:
            return self._again(case, Invalid(code="choice_invalid", field="deed"))
        deed, about = DEEDS[name], f"application:{case_id}"
        if not deeds.may(*deed.verbs):
            refused = NotAllowed("the right is missing", code="role_missing")
            deeds.refuse(refused, about=about)
            return self._again(deeds.case_of(case_id), refused)

        def work(session: Session) -> None:
            found = cases.get_case(session, case_id, actor=current.actor())
            do(Sent(session, found, request.form, current.actor(), current.now()), deed)

        place = "viewer" if name == "verdict" else None
        here = deeds.case_url(case_id, page=request.form.get("shown"), _anchor=place)
        if broken := deeds.attempt(work, location=here, about=about):
            return self._again(deeds.case_of(case_id), broken)
        flash(str(deed.said), "success")
        return redirect(here)

    @expose("/page/<int:page_id>")
    @has_access
    def page(self, page_id: int) -> Response:
        """Show a page of a paper with the name of who looks burnt in; every look is recorded."""
        small = request.args.get("small") == "1"
        try:
            with transaction() as session:
                _, picture = uploads.open_page(
                    session, page_id, thumbnail=small, storage=outside.storage(),
                    actor=current.actor(), now=current.now(),
                )  # fmt: skip
        except NotAllowed as broken:
            deeds.refuse(broken, about=f"material_page:{page_id}")
            abort(404)
        person = current.staff()
        marked = stamped(
            picture,
            name=person.name if person else "",
            number=person.number if person else "",
            day=day(current.now()),
            purpose="仅用于住房资金支取",
        )
        return as_file(marked, name=f"{page_id}.jpg", kind="image/jpeg", inline=True)

    def _side(self, case: Application) -> frozenset[str]:
        return case_page.side_deeds(db.session(), case, current.actor())

    def _again(self, case: Application, broken: RuleBroken) -> Answer:
        """Show the page with the sentence and with all that was typed."""
        status = 403 if isinstance(broken, NotAllowed) else 422
        status = 409 if isinstance(broken, IllegalMove) else status
        problems = [(broken.field, sentence(broken))]
        page = self._render(case, ReturnForm.read(request.form), problems=problems)
        return str(page), status

    def _render(
        self,
        case: Application,
        lines: ReturnForm | None = None,
        *,
        problems: list[tuple[str, str]] | None = None,
    ) -> str:
        session, now, actor = db.session(), current.now(), current.actor()
        on = local_date(now)
        shown = case_page.gathered(session, case, actor=actor, now=now)
        reasons = reference.return_reasons(session, case.scheme_id, on)
        page: str = self.render_template(
            "desk/case.html",
            **shown,
            typed=request.form,
            lines=(lines or ReturnForm((Line(),))).rows,
            problems=problems or [],
            reasons=_by_outcome(reasons),
            current_page=_current(shown["pages"]),
            kind=words.KINDS[case.kind],
            colleagues=worklist.colleagues(session, agency_id=case.agency_id),
            back=queue_page.last_list(),
            verdicts=(Verdict.ACCEPTED, Verdict.TO_FIX),
        )
        return page


def _current(pages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the page that is asked for, or the first."""
    wanted = request.values.get("page") or request.values.get("shown")
    found = [page for page in pages if str(page["id"]) == wanted]
    return next(iter(found or pages), None)


def _by_outcome(reasons: list[ReturnReason]) -> dict[str, list[dict[str, Any]]]:
    """Return the reasons staff may name, by what they lead to."""
    found: dict[str, list[dict[str, Any]]] = {}
    for reason in reasons:
        found.setdefault(reason.outcome, []).append(
            {
                "code": reason.code,
                "label": localized(reason, "label"),
                "text": localized(reason, "text"),
                "of_paper": reason.level == "material",
                "needs_note": reason.needs_note,
            }
        )
    return found
