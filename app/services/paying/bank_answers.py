"""What a bank's answer to a batch comes to, payment by payment."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import PayoutStatus
from app.gateways.bank import BankState, Receipt
from app.gateways.bank.orders import Answer, Said
from app.models import BankFile, Payout
from app.services import payouts
from app.services.paying import payments
from app.services.paying.bank_files import written
from app.services.paying.payments import TWICE, Outcome

P = PayoutStatus
STILL_OPEN = (P.SENT, P.UNKNOWN, P.PAID)
WAITS = (P.APPROVED, P.CLAIMED)
FREED = (*WAITS, P.REJECTED, P.CANCELLED)
TAKEN = frozenset({BankState.ACCEPTED, BankState.PROCESSING})


@dataclass(frozen=True, slots=True)
class Effect:
    """One payment and what the bank says of it."""

    payout_id: int
    said: Said


def waiting(session: Session, agency_id: int) -> list[int]:
    """Return the answers that are confirmed and not worked in to their end, oldest first."""
    return list(
        session.scalars(
            sa.select(BankFile.id)
            .where(
                BankFile.agency_id == agency_id,
                BankFile.direction == "in",
                BankFile.kind == "answer",
                BankFile.problem == "",
                BankFile.confirmed_at.is_not(None),
                BankFile.done_at.is_(None),
            )
            .order_by(BankFile.id)
        )
    )


def effects(session: Session, file: BankFile, answer: Answer) -> list[Effect]:
    """Return what the answer says of every payment of its batch, in the order of their keys.

    What it does not name has the state of the whole, unless only a part was accepted. That the
    bank has the batch already (``DUPL``) proves that it arrived, and nothing else.
    """
    named = {line.reference: line for line in answer.lines}
    whole = answer.whole
    if whole is not None and whole.state is BankState.REJECTED and whole.code in TWICE:
        whole = Said(BankState.ACCEPTED, whole.code, whole.text)
    found = []
    for payout_id, reference in written(session, session.get_one(BankFile, file.about_id)):
        said = named.get(reference) or whole
        if said is not None and said.state is not BankState.UNKNOWN:
            found.append(Effect(payout_id, said))
    return found


def apply(
    session: Session, file: BankFile, part: Sequence[Effect], *, now: dt.datetime
) -> list[Outcome]:
    """Act on what the bank says of some payments; what has ended stays as it is.

    What two people freed, and the bank has all the same, stops payouts: it would go out twice.
    """
    outcomes = []
    for effect in part:
        payout = session.get_one(Payout, effect.payout_id, populate_existing=True)
        if _is_twice(payout, file, effect.said):
            outcomes.append(_stop(session, payout, file, effect.said, now=now))
            continue
        if payout.status not in STILL_OPEN or payout.bank_file_id != file.about_id:
            continue
        if effect.said.state in TAKEN and payout.status is not P.UNKNOWN:
            continue
        outcomes.append(_act(session, payout, file, effect.said, now=now))
    return outcomes


def done(
    session: Session, file: BankFile, rows: int, *, all_rows: int, now: dt.datetime
) -> None:
    """Note how many payments of the answer are worked in, and that it is done after the last."""
    file.done_rows = rows
    if rows >= all_rows and file.done_at is None:
        file.done_at = now
    session.flush()


def _is_twice(payout: Payout, file: BankFile, said: Said) -> bool:
    """Tell whether the bank has by this file what waits to go out, or went out, by another."""
    elsewhere = payout.bank_file_id != file.about_id
    if said.state is BankState.PAID:
        return elsewhere or payout.status in FREED
    again = payout.status in WAITS or (elsewhere and payout.status in STILL_OPEN)
    return said.state in TAKEN and again


def _stop(
    session: Session, payout: Payout, file: BankFile, said: Said, *, now: dt.datetime
) -> Outcome:
    receipt = _receipt(file, said, now=now)
    payments.keep_message(session, payout, receipt, kind="query", now=now)
    payouts.stop(
        session, payout.agency_id, payments.STOP_DIFFERS, now=now, payout=payout.id,
        file=file.name,
    )  # fmt: skip
    return Outcome.STOPPED


def _receipt(file: BankFile, said: Said, *, now: dt.datetime) -> Receipt:
    where = f"{file.name} line {said.line}" if said.line else file.name
    return Receipt(
        state=said.state, code=said.code, text=said.text, at=now, raw_request=b"",
        raw_answer=where.encode(), amount=said.amount,
    )  # fmt: skip


def _act(
    session: Session, payout: Payout, file: BankFile, said: Said, *, now: dt.datetime
) -> Outcome:
    receipt = _receipt(file, said, now=now)
    outcome = payments.take_answer(
        session, payout.id, payout.fence, receipt, asked=True, now=now
    )
    if payout.status in STILL_OPEN:
        payout.next_query_at = None
        session.flush()
    return outcome
