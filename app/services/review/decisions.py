"""What staff decide on a case: take up, pass, return, decline, reject, approve, void."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import texts
from app.domain.errors import IllegalMove, Invalid
from app.domain.page_words import Words
from app.domain.policy import Actor
from app.domain.terms import Action, Capacity, Kind, Note, Status, Verdict
from app.domain.workdays import local_date
from app.models import Application, CaseEvent, Material, ReturnItem, ReturnReason
from app.services import cases, ledger, payouts, reference
from app.services.accounting import closings
from app.services.applying import circumstances, relations
from app.services.paying import money_eyes
from app.services.review import case_notices, deadlines, payee_fixes, return_texts
from app.services.staff import standing


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One line of a return opinion; ``mark`` is a rectangle in per cent of the picture."""

    code: str
    material_code: str = ""
    page_id: int | None = None
    mark: dict[str, float] | None = None
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def take_up(session: Session, case: Application, *, actor: Actor, now: dt.datetime) -> None:
    """Accept a submitted case for review (受理) and tell the applicant the day of decision."""
    cases.move(session, case, Action.TAKE_UP, actor=actor, now=now, assignee_id=actor.user_id)
    case_notices.about_case(
        session, "application_accepted", case, now=now, due_date=case.due_on
    )


def pass_first(
    session: Session,
    case: Application,
    *,
    actor: Actor,
    now: dt.datetime,
    note: str = "",
) -> None:
    """Pass the first review (初审通过): on to another reviewer.

    Raises ``IllegalMove`` (relation_unconfirmed) and, for an heir or proxy who asks for more
    than there is, ``Invalid`` (amount_over): only what is held goes on.
    """
    _check_relation(case)
    if case.capacity is not Capacity.SELF:
        relations.hold_asked(session, case, now=now)
    cases.move(
        session, case, Action.PASS_FIRST,
        actor=actor, now=now, note=note, public=False, assignee_id=None,
    )  # fmt: skip


