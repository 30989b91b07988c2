"""Files to a bank: a batch is one unit, kept whole before anybody outside can see it."""

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import PayoutStatus
from app.domain.workdays import SHANGHAI, local_date
from app.gateways.bank.orders import Form, Order, Unwritable
from app.gateways.bank.ways import FORMS
from app.models import Agency, Bank, BankFile, Payout, PayoutBatch
from app.services import payouts, reference
from app.services.paying import claims, payments
from app.services.paying.claims import Claim
from app.services.records.packing import pack, unpack
from app.services.records.updates import changed_rows

OUT, IN = "out", "in"
ORDER, ANSWER, STATEMENT, ADVICE, REFUSED = "order", "answer", "statement", "advice", "refused"
STOP_UNWRITABLE = "A batch could not be written as a file."
STOP_CLASH = "Another file lies where a batch was to go."
NEVER = "a payment of it was settled by people"
"""Why a kept file is never put out."""

OUR_REFERENCE = re.compile(rb"AJ\d{17}")
CHUNK = 500
SILENCE = 3
"""After so many working days a bank that says nothing of a file is silent."""

MOST_DOUBTS = 1000
P = PayoutStatus
NOT_OUT = frozenset({P.APPROVED, P.CANCELLED})


def compose(
    session: Session, batch_id: int, taken: Collection[Claim], form: Form, *, now: dt.datetime
) -> BankFile | None:
    """Write the taken payments of a batch as one file and keep it; nobody has seen it yet.

    Only payments this worker still holds go into it. None when it may not go out now or none
    is left: then they wait again, for certainly nothing was sent.
    """
    batch = session.get_one(PayoutBatch, batch_id)
    agency = session.get_one(Agency, batch.agency_id)
    mine = _held(session, taken)
    if agency.payouts_stopped or not payouts.bank_open(agency, now):
        _leave(session, mine, now=now, why="the bank is closed or payouts are stopped")
        return None
    if not mine:
        return None
    order = _order(session, batch, agency, mine, now=now)
    try:
        data = form.write(order)
    except Unwritable as fault:
        payouts.stop(session, agency.id, STOP_UNWRITABLE, now=now, why=str(fault)[:200])
        _leave(session, mine, now=now, why=str(fault))
        return None
    file = BankFile(
        agency_id=agency.id, direction=OUT, kind=ORDER, form=form.name,
        name=order.message_id + form.suffix, message_id=order.message_id,
        sha256=hashlib.sha256(data).hexdigest(), size=len(data), rows=len(mine),
        total=order.total, on_date=order.pay_on, batch_id=batch.id, actor_name="", at=now,
        confirmed_name="", problem="",
    )  # fmt: skip
    file.content = pack(data)
    session.add(file)
    session.flush()
    _mark(session, [one.id for one in mine], bank_file_id=file.id)
    return file


def unpublished(session: Session, agency_id: int) -> list[int]:
    """Return the files that were kept and perhaps never put out: a worker died in between."""
    return list(
        session.scalars(
            sa.select(BankFile.id)
            .join(Agency, Agency.id == BankFile.agency_id)
            .where(
                BankFile.agency_id == agency_id,
                BankFile.direction == OUT,
                BankFile.done_at.is_(None),
                BankFile.problem == "",
                Agency.payouts_stopped == "",
            )
            .order_by(BankFile.id)
        )
    )


def may_go(session: Session, file: BankFile, *, now: dt.datetime) -> bool:
    """Tell whether every payment of a file still waits for it to go out, and may go now.

    While payouts are stopped or the bank is closed it stays where it is, for the next run.
    Nobody settles one before it is out (``is_going``). Where the bank's word moved one, it was
    out already. Where one waits anew all the same, the file never goes out again, and the
    others of it stay in doubt until people settle them.
    """
    statuses = session.scalars(
        sa.select(Payout.status).where(Payout.bank_file_id == file.id)
    ).all()
    whole = len(statuses) == file.rows and not NOT_OUT & set(statuses)
    if whole and set(statuses) <= {P.CLAIMED, P.UNKNOWN}:
        agency = session.get_one(Agency, file.agency_id)
        return not agency.payouts_stopped and payouts.bank_open(agency, now)
    if whole:
        published(session, file, now=now)
    elif file.done_at is None and not file.problem:
        file.problem = NEVER
        session.flush()
    return False


def is_going(session: Session, payout: Payout) -> bool:
    """Tell whether a payment stands in a file that is kept and may be going out right now.

    Nothing may be said of such a payment: a worker that slept, or the next run, puts it out.
    """
    found = session.scalar(
        sa.select(BankFile.id).where(
            BankFile.id == payout.bank_file_id, BankFile.done_at.is_(None),
            BankFile.problem == "",
        )
    )  # fmt: skip
    return found is not None


def arrived(session: Session, file_id: int | None, *, now: dt.datetime) -> None:
    """The bank answers a file: it was put out, whoever died before saying so."""
    file = session.get_one(BankFile, file_id)
    if file.done_at is None and not file.problem:
        published(session, file, now=now)


