"""What waits for a second person of an agency: counted, without what one asked for oneself."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import AccountFile, BankFile, ContributionFile, LedgerReversal, PayoutBatch


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """How many batches, bank files, files of contributions or accounts and reversals wait."""

    batches: int
    bank_files: int
    contributions: int
    accounts: int
    reversals: int


def count(session: Session, *, actor: Actor) -> SecondSteps:
    """Return what this releaser may settle that somebody else began."""
    policy.check_role(actor, Role.RELEASER)
    asked = (
        (PayoutBatch, PayoutBatch.prepared_by, PayoutBatch.released_at.is_(None)),
        (
            BankFile, BankFile.actor_id,
            sa.and_(
                BankFile.direction == "in", BankFile.problem == "",
                BankFile.confirmed_at.is_(None),
            ),
        ),
        (ContributionFile, ContributionFile.brought_by, ContributionFile.settled_at.is_(None)),
        (AccountFile, AccountFile.brought_by, AccountFile.settled_at.is_(None)),
        (LedgerReversal, LedgerReversal.proposed_by, LedgerReversal.confirmed_at.is_(None)),
    )  # fmt: skip
    waiting = [
        sa.select(sa.func.count())
        .select_from(kind)
        .where(kind.agency_id == actor.agency_id, first != actor.user_id, open_)
        .scalar_subquery()
        for kind, first, open_ in asked
    ]
    return SecondSteps(*session.execute(sa.select(*waiting)).one())
