"""One masked value, shown in full once, for a while, for a reason that is recorded."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, current_app, make_response, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.revealing import REASONS, VALUES
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.revealing import SECONDS_SHOWN, Of, Value
from app.services.privacy import reveals
from app.transaction import transaction

OTHER = "other"
BACK: Mapping[Of, tuple[str, str, Any]] = {
    Of.APPLICATION: ("CaseView.show", "case_id", _l("Back to the case")),
    Of.APPLICANT: ("ApplicantScreen.show", "pk", _l("Back to the applicant")),
    Of.PAYOUT: ("PayoutScreen.show", "pk", _l("Back to the payment")),
}
"""To which page one returns: endpoint, its argument, words."""


class RevealView(BaseView):
    """The one place at which a masked value is shown in full."""

    route_base = "/desk/reveal"
    class_permission_name = "Reveal"
    method_permission_name = {"show": "read"}

    @expose("/<of>/<int:row_id>/<value>", methods=["POST"])
    @has_access
    def show(self, of: str, row_id: int, value: str) -> Response:
        """Show one value and write who saw it and why; the page goes back by itself."""
        if of not in set(Of):
            abort(404)
        on, (endpoint, key, words) = Of(of), BACK[Of(of)]
        place: dict[str, Any] = {key: row_id}
        address = url_for(endpoint, **place)
        try:
            shown, broken = self._opened(on, row_id, value), None
        except RuleBroken as refused:
            shown, broken = "", refused
            if isinstance(refused, NotAllowed):
                deeds.refuse(refused, about=f"{of}:{row_id}")
        page = self.render_template(
            "desk/reveal.html",
            title=gettext("One value in full"),
            label=VALUES.get(value, value),
            shown=shown,
            problem=sentence(broken) if broken else "",
            back=(words, address),
            seconds=SECONDS_SHOWN,
        )
        answer = make_response(page, _status(broken))
        answer.headers["Cache-Control"] = "private, no-store"
        if not broken:
            answer.headers["Refresh"] = f"{SECONDS_SHOWN}; url={address}"
        return answer

    @staticmethod
    def _opened(of: Of, row_id: int, value: str) -> str:
        if value not in set(Value):
            raise NotAllowed("no such value", code="not_found")
        with transaction() as session:
            return reveals.reveal(
                session, of, row_id, Value(value), reason=_reason(),
                actor=current.actor(), now=current.now(),
                per_hour=current_app.config["ANJU_REVEALS_PER_HOUR"],
            )  # fmt: skip


def _reason() -> str:
    """Return the reason chosen, or typed under “other”."""
    chosen = request.form.get("reveal-reason", "")
    if chosen == OTHER:
        return request.form.get("reveal-note", "").strip()
    return str(REASONS.get(chosen, ""))


def _status(broken: RuleBroken | None) -> int:
    if broken is None:
        return 200
    if broken.code == "not_found":
        return 404
    if broken.code == "reveal_limit":
        return 429
    return 403 if isinstance(broken, NotAllowed) else 422
