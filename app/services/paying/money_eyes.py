"""Whose hands a payment has been through: nobody pays what they decided, asked for or paid out."""

import datetime as dt
from collections.abc import Collection, Iterator
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain import policy
from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Action, Role
from app.models import (
    Account,
    Applicant,
    Application,
    CaseEvent,
    OrderMonth,
    OrderSignature,
    Payout,
    PayoutBatch,
    PayoutResolution,
    StatementFinding,
)  # fmt: skip
from app.services.staff import standing

STEPS = tuple(
    action.value for action in (*policy.LEVELS, Action.RETURN_FOR_CORRECTION, Action.REJECT)
)
"""What makes somebody one of those who decided a case."""

Hand = InstrumentedAttribute[int | None]
Side = tuple[Hand, Hand, Hand]
"""Who stands for a batch, for the end of a payment in doubt, for what a line of the bank is."""


def check(
    session: Session, payout_ids: Collection[int], *, actor: Actor, now: dt.datetime
) -> None:
    """Raise ``NotAllowed`` unless the actor may do the next step of all these payments.

    Compared are people, not log-ins or roles of today: who decided the case (four_eyes), whose
    it is (own_case), who was on the other side of its payment (four_eyes).
    """
    standing.check(session, actor, now=now)
    if actor.identity_index is None:
        raise NotAllowed("the identity is not on file", code="own_case")
    cases = sa.select(Payout.application_id).where(Payout.id.in_(payout_ids))
    known = sa.union_all(*_known(session, actor))
    for barred, code in ((own_cases(actor), "own_case"), (known, "four_eyes")):
        found = session.scalar(
            sa.select(Application.id)
            .where(Application.id.in_(cases), Application.id.in_(barred))
            .limit(1)
        )
        if found is not None:
            raise NotAllowed("somebody else has to take this step", code=code)


def check_apart(session: Session, case: Application, *, actor: Actor) -> None:
    """Raise ``NotAllowed`` (four_eyes) for who prepared, released or settled its payments."""
    asked = {"logins": list(standing.log_ins_of(session, actor)), "case_id": case.id}
    for hands in _hands_on_a_case():
        if session.scalar(hands, asked) is not None:
            raise NotAllowed("somebody else has to take this step", code="four_eyes")


@cache
def _hands_on_a_case() -> list[sa.Select[int]]:
    """Return the questions whether a payment of a case went through certain hands."""
    logins: sa.BindParameter[int] = sa.bindparam("logins", expanding=True)
    of_case = Payout.application_id == sa.bindparam("case_id")
    return [hands.where(of_case).limit(1) for hands in _hands(logins, _PAID_BY, _RELEASED_BY)]


def barred_cases(session: Session, actor: Actor) -> sa.CompoundSelect[int]:
    """Return the cases whose payments the actor must not touch."""
    return sa.union_all(own_cases(actor), *_known(session, actor))


def own_cases(actor: Actor) -> sa.Select[int]:
    """Return the cases that are the actor's as applicant, heir, proxy or holder."""
    person = sa.select(Applicant.id).where(Applicant.id_number_index == actor.identity_index)
    accounts = sa.select(Account.id).where(Account.applicant_id.in_(person))
    return sa.select(Application.id).where(
        sa.or_(Application.applicant_id.in_(person), Application.account_id.in_(accounts))
    )


def _known(session: Session, actor: Actor) -> list[sa.Select[int]]:
    """Return the cases the person decided on, or whose money went through the other hand."""
    logins = standing.log_ins_of(session, actor)
    other = [_RELEASED_BY] * actor.has(Role.PAYER) + [_PAID_BY] * actor.has(Role.RELEASER)
    decided = sa.select(CaseEvent.application_id).where(
        CaseEvent.actor_id.in_(logins), CaseEvent.action.in_(STEPS)
    )
    agreed = (
        sa.select(Application.id)
        .join(OrderMonth, OrderMonth.application_id == Application.id)
        .join(OrderSignature, OrderSignature.order_id == OrderMonth.order_id)
        .where(OrderSignature.actor_id.in_(logins))
    )
    return [decided, agreed, *_hands(logins, *other)]


_PAID_BY = (PayoutBatch.prepared_by, PayoutResolution.proposed_by, StatementFinding.proposed_by)
_RELEASED_BY = (
    PayoutBatch.released_by,
    PayoutResolution.confirmed_by,
    StatementFinding.confirmed_by,
)


def _hands(
    logins: Collection[int] | sa.BindParameter[int], *sides: Side
) -> Iterator[sa.Select[int]]:
    """Give the cases whose payments went through these hands, on these sides."""
    for of_batch, of_doubt, of_line in sides:
        yield (
            sa.select(Payout.application_id)
            .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
            .where(of_batch.in_(logins))
        )
        yield (
            sa.select(Payout.application_id)
            .join(PayoutResolution, PayoutResolution.payout_id == Payout.id)
            .where(of_doubt.in_(logins))
        )
        yield (
            sa.select(Payout.application_id)
            .join(StatementFinding, StatementFinding.payout_id == Payout.id)
            .where(of_line.in_(logins))
        )
