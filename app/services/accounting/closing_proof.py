"""The proof of closings: an account closes exactly while a case stands that fixed its interest."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import Kind, Status
from app.domain.violation import Violation
from app.models import Account, Application, Supplement


@cache
def _closing_query() -> sa.Select[*tuple[Any, ...]]:
    fixed = sa.exists().where(
        Application.account_id == Account.id,
        Application.kind == Kind.CLOSING,
        Application.status.in_((Status.APPROVED, Status.PAYEE_FIX)),
        ~sa.exists().where(Supplement.application_id == Application.id),
    )
    return sa.select(Account.id, Account.closing).where(
        sa.or_(
            sa.and_(Account.closing.is_(True), ~fixed),
            sa.and_(Account.closing.is_(False), fixed),
        )
    )


def closing(session: Session) -> Iterator[Violation]:
    """Name every account that takes no money without a signed closing, or takes it beside one."""
    for key, closes in session.execute(_closing_query()):
        why = (
            "it closes without a signed closing" if closes else "it takes money while it closes"
        )
        yield Violation("closing_differs", "account", key, why)
