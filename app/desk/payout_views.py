"""Payments as staff see them: where the money stands, doubts ended by two, batches by two."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import deeds, words
from app.desk.queue_page import shown_count
from app.desk.sentences import sentence
from app.display.words import localized
from app.domain.errors import Invalid, RuleBroken
from app.domain.masking import mask_name
from app.domain.terms import PayoutStatus
from app.extensions import db
from app.models import Agency, Payout
from app.services import payouts, reference
from app.services.paying import batches, payments, payout_lists, resolutions

DISCARD = "discard"
OUTCOMES = (PayoutStatus.PAID, PayoutStatus.REJECTED, PayoutStatus.APPROVED)


class PayoutRunView(BaseView):
    """The page of payers and releasers."""

    route_base = "/desk/payouts"
    default_view = "runs"
    class_permission_name = "Payouts"
    method_permission_name = {
        "runs": "read", "settle": "read", "prepare": "prepare", "release": "release",
        "go_on": "read",
    }  # fmt: skip

    @expose("/")
    @has_access
    def runs(self) -> str:
        """Show counts by status, doubts, batches and the list of payments."""
        return self._render()

    @expose("/<int:payout_id>/settle", methods=["POST"])
    @has_access
    def settle(self, payout_id: int) -> Any:
        """Say what became of a payment in doubt, confirm what a colleague said, or discard it."""
        if not deeds.may("prepare", "release", view="Payouts"):
            abort(403)
        wish, proof = request.form.get("outcome", ""), request.form.get("proof", "")

        def work(session: Session) -> None:
            who: dict[str, Any] = {"actor": current.actor(), "now": current.now()}
            payout = payout_lists.get_payout(session, payout_id, actor=current.actor())
            if wish == DISCARD:
                if said := resolutions.open_resolution(session, payout):
                    resolutions.discard_resolution(session, said, reason=proof, **who)
                return
            if wish not in set(PayoutStatus):
                raise Invalid(code="outcome_unknown", field="outcome")
            resolutions.resolve_unknown(
                session, payout, outcome=PayoutStatus(wish), proof=proof, **who
            )

        return self._done(work, gettext("Recorded."), about=f"payout:{payout_id}")

    @expose("/prepare", methods=["POST"])
    @has_access
    def prepare(self) -> Any:
        """Put the waiting payments into a batch that another person releases."""

        def work(session: Session) -> None:
            actor = current.actor()
            keys = payout_lists.waiting(session, actor=actor)
            batches.prepare_batch(session, keys, actor=actor, now=current.now())

        return self._done(work, gettext("The batch is ready; another person releases it."))

    @expose("/batch/<int:batch_id>/release", methods=["POST"])
    @has_access
    def release(self, batch_id: int) -> Any:
        """Release a batch to the bank."""

        def work(session: Session) -> None:
            actor = current.actor()
            batch = payout_lists.get_batch(session, batch_id, actor=actor)
            batches.release_batch(session, batch, actor=actor, now=current.now())

        said = gettext("Released. The payments go out in the next run.")
        return self._done(work, said, about=f"payout_batch:{batch_id}")

    @expose("/go-on", methods=["POST"])
    @has_access
    def go_on(self) -> Any:
        """Let stopped payouts of the agency go on, with the reason why it is safe."""

        def work(session: Session) -> None:
            actor = current.actor()
            agency = session.get_one(Agency, actor.agency_id)
            payouts.resume(
                session, agency, actor=actor, now=current.now(),
                reason=request.form.get("reason", ""),
            )  # fmt: skip

        return self._done(work, gettext("Payouts go on."), about="agency")

    def _done(self, work: Any, said: str, *, about: str = "payout") -> Any:
        here = url_for("PayoutRunView.runs")
        broken = deeds.attempt(work, location=here, about=about)
        if broken is None:
            flash(said, "success")
            return redirect(here)
        return self._render(broken), 403 if broken.code in _RIGHTS else 422

    def _render(self, broken: RuleBroken | None = None) -> str:
        session, actor = db.session(), current.actor()
        if actor.agency_id is None:
            abort(404)
        status, batch = request.args.get("status", ""), request.args.get("batch", "")
        banks = {row.code: localized(row, "short_name") for row in reference.banks(session)}
        rows = payout_lists.listed(
            session, actor=actor, statuses=_statuses(status),
            batch_id=int(batch) if batch.isdigit() else None,
            below=int(request.args["below"]) if request.args.get("below", "").isdigit() else None,
        )  # fmt: skip
        page: str = self.render_template(
            "desk/payouts.html",
            title=gettext("Payout runs"),
            tiles=_tiles(payout_lists.tallies(session, actor=actor)),
            doubts=[_doubt(one, banks) for one in payout_lists.doubts(session, actor=actor)],
            rows=[_row(row, banks) for row in rows[: payout_lists.PAGE]],
            after=_after(rows),
            chips=_chips(status, batch),
            batches=payout_lists.batches(session, actor=actor),
            by_people=_by_people(session, actor.agency_id),
            waiting=len(payout_lists.waiting(session, actor=actor)),
            statement=payout_lists.last_statement(session, actor=actor),
            agency=session.get_one(Agency, actor.agency_id),
            may_prepare=deeds.may("prepare", view="Payouts"),
            may_release=deeds.may("release", view="Payouts"),
            me=actor.user_id,
            problems=[(broken.field, sentence(broken))] if broken else [],
            typed=request.form,
            outcomes=_outcomes(),
        )
        return page


_RIGHTS = ("role_missing", "four_eyes", "own_case", "not_found")


def _statuses(word: str) -> tuple[PayoutStatus, ...]:
    if word == "act":
        return payout_lists.TO_ACT
    return (PayoutStatus(word),) if word in set(PayoutStatus) else ()


def _tiles(tallies: dict[PayoutStatus, payout_lists.Tally]) -> list[dict[str, Any]]:
    def of(*statuses: PayoutStatus) -> payout_lists.Tally:
        found = [tallies.get(status, payout_lists.Tally()) for status in statuses]
        return payout_lists.Tally(
            sum(one.count for one in found), sum((one.total for one in found), start=_NOTHING)
        )

    groups = (
        (gettext("waiting"), "", "approved", of(PayoutStatus.APPROVED)),
        (gettext("being paid"), "", "sent", of(PayoutStatus.CLAIMED, PayoutStatus.SENT)),
        (gettext("paid"), "", "paid", of(PayoutStatus.PAID, PayoutStatus.SETTLED)),
        (
            gettext("refused or sent back"), "turn", "rejected",
            of(PayoutStatus.REJECTED, PayoutStatus.RETURNED),
        ),
        (gettext("in doubt"), "check", "unknown", of(PayoutStatus.UNKNOWN)),
    )  # fmt: skip
    return [
        {
            "number": shown_count(tally.count),
            "unit": gettext("payouts"),
            "label": gettext(
                "%(what)s, %(total)s yuan", what=word, total=f"{tally.total:,.2f}"
            ),
            "url": url_for("PayoutRunView.runs", status=status),
            "tone": tone if tally.count else "",
        }
        for word, tone, status, tally in groups
    ]


_NOTHING = payout_lists.Tally().total


def _row(payout: Payout, banks: Mapping[str, str]) -> dict[str, Any]:
    word, tone, icon = words.PAYOUTS[payout.status]
    return {
        "id": payout.id,
        "number": payout.application.number,
        "reference": payout.bank_reference or "-",
        "attempt": payout.attempt,
        "payee": mask_name(payout.payee_name),
        "account": f"{banks.get(payout.payee_bank_code, '')} **** {payout.payee_last_four}",
        "amount": payout.amount,
        "status": {"word": word, "tone": tone, "icon": icon},
        "said": payout.bank_text,
        "at": payout.paid_at or payout.sent_at or payout.created_at,
        "due_on": payout.due_on,
    }


def _doubt(doubt: payout_lists.Doubt, banks: Mapping[str, str]) -> dict[str, Any]:
    said = doubt.said
    steps = [
        {"at": one.at, "title": _message(one.kind, one.outcome), "state": "done"}
        for one in doubt.messages
    ]
    return _row(doubt.payout, banks) | {
        "steps": steps[::-1],
        "window_over": payments.window_over(doubt.payout, now=current.now()),
        "said": said,
        "said_word": dict(_outcomes()).get(said.outcome.value, "") if said else "",
    }


def _message(kind: str, outcome: str) -> str:
    kinds = {"send": gettext("Sent to the bank"), "query": gettext("Asked the bank")}
    ends = {
        "done": gettext("carried out"),
        "accepted": gettext("accepted"),
        "pending": gettext("in progress"),
        "refused": gettext("refused"),
        "rejected": gettext("refused"),
        "not_found": gettext("no such payment there"),
        "unknown": gettext("no readable answer"),
        "unreadable": gettext("no readable answer"),
        "timeout": gettext("no answer in time"),
    }
    return gettext(
        "%(what)s: %(answer)s", what=kinds.get(kind, kind), answer=ends.get(outcome, outcome)
    )


def _outcomes() -> list[tuple[str, str]]:
    return [
        (PayoutStatus.PAID.value, gettext("The bank has paid it")),
        (PayoutStatus.REJECTED.value, gettext("The bank has refused it")),
        (PayoutStatus.APPROVED.value, gettext("The bank never had it; send it again")),
    ]


def _chips(status: str, batch: str) -> list[tuple[str, str, bool]]:
    found = [
        (gettext("All"), url_for("PayoutRunView.runs"), not status and not batch),
        (gettext("To act on"), url_for("PayoutRunView.runs", status="act"), status == "act"),
    ]
    if status and status != "act" and status in set(PayoutStatus):
        word = str(words.PAYOUTS[PayoutStatus(status)][0])
        found.append((word, url_for("PayoutRunView.runs", status=status), True))
    if batch:
        found.append((gettext("One batch"), url_for("PayoutRunView.runs", batch=batch), True))
    return found


def _after(rows: list[Payout]) -> str:
    if len(rows) <= payout_lists.PAGE:
        return ""
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("status", "batch") if request.args.get(name)
    }
    kept["below"] = rows[payout_lists.PAGE - 1].id
    return url_for("PayoutRunView.runs", **kept)


def _by_people(session: Session, agency_id: int) -> bool:
    return any(
        batches.released_by_people(session, scheme.id, now=current.now())
        for scheme in reference.schemes(session)
        if scheme.agency_id == agency_id
    )