def return_for_correction(
    session: Session,
    case: Application,
    lines: Sequence[ReturnLine],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Send a case back with every defect at once (退单意见); only what it names reopens.

    Raises ``Invalid`` when there is no line, a line is unknown, or lacks the note it needs.
    """
    if not lines:
        raise Invalid(code="return_needs_lines", field="lines")
    reasons = reference.return_reasons(session, case.scheme_id, local_date(now))
    calendar = reference.calendar(session)
    days = int(circumstances.settings(session, case, on=local_date(now))["correction_days"])
    due = calendar.add_workdays(local_date(now), days).date
    round_no = 1 + max((item.round for item in case.return_items), default=0)
    reopened = set()
    for line in lines:
        reason = _reason_of(reasons, line.code, outcome="return")
        session.add(_return_item(session, case, line, reason, round_no, now=now))
        reopened |= _reopens(reason, line)
        _mark_paper(case, line)
    cases.move(
        session, case, Action.RETURN_FOR_CORRECTION, actor=actor, now=now,
        correction_due_on=due, reopened=tuple(sorted(reopened)), assignee_id=None,
    )  # fmt: skip
    case_notices.about_case(
        session, "application_returned", case, now=now, count=len(lines), deadline=due
    )


def decline(
    session: Session,
    case: Application,
    line: ReturnLine,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Do not take the case in (不予受理), with the written reason and the way to a review."""
    _refuse(session, case, Action.DECLINE, "not_accepted", line, actor=actor, now=now)


def reject(
    session: Session,
    case: Application,
    line: ReturnLine,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Refuse the withdrawal (不予支取), with the written reason and the way to a review."""
    _refuse(session, case, Action.REJECT, "rejected", line, actor=actor, now=now)


def approve(session: Session, case: Application, *, actor: Actor, now: dt.datetime) -> None:
    """Sign a case as a further reviewer; the last signature needed approves it for payment.

    What is signed is the hash of amount and payee; a closing withdrawal fixes its interest to
    this day. Raises ``Invalid`` (amount_over) when the account no longer covers the amount.
    """
    on = local_date(now)
    signatures, needed = 1 + _signed_levels(session, case) + 1, _needed(session, case, on=on)
    if signatures < needed:
        cases.move(
            session, case, Action.PASS_LEVEL, actor=actor, now=now, public=False,
            approvals_required=needed,
        )  # fmt: skip
        return
    if case.kind is Kind.CLOSING:
        closings.fix(session, case, now=now)
    entitled = circumstances.calculation(session, case, now=now)
    if case.amount > entitled.amount:
        raise Invalid(code="amount_over", field="amount", max_amount=entitled.amount)
    pay_by = deadlines.pay_by(session, case, on=on)
    case.decision_hash = payouts.decision_hash(case)
    cases.move(
        session, case, Action.APPROVE, actor=actor, now=now,
        amount_allowed=case.amount, decided_at=now, pay_by=pay_by, assignee_id=None,
        approvals_required=needed,
    )  # fmt: skip
    payouts.create(session, case, now=now)
    case_notices.about_case(session, f"approved_{case.scheme.flow}", case, now=now)


def void(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Void a case that was never paid, with a reason; refused while money may be on its way."""
    if not reason.strip():
        raise Invalid(code="reason_needed", field="reason")
    _check_not_in_flight(session, case)
    cases.move(session, case, Action.VOID, actor=actor, now=now, note=reason)
    payouts.cancel(session, case, now=now)
    ledger.release(session, case, now=now, why="void")
    case_notices.about_case(session, "voided", case, now=now, reason_short=reason)


def undo_first(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Take back a passed first review before anybody signed after it (撤销初审).

    The case goes back to whoever passed it. A signature that was taken back counts no more.
    """
    if not reason.strip():
        raise Invalid(code="reason_needed", field="reason")
    if _signed_levels(session, case):
        raise IllegalMove("a further review has signed", code="signed_further")
    passed = _last_event(session, case, Action.PASS_FIRST)
    cases.move(
        session, case, Action.UNDO, actor=actor, now=now, note=reason, public=False,
        assignee_id=passed.actor_id if passed else None,
    )  # fmt: skip


def set_verdict(
    session: Session,
    material: Material,
    verdict: Verdict,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Say whether a paper meets the requirement."""
    case = cases.get_case(session, material.application_id, actor=actor)
    if case.status not in (Status.IN_REVIEW, Status.SECOND_REVIEW):
        raise IllegalMove("the case is not under review")
    cases.check_reviewer(session, case, actor=actor, now=now)
    material.verdict = verdict
    note = f"{material.material_code} {verdict}"
    cases.remark(session, case, Note.VERDICT, actor=actor, now=now, note=note)


def check_payee(session: Session, case: Application, *, actor: Actor, now: dt.datetime) -> None:
    """Say, as the first of two, that the corrected receiving account is right.

    Raises ``IllegalMove`` (payee_unchanged) before the applicant has corrected it.
    """
    if case.status is not Status.PAYEE_FIX:
        raise IllegalMove("the receiving account is not being corrected")
    cases.check_reviewer(session, case, actor=actor, now=now)
    money_eyes.check_apart(session, case, actor=actor)
    if payee_fixes.changed(payee_fixes.steps_of(session, case)) is None:
        raise IllegalMove("nobody has corrected the account", code="payee_unchanged")
    cases.remark(session, case, Note.CHECK_PAYEE, actor=actor, now=now)


def confirm_payee(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime
) -> None:
    """Confirm, as the second of two, the corrected account: the case is paid again.

    Raises ``IllegalMove`` (payee_unchanged, payee_unchecked) unless the account was corrected
    and checked since the bank refused or returned the money last.
    """
    money_eyes.check_apart(session, case, actor=actor)
    steps = payee_fixes.steps_of(session, case)
    checked = payee_fixes.checked(steps)
    if payee_fixes.changed(steps) is None:
        raise IllegalMove("nobody has corrected the account", code="payee_unchanged")
    if checked is None:
        raise IllegalMove("nobody has checked the new account", code="payee_unchecked")
    standing.check_other(session, actor, earlier=checked.actor_id)
    case.decision_hash = payouts.decision_hash(case)
    pay_by = deadlines.pay_by(session, case, on=local_date(now))
    cases.move(session, case, Action.CONFIRM_PAYEE, actor=actor, now=now, pay_by=pay_by)
    payouts.create(session, case, now=now)


def _refuse(
    session: Session,
    case: Application,
    action: Action,
    event: str,
    line: ReturnLine,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    outcome = "not_accepted" if action is Action.DECLINE else "rejected"
    reasons = reference.return_reasons(session, case.scheme_id, local_date(now))
    reason = _reason_of(reasons, line.code, outcome=outcome)
    round_no = 1 + max((item.round for item in case.return_items), default=0)
    item = _return_item(session, case, line, reason, round_no, now=now)
    session.add(item)
    cases.move(
        session, case, action, actor=actor, now=now, note=item.text_zh, decided_at=now,
        assignee_id=None,
    )  # fmt: skip
    ledger.release(session, case, now=now, why=event)
    case_notices.about_case(
        session, event, case, now=now,
        reason_short=Words(reason.label_zh, reason.label_en),
    )  # fmt: skip


def _reason_of(reasons: Sequence[ReturnReason], code: str, *, outcome: str) -> ReturnReason:
    for reason in reasons:
        if reason.code == code and reason.outcome == outcome:
            return reason
    raise Invalid(code="return_reason_unknown", field="code")


def _return_item(
    session: Session,
    case: Application,
    line: ReturnLine,
    reason: ReturnReason,
    round_no: int,
    *,
    now: dt.datetime,
) -> ReturnItem:
    if reason.needs_note and not line.note.strip():
        raise Invalid(code="note_needed", field="note")
    texts.check_length(line.note, "note", most=texts.LONGEST_LINE)
    _check_page(case, line)
    text_zh, text_en = return_texts.fill_return_text(
        session,
        case,
        reason,
        line.material_code,
        note=line.note,
        facts=line.facts,
        now=now,
    )
    return ReturnItem(
        application_id=case.id, agency_id=case.agency_id, round=round_no,
        return_reason_id=reason.id, code=reason.code, material_code=line.material_code,
        page_id=line.page_id, mark=line.mark, note=line.note,
        text_zh=text_zh, text_en=text_en, at=now,
    )  # fmt: skip


def _check_page(case: Application, line: ReturnLine) -> None:
    """A frame stands on a page of this case, and of the paper the line is about."""
    if line.page_id is None:
        return
    for page in circumstances.live_pages(case):
        if page.id == line.page_id and line.material_code in ("", page.material.material_code):
            return
    raise Invalid(code="page_unknown", field="page")


def _reopens(reason: ReturnReason, line: ReturnLine) -> set[str]:
    opened = set(reason.reopens) - {"none"}
    if "materials" in opened and line.material_code:
        opened.remove("materials")
        opened.add(f"materials:{line.material_code}")
    return opened


def _mark_paper(case: Application, line: ReturnLine) -> None:
    for material in case.materials:
        if material.material_code == line.material_code:
            material.verdict = Verdict.TO_FIX


def _needed(session: Session, case: Application, *, on: dt.date) -> int:
    """Return how many people sign: above ``third_level_amount`` one more than usual (WF06).

    What the case was once to have is never taken back.
    """
    limit = circumstances.settings(session, case, on=on).get("third_level_amount")
    if limit is None or case.amount <= limit:
        return case.approvals_required
    usual = max(2, case.reason.approvals_required)
    return max(case.approvals_required, usual + 1)


def _signed_levels(session: Session, case: Application) -> int:
    """Return how many further levels signed since the first review passed last."""
    passed = _last_event(session, case, Action.PASS_FIRST)
    return (
        session.scalar(
            sa.select(sa.func.count()).where(
                CaseEvent.application_id == case.id,
                CaseEvent.action == Action.PASS_LEVEL.value,
                CaseEvent.id > (passed.id if passed else 0),
            )
        )
        or 0
    )


def _last_event(session: Session, case: Application, what: Action) -> CaseEvent | None:
    return session.scalar(
        sa.select(CaseEvent)
        .where(CaseEvent.application_id == case.id, CaseEvent.action == what.value)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )


def _check_relation(case: Application) -> None:
    if not relations.is_proven(case):
        raise IllegalMove("the relation is not confirmed", code="relation_unconfirmed")


def _check_not_in_flight(session: Session, case: Application) -> None:
    if payouts.in_flight(session, case):
        raise IllegalMove("the bank may be paying", code="payout_in_flight")
