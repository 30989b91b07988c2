"""Conditional updates: a row is changed only if it is still as it was read."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session


def changed_rows(
    session: Session,
    statement: sa.Update | sa.Delete,
    rows: list[dict[str, Any]] | None = None,
) -> int:
    """Run a conditional UPDATE or DELETE, once or for each row; return how many it found."""
    if rows is not None:
        return session.connection().execute(statement, rows).rowcount
    return cast("sa.CursorResult[Any]", session.execute(statement)).rowcount
