"""A statement of the bank that is wrong: one person asks, another puts it aside, a right one comes."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import BankFile
from app.services import audit
from app.services.entry import proofs
from app.services.paying.bank_files import IN, STATEMENT
from app.services.paying.payout_lists import READERS
from app.services.staff import standing


def waiting(session: Session, *, actor: Actor) -> list[BankFile]:
    """Return the statements that are confirmed and were not compared yet, the oldest day first."""
    policy.check_role(actor, *READERS)
    return list(
        session.scalars(
            sa.select(BankFile)
            .where(BankFile.agency_id == actor.agency_id, *_waits())
            .options(defer(BankFile.content_sealed))
            .order_by(BankFile.on_date)
        )
    )


def put_aside(
    session: Session, file: BankFile, *, actor: Actor, now: dt.datetime, reason: str = ""
) -> bool:
    """Ask that a statement be put aside, or do it as the second person; tell whether it is.

    It stays on record, is never compared, and another one of its day may come. Raises
    ``IllegalMove`` for a statement that was compared, ``Invalid`` (reason_needed) and
    ``NotAllowed`` (four_eyes).
    """
    policy.check_role(actor, Role.PAYER, Role.RELEASER)
    policy.check_agency(actor, agency_id=file.agency_id)
    standing.check(session, actor, now=now)
    session.refresh(file, with_for_update=True)
    if session.scalar(sa.select(BankFile.id).where(BankFile.id == file.id, *_waits())) is None:
        raise IllegalMove("it does not wait")
    if file.aside_at is None:
        _ask(session, file, actor=actor, now=now, reason=reason)
        return False
    policy.check_role(actor, Role.RELEASER)
    standing.check_other(session, actor, earlier=file.aside_by)
    proofs.check(actor, now=now)
    file.problem = file.aside_why
    session.flush()
    _record(session, "bank_file_put_aside", file, actor=actor, now=now)
    return True


def _ask(
    session: Session, file: BankFile, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    policy.check_role(actor, Role.PAYER)
    if not reason.strip():
        raise Invalid(code="reason_needed", field=f"aside-{file.id}")
    file.aside_by, file.aside_name, file.aside_at = actor.user_id, actor.name[:100], now
    file.aside_why = reason.strip()[:200]
    session.flush()
    _record(session, "bank_file_aside_asked", file, actor=actor, now=now)


def _waits() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        BankFile.direction == IN, BankFile.kind == STATEMENT, BankFile.problem == "",
        BankFile.confirmed_at.is_not(None), BankFile.done_at.is_(None),
    )  # fmt: skip


def _record(
    session: Session, act: str, file: BankFile, *, actor: Actor, now: dt.datetime
) -> None:
    facts: dict[str, Any] = {"name": file.name, "sha256": file.sha256, "reason": file.aside_why}
    audit.record(
        session, act, actor=actor, now=now, object_type="bank_file", object_id=file.id,
        agency_id=file.agency_id, **facts,
    )  # fmt: skip
