"""What the bank says of a payment, and what follows for money, case and people."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.domain.page_words import Words
from app.domain.policy import WORKER
from app.domain.terms import Action, Note, PayoutStatus
from app.domain.workdays import SHANGHAI, local_date
from app.gateways.bank import BankState, Reason, Receipt, Responsible, reason_of
from app.gateways.bank.iso_codes import SAME_AGAIN
from app.models import (
    Application,
    BankMessage,
    BankStatement,
    Payout,
    StatementFinding,
    StatementLine,
)
from app.services import cases, ledger, payouts
from app.services.accounting import closings
from app.services.paying import caps, payment_notices, receipts, retries
from app.services.paying.retries import RETRY, back_off
from app.services.review import case_notices

WINDOW = dt.time(9)
"""From this hour of the next day the bank's "not found" may be true."""

NOTHING_SENT = "no_connection"
TWICE = frozenset({"AM05", "DUPL"}) | SAME_AGAIN
"""Refused as sent before: the first one may be paid, so it is asked for, never made anew."""

_case = joinedload(Payout.application)
WITH_CASE = (
    joinedload(Payout.agency),
    _case.joinedload(Application.account),
    _case.joinedload(Application.applicant),
    _case.joinedload(Application.reason),
    _case.joinedload(Application.scheme),
    _case.joinedload(Application.agency),
)
"""What an answer mostly leads to is read at once: a payment that was asked for is paid."""

P = PayoutStatus


class Outcome(StrEnum):
    """What an answer of the bank came to; the words are those of a run's counts."""

    SENT = "sent"
    PAID = "paid"
    REJECTED = "rejected"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    LATER = "retried_later"
    AGAIN = "approved_again"
    STOPPED = "stopped"
    STALE = "stale"
    NOT_SENT = "not_sent"


def take_answer(
    session: Session,
    payout_id: int,
    fence: int,
    receipt: Receipt,
    *,
    asked: bool,
    now: dt.datetime,
) -> Outcome:
    """Keep what the bank answered to a sending or a question and act on it.

    An answer to an earlier taking of the row, or to a payment that has ended, changes nothing.
    """
    payout, _beside = _read(session, payout_id, with_case=asked)
    keep_message(session, payout, receipt, kind="query" if asked else "send", now=now)
    awaited = {P.SENT, P.UNKNOWN, P.PAID} if asked else {P.CLAIMED}
    if payout.fence != fence or payout.status not in awaited:
        return Outcome.STALE
    if _differs(payout, receipt):
        return _stop(session, payout, now=now)
    return _act(session, payout, receipt, asked=asked, now=now)


def _read(
    session: Session, payout_id: int, *, with_case: bool
) -> tuple[Payout, tuple[object, ...]]:
    """Return a payment as it is now, and what stands beside it, so that it is read once only."""
    payout = session.get_one(
        Payout, payout_id, populate_existing=True, options=WITH_CASE if with_case else ()
    )
    if not with_case:
        return payout, ()
    case = payout.application
    rows = (payout.agency, case.account, case.applicant, case.reason, case.scheme, case.agency)
    return payout, (case, *rows)


def _act(
    session: Session, payout: Payout, receipt: Receipt, *, asked: bool, now: dt.datetime
) -> Outcome:
    """Do what follows from the state that the bank names."""
    match receipt.state:
        case BankState.ACCEPTED | BankState.PROCESSING:
            return accept(session, payout, receipt, asked=asked, now=now)
        case BankState.PAID:
            return pay(session, payout, now=now)
        case BankState.REJECTED:
            return reject(session, payout, receipt.code, receipt.text, now=now)
        case BankState.RETURNED:
            return bounce(session, payout, receipt.code, receipt.text, now=now)
        case BankState.NOT_FOUND:
            return not_found(session, payout, at=receipt.at, now=now)
    return _no_answer(session, payout, receipt, asked=asked, now=now)


def keep_message(
    session: Session, payout: Payout | None, receipt: Receipt, *, kind: str, now: dt.datetime
) -> None:
    """Keep every byte of an exchange, sealed."""
    assert payout is not None
    message = BankMessage(
        agency_id=payout.agency_id, payout_id=payout.id, kind=kind,
        outcome=receipt.state.value, at=now,
    )  # fmt: skip
    message.request = receipt.raw_request.decode("utf-8", "backslashreplace")
    message.answer = receipt.raw_answer.decode("utf-8", "backslashreplace")
    session.add(message)


def accept(
    session: Session, payout: Payout, receipt: Receipt, *, asked: bool, now: dt.datetime
) -> Outcome:
    """The bank has it and will say later: ask again, at once after sending, then less often."""
    if payout.status is P.PAID:
        payout.next_query_at = None
        return Outcome.SENT
    queries = payout.queries + asked
    payouts.shift(
        session, payout, P.SENT, sent_at=payout.sent_at or now, queries=queries,
        next_query_at=now + back_off(queries) if asked else now,
        bank_code_answer=receipt.code[:16], bank_text=receipt.text[:200], not_found_at=None,
    )  # fmt: skip
    return Outcome.SENT


