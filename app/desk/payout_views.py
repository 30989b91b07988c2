"""Payments as staff see them: where the money stands, doubts ended by two, batches by two."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current, outside
from app.desk import deeds, payout_rows, switch_views
from app.desk.sentences import sentence
from app.display.files import as_file
from app.domain.errors import IllegalMove, Invalid, NotAllowed, RuleBroken
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus
from app.extensions import db
from app.gateways.scanner import Page
from app.jobs.payouts import RUNS_EVERY
from app.models import Payout
from app.services import reference
from app.services.paying import (
    batches,
    payout_lists,
    proof_papers,
    resolutions,
    retries,
    statements,
)  # fmt: skip
from app.transaction import transaction

DISCARD = "discard"
RIGHTS = ("role_missing", "four_eyes", "own_case", "not_found")


class PayoutRunView(BaseView):
    """The pages of payers and releasers: the run, and each payment."""

    route_base = "/desk/payouts"
    default_view = "runs"
    class_permission_name = "Payouts"
    method_permission_name = {
        "runs": "read", "payment": "read", "paper": "read", "settle": "read",
        "prepare": "prepare", "release": "release",
    }  # fmt: skip

    @expose("/")
    @has_access
    def runs(self) -> str:
        """Show the next run, counts by status, tasks, batches and the list of payments."""
        return self._runs()

    @expose("/<int:payout_id>/")
    @has_access
    def payment(self, payout_id: int) -> str:
        """Show one payment: its course, every exchange with the bank, what two people say of it."""
        return self._payment(payout_id)

    @expose("/paper/<int:paper_id>")
    @has_access
    def paper(self, paper_id: int) -> Response:
        """Show a page of a proof; every look is recorded."""
        try:
            with transaction() as session:
                paper, picture = proof_papers.open_paper(
                    session, paper_id, storage=outside.storage(), actor=current.actor(),
                    now=current.now(),
                )  # fmt: skip
                name = f"{paper.id}.jpg"
        except NotAllowed as broken:
            deeds.refuse(broken, about=f"payout_proof:{paper_id}")
            abort(404)
        return as_file(picture, name=name, kind="image/jpeg", inline=True)

    @expose("/<int:payout_id>/settle", methods=["POST"])
    @has_access
    def settle(self, payout_id: int) -> Any:
        """Say what became of a payment, confirm what a colleague said, or discard it."""
        if not deeds.may("prepare", "release", view="Payouts"):
            abort(403)
        here = url_for("PayoutRunView.payment", payout_id=payout_id)
        try:
            pages, name = _uploaded()
        except RuleBroken as unsafe:
            return self._payment(payout_id, unsafe), 422

        def work(session: Session) -> None:
            payout = payout_lists.get_payout(session, payout_id, actor=current.actor())
            _settle(session, payout, pages, name)

        broken = deeds.attempt(work, location=here, about=f"payout:{payout_id}")
        if broken is None:
            flash(gettext("Recorded."), "success")
            return redirect(here)
        return self._payment(payout_id, broken), 403 if broken.code in RIGHTS else 422

    @expose("/prepare", methods=["POST"])
    @has_access
    def prepare(self) -> Any:
        """Put the waiting payments into a batch that another person releases."""
        small: list[bool] = []

        def work(session: Session) -> None:
            actor = current.actor()
            keys = payout_lists.waiting(session, actor=actor)
            batch = batches.prepare_batch(session, keys, actor=actor, now=current.now())
            small.append(batch.released_at is not None)

        def said() -> str:
            if any(small):
                return gettext("Released. The payments go out in the next run.")
            return gettext("The batch is ready; another person releases it.")

        return self._done(work, said)

    @expose("/batch/<int:batch_id>/release", methods=["POST"])
    @has_access
    def release(self, batch_id: int) -> Any:
        """Release a batch to the bank."""

        def work(session: Session) -> None:
            actor = current.actor()
            batch = payout_lists.get_batch(session, batch_id, actor=actor)
            batches.release_batch(session, batch, actor=actor, now=current.now())

        def said() -> str:
            return gettext("Released. The payments go out in the next run.")

        return self._done(work, said, about=f"payout_batch:{batch_id}")

    def _done(self, work: Any, said: Callable[[], str], *, about: str = "payout") -> Any:
        here = url_for("PayoutRunView.runs")
        broken = deeds.attempt(work, location=here, about=about)
        if broken is None:
            flash(said(), "success")
            return redirect(here)
        return self._runs(broken), 403 if broken.code in RIGHTS else 422

    def _runs(self, broken: RuleBroken | None = None) -> str:
        session, actor = db.session(), current.actor()
        if actor.agency_id is None:
            abort(404)
        page: str = self.render_template(
            "desk/payouts.html",
            title=gettext("Payout runs"),
            problems=[(broken.field, sentence(broken))] if broken else [],
            **_rights(),
            **_run(session, actor),
        )
        return page

    def _payment(self, payout_id: int, broken: RuleBroken | None = None) -> str:
        session, actor = db.session(), current.actor()
        try:
            payout = payout_lists.get_payout(session, payout_id, actor=actor)
        except NotAllowed as refused:
            deeds.refuse(refused, about=f"payout:{payout_id}")
            abort(404)
        shown = payout_rows.doubt(
            session, payout_lists.one(session, payout), payout_rows.banks(session)
        )
        page: str = self.render_template(
            "desk/payment.html",
            title=gettext("Payment"),
            payment=shown,
            payout=payout,
            papers=proof_papers.papers_of(session, payout),
            open=payout.status is PayoutStatus.UNKNOWN
            or resolutions.is_office_task(session, payout)
            or statements.is_unbooked(session, payout),
            reasons=payout_rows.reasons(),
            problems=[(broken.field, sentence(broken))] if broken else [],
            typed=request.form,
            asked_first=gettext(", ").join(str(one) for one in retries.BACK_OFF[:-1]),
            asked_last=retries.BACK_OFF[-1],
            **_rights(),
        )
        return page


def _rights() -> dict[str, Any]:
    """Return what the person signed in may do, so that a page shows no button in vain."""
    verbs = ("stop", "prepare", "release")
    may = {f"may_{verb}": deeds.may(verb, view="Payouts") for verb in verbs}
    return may | {"me": current.actor().user_id}


def _run(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what the page of the run shows."""
    status, batch = request.args.get("status", ""), request.args.get("batch", "")
    below, names = request.args.get("below", ""), payout_rows.banks(session)
    rows = payout_lists.listed(
        session, actor=actor, statuses=_statuses(status),
        batch_id=int(batch) if batch.isdecimal() else None,
        below=int(below) if below.isdecimal() else None,
    )  # fmt: skip
    doubts = payout_lists.doubts(session, actor=actor)
    tasks = payout_lists.tasks(session, actor=actor)
    return {
        "tiles": payout_rows.tiles(session),
        "forecast": payout_rows.next_run(session, names),
        "doubts": [payout_rows.doubt(session, one, names) for one in doubts],
        "tasks": [payout_rows.doubt(session, one, names) for one in tasks],
        "rows": [payout_rows.row(row, names) for row in rows[: payout_lists.PAGE]],
        "after": payout_rows.after(rows),
        "chips": payout_rows.chips(status, batch),
        "batches": payout_lists.batches(session, actor=actor),
        "by_people": _by_people(session, actor.agency_id),
        "statement": payout_lists.last_statement(session, actor=actor),
        "stops": switch_views.shown(session),
        "runs_every": RUNS_EVERY,
    }


