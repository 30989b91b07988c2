"""Payments of an agency as staff see them: counted by status, listed, those in doubt, batches."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.domain import policy
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role, Status
from app.domain.workdays import SHANGHAI, local_date
from app.models import (
    Application,
    BankMessage,
    BankStatement,
    Payout,
    PayoutBatch,
    PayoutResolution,
)  # fmt: skip
from app.services import reference
from app.services.paying import batches as paying_batches
from app.services.paying import money_eyes, resolutions

PAGE = 25
MOST_DOUBTS = 20
MOST_BATCHES = 10
MOST_UNRELEASED = 50
MOST_IN_BATCH = 10_000
"""So many payments people put into one batch at once; the rest into the next."""

READERS = (Role.PAYER, Role.RELEASER, Role.SUPERVISOR, Role.AUDITOR)
OPEN = (
    PayoutStatus.APPROVED, PayoutStatus.CLAIMED, PayoutStatus.SENT, PayoutStatus.UNKNOWN,
    PayoutStatus.PAID,
)  # fmt: skip
TO_ACT = (PayoutStatus.UNKNOWN, PayoutStatus.REJECTED, PayoutStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many payments stand in a status, and their sum in yuan."""

    count: int = 0
    total: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A payment in doubt with what was asked of the bank and what one person said of it."""

    payout: Payout
    messages: list[BankMessage]
    said: PayoutResolution | None


def tallies(session: Session, *, actor: Actor) -> dict[PayoutStatus, Tally]:
    """Return count and sum of the agency's payments that have not ended, by status.

    What has ended is not counted: it may be millions of rows.
    """
    policy.check_role(actor, *READERS)
    rows = session.execute(
        sa.select(Payout.status, sa.func.count(), sa.func.sum(Payout.amount))
        .where(Payout.agency_id == actor.agency_id, Payout.status.in_(OPEN))
        .group_by(Payout.status)
    )
    return {status: Tally(count, Decimal(total or 0)) for status, count, total in rows}


def paid_today(session: Session, *, actor: Actor, now: dt.datetime) -> Tally:
    """Return count and sum of what the bank has paid since midnight."""
    policy.check_role(actor, *READERS)
    midnight = dt.datetime.combine(local_date(now), dt.time(), SHANGHAI)
    count, total = session.execute(
        sa.select(sa.func.count(), sa.func.sum(Payout.amount)).where(
            Payout.agency_id == actor.agency_id, Payout.paid_at >= midnight
        )
    ).one()
    return Tally(count, Decimal(total or 0))


def with_applicants(session: Session, *, actor: Actor) -> Tally:
    """Return count and sum of refused payments whose account the applicant corrects."""
    policy.check_role(actor, *READERS)
    count, total = session.execute(
        sa.select(sa.func.count(), sa.func.sum(Application.amount)).where(
            Application.agency_id == actor.agency_id, Application.status == Status.PAYEE_FIX
        )
    ).one()
    return Tally(count, Decimal(total or 0))


def tasks(session: Session, *, actor: Actor) -> list[Doubt]:
    """Return refusals that the office puts right, the oldest first, with what was said of them."""
    policy.check_role(actor, *READERS)
    found = session.scalars(
        resolutions.office_tasks()
        .where(Payout.agency_id == actor.agency_id)
        .options(contains_eager(Payout.application).load_only(Application.number))
        .order_by(Payout.id)
        .limit(MOST_DOUBTS)
    ).all()
    return _with_history(session, found)


def has_late_doubt(session: Session, agency_id: int, *, now: dt.datetime) -> bool:
    """Tell whether a payment in doubt is due by the next working day, or was before."""
    found = session.scalar(
        sa.select(Payout.id)
        .where(
            Payout.agency_id == agency_id,
            Payout.status == PayoutStatus.UNKNOWN,
            Payout.due_on <= late_from(session, now=now),
        )
        .limit(1)
    )
    return found is not None


def late_from(session: Session, *, now: dt.datetime) -> dt.date:
    """Return the last due day at which a payment in doubt is late: the next working day."""
    return reference.calendar(session).workdays_from(local_date(now), 1)[0]


def listed(
    session: Session,
    *,
    actor: Actor,
    statuses: Collection[PayoutStatus] = (),
    batch_id: int | None = None,
    below: int | None = None,
) -> list[Payout]:
    """Return payments, the newest first, one more than a page when there are more."""
    policy.check_role(actor, *READERS)
    query = (
        sa.select(Payout)
        .join(Payout.application)
        .options(contains_eager(Payout.application).load_only(Application.number))
        .where(Payout.agency_id == actor.agency_id)
        .order_by(Payout.id.desc())
        .limit(PAGE + 1)
    )
    if statuses:
        query = query.where(Payout.status.in_(statuses))
    if batch_id is not None:
        query = query.where(Payout.batch_id == batch_id)
    if below is not None:
        query = query.where(Payout.id < below)
    return list(session.scalars(query))


def doubts(session: Session, *, actor: Actor) -> list[Doubt]:
    """Return the payments in doubt, the oldest first, with their history."""
    policy.check_role(actor, *READERS)
    found = session.scalars(
        sa.select(Payout)
        .where(Payout.agency_id == actor.agency_id, Payout.status == PayoutStatus.UNKNOWN)
        .options(joinedload(Payout.application).load_only(Application.number))
        .order_by(Payout.id)
        .limit(MOST_DOUBTS)
    ).all()
    return _with_history(session, found)


def one(session: Session, payout: Payout) -> Doubt:
    """Return a payment with its whole history."""
    return _with_history(session, [payout])[0]


def _with_history(session: Session, found: Sequence[Payout]) -> list[Doubt]:
    keys = [payout.id for payout in found]
    messages = session.scalars(
        sa.select(BankMessage).where(BankMessage.payout_id.in_(keys)).order_by(BankMessage.id)
    ).all()
    said = session.scalars(
        sa.select(PayoutResolution).where(
            PayoutResolution.payout_id.in_(keys), PayoutResolution.confirmed_at.is_(None)
        )
    ).all()
    by_payout = {row.payout_id: row for row in said}
    return [
        Doubt(
            payout,
            [one for one in messages if one.payout_id == payout.id],
            by_payout.get(payout.id),
        )
        for payout in found
    ]


def get_payout(session: Session, payout_id: int, *, actor: Actor) -> Payout:
    """Return a payment of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    policy.check_role(actor, *READERS)
    payout = session.get(Payout, payout_id)
    policy.check_agency(actor, agency_id=payout.agency_id if payout else -1)
    assert payout is not None
    return payout


