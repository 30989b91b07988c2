"""Files to and from the bank as staff see them: listed, and handed out with a record of it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from app.domain import policy
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role
from app.models import BankFile, Payout
from app.services import audit
from app.services.paying.bank_files import IN, OUT
from app.services.paying.payout_lists import READERS
from app.services.records.packing import unpack
from app.services.staff import standing

PAGE = 25
CARRIERS = (Role.PAYER, Role.RELEASER)
"""Who may have a file with full names and accounts in hand."""

OPEN = (PayoutStatus.CLAIMED, PayoutStatus.SENT, PayoutStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Listed:
    """One file and how many of its payments the bank has answered, or the hall has worked in."""

    file: BankFile
    answered: int


def listed(
    session: Session, *, actor: Actor, below: int | None = None, direction: str = ""
) -> list[Listed]:
    """Return the agency's files without their content, the newest first, one more than a page."""
    policy.check_role(actor, *READERS)
    query = _of(actor).order_by(BankFile.id.desc()).limit(PAGE + 1)
    if below is not None:
        query = query.where(BankFile.id < below)
    if direction in (OUT, IN):
        query = query.where(BankFile.direction == direction)
    files = list(session.scalars(query))
    open_now = dict(
        session.execute(
            sa.select(Payout.bank_file_id, sa.func.count())
            .where(
                Payout.bank_file_id.in_([file.id for file in files]), Payout.status.in_(OPEN)
            )
            .group_by(Payout.bank_file_id)
        ).all()
    )
    return [
        Listed(
            file,
            file.rows - open_now.get(file.id, 0) if file.direction == OUT else file.done_rows,
        )
        for file in files
    ]


def to_confirm(session: Session, *, actor: Actor) -> list[BankFile]:
    """Return what one person brought and nobody has confirmed, the oldest first."""
    policy.check_role(actor, *READERS)
    return list(
        session.scalars(
            _of(actor)
            .where(
                BankFile.direction == IN, BankFile.problem == "",
                BankFile.confirmed_at.is_(None),
            )
            .order_by(BankFile.id)
        )
    )  # fmt: skip


def get_file(session: Session, file_id: int, *, actor: Actor) -> BankFile:
    """Return a file of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    policy.check_role(actor, *READERS)
    file = session.get(BankFile, file_id)
    policy.check_agency(actor, agency_id=file.agency_id if file else -1)
    assert file is not None
    return file


def hand_out(session: Session, file: BankFile, *, actor: Actor, now: dt.datetime) -> bytes:
    """Return the bytes of a file to who may carry it, and record that they have it."""
    policy.check_role(actor, *CARRIERS)
    policy.check_agency(actor, agency_id=file.agency_id)
    standing.check(session, actor, now=now)
    audit.record(
        session, "bank_file_handed_out", actor=actor, now=now, object_type="bank_file",
        object_id=file.id, agency_id=file.agency_id, name=file.name, sha256=file.sha256,
        rows=file.rows,
    )  # fmt: skip
    return unpack(file.content)


def _of(actor: Actor) -> sa.Select[BankFile]:
    return (
        sa.select(BankFile)
        .where(BankFile.agency_id == actor.agency_id)
        .options(defer(BankFile.content_sealed))
    )
