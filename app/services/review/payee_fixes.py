"""A receiving account being corrected: given anew since the bank refused it, checked since then."""

from collections.abc import Collection, Iterable

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
    return _last(events, Note.CHANGE_PAYEE, undone_by=OF_THE_BANK)


def checked(events: Iterable[CaseEvent]) -> CaseEvent | None:
    """Return where the first of two said that the account named last is right."""
    return _last(events, Note.CHECK_PAYEE, undone_by=STEPS)


def _last(
    events: Iterable[CaseEvent], step: Note, *, undone_by: Collection[str]
) -> CaseEvent | None:
    found = None
    for event in events:
        if event.action == step:
            found = event
        elif event.action in undone_by:
            found = None
    return found
