"""Payments as a page shows them: masked, in the reader's words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import current
from app.desk import words
from app.desk.queue_page import shown_count
from app.display.words import is_chinese, localized
from app.domain.masking import mask_name
from app.domain.terms import PayoutStatus
from app.gateways.bank import reason_of
from app.models import Payout
from app.services import reference
from app.services.paying import forecast, payments, payout_lists, resolutions

NOTHING = Decimal("0.00")
SHOWN_BANKS = 6


def banks(session: Session) -> dict[str, str]:
    """Return the short names of banks by code."""
    return {row.code: localized(row, "short_name") for row in reference.banks(session)}


def row(payout: Payout, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one payment for a list."""
    word, tone, icon = words.PAYOUTS[payout.status]
    return {
        "id": payout.id,
        "number": payout.application.number,
        "reference": payout.bank_reference or "-",
        "attempt": payout.attempt,
        "payee": mask_name(payout.payee_name),
        "account": f"{names.get(payout.payee_bank_code, '')} **** {payout.payee_last_four}",
        "amount": payout.amount,
        "status": {"word": word, "tone": tone, "icon": icon},
        "said": payout.bank_text,
        "reason": _reason(payout),
        "at": payout.paid_at or payout.sent_at or payout.created_at,
        "due_on": payout.due_on,
    }


def doubt(session: Session, found: payout_lists.Doubt, names: Mapping[str, str]) -> Any:
    """Return a payment with its course, what was said of it and what may be said."""
    payout, said, now = found.payout, found.said, current.now()
    over = payments.window_over(payout, now=now)
    choice = CHOICES.get(payout.status, office_outcomes)()
    said_word = dict(choice).get(said.outcome.value, "") if said else ""
    if payout.status is PayoutStatus.UNKNOWN and not over:
        choice = [one for one in choice if one[0] != PayoutStatus.APPROVED.value]
    return row(payout, names) | {
        "steps": [
            {"at": one.at, "title": _message(one.kind, one.outcome), "state": "done"}
            for one in reversed(found.messages)
        ],
        "window_over": over,
        "late": payout.status is PayoutStatus.UNKNOWN
        and payout.due_on <= payout_lists.late_from(session, now=now),
        "next_at": payout.next_query_at,
        "said": said,
        "said_word": said_word,
        "said_reason": _code_words(said.code) if said and said.code else "",
        "outcomes": choice,
        "office": payout.status is PayoutStatus.REJECTED,
        "unbooked": payout.status is PayoutStatus.PAID,
    }