def pay(
    session: Session, payout: Payout, *, now: dt.datetime, on: dt.date | None = None
) -> Outcome:
    """The bank has paid: the ledger moves, the case is paid, the applicant is told.

    ``on`` is the day the bank booked it, where a statement says so; the receipt names it.
    """
    if payout.status is P.PAID:
        payout.next_query_at = None
        return Outcome.PAID
    payouts.shift(
        session, payout, P.PAID, sent_at=payout.sent_at or now, paid_at=now,
        next_query_at=now + RETRY,
    )  # fmt: skip
    entry = ledger.confirm(session, payout, now=now)
    case = payout.application
    cases.move(session, case, Action.PAY, actor=WORKER, now=now, paid_at=now)
    if closings.ends_account(session, case):
        ledger.close_account(session, case.account)
    payment_notices.paid(session, case, now=now)
    receipts.issue(session, payout, now=now, entry=entry.reference, on=on)
    return Outcome.PAID


def reject(
    session: Session, payout: Payout, code: str, text: str, *, now: dt.datetime
) -> Outcome:
    """The bank refuses for good: the money is held again; who acts depends on the reason.

    What was paid stays paid: only "returned" or a line of a statement shows that it came back.
    """
    if code in TWICE:
        return _sent_twice(session, payout, code, now=now)
    if payout.status is P.PAID:
        return _stop(session, payout, now=now)
    reason = reason_of(code)
    caps.give_back(session, payout)
    payouts.shift(
        session, payout, P.REJECTED, ended_at=now, next_query_at=None,
        bank_code_answer=code[:16], bank_text=(text or reason.zh)[:200],
    )  # fmt: skip
    ledger.put_back(session, payout, now=now, why=code)
    if reason.responsible is Responsible.STOP:
        payouts.create(session, payout.application, now=now, not_before=now + RETRY)
        payouts.stop(
            session, payout.agency_id, STOP_REFUSED, now=now, payout=payout.id, code=code
        )
        return Outcome.STOPPED
    if reason.responsible is Responsible.LATER:
        again = retries.not_before(session, payout, code, now=now)
        payouts.create(session, payout.application, now=now, not_before=again)
        payment_notices.put_off(session, payout, reason, now=now)
        return Outcome.LATER
    if reason.responsible is Responsible.OFFICE:
        _to_office(session, payout, reason, now=now)
    else:
        to_applicant(session, payout, code, now=now)
    return Outcome.REJECTED


def _sent_twice(session: Session, payout: Payout, code: str, *, now: dt.datetime) -> Outcome:
    """The bank refuses a second copy: of the first it says nothing, what was paid stays paid."""
    if payout.status is P.PAID:
        payout.next_query_at = None
        return Outcome.SENT
    to_unknown(session, payout, now=now, why=code)
    payout.queries += 1
    return Outcome.UNKNOWN


def to_applicant(session: Session, payout: Payout, code: str, *, now: dt.datetime) -> None:
    """Let the applicant of a refused payment correct the receiving account."""
    reason = reason_of(code)
    _back_to_applicant(session, payout, Action.BANK_REFUSED, "pay_failed", reason, now=now)


def bounce(
    session: Session, payout: Payout, code: str, text: str, *, now: dt.datetime
) -> Outcome:
    """The bank sent the money back (退票): it is held again and the applicant corrects."""
    reason = reason_of(code)
    was_paid = payout.status in (P.PAID, P.SETTLED)
    payouts.shift(
        session, payout, P.RETURNED, ended_at=now, next_query_at=None,
        bank_code_answer=code[:16], bank_text=(text or reason.zh)[:200],
    )  # fmt: skip
    ledger.put_back(session, payout, now=now, why=f"returned {code}")
    case = payout.application
    if was_paid and closings.ends_account(session, case):
        ledger.reopen_account(session, case.account)
    action = Action.BANK_RETURNED if was_paid else Action.BANK_REFUSED
    _back_to_applicant(session, payout, action, "payment_bounced", reason, now=now)
    return Outcome.RETURNED


def to_unknown(session: Session, payout: Payout, *, now: dt.datetime, why: str) -> None:
    """Nobody knows whether the bank pays: it is never sent again until that is settled."""
    fresh = payout.status is not P.UNKNOWN
    payouts.shift(
        session, payout, P.UNKNOWN, sent_at=payout.sent_at or now, bank_text=why[:200],
        next_query_at=now + back_off(payout.queries),
    )  # fmt: skip
    if fresh:
        cases.remark(session, payout.application, Note.UNKNOWN, actor=WORKER, now=now)
        payment_notices.in_doubt(session, payout, now=now)


