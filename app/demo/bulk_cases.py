"""Invented cases: history, clock, papers, money and payment of each fit together."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.demo import bulk_plan as plan
from app.demo.bulk_days import DAY_SECONDS, OPENS, day_text, moment
from app.demo.bulk_people import Held, post, seal_id, sealed
from app.demo.bulk_plan import PLANS, Step
from app.demo.bulk_world import Reason, World
from app.demo.bulk_writing import Writer
from app.domain import lifecycle, numbers
from app.domain.masking import mask_name
from app.domain.terms import Action, Kind, LedgerCode, Origin, Status, Verdict
from app.models import (
    Application,
    CaseEvent,
    ClockInterval,
    Material,
    Payout,
    ReturnItem,
    StatementLine,
)  # fmt: skip
from app.services import payouts

HOUR = 3_600
L = LedgerCode
HOLD, RELEASE = (L.AVAILABLE, L.HELD), (L.HELD, L.AVAILABLE)
OUT, PAID, BACK = (L.HELD, L.IN_TRANSIT), (L.IN_TRANSIT, L.BANK), (L.IN_TRANSIT, L.HELD)
EARNED = (L.INTEREST, L.AVAILABLE)
REFUSED = ("AC01", "收款账号不正确")


@dataclass(slots=True)
class Case:
    """One case on its way; sums in fen, moments in seconds, ``moments`` by status reached."""

    id: int
    held: Held
    reason: Reason
    kind: Kind
    outcome: str
    fen: int
    interest: int = 0
    entries: int = 0
    payout_id: int | None = None
    moments: dict[Status, int] = field(default_factory=dict)
    last: int = 0
    moves: int = 0

    @property
    def chance(self) -> Any:
        """Return the chance of the person."""
        return self.held.person.chance


def add_case(
    writer: Writer, world: World, held: Held, *, outcome: str, reason: Reason, start: int
) -> None:
    """Add one case that was submitted on working day number ``start`` and came to an outcome."""
    kind = Kind.FIRST if reason.code not in held.paid else Kind.SUBSEQUENT
    if outcome == "closed":
        kind = Kind.CLOSING
    case = Case(writer[Application].take_id(), held, reason, kind, outcome, _amount(held, kind))
    _walk(writer, world, case, start)
    if outcome != "draft":
        _add_papers(writer, case)
    _add_row(writer, world, case)
    if plan.PAYOUTS.get(outcome) == "settled":
        held.paid.add(reason.code)


def _amount(held: Held, kind: Kind) -> int:
    """Return what is asked: all of it to close, else a part that always leaves something."""
    if kind is Kind.CLOSING:
        return held.available
    most = max(100, min(held.available // 3, 4_000_000))
    return max(1, held.person.chance.randrange(most // 4, most) // 100 * 100)


def _walk(writer: Writer, world: World, case: Case, start: int) -> None:
    """Take every step of the plan with what it does to history, clock and money."""
    days = world.days.workdays
    at = days[start] * DAY_SECONDS + OPENS + case.chance.randrange(2 * HOUR)
    status, since, holder = Status.DRAFT, at, None
    for step in PLANS[case.outcome]:
        if step.days:
            start += step.days
            at = days[start] * DAY_SECONDS + OPENS + case.chance.randrange(2 * HOUR)
        else:
            at += 600 + case.chance.randrange(HOUR)
        _add_event(writer, case, step, status, at)
        status = step.to
        case.moments.setdefault(status, at)
        next_holder = lifecycle.CLOCK.get(status)
        if holder is not None and next_holder is not holder:
            _add_clock(writer, case, holder.value, since, at)
        if next_holder is not holder:
            holder, since = next_holder, at
        _move_money(writer, world, case, step, at)
        if step.action in (Action.RETURN_FOR_CORRECTION, Action.DECLINE, Action.REJECT):
            _add_return(writer, case, at)
    if holder is not None:
        _add_clock(writer, case, holder.value, since, None)
    case.last = at


def _move_money(writer: Writer, world: World, case: Case, step: Step, at: int) -> None:
    held = case.held
    match step.action:
        case Action.SUBMIT if not case.entries:
            _post(writer, case, "hold", case.fen, HOLD, at)
            held.available -= case.fen
            held.held += case.fen
        case Action.APPROVE:
            if case.kind is Kind.CLOSING:
                _earn(writer, case, at)
            _add_payout(writer, world, case, at)
        case Action.PAY:
            _send(writer, case, at - 300)
            reference = f"paid-{case.payout_id}-1"
            post(writer, held, "paid", reference, case.fen, PAID, at,
                 case_id=case.id, payout_id=case.payout_id)  # fmt: skip
            held.held -= case.fen
            held.closed = case.kind is Kind.CLOSING
        case Action.BANK_REFUSED:
            _send(writer, case, at - 300)
            reference = f"back-{case.payout_id}-1"
            post(writer, held, "back", reference, case.fen, BACK, at,
                 case_id=case.id, payout_id=case.payout_id)  # fmt: skip
        case Action.DECLINE | Action.REJECT | Action.CANCEL | Action.VOID:
            _post(writer, case, "release", case.fen, RELEASE, at)
            held.available += case.fen
            held.held -= case.fen


def _earn(writer: Writer, case: Case, at: int) -> None:
    """Post the interest of a closing account and hold it too."""
    held = case.held
    case.interest = max(1, case.fen * 15 // 1000)
    reference = f"closing-interest-{case.id}"
    post(writer, held, "interest", reference, case.interest, EARNED, at)
    _post(writer, case, "hold", case.interest, HOLD, at)
    held.held += case.interest
    case.fen += case.interest


def _send(writer: Writer, case: Case, at: int) -> None:
    reference = f"transit-{case.payout_id}-1"
    post(writer, case.held, "transit", reference, case.fen, OUT, at,
         case_id=case.id, payout_id=case.payout_id)  # fmt: skip


def _post(
    writer: Writer, case: Case, kind: str, fen: int, way: tuple[LedgerCode, LedgerCode], at: int
) -> None:
    case.entries += 1
    reference = f"{kind}-{case.id}-{case.entries}"
    post(writer, case.held, kind, reference, fen, way, at, case_id=case.id)


def _signed(case: Case) -> str:
    """Return the hash of what was signed: case, amount, payee."""
    held = case.held
    yuan = Decimal(case.fen) / 100
    return payouts.hash_of(case.id, yuan, held.person.name, held.card_index, held.bank)


def _add_payout(writer: Writer, world: World, case: Case, at: int) -> None:
    """Add the payment; one that went out stands in the statement of its day."""
    status, held = plan.PAYOUTS[case.outcome], case.held
    out_at = _next_workday(world, at)
    row, day = seal_id(case.chance), out_at // DAY_SECONDS
    sent: dict[str, Any] = {}
    case.payout_id = writer[Payout].take_id()
    if status != "approved":
        sent = {
            "bank_reference": _reference(world, day), "fence": 1,
            "claimed_at": moment(out_at), "sent_at": moment(out_at),
        }  # fmt: skip
    if status == "rejected":
        sent |= {
            "ended_at": moment(out_at),
            "bank_code_answer": REFUSED[0],
            "bank_text": REFUSED[1],
        }
    if status == "settled":
        sent |= {"paid_at": moment(out_at), "ended_at": moment(out_at + DAY_SECONDS)}
        writer[StatementLine].add(
            agency_id=held.place.agency_id, on_date=day_text(day), amount=case.fen,
            line_no=world.line_no(held.place.agency_id, day, case.fen), direction="out",
            reference=sent["bank_reference"], payout_id=case.payout_id, bucket="matched",
            read_at=moment(out_at + DAY_SECONDS),
        )  # fmt: skip
    writer[Payout].add(
        id=case.payout_id, seal_id=row, agency_id=held.place.agency_id, application_id=case.id,
        status=status.value, amount=case.fen, payee_name=held.person.name,
        payee_bank_code=held.bank, payee_last_four=held.card[-4:],
        payee_card_sealed=sealed("payout", "payee_card", row, held.card),
        decision_hash=_signed(case), purpose=held.place.purpose, created_at=moment(at),
        due_on=world.days.due(at // DAY_SECONDS, held.place.payout_days), **sent,
    )  # fmt: skip


def _next_workday(world: World, at: int) -> int:
    """Return ten o'clock of the working day after a moment, when the bank has the payment."""
    due = world.days.next_workday(at // DAY_SECONDS)
    return due * DAY_SECONDS + OPENS + HOUR


def _reference(world: World, day: int) -> str:
    date = world.days.date(day)
    return numbers.bank_reference(date, world.serial(f"bank-{date:%Y%m%d}"))


def _add_event(writer: Writer, case: Case, step: Step, before: Status, at: int) -> None:
    place, person = case.held.place, case.held.person
    names = {"applicant": (None, mask_name(person.name)), "worker": (None, "worker")}
    actor_id, name = names.get(step.who) or place.staff[step.who]
    writer[CaseEvent].add(
        agency_id=place.agency_id, application_id=case.id, actor_id=actor_id, actor_name=name,
        action=step.action.value, from_status=before.value, to_status=step.to.value, note="",
        public=int(step.action is not Action.PASS_FIRST), at=moment(at),
    )  # fmt: skip
    case.moves += isinstance(step.action, Action)


def _add_clock(writer: Writer, case: Case, holder: str, since: int, until: int | None) -> None:
    writer[ClockInterval].add(
        agency_id=case.held.place.agency_id, application_id=case.id, holder=holder,
        started_at=moment(since), ended_at=None if until is None else moment(until),
    )  # fmt: skip


def _add_return(writer: Writer, case: Case, at: int) -> None:
    said = case.held.place.returns[plan.RETURN_CODES[case.outcome]]
    settled = moment(at + DAY_SECONDS) if case.outcome == "corrected" else None
    writer[ReturnItem].add(
        agency_id=case.held.place.agency_id, application_id=case.id, round=1, code=said.code,
        return_reason_id=said.reason_id, mark="null", text_zh=said.zh, text_en=said.en,
        at=moment(at), settled_at=settled,
    )  # fmt: skip


def _add_papers(writer: Writer, case: Case) -> None:
    verdict = Verdict.ACCEPTED if case.outcome in plan.PAYOUTS else Verdict.OPEN
    for paper in case.reason.papers[case.kind]:
        writer[Material].add(
            agency_id=case.held.place.agency_id, application_id=case.id, verdict=verdict.value,
            material_type_id=paper.type_id, material_code=paper.code,
            origin=Origin.UPLOAD.value, created_at=moment(case.moments[Status.DRAFT]),
        )  # fmt: skip


def _add_row(writer: Writer, world: World, case: Case) -> None:
    held, reason, place = case.held, case.reason, case.held.place
    row = seal_id(case.chance)
    status = PLANS[case.outcome][-1].to
    writer[Application].add(
        id=case.id, seal_id=row, agency_id=place.agency_id, scheme_id=place.scheme_id,
        applicant_id=held.person.id, account_id=held.id, reason_id=reason.id,
        reason_code=reason.code, subtype=reason.subtype, kind=case.kind.value,
        status=status.value, amount=case.fen, interest=case.interest,
        payee_name=held.person.name, payee_bank_code=held.bank, payee_card_index=held.card_index,
        payee_card_sealed=sealed("application", "payee_card", row, held.card),
        payee_last_four=held.card[-4:], card_check="matched",
        mobile_sealed=sealed("application", "mobile", row, held.person.mobile),
        mobile_last_four=held.person.mobile[-4:], rule_version=reason.version,
        approvals_required=max(2, reason.approvals), version=1 + case.moves,
        created_at=moment(case.moments[Status.DRAFT]), updated_at=moment(case.last),
        **_times(world, case, status),
    )  # fmt: skip


def _times(world: World, case: Case, status: Status) -> dict[str, Any]:
    """Return number, days and signatures that a case has from its submission on."""
    submitted = case.moments.get(Status.SUBMITTED)
    if submitted is None:
        return {"signature": "null"}
    place, day = case.held.place, submitted // DAY_SECONDS
    date = world.days.date(day)
    serial = world.serial(f"{place.prefix}{date:%Y%m%d}")
    approved = case.moments.get(Status.APPROVED)
    ended = status in (Status.DECLINED, Status.REJECTED)
    returned = case.moments.get(Status.RETURNED)
    first = place.staff["first"][0]
    return {
        "number": numbers.application_number(place.prefix, date, serial),
        "submitted_at": moment(submitted), "commitment_id": place.letter[0],
        "commitment_sha256": place.letter[1], "signed_at": moment(submitted),
        "signature": json.dumps({"reference": f"{case.id:016X}"}),
        "due_on": world.days.due(day, place.decision_days),
        "amount_allowed": case.fen if approved else None,
        "decision_hash": _signed(case) if approved else "",
        "decided_at": moment(approved or case.last) if approved or ended else None,
        "pay_by": world.days.due(approved // DAY_SECONDS, place.payout_days) if approved else None,
        "paid_at": moment(case.last) if status is Status.PAID else None,
        "correction_due_on": (
            world.days.due(returned // DAY_SECONDS, place.correction_days)
            if returned and status is Status.RETURNED else None
        ),
        "reopened": "payee" if status is Status.RETURNED else "",
        "assignee_id": first if status is Status.IN_REVIEW else None,
    }  # fmt: skip
