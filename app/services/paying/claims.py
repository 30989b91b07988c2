"""How a worker takes a payment: one row, once, with a reference that never changes."""

import datetime as dt
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import numbers
from app.domain.errors import IllegalMove, Invalid
from app.domain.terms import PayoutStatus, Status
from app.domain.workdays import local_date
from app.gateways.bank import Payment
from app.gateways.bank.ways import DIRECT
from app.models import Account, Agency, Application, Payout, PayoutBatch, Scheme
from app.services import ledger, payouts
from app.services.paying import batches, caps, payment_notices
from app.services.paying.caps import Caps, Taken
from app.services.records import numbering

LINE = 500
"""So many waiting payments are looked up at once."""

_TO_ASK = (
    sa.select(Payout.bank_reference, Payout.id, Payout.fence, Payout.agency_id)
    .where(
        Payout.status.in_((PayoutStatus.SENT, PayoutStatus.UNKNOWN, PayoutStatus.PAID)),
        Payout.next_query_at <= sa.bindparam("now"),
    )
    .order_by(Payout.next_query_at, Payout.id)
)
_CLAIMED = sa.select(Payout.id).where(Payout.status == PayoutStatus.CLAIMED).order_by(Payout.id)
_TAKE = (
    sa.update(Payout)
    .where(Payout.id == sa.bindparam("of_payout"), Payout.status == PayoutStatus.APPROVED)
    .values(
        status=PayoutStatus.CLAIMED, fence=Payout.fence + 1,
        claimed_at=sa.bindparam("taken_at"), queries=0, next_query_at=None, not_found_at=None,
        bank_reference=sa.bindparam("reference"), batch_id=sa.bindparam("in_batch"),
        bank_file_id=None,
    )
    .returning(Payout)
    .execution_options(synchronize_session=False, populate_existing=True)
)  # fmt: skip
"""Asked for every payment, so built once."""

WAIT = dt.timedelta(minutes=5)
"""How long a payment that must wait is left alone."""


@dataclass
class Round:
    """What one run of the worker may take: whose payments, which need a person's release.

    ``taken`` counts by scheme for the caps of the run; ``full`` names the cap a scheme reached;
    ``line`` holds who was found waiting, in order: each is looked at again when its turn comes.
    ``way`` is the way of paying that the run has in hand.
    """

    now: dt.datetime
    agencies: list[int]
    released_only: list[int]
    batches: dict[int, int] = field(default_factory=dict)
    caps: dict[int, Caps] = field(default_factory=dict)
    taken: dict[int, Taken] = field(default_factory=dict)
    full: dict[int, str] = field(default_factory=dict)
    line: deque[int] = field(default_factory=deque)
    way: str = DIRECT


@dataclass(frozen=True, slots=True)
class Claim:
    """A payment that one worker took; ``fence`` grows with every taking.

    ``of_run`` says that its batch is the run's, not one it stood in before.
    """

    payout_id: int
    fence: int
    agency_id: int
    batch_id: int | None = None
    of_run: bool = False


class NotCovered(IllegalMove):
    """A payment says more than is held for its case: an invariant, payouts stop."""

    def __init__(self, payout_id: int, agency_id: int) -> None:
        super().__init__("the case does not hold what is to be paid")
        self.payout_id, self.agency_id = payout_id, agency_id


def plan(session: Session, *, now: dt.datetime, agency_id: int | None = None) -> Round:
    """Return what a run may take now: agencies not stopped whose bank is open."""
    agencies = session.scalars(sa.select(Agency).where(Agency.payouts_stopped == ""))
    opened = [
        agency.id
        for agency in agencies
        if agency_id in (None, agency.id) and payouts.bank_open(agency, now)
    ]
    schemes = session.scalars(sa.select(Scheme.id).where(Scheme.agency_id.in_(opened))).all()
    bound = [key for key in schemes if batches.released_by_people(session, key, now=now)]
    limits = {key: caps.caps_of(session, key, now=now) for key in schemes}
    return Round(now=now, agencies=opened, released_only=bound, caps=limits)


def claim_next(session: Session, turn: Round) -> Claim | None:
    """Take the payment that is due first, or None when none waits.

    The row moves only if it still waits; the money of the case goes into transit with it. A
    scheme whose next payment would pass a cap is left alone for this run, and people are told.
    """
    while (found := _next(session, turn)) is not None:
        payout_id, agency_id, scheme_id, amount, reference, batch_id, *_beside = found
        if not _within_caps(session, turn, agency_id, scheme_id, amount):
            continue
        numbered = {
            "reference": reference or _new_reference(session, turn),
            "in_batch": batch_id or _batch_of(session, agency_id, turn),
        }
        payout = session.scalar(
            _TAKE, numbered | {"of_payout": payout_id, "taken_at": turn.now}
        )
        if payout is not None:
            if batch_id is None:
                batches.count_in(session, payout.batch_id or 0, amount)
            _set_out(session, payout, turn)
            turn.taken.setdefault(scheme_id, Taken()).add(amount)
            return Claim(
                payout.id, payout.fence, payout.agency_id, payout.batch_id,
                of_run=batch_id is None,
            )  # fmt: skip
        caps.count_out(session, scheme_id, amount, on=local_date(turn.now))
    return None


def _set_out(session: Session, payout: Payout, turn: Round) -> None:
    """Set the money of a payment that was taken on its way.

    Raises ``NotCovered`` when less is held for the case than the payment says.
    """
    try:
        ledger.into_transit(session, payout, now=turn.now)
    except Invalid as broken:
        raise NotCovered(payout.id, payout.agency_id) from broken


