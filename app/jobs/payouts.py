"""One run of the payments: take, check, send, ask, read the statement.

Each step is a transaction of its own, and none is open while the bank is asked. Whatever is
not a definite answer stays in doubt and is asked for by its reference.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import IllegalMove, RuleBroken
from app.domain.terms import PayoutStatus
from app.gateways.bank import Bank, Payment, Receipt, Responsible, reason_of
from app.gateways.bank.filed import FiledBank
from app.gateways.bank.ways import DIRECT
from app.jobs import crash, filing
from app.models import Agency, Payout
from app.services import payouts
from app.services.paying import bank_arrivals, bank_files, claims, payments, retries, statements
from app.services.paying.claims import Claim, Round
from app.services.paying.payments import Outcome
from app.transaction import transaction

RUNS_EVERY = 30
"""Seconds from the beginning of a run to that of the next."""

GRACE = dt.timedelta(minutes=10)
"""How long another worker may still be at a payment it took."""

SILENCES = 3
"""After so many answers missing in a row the bank is left alone until the next run."""

STOP_DECISION = "A payment is not what two people signed."
STOP_BROKEN = "A payment broke a rule of the books."


@dataclass
class Counts:
    """What a run did, and at its end: payments in doubt, waiting, agencies stopped."""

    recovered: int = 0
    claimed: int = 0
    sent: int = 0
    paid: int = 0
    rejected: int = 0
    returned: int = 0
    unknown: int = 0
    retried_later: int = 0
    approved_again: int = 0
    not_sent: int = 0
    settled: int = 0
    waiting: int = 0
    capped: int = 0
    stopped: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count what became of one payment."""
        if outcome.value in COUNTED:
            setattr(self, outcome.value, getattr(self, outcome.value) + 1)

    def go_on_from(self, earlier: "Counts") -> None:
        """Add what an earlier part of the same run did; how things stand is said by the later."""
        for word in COUNTED:
            setattr(self, word, getattr(self, word) + getattr(earlier, word))


COUNTED = frozenset(asdict(Counts())) - {"stopped", "unknown", "waiting", "capped"}


