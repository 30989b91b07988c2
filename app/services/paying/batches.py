"""Payments that go to the bank together; by people where the fund wants it, one releases (PY11)."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import numbers, policy
from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role
from app.domain.workdays import local_date
from app.models import Application, Payout, PayoutBatch
from app.services import audit, reference
from app.services.entry import proofs
from app.services.paying import caps, money_eyes
from app.services.records import numbering
from app.services.records.updates import changed_rows
from app.services.staff import standing

RELEASE_BY_PEOPLE = "release_by_people"
"""The setting: 1 when a batch goes out only after another person released it."""


def released_by_people(session: Session, scheme_id: int, *, now: dt.datetime) -> bool:
    """Tell whether payments of a scheme wait for a person's release."""
    found = reference.settings_on(session, scheme_id, local_date(now))
    return bool(found.get(RELEASE_BY_PEOPLE))


def prepare_batch(
    session: Session, payout_ids: Sequence[int], *, actor: Actor, now: dt.datetime
) -> PayoutBatch:
    """Put waiting payments into a new batch; another person releases it.

    One within what may leave so in a day (``small_batch_limit``) goes out as it is prepared:
    then the person proves anew who they are, or ``ProofNeeded`` is raised. What waits again
    after a run had it leaves the run's batch.
    """
    policy.check_role(actor, Role.PAYER)
    agency_id = actor.agency_id
    if agency_id is None or not payout_ids:
        raise Invalid("a batch needs payments", code="batch_empty")
    money_eyes.check(session, payout_ids, actor=actor, now=now)
    left = session.scalars(
        sa.select(Payout.batch_id).where(Payout.id.in_(payout_ids), of_a_run()).distinct()
    ).all()
    batch_id = open_batch(session, agency_id, prepared_by=actor.user_id, now=now)
    taken = changed_rows(
        session,
        sa.update(Payout)
        .where(
            Payout.id.in_(payout_ids),
            Payout.agency_id == agency_id,
            Payout.status == PayoutStatus.APPROVED,
            sa.or_(Payout.batch_id.is_(None), of_a_run()),
        )
        .values(batch_id=batch_id)
        .execution_options(synchronize_session="fetch"),
    )
    if taken != len(set(payout_ids)):
        raise IllegalMove("a payment is no longer waiting")
    for key in left:
        _count(session, session.get_one(PayoutBatch, key))
    batch = _counted(session, batch_id, actor=actor, now=now)
    if _is_small(session, batch, now=now):
        proofs.check(actor, now=now)
        batch.released_at = now
        _record_release(session, batch, actor=actor, now=now, small=True)
    session.flush()
    return batch


def of_a_run() -> sa.ColumnElement[bool]:
    """Return what holds of payments in a batch that a run opened: nobody prepared it."""
    return Payout.batch_id.in_(
        sa.select(PayoutBatch.id).where(PayoutBatch.prepared_by.is_(None))
    )


def _is_small(session: Session, batch: PayoutBatch, *, now: dt.datetime) -> bool:
    schemes = session.scalars(
        sa.select(Application.scheme_id)
        .join(Payout, Payout.application_id == Application.id)
        .where(Payout.batch_id == batch.id)
        .distinct()
    ).all()
    return len(schemes) == 1 and caps.take_small(
        session, batch.total, agency_id=batch.agency_id, scheme_id=schemes[0], now=now
    )


def release_batch(
    session: Session, batch: PayoutBatch, *, actor: Actor, now: dt.datetime
) -> None:
    """Release a prepared batch to the bank; never by the person who prepared it.

    Raises ``NotAllowed`` (four_eyes) also for one that nobody prepared: a run opened it.
    Counted anew: a payment whose case was voided meanwhile is in it no more.
    """
    policy.check_role(actor, Role.RELEASER)
    policy.check_agency(actor, agency_id=batch.agency_id)
    standing.check_other(session, actor, earlier=batch.prepared_by)
    inside = session.scalars(sa.select(Payout.id).where(Payout.batch_id == batch.id)).all()
    money_eyes.check(session, inside, actor=actor, now=now)
    proofs.check(actor, now=now)
    _count(session, batch)
    if not batch.count:
        raise Invalid("a batch needs payments", code="batch_empty")
    released = changed_rows(
        session,
        sa.update(PayoutBatch)
        .where(PayoutBatch.id == batch.id, PayoutBatch.released_at.is_(None))
        .values(released_by=actor.user_id, released_at=now)
        .execution_options(synchronize_session="fetch"),
    )
    if released != 1:
        raise IllegalMove("the batch was released already")
    _record_release(session, batch, actor=actor, now=now, small=False)


def _record_release(
    session: Session, batch: PayoutBatch, *, actor: Actor, now: dt.datetime, small: bool
) -> None:
    audit.record(
        session, "batch_released", actor=actor, now=now, object_type="payout_batch",
        object_id=batch.id, agency_id=batch.agency_id, number=batch.number, small=small,
        count=batch.count, total=str(batch.total),
    )  # fmt: skip


def open_batch(
    session: Session, agency_id: int, *, prepared_by: int | None, now: dt.datetime
) -> int:
    """Open a batch with the day's next number and return its key."""
    day = local_date(now)
    serial = numbering.next_value(session, f"batch-{day:%Y%m%d}")
    batch = PayoutBatch(
        agency_id=agency_id, number=numbers.batch_number(day, serial),
        prepared_by=prepared_by, prepared_at=now,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    return batch.id


def count_in(session: Session, batch_id: int, amount: Decimal) -> None:
    """Count one more payment into a batch."""
    session.execute(
        sa.update(PayoutBatch)
        .where(PayoutBatch.id == batch_id)
        .values(count=PayoutBatch.count + 1, total=PayoutBatch.total + amount)
        .execution_options(synchronize_session=False)
    )


def _counted(session: Session, batch_id: int, *, actor: Actor, now: dt.datetime) -> PayoutBatch:
    batch = session.get_one(PayoutBatch, batch_id)
    _count(session, batch)
    audit.record(
        session, "batch_prepared", actor=actor, now=now, object_type="payout_batch",
        object_id=batch_id, agency_id=batch.agency_id, number=batch.number, count=batch.count,
        total=str(batch.total),
    )  # fmt: skip
    session.flush()
    return batch


def _count(session: Session, batch: PayoutBatch) -> None:
    count, total = session.execute(
        sa.select(sa.func.count(), sa.func.sum(Payout.amount)).where(
            Payout.batch_id == batch.id, Payout.status != PayoutStatus.CANCELLED
        )
    ).one()
    batch.count, batch.total = count, Decimal(total or 0)
