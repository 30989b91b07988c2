"""The proof of the files to and from banks: bytes, counts, and every payment in its file."""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import PayoutStatus
from app.domain.violation import Violation
from app.gateways.bank.ways import FORMS
from app.models import Agency, BankFile, Payout
from app.sealing import SealBroken
from app.services.paying import bank_files
from app.services.records.packing import unpack

P = PayoutStatus
AT_ONCE = 20


def files(session: Session) -> Iterator[Violation]:
    """Every kept file opens, has the hash of its bytes and holds the payments that name it."""
    rows = session.scalars(
        sa.select(BankFile).order_by(BankFile.id).execution_options(yield_per=AT_ONCE)
    )
    for file in rows:
        said = _whole(session, file)
        if said:
            yield Violation("file_differs", "bank_file", file.id, said)


@cache
def _sent_query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Payout.id, BankFile.id, BankFile.done_at)
        .join(Agency, Agency.id == Payout.agency_id)
        .outerjoin(BankFile, BankFile.id == Payout.bank_file_id)
        .where(
            sa.or_(
                sa.and_(
                    Payout.status == P.SENT, Agency.pays_by.in_(FORMS), BankFile.id.is_(None)
                ),
                sa.and_(
                    Payout.status == P.SENT, BankFile.id.is_not(None),
                    BankFile.done_at.is_(None),
                ),
            )
        )
    )  # fmt: skip


def sent(session: Session) -> Iterator[Violation]:
    """What is sent by file stands in a file that was put out; of the rest the bank has spoken."""
    rows = session.execute(_sent_query())
    for payout_id, file_id, _ in rows:
        where = f"file {file_id} was never put out" if file_id else "it stands in no file"
        yield Violation("sent_unfiled", "payout", payout_id, f"it is sent, and {where}")


def _whole(session: Session, file: BankFile) -> str:
    """Return what is wrong with a file, or nothing."""
    try:
        data = unpack(file.content)
    except (SealBroken, ValueError):
        return "its bytes do not open"
    if hashlib.sha256(data).hexdigest() != file.sha256 or len(data) != file.size:
        return "its bytes are not those that were kept"
    if file.direction != bank_files.OUT:
        return ""
    named = session.execute(
        sa.select(Payout.bank_reference, Payout.amount).where(Payout.bank_file_id == file.id)
    ).all()
    if len(named) > file.rows or sum(amount for _, amount in named) > file.total:
        return f"{len(named)} payments name it, it holds {file.rows}"
    missing = [reference for reference, _ in named if (reference or "-").encode() not in data]
    return f"it does not hold {missing[0]}" if missing else ""
