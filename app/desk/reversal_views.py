"""Reversals (红冲) and money that waits for a closed account: one person asks, another confirms."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.account_book import kind_word
from app.domain.errors import RuleBroken
from app.domain.masking import mask_name
from app.extensions import db
from app.models import LedgerReversal
from app.services.accounting import account_statement, reversals, supplements

DISCARD = "discard"


class ReversalView(BaseView):
    """The page of payers and releasers beside the payments."""

    route_base = "/desk/reversals"
    default_view = "index"
    class_permission_name = "Payouts"
    method_permission_name = {
        "index": "read", "propose": "prepare", "answer": "read", "supplement": "prepare",
    }  # fmt: skip

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show what waits for a second person, what was reversed, what waits to be paid."""
        return self._page()

    @expose("/propose", methods=["POST"])
    @has_access
    def propose(self) -> Any:
        """Ask for the reversal of an entry, with proof."""
        typed = request.form.get("reference", "").strip()[:64]

        def work(session: Session) -> None:
            actor = current.actor()
            entry = reversals.entry_of(session, typed, actor=actor)
            reversals.propose(
                session, entry, actor=actor, now=current.now(),
                proof=request.form.get("proof", ""),
            )  # fmt: skip

        said = gettext("Asked for; another person confirms it.")
        return self._done(work, said, about="journal_entry")

    @expose("/<int:key>/answer", methods=["POST"])
    @has_access
    def answer(self, key: int) -> Any:
        """Confirm a reversal as the second person, or take it away with the reason."""
        if not deeds.may("prepare", "release", view="Payouts"):
            abort(403)
        discards = request.form.get("deed") == DISCARD

        def work(session: Session) -> None:
            who: dict[str, Any] = {"actor": current.actor(), "now": current.now()}
            asked = reversals.get(session, key, actor=current.actor())
            if discards:
                reason = request.form.get("proof", "")
                reversals.discard(session, asked, reason=reason, **who)
            else:
                reversals.confirm(session, asked, **who)

        said = gettext("Taken away.") if discards else gettext("Reversed.")
        return self._done(work, said, about=f"ledger_reversal:{key}")

    @expose("/supplement/<int:key>", methods=["POST"])
    @has_access
    def supplement(self, key: int) -> Any:
        """Open the case that pays what came after an account was closed."""

        def work(session: Session) -> None:
            actor = current.actor()
            account = account_statement.staff_account(session, key, actor=actor)
            supplements.open_case(session, account, actor=actor, now=current.now())

        said = gettext("The supplementary case is open; two reviewers sign it.")
        return self._done(work, said, about=f"account:{key}")

    def _done(self, work: Any, said: str, *, about: str) -> Any:
        here = url_for("ReversalView.index")
        broken = deeds.attempt(work, location=here, about=about)
        if broken is None:
            flash(said, "success")
            return redirect(here)
        return self._page(broken), 403 if broken.code in RIGHTS else 422

    def _page(self, broken: RuleBroken | None = None) -> str:
        session, actor = db.session(), current.actor()
        if actor.agency_id is None:
            abort(404)
        found = [_shown(row) for row in reversals.listed(session, actor=actor)]
        page: str = self.render_template(
            "desk/reversals.html",
            title=gettext("Reversals and late money"),
            asked=[one for one in found if not one["confirmed_at"]],
            done=[one for one in found if one["confirmed_at"]],
            late=supplements.waiting(session, actor=actor),
            may_prepare=deeds.may("prepare", view="Payouts"),
            may_release=deeds.may("release", view="Payouts"),
            me=actor.user_id,
            typed=request.form,
            problems=[(broken.field, sentence(broken))] if broken else [],
        )
        return page


RIGHTS = ("role_missing", "four_eyes", "own_case", "not_found")


def _shown(row: LedgerReversal) -> dict[str, Any]:
    account = row.account
    return {
        "id": row.id,
        "reference": row.entry.reference,
        "what": kind_word(row.entry.kind),
        "amount": reversals.sum_of(row.entry),
        "value_date": row.entry.value_date,
        "account_id": account.id,
        "number": account.number,
        "holder": mask_name(account.applicant.name),
        "proof": row.proof,
        "proposed_by": row.proposed_by,
        "proposed_name": row.proposed_name,
        "proposed_at": row.proposed_at,
        "confirmed_name": row.confirmed_name,
        "confirmed_at": row.confirmed_at,
    }