def _within_caps(
    session: Session, turn: Round, agency_id: int, scheme_id: int, amount: Decimal
) -> bool:
    """Count a payment into the day's caps; tell people once when a cap is reached."""
    limits = turn.caps.get(scheme_id, Caps())
    so_far = turn.taken.get(scheme_id, Taken())
    reached = caps.over_run(limits, so_far, amount) or caps.take(
        session, limits, amount, agency_id=agency_id, scheme_id=scheme_id,
        on=local_date(turn.now),
    )  # fmt: skip
    if reached:
        turn.full[scheme_id] = reached
        payment_notices.cap_reached(
            session, agency_id, scheme_id, reached, amount=amount, now=turn.now
        )
    return not reached


def payment_of(payout: Payout) -> Payment:
    """Return the order for the bank."""
    assert payout.bank_reference is not None
    return Payment(
        reference=payout.bank_reference, amount=payout.amount, payee_name=payout.payee_name,
        payee_card=payout.payee_card, payee_bank_code=payout.payee_bank_code,
        purpose=payout.purpose, payer_account=payout.agency.payer_account,
    )  # fmt: skip


def give_back(session: Session, payout: Payout, *, now: dt.datetime, why: str) -> None:
    """Put a payment that certainly did not go to the bank back among those that wait."""
    caps.give_back(session, payout)
    ledger.put_back(session, payout, now=now, why=why)
    payouts.shift(
        session, payout, PayoutStatus.APPROVED, next_query_at=now + WAIT, bank_text=why[:200]
    )


def left_behind(
    session: Session, *, before: dt.datetime | None, agency_id: int | None = None
) -> list[int]:
    """Return the payments a worker took, long ago, and never reported on: maybe at the bank."""
    query = _CLAIMED
    if before is not None:
        query = query.where(Payout.claimed_at < before)
    if agency_id is not None:
        query = query.where(Payout.agency_id == agency_id)
    return list(session.scalars(query))


def to_ask(
    session: Session, *, now: dt.datetime, agency_id: int | None = None, limit: int = 1000
) -> list[tuple[str, Claim]]:
    """Return the references to be asked for now with their payments, oldest question first."""
    query = _TO_ASK if agency_id is None else _TO_ASK.where(Payout.agency_id == agency_id)
    rows = session.execute(query.limit(limit), {"now": now})
    return [
        (reference or "", Claim(payout_id, fence, agency_id))
        for reference, payout_id, fence, agency_id in rows
    ]


def _next(session: Session, turn: Round) -> Any:
    """Return the first payment that waits, locked: key, agency, scheme, yuan; None if none does.

    The line is read once for many, for the order costs the database all that wait; whether one
    of it may go is asked when its turn comes. It is read anew at most once, so that a payment
    that another worker holds is left to that worker.
    """
    for may_read in (True, False):
        while turn.line:
            asked = _asked(turn) | {"payout_id": turn.line.popleft()}
            found = session.execute(_one_waiting(), asked).first()
            if found is not None:
                return found
        if may_read:
            turn.line.extend(row.id for row in session.execute(_first_waiting(), _asked(turn)))
    return None


def _asked(turn: Round) -> dict[str, Any]:
    """Return what a round lets go: the values of the question who waits."""
    return {
        "now": turn.now, "agencies": turn.agencies, "full": list(turn.full),
        "released_only": turn.released_only,
    }  # fmt: skip


@cache
def _first_waiting() -> sa.Select[int, int, int, Decimal]:
    return _waiting().order_by(Payout.due_on, Payout.id).limit(LINE)


@cache
def _one_waiting() -> sa.Select[*tuple[Any, ...]]:
    """Return the question for one payment: what is to know of it, its case and account beside."""
    one = (
        _waiting()
        .add_columns(Payout.bank_reference, Payout.batch_id, Application, Account)
        .join(Account, Account.id == Application.account_id)
        .where(Payout.id == sa.bindparam("payout_id"))
    )
    return one.with_for_update(of=Payout, skip_locked=True)


def _waiting() -> sa.Select[int, int, int, Decimal]:
    return (
        sa.select(Payout.id, Payout.agency_id, Application.scheme_id, Payout.amount)
        .join(Application, Application.id == Payout.application_id)
        .join(Agency, Agency.id == Payout.agency_id)
        .outerjoin(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(
            Payout.status == PayoutStatus.APPROVED,
            Payout.agency_id.in_(sa.bindparam("agencies", expanding=True)),
            Agency.payouts_stopped == "",
            Application.scheme_id.not_in(sa.bindparam("full", expanding=True)),
            sa.or_(Payout.next_query_at.is_(None), Payout.next_query_at <= sa.bindparam("now")),
            Application.status == Status.APPROVED,
            Application.on_hold.is_(False),
            Application.investigating.is_(False),
            sa.or_(
                Application.scheme_id.not_in(sa.bindparam("released_only", expanding=True)),
                PayoutBatch.released_at.is_not(None),
            ),
        )
    )


def _new_reference(session: Session, turn: Round) -> str:
    """Return a reference for the bank: given to a payment once, for ever."""
    day = local_date(turn.now)
    return numbers.bank_reference(day, numbering.next_value(session, f"bank-{day:%Y%m%d}"))


def _batch_of(session: Session, agency_id: int, turn: Round) -> int:
    """Return the run's batch of an agency, opened with its first payment."""
    return turn.batches.get(agency_id) or batches.open_batch(
        session, agency_id, prepared_by=None, now=turn.now
    )