def run_payouts(
    bank: Bank,
    *,
    now: dt.datetime,
    agency_id: int | None = None,
    alone: bool = True,
    limit: int | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Counts:
    """Pay what is due, ask for what is open, settle what the statement shows.

    ``alone`` says that no other worker runs: then every payment found taken was left behind by
    one that died. ``limit`` is the most payments sent in this run; ``stopping`` tells between
    two payments whether the run is to end early.
    """
    counts = Counts()
    counts.recovered = recover(now=now, agency_id=agency_id, alone=alone)
    if isinstance(bank, FiledBank):
        assert agency_id is not None
        filing.begin(bank, counts, now=now, agency_id=agency_id)

    def go_on() -> bool:
        return not stopping() and (limit is None or counts.claimed < limit)

    _send_due(bank, counts, now=now, agency_id=agency_id, go_on=go_on)
    _read_statements(bank, counts, now=now, agency_id=agency_id)
    _ask_open(bank, counts, now=now, agency_id=agency_id, stopping=stopping)
    with transaction() as session:
        counts.settled += statements.settle(session, now=now, agency_id=agency_id)
        _count_open(session, counts, agency_id=agency_id)
    return counts


_STOPPED = sa.select(sa.func.count(Agency.id)).where(Agency.payouts_stopped != "")
_STILL_OPEN = (
    sa.select(Payout.status, sa.func.count(Payout.id))
    .where(Payout.status.in_((PayoutStatus.UNKNOWN, PayoutStatus.APPROVED)))
    .group_by(Payout.status)
)


def _count_open(session: Session, counts: Counts, *, agency_id: int | None) -> None:
    here, of_payout = [], []
    if agency_id is not None:
        here, of_payout = [Agency.id == agency_id], [Payout.agency_id == agency_id]
    counts.stopped = session.scalar(_STOPPED.where(*here)) or 0
    found = {row[0]: row[1] for row in session.execute(_STILL_OPEN.where(*of_payout))}
    counts.unknown = found.get(PayoutStatus.UNKNOWN, 0)
    counts.waiting = found.get(PayoutStatus.APPROVED, 0)


def recover(*, now: dt.datetime, agency_id: int | None = None, alone: bool = True) -> int:
    """Set what a dead worker left behind in doubt, for it may have reached the bank; count it."""
    before = None if alone else now - GRACE
    with transaction() as session:
        left = claims.left_behind(session, before=before, agency_id=agency_id)
        left = bank_files.never_filed(session, left, now=now)
        for payout_id in left:
            payout = session.get_one(Payout, payout_id)
            payments.to_unknown(session, payout, now=now, why="restart")
            payout.next_query_at = now
        crash.point("recover.written")
    crash.point("recover.kept")
    return len(left)


def _send_due(
    bank: Bank,
    counts: Counts,
    *,
    now: dt.datetime,
    agency_id: int | None,
    go_on: Callable[[], bool],
) -> None:
    with transaction() as session:
        turn = claims.plan(session, now=now, agency_id=agency_id)
    turn.way = bank.form.name if isinstance(bank, FiledBank) else DIRECT
    silences: dict[int, int] = defaultdict(int)
    if isinstance(bank, FiledBank):
        filing.send_due(bank, counts, turn, go_on=go_on, take=_claim, check=_check)
    while turn.agencies and go_on():
        claim = _claim(turn)
        if claim is None:
            break
        counts.claimed += 1
        payment = _check(claim, turn)
        if payment is None:
            continue
        outcome, leave = _send(bank, claim, payment, now=now)
        counts.add(outcome)
        silent = silences[claim.agency_id] + 1 if outcome is Outcome.UNKNOWN else 0
        silences[claim.agency_id] = silent
        if leave or silent >= SILENCES:
            turn.agencies.remove(claim.agency_id)
    counts.capped += len(turn.full)


def _claim(turn: Round) -> Claim | None:
    crash.point("claim.begun")
    try:
        with transaction() as session:
            claim = claims.claim_next(session, turn)
            crash.point("claim.written")
    except claims.NotCovered as broken:
        with transaction() as session:
            payouts.stop(
                session, broken.agency_id, STOP_BROKEN, now=turn.now, payout=broken.payout_id
            )
        return None
    if claim is not None and claim.batch_id is not None:
        if claim.of_run:
            turn.batches.setdefault(claim.agency_id, claim.batch_id)
        crash.point("claim.kept")
    return claim


def _check(claim: Claim, turn: Round) -> Payment | None:
    """Look at the payment once more; None when it must not go out now."""
    with transaction() as session:
        payout = session.get_one(Payout, claim.payout_id, options=payments.WITH_CASE)
        if payout.fence != claim.fence:
            return None
        if payout.agency.pays_by != turn.way:
            claims.give_back(session, payout, now=turn.now, why="another way of paying")
            turn.agencies.remove(claim.agency_id)
            return None
        try:
            payouts.check_to_send(session, payout, now=turn.now)
        except payouts.NotNow as wait:
            claims.give_back(session, payout, now=turn.now, why=str(wait))
            return None
        except payouts.DecisionBroken as broken:
            claims.give_back(session, payout, now=turn.now, why=str(broken))
            payouts.stop(
                session, payout.agency_id, STOP_DECISION, now=turn.now, payout=payout.id
            )
            turn.agencies.remove(claim.agency_id)
            return None
        except IllegalMove:
            return None
        payment = claims.payment_of(payout)
    crash.point("check.passed")
    return payment


def _send(
    bank: Bank, claim: Claim, payment: Payment, *, now: dt.datetime
) -> tuple[Outcome, bool]:
    """Send one payment and keep the answer; the flag says to leave the bank alone for now."""
    receipt = bank.send(payment)
    crash.point("send.answered")
    with transaction() as session:
        outcome = payments.take_answer(
            session, claim.payout_id, claim.fence, receipt, asked=False, now=now
        )
        crash.point("answer.written")
    crash.point("answer.kept")
    leave = outcome in (Outcome.STOPPED, Outcome.NOT_SENT) or (
        outcome is Outcome.LATER and reason_of(receipt.code).responsible is Responsible.LATER
    )
    return outcome, leave


def _ask_open(
    bank: Bank,
    counts: Counts,
    *,
    now: dt.datetime,
    agency_id: int | None,
    stopping: Callable[[], bool],
) -> None:
    """Ask by reference for every payment whose answer is due."""
    silent = 0
    for reference, claim in _to_ask(now=now, agency_id=agency_id):
        receipt = bank.query(reference)
        crash.point("query.answered")
        silent = silent + 1 if receipt.state.value == "unknown" else 0
        _take(claim, receipt, counts, now=now)
        if silent >= SILENCES or stopping():
            return


def _to_ask(*, now: dt.datetime, agency_id: int | None) -> Iterator[tuple[str, Claim]]:
    """Give what is to be asked for, chunk after chunk; nothing is asked for twice in a run."""
    asked: set[int] = set()
    while True:
        with transaction() as session:
            chunk = claims.to_ask(session, now=now, agency_id=agency_id)
        due = [one for one in chunk if one[1].payout_id not in asked]
        if not due:
            return
        yield from due
        asked.update(claim.payout_id for _, claim in due)


def _take(claim: Claim, receipt: Receipt, counts: Counts, *, now: dt.datetime) -> None:
    try:
        with transaction() as session:
            outcome = payments.take_answer(
                session, claim.payout_id, claim.fence, receipt, asked=True, now=now
            )
            crash.point("query.written")
    except RuleBroken as broken:
        with transaction() as session:
            payout = session.get_one(Payout, claim.payout_id)
            if payout.status is PayoutStatus.PAID:
                return
            payout.next_query_at = now + retries.RETRY
            payouts.stop(
                session, payout.agency_id, STOP_BROKEN, now=now, payout=payout.id,
                why=str(broken),
            )  # fmt: skip
        return
    if outcome is not Outcome.SENT:
        counts.add(outcome)
    crash.point("query.kept")


def _read_statements(
    bank: Bank, counts: Counts, *, now: dt.datetime, agency_id: int | None
) -> None:
    """Read the statements that are missing, oldest first; one that is not complete ends it."""
    with transaction() as session:
        query = sa.select(Agency.id).order_by(Agency.id)
        if agency_id is not None:
            query = query.where(Agency.id == agency_id)
        days = {
            key: statements.days_to_read(session, key, now=now)
            for key in session.scalars(query)
        }
    for key, wanted in days.items():
        for day in filing.days_here(key, wanted) if isinstance(bank, FiledBank) else wanted:
            said = bank.statement(day)
            with transaction() as session:
                found = statements.take_statement(session, key, said, now=now)
                if isinstance(bank, FiledBank) and found is not None:
                    bank_arrivals.statement_read(session, key, day, now=now)
                crash.point("statement.written")
            crash.point("statement.kept")
            if found is None:
                break
            counts.settled += found.matched
            counts.returned += found.returned
