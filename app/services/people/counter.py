"""Who serves whom at the counter: staff of an agency where the person has an account."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain import policy
from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Account, Applicant

STAFF = (Role.FIRST_REVIEWER, Role.SUPERVISOR)
"""Who stands at the counter."""


def serves(
    actor: Actor, *, person: InstrumentedAttribute[Any], agency: InstrumentedAttribute[Any]
) -> sa.ColumnElement[bool]:
    """Return which rows of people this member of staff may see.

    ``person`` and ``agency`` are the row's columns; the agency that was asked counts for who
    has no account anywhere, or is not known at all.
    """
    accounts = sa.exists().where(Account.applicant_id == person)
    return sa.or_(
        accounts.where(Account.agency_id == actor.agency_id),
        sa.and_(agency == actor.agency_id, ~accounts),
    )


def check(
    session: Session, applicant: Applicant | None, *, agency_id: int, actor: Actor
) -> None:
    """Raise ``NotAllowed`` (role_missing, not_found, own_case) unless the actor may serve here."""
    policy.check_role(actor, *STAFF)
    agencies = set()
    if applicant is not None:
        if actor.identity_index in (None, applicant.id_number_index):
            raise NotAllowed("own identity", code="own_case")
        agencies = set(
            session.scalars(
                sa.select(Account.agency_id).where(Account.applicant_id == applicant.id)
            )
        )
    if actor.agency_id not in (agencies or {agency_id}):
        raise NotAllowed("another agency's person", code="not_found")
