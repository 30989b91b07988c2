"""Reconciliation: our payments against the bank's statements, what differs and what to do."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds, payout_rows
from app.desk.sentences import sentence
from app.domain.errors import Invalid, RuleBroken
from app.extensions import db
from app.models import DayEnd
from app.services.paying import findings, reconciliation
from app.services.paying.reconciliation import Flag, Item

RIGHTS = ("role_missing", "four_eyes", "own_case", "not_found")
NOT_OURS = "not_ours"


class ReconciliationView(BaseView):
    """Three buckets and the ends of days."""

    route_base = "/desk/reconciliation"
    default_view = "show"
    class_permission_name = "Payouts"
    method_permission_name = {
        "show": "read", "propose": "prepare", "confirm": "release", "discard": "read",
    }  # fmt: skip

    @expose("/")
    @has_access
    def show(self) -> str:
        """Show what only we have, what only the bank has, what differs, and the days."""
        return self._render()

    @expose("/line/<int:line_id>/propose", methods=["POST"])
    @has_access
    def propose(self, line_id: int) -> Any:
        """Say which payment a line of the bank is, or why it is none of ours."""

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            line = findings.get_line(session, line_id, actor=actor)
            wish = request.form.get("payout_id", "")
            if wish != NOT_OURS and not wish.isdecimal():
                raise Invalid(code="choice_invalid", field=f"payout-{line_id}")
            findings.propose(
                session, line, actor=actor, now=now, why=request.form.get("why", ""),
                payout_id=None if wish == NOT_OURS else int(wish),
            )  # fmt: skip

        return self._done(work, gettext("Recorded. Another person confirms it."), line_id)

    @expose("/line/<int:line_id>/confirm", methods=["POST"])
    @has_access
    def confirm(self, line_id: int) -> Any:
        """Confirm what a colleague said of a line."""

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            line = findings.get_line(session, line_id, actor=actor)
            findings.confirm(session, findings.get_finding(session, line), actor=actor, now=now)

        return self._done(work, gettext("Confirmed."), line_id)

    @expose("/line/<int:line_id>/discard", methods=["POST"])
    @has_access
    def discard(self, line_id: int) -> Any:
        """Take away what one person, perhaps oneself, said of a line."""
        if not deeds.may("prepare", "release", view="Payouts"):
            abort(403)

        def work(session: Session) -> None:
            actor, now = current.actor(), current.now()
            line = findings.get_line(session, line_id, actor=actor)
            said = findings.get_finding(session, line)
            findings.discard(session, said, actor=actor, now=now, reason="")

        return self._done(work, gettext("Discarded."), line_id)

    def _done(self, work: Any, said: str, line_id: int) -> Any:
        here = url_for("ReconciliationView.show")
        broken = deeds.attempt(work, location=here, about=f"statement_line:{line_id}")
        if broken is None:
            flash(said, "success")
            return redirect(here)
        return self._render(broken), 403 if broken.code in RIGHTS else 422

    def _render(self, broken: RuleBroken | None = None) -> str:
        session, actor = db.session(), current.actor()
        if actor.agency_id is None:
            abort(404)
        names = payout_rows.banks(session)
        items = reconciliation.open_items(session, actor=actor)
        days = reconciliation.days(session, actor=actor)
        page: str = self.render_template(
            "desk/reconciliation.html",
            title=gettext("Reconciliation"),
            buckets=_buckets([_item(one, names) for one in items]),
            came_back=[
                _item(one, names) for one in reconciliation.returned(session, actor=actor)
            ],
            days=[(statement, end, _differences(end)) for statement, end in days],
            may_prepare=deeds.may("prepare", view="Payouts"),
            may_release=deeds.may("release", view="Payouts"),
            me=actor.user_id,
            problems=[(broken.field, sentence(broken))] if broken else [],
        )
        return page


def _item(item: Item, names: dict[str, str]) -> dict[str, Any]:
    said = item.said
    return {
        "flag": item.flag,
        "word": WORDS[item.flag](),
        "advice": ADVICE[item.flag](),
        "on": item.on,
        "amount": item.amount,
        "reference": item.reference,
        "payment": payout_rows.row(item.payout, names) if item.payout else None,
        "line_id": item.line.id if item.line else None,
        "tail": item.line.payee_tail if item.line else "",
        "said": said,
        "suggested": [payout_rows.row(one, names) for one in item.suggested],
    }


def _buckets(items: list[dict[str, Any]]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    def of(*flags: Flag) -> list[dict[str, Any]]:
        return [item for item in items if item["flag"] in flags]

    return [
        ("ours", gettext("Only ours"), of(Flag.ONLY_OURS)),
        ("theirs", gettext("Only the bank's"), of(Flag.ONLY_THEIRS, Flag.TWICE)),
        ("differing", gettext("Different"), of(Flag.DIFFERING)),
    ]


WORDS = {
    Flag.ONLY_OURS: lambda: gettext("not on any statement"),
    Flag.ONLY_THEIRS: lambda: gettext("not ours by reference"),
    Flag.TWICE: lambda: gettext("booked a second time"),
    Flag.DIFFERING: lambda: gettext("another amount"),
    Flag.RETURNED: lambda: gettext("sent back"),
}
"""What a row is."""

ADVICE = {
    Flag.ONLY_OURS: lambda: gettext(
        "The bank said it has paid, its statement does not show it. Ask the bank for the voucher; "
        "it may be booked on the next day. If it never was, say so on the payment's page."
    ),
    Flag.ONLY_THEIRS: lambda: gettext(
        "Payouts are stopped. Ask the bank what it is; say which payment it is, or why it is none."
    ),
    Flag.TWICE: lambda: gettext(
        "Payouts are stopped. The bank booked it again: claim the money back in writing."
    ),
    Flag.DIFFERING: lambda: gettext(
        "The bank booked another amount than was ordered. Have the bank correct it."
    ),
    Flag.RETURNED: lambda: gettext(
        "The money is held for the case again; the applicant corrects the account."
    ),
}
"""What to do about a row."""


def _differences(end: DayEnd | None) -> list[tuple[str, int, str]]:
    if end is None:
        return []
    names = {
        "ledger_payments": gettext("ledger and payments"),
        "ledger_payments_back": gettext("ledger and payments sent back"),
        "payments_pages": gettext("payments and applicants' pages"),
        "payments_pages_back": gettext("payments sent back and applicants' pages"),
        "bank_other_day": gettext("booked by the bank on another day"),
        "back_other_day": gettext("sent back on another day"),
        "never_booked": gettext("called paid, never booked, settled by two people"),
        "explained": gettext("not ours, explained by two people"),
        "bank_fee": gettext("fees of the bank, set aside"),
        "only_ours": gettext("only ours"),
        "only_theirs": gettext("only the bank's"),
        "differing": gettext("another amount"),
        "transit": gettext("ledger and payments on their way"),
    }
    return [
        (str(names.get(one["kind"], one["kind"])), int(one["count"]), str(one["amount"]))
        for one in end.differences
    ]
