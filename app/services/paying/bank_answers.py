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
from app.services.paying import payments
from app.services.paying.payments import TWICE, Outcome

P = PayoutStatus
STILL_OPEN = (P.SENT, P.UNKNOWN, P.PAID)
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
    rows = session.execute(
        sa.select(Payout.id, Payout.bank_reference)
        .where(Payout.bank_file_id == file.about_id)
        .order_by(Payout.id)
    )
    found = []
    for payout_id, reference in rows:
        said = named.get(reference or "") or whole
        if said is not None and said.state is not BankState.UNKNOWN:
            found.append(Effect(payout_id, said))
    return found


def apply(
    session: Session, file: BankFile, part: Sequence[Effect], *, now: dt.datetime
) -> list[Outcome]:
    """Act on what the bank says of some payments; what has ended stays as it is."""
    outcomes = []
    for effect in part:
        payout = session.get_one(Payout, effect.payout_id, populate_existing=True)
        if payout.status not in STILL_OPEN:
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


def _act(
    session: Session, payout: Payout, file: BankFile, said: Said, *, now: dt.datetime
) -> Outcome:
    where = f"{file.name} line {said.line}" if said.line else file.name
    receipt = Receipt(
        state=said.state, code=said.code, text=said.text, at=now, raw_request=b"",
        raw_answer=where.encode(), amount=said.amount,
    )  # fmt: skip
    outcome = payments.take_answer(
        session, payout.id, payout.fence, receipt, asked=True, now=now
    )
    if payout.status in STILL_OPEN:
        payout.next_query_at = None
        session.flush()
    return outcome