def _settle(session: Session, payout: Payout, pages: list[Page], name: str) -> None:
    """Do what the form of a payment asks for."""
    wish, proof = request.form.get("outcome", ""), request.form.get("proof", "")
    who: dict[str, Any] = {"actor": current.actor(), "now": current.now()}
    if wish == DISCARD:
        said = resolutions.open_resolution(session, payout)
        if said is None:
            raise IllegalMove("nobody has said what became of it")
        resolutions.discard_resolution(session, said, reason=proof, **who)
        return
    if wish not in set(PayoutStatus):
        raise Invalid(code="outcome_unknown", field="outcome")
    end = PayoutStatus(wish)
    if pages:
        proof_papers.add(
            session, payout, pages, filename=name, storage=outside.storage(), **who
        )
    if resolutions.is_office_task(session, payout):
        resolutions.settle_refusal(session, payout, outcome=end, proof=proof, **who)
    elif payout.status is PayoutStatus.PAID:
        resolutions.resolve_unbooked(session, payout, outcome=end, proof=proof, **who)
    else:
        resolutions.resolve_unknown(
            session, payout, outcome=end, proof=proof, code=request.form.get("code", ""), **who
        )


def _uploaded() -> tuple[list[Page], str]:
    """Return the pages of the paper that came with the form; no transaction is open meanwhile."""
    sent = request.files.get("paper")
    if sent is None or not sent.filename:
        return [], ""
    data = sent.read(proof_papers.MOST_BYTES + 1)
    return proof_papers.scanned(
        data, sent.filename, antivirus=outside.antivirus()
    ), sent.filename


def _statuses(word: str) -> tuple[PayoutStatus, ...]:
    if word == "act":
        return payout_lists.TO_ACT
    return (PayoutStatus(word),) if word in set(PayoutStatus) else ()


def _by_people(session: Session, agency_id: int | None) -> bool:
    return any(
        batches.released_by_people(session, scheme.id, now=current.now())
        for scheme in reference.schemes(session)
        if scheme.agency_id == agency_id
    )