def published(session: Session, file: BankFile, *, now: dt.datetime) -> int:
    """The file lies in the outbox, whole and on disk: its payments are sent. Return how many.

    Nobody is asked for them: a file from the bank says more, or its statement does.
    """
    if file.done_at is None:
        file.done_at, file.done_rows = now, file.rows
        session.flush()
    sent = changed_rows(
        session,
        sa.update(Payout)
        .where(
            Payout.bank_file_id == file.id, Payout.status.in_((P.CLAIMED, P.UNKNOWN))
        )
        .values(
            status=P.SENT, sent_at=sa.func.coalesce(Payout.sent_at, now), next_query_at=None,
            not_found_at=None, bank_text="",
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.expire_all()
    return sent


def doubt_silent(session: Session, agency_id: int, *, now: dt.datetime) -> int:
    """Set in doubt what the bank said nothing of for working days, for people to see; count it.

    No file proves that a payment is not at the bank, so nothing of it is ever sent again by
    itself: an answer, a statement or two people end the doubt.
    """
    at = now.astimezone(SHANGHAI)
    day = reference.calendar(session).days_before(at.date(), SILENCE)
    since = dt.datetime.combine(day, at.timetz())
    rows = session.scalars(
        sa.select(Payout)
        .join(BankFile, BankFile.id == Payout.bank_file_id)
        .where(
            Payout.agency_id == agency_id, Payout.status == P.SENT,
            BankFile.done_at <= since,
        )
        .order_by(Payout.id)
        .limit(MOST_DOUBTS)
    ).all()  # fmt: skip
    for payout in rows:
        payments.to_unknown(session, payout, now=now, why="no_file")
        payout.next_query_at = None
    session.flush()
    return len(rows)


def references(file: BankFile) -> set[str]:
    """Return the references that a file to the bank was written with, wherever they went since."""
    return {found.decode() for found in OUR_REFERENCE.findall(unpack(file.content))}


def written(session: Session, file: BankFile) -> list[tuple[int, str]]:
    """Return the payments a file was written with, and their references, in order of the keys."""
    found: list[tuple[int, str]] = []
    for chunk in _chunks(sorted(references(file))):
        rows = session.execute(
            sa.select(Payout.id, Payout.bank_reference).where(
                Payout.agency_id == file.agency_id, Payout.bank_reference.in_(chunk)
            )
        )
        found += [(key, reference or "") for key, reference in rows]
    return sorted(found)


def stop_for_clash(session: Session, file: BankFile, *, now: dt.datetime) -> None:
    """Stop the agency's payouts: other bytes lie under the name of this file."""
    payouts.stop(session, file.agency_id, STOP_CLASH, now=now, file=file.name)


def never_filed(
    session: Session, payout_ids: Collection[int], *, now: dt.datetime
) -> list[int]:
    """Put taken payments that stand in no file back among those that wait; return the others.

    A payment by file cannot have gone out before its file was kept, and a worker that comes
    back later finds the row moved on: its file leaves the payment out. One that writes its file
    right now holds the rows, so they are read only when it has ended.
    """
    rest = []
    for payout in _claimed(session, payout_ids):
        if payout.agency.pays_by in FORMS and payout.bank_file_id is None:
            claims.give_back(session, payout, now=now, why="in no file")
        else:
            rest.append(payout.id)
    return rest


def _held(session: Session, taken: Collection[Claim]) -> list[Payout]:
    """Return the payments that are still this worker's, locked, in the order of their keys."""
    fences = {claim.payout_id: claim.fence for claim in taken}
    return [one for one in _claimed(session, fences) if one.fence == fences[one.id]]


def _claimed(session: Session, payout_ids: Collection[int]) -> list[Payout]:
    """Return those of the payments that are still taken, locked, in the order of their keys."""
    found: list[Payout] = []
    for keys in _chunks(sorted(payout_ids)):
        found += session.scalars(
            sa.select(Payout)
            .where(Payout.id.in_(keys), Payout.status == P.CLAIMED)
            .order_by(Payout.id)
            .with_for_update(of=Payout)
            .execution_options(populate_existing=True)
        )
    return found


def _leave(session: Session, mine: Sequence[Payout], *, now: dt.datetime, why: str) -> None:
    for payout in mine:
        claims.give_back(session, payout, now=now, why=why)


def _mark(session: Session, keys: Sequence[int], **values: object) -> None:
    for chunk in _chunks(keys):
        session.execute(
            sa.update(Payout)
            .where(Payout.id.in_(chunk))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def _order(
    session: Session,
    batch: PayoutBatch,
    agency: Agency,
    mine: Sequence[Payout],
    *,
    now: dt.datetime,
) -> Order:
    """Return the batch for the bank; a batch that fills several files numbers them."""
    before = session.scalar(
        sa.select(sa.func.count()).where(
            BankFile.batch_id == batch.id, BankFile.direction == OUT
        )
    )
    banks = session.scalars(sa.select(Bank))
    return Order(
        message_id=f"{batch.number}-{before + 1}" if before else batch.number,
        made_at=now.astimezone(SHANGHAI).replace(microsecond=0),
        pay_on=local_date(now),
        payer_name=agency.payer_name,
        payer_account=agency.payer_account,
        payer_bank_code=agency.payer_bank_code,
        payments=tuple(claims.payment_of(payout) for payout in mine),
        clearing={bank.code: (bank.cnaps_bank_code, bank.name_zh) for bank in banks},
    )


def _chunks(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