def tiles(session: Session) -> list[dict[str, Any]]:
    """Return the numbers of the page; what has ended is not counted."""
    actor, now = current.actor(), current.now()
    found = payout_lists.tallies(session, actor=actor)

    def of(*statuses: PayoutStatus) -> payout_lists.Tally:
        some = [found.get(status, payout_lists.Tally()) for status in statuses]
        return payout_lists.Tally(
            sum(one.count for one in some), sum((one.total for one in some), start=NOTHING)
        )

    groups = (
        (gettext("waiting"), "", "approved", of(PayoutStatus.APPROVED)),
        (gettext("being paid"), "", "sent", of(PayoutStatus.CLAIMED, PayoutStatus.SENT)),
        (gettext("paid today"), "", "paid", payout_lists.paid_today(session, actor=actor, now=now)),
        (
            gettext("with the applicant, account to be corrected"), "turn", "rejected",
            payout_lists.with_applicants(session, actor=actor),
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


def next_run(session: Session, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the forecast of the next run: what goes to which banks, what waits and why."""
    told = forecast.next_run(session, actor=current.actor(), now=current.now())
    rest = told.banks[SHOWN_BANKS:]
    shown = [
        (names.get(one.why, one.why), one.count, one.total) for one in told.banks[:SHOWN_BANKS]
    ]
    if rest:
        more = sum((one.total for one in rest), NOTHING)
        shown.append((gettext("other banks"), sum(one.count for one in rest), more))
    return {
        "count": told.count,
        "total": told.total,
        "banks": shown,
        "waits": [(WAITS[one.why](), one.count, one.total) for one in told.waits],
        "caps": [line for one in told.usage for line in _caps(one)],
        "unprepared": sum(one.count for one in told.waits if one.why == forecast.UNPREPARED),
    }


WAITS = {
    forecast.STOPPED: lambda: gettext("payouts are stopped"),
    forecast.CLOSED: lambda: gettext("the bank is closed now"),
    forecast.HELD: lambda: gettext("held or being checked by the office"),
    forecast.LATER: lambda: gettext("tried again later, as the bank asked"),
    forecast.UNPREPARED: lambda: gettext("in no batch yet"),
    forecast.UNRELEASED: lambda: gettext("in a batch that another person releases"),
    forecast.CAP: lambda: gettext("over the cap, in a later run"),
}
"""Why payments wait."""


def outcomes() -> list[tuple[str, str]]:
    """Return what a doubt can end in."""
    return [
        (PayoutStatus.PAID.value, gettext("The bank has paid it")),
        (PayoutStatus.REJECTED.value, gettext("The bank has refused it")),
        (PayoutStatus.APPROVED.value, gettext("The bank never had it; send it again")),
    ]


def office_outcomes() -> list[tuple[str, str]]:
    """Return what a refusal that the office answers for can end in."""
    return [
        (PayoutStatus.APPROVED.value, gettext("It is put right; pay it under a new reference")),
        (PayoutStatus.REJECTED.value, gettext("The applicant has to correct the account")),
    ]


def unbooked_outcomes() -> list[tuple[str, str]]:
    """Return what a payment can end in that the bank called paid and never booked."""
    said = gettext("The bank never booked it; the money is held for the case again")
    return [(PayoutStatus.RETURNED.value, said)]


CHOICES = {PayoutStatus.UNKNOWN: outcomes, PayoutStatus.PAID: unbooked_outcomes}
"""What two people may say of a payment; of any other it is how a refusal is put right."""


def reasons() -> list[tuple[str, str]]:
    """Return the bank's reasons that a letter may give."""
    return [(code, _code_words(code)) for code in sorted(resolutions.CODES_BY_HAND)]


def chips(status: str, batch: str) -> list[tuple[str, str, bool]]:
    """Return the ready conditions of the list."""
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


def after(rows: list[Payout]) -> str:
    """Return where the list goes on, or nothing."""
    if len(rows) <= payout_lists.PAGE:
        return ""
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("status", "batch") if request.args.get(name)
    }
    kept["below"] = rows[payout_lists.PAGE - 1].id
    return url_for("PayoutRunView.runs", **kept)


def _caps(one: forecast.Usage) -> list[tuple[str, str]]:
    today, found = one.today, []
    if one.caps.day_count is not None:
        found.append((
            gettext("Payments of the day"),
            gettext("%(used)s of %(most)s", used=today.count, most=one.caps.day_count),
        ))  # fmt: skip
    if one.caps.day_total is not None:
        found.append((
            gettext("Yuan of the day"),
            gettext(
                "%(used)s of %(most)s", used=f"{today.total:,.2f}",
                most=f"{one.caps.day_total:,.2f}",
            ),
        ))  # fmt: skip
    if one.caps.run_count is not None:
        found.append((gettext("Most payments of a run"), str(one.caps.run_count)))
    if one.caps.run_total is not None:
        found.append((gettext("Most yuan of a run"), f"{one.caps.run_total:,.2f}"))
    return found


def _reason(payout: Payout) -> str:
    return _code_words(payout.bank_code_answer) if payout.bank_code_answer else ""


def _code_words(code: str) -> str:
    reason = reason_of(code)
    return f"{code} {reason.zh if is_chinese() else reason.en}"


def _message(kind: str, outcome: str) -> str:
    kinds = {"send": gettext("Sent to the bank"), "query": gettext("Asked the bank")}
    ends = {
        "done": gettext("carried out"),
        "paid": gettext("carried out"),
        "accepted": gettext("accepted"),
        "processing": gettext("in progress"),
        "pending": gettext("in progress"),
        "refused": gettext("refused"),
        "rejected": gettext("refused"),
        "returned": gettext("sent back"),
        "not_found": gettext("no such payment there"),
        "unknown": gettext("no readable answer"),
        "unreadable": gettext("no readable answer"),
        "timeout": gettext("no answer in time"),
    }
    return gettext(
        "%(what)s: %(answer)s", what=kinds.get(kind, kind), answer=ends.get(outcome, outcome)
    )