def not_found(
    session: Session, payout: Payout, *, at: dt.datetime, now: dt.datetime
) -> Outcome:
    """The bank says it never had it; true only after its window and a statement without it.

    ``at`` is the bank's own time. Our clock may have been set right since the payment was
    taken, so the window runs from the first such answer by the later of both clocks, and ends
    by the earlier.
    """
    if payout.status is P.PAID:
        return _stop(session, payout, now=now)
    if payout.status is not P.UNKNOWN:
        to_unknown(session, payout, now=now, why="not_found")
    first = payout.not_found_at
    over = first is not None and window_over(payout, now=min(at, now))
    if not (over and statement_lacks(session, payout)):
        queries = payout.queries + 1
        payouts.shift(
            session, payout, P.UNKNOWN, queries=queries, not_found_at=first or max(at, now),
            next_query_at=now + back_off(queries),
        )  # fmt: skip
        return Outcome.UNKNOWN
    to_approved(session, payout, now=now, why="not_found")
    return Outcome.AGAIN


def to_approved(session: Session, payout: Payout, *, now: dt.datetime, why: str) -> None:
    """It is proven that the bank never had it: it waits again, under the same reference."""
    caps.give_back(session, payout)
    ledger.put_back(session, payout, now=now, why=why)
    payouts.shift(session, payout, P.APPROVED, next_query_at=None, queries=0, bank_text=why)


def lacked_on(payout: Payout) -> dt.date | None:
    """Return the last day on which the bank may have got it: taken, or first not found there."""
    moments = [at for at in (payout.claimed_at, payout.not_found_at) if at is not None]
    return local_date(max(moments)) if moments else None


def window_over(payout: Payout, *, now: dt.datetime) -> bool:
    """Tell whether the bank has had the time after which "not found" can be true."""
    day = (lacked_on(payout) or local_date(now)) + dt.timedelta(days=1)
    return now >= dt.datetime.combine(day, WINDOW, SHANGHAI)


def statement_lacks(session: Session, payout: Payout) -> bool:
    """Tell whether the complete statement of its last day is here, without it.

    A line that nobody has explained and that could be the payment (same sum, no reference of
    ours) proves nothing: it stays in doubt.
    """
    if payout.claimed_at is None:
        return False
    read = session.scalar(
        sa.select(BankStatement.id).where(
            BankStatement.agency_id == payout.agency_id,
            BankStatement.on_date == lacked_on(payout),
        )
    )
    finding = sa.select(StatementFinding.payout_id).where(
        StatementFinding.line_id == StatementLine.id, StatementFinding.confirmed_at.is_not(None)
    )
    could_be = sa.and_(
        StatementLine.agency_id == payout.agency_id,
        StatementLine.on_date >= local_date(payout.claimed_at),
        StatementLine.amount == payout.amount,
        StatementLine.payout_id.is_(None),
        sa.or_(~finding.exists(), finding.scalar_subquery() == payout.id),
    )
    booked = session.scalar(
        sa.select(StatementLine.id)
        .where(sa.or_(StatementLine.reference == payout.bank_reference, could_be))
        .limit(1)
    )
    return read is not None and booked is None


STOP_REFUSED = "The bank refused a message as a whole."
STOP_DIFFERS = "The bank holds something else under one of our references."


def _differs(payout: Payout, receipt: Receipt) -> bool:
    if receipt.code == "AM05" and receipt.state is BankState.UNKNOWN:
        return True
    if receipt.amount is not None and receipt.amount != payout.amount:
        return True
    return bool(receipt.payee_tail) and receipt.payee_tail != payout.payee_last_four


def _stop(session: Session, payout: Payout, *, now: dt.datetime) -> Outcome:
    """The bank contradicts itself or us: nothing more goes out until a person has looked."""
    if payout.status is P.PAID:
        payout.next_query_at = None
    else:
        to_unknown(session, payout, now=now, why="differs")
    payouts.stop(session, payout.agency_id, STOP_DIFFERS, now=now, payout=payout.id)
    return Outcome.STOPPED


def _no_answer(
    session: Session, payout: Payout, receipt: Receipt, *, asked: bool, now: dt.datetime
) -> Outcome:
    if asked:
        queries = payout.queries + 1
        payout.queries, payout.next_query_at = queries, now + back_off(queries)
        session.flush()
        return Outcome.UNKNOWN
    if receipt.code == NOTHING_SENT:
        to_approved(session, payout, now=now, why=NOTHING_SENT)
        payout.next_query_at = now + back_off(0)
        session.flush()
        return Outcome.NOT_SENT
    to_unknown(session, payout, now=now, why=receipt.code)
    return Outcome.UNKNOWN


def _to_office(session: Session, payout: Payout, reason: Reason, *, now: dt.datetime) -> None:
    """Make a refusal that only the office can put right a task of the payers."""
    note = f"{reason.code} {reason.zh}"
    cases.remark(
        session, payout.application, Note.OFFICE_FIX, actor=WORKER, now=now, note=note,
        public=True,
    )  # fmt: skip
    payment_notices.office_acts(session, payout, reason, now=now)


def _back_to_applicant(
    session: Session,
    payout: Payout,
    action: Action,
    event: str,
    reason: Reason,
    *,
    now: dt.datetime,
) -> None:
    case: Application = payout.application
    note = f"{reason.code} {reason.zh}"
    cases.move(session, case, action, actor=WORKER, now=now, note=note)
    case_notices.about_case(
        session, event, case, now=now, date=local_date(now),
        bank_reason=Words(reason.zh, reason.en),
    )  # fmt: skip
