"""A receiving account being corrected: given anew since the bank refused it, checked since then."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import Action, Note
from app.models import Application, CaseEvent

OF_THE_BANK = (Action.BANK_REFUSED.value, Action.BANK_RETURNED.value)
STEPS = (*OF_THE_BANK, Note.CHANGE_PAYEE.value, Note.CHECK_PAYEE.value)


def steps_of(session: Session, case: Application) -> list[CaseEvent]:
    """Return what the bank, the applicant and the office did with the account, in order."""
    return list(
        session.scalars(
            sa.select(CaseEvent)
            .where(CaseEvent.application_id == case.id, CaseEvent.action.in_(STEPS))
            .order_by(CaseEvent.id)
        )
    )


def changed(events: Iterable[CaseEvent]) -> CaseEvent | None:
    """Return where the applicant named the account last, if the bank has not refused it since."""
    found = None
    for event in events:
        if event.action == Note.CHANGE_PAYEE:
            found = event
        elif event.action in OF_THE_BANK:
            found = None
    return found


def checked(events: Iterable[CaseEvent]) -> CaseEvent | None:
    """Return where the first of two said that the account named last is right."""
    found = None
    for event in events:
        if event.action == Note.CHECK_PAYEE:
            found = event
        elif event.action in STEPS:
            found = None
    return found