def get_batch(session: Session, batch_id: int, *, actor: Actor) -> PayoutBatch:
    """Return a batch of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    policy.check_role(actor, *READERS)
    batch = session.get(PayoutBatch, batch_id)
    policy.check_agency(actor, agency_id=batch.agency_id if batch else -1)
    assert batch is not None
    return batch


def batches(session: Session, *, actor: Actor) -> list[tuple[PayoutBatch, int]]:
    """Return batches with how many of their payments have ended.

    First those that wait for a person's release, the oldest first; then the newest others.
    """
    policy.check_role(actor, *READERS)
    of_agency = sa.select(PayoutBatch).where(PayoutBatch.agency_id == actor.agency_id)
    wait = session.scalars(
        of_agency.where(_unreleased(actor)).order_by(PayoutBatch.id).limit(MOST_UNRELEASED)
    ).all()
    newest = session.scalars(
        of_agency.where(PayoutBatch.id.not_in([batch.id for batch in wait]))
        .order_by(PayoutBatch.id.desc())
        .limit(MOST_BATCHES)
    )
    found = [*wait, *newest]
    ended = session.execute(
        sa.select(Payout.batch_id, sa.func.count())
        .where(Payout.batch_id.in_([batch.id for batch in found]), Payout.status.in_(_ENDED))
        .group_by(Payout.batch_id)
    )
    numbers = dict(ended.all())
    return [(batch, numbers.get(batch.id, 0)) for batch in found]


def _unreleased(actor: Actor) -> sa.ColumnElement[bool]:
    """Return what holds of batches of people with payments that wait for the release."""
    wait = sa.select(Payout.batch_id).where(
        Payout.agency_id == actor.agency_id,
        Payout.status == PayoutStatus.APPROVED,
        Payout.batch_id.is_not(None),
    )
    return sa.and_(
        PayoutBatch.prepared_by.is_not(None),
        PayoutBatch.released_at.is_(None),
        PayoutBatch.id.in_(wait),
    )


def waiting(session: Session, *, actor: Actor) -> list[int]:
    """Return the payments that wait in no batch of people, but those the actor must not touch."""
    policy.check_role(actor, *READERS)
    return list(
        session.scalars(
            sa.select(Payout.id)
            .where(
                Payout.agency_id == actor.agency_id,
                Payout.status == PayoutStatus.APPROVED,
                sa.or_(Payout.batch_id.is_(None), paying_batches.of_a_run()),
                Payout.application_id.not_in(money_eyes.barred_cases(session, actor)),
            )
            .order_by(Payout.due_on, Payout.id)
            .limit(MOST_IN_BATCH)
        )
    )


def last_statement(session: Session, *, actor: Actor) -> BankStatement | None:
    """Return the newest bank statement of the agency that was compared."""
    policy.check_role(actor, *READERS)
    return session.scalar(
        sa.select(BankStatement)
        .where(BankStatement.agency_id == actor.agency_id)
        .order_by(BankStatement.on_date.desc())
        .limit(1)
    )


_ENDED = (
    PayoutStatus.PAID, PayoutStatus.SETTLED, PayoutStatus.REJECTED, PayoutStatus.RETURNED,
    PayoutStatus.CANCELLED,
)  # fmt: skip
