"""Conditional changes: a row is changed only as it was read, added only while it is not there."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import IllegalMove


def changed_row(session: Session, row: Any, statement: sa.Update) -> bool:
    """Run a conditional UPDATE of one row and read it anew in the same statement.

    Tells whether the row was still as the condition says; else nothing has changed.
    """
    found = session.scalars(
        statement.returning(type(row)),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).all()
    return len(found) == 1 and found[0] is row


def changed_rows(
    session: Session,
    statement: sa.Update | sa.Delete,
    rows: list[dict[str, Any]] | None = None,
) -> int:
    """Run a conditional UPDATE or DELETE, once or for each row; return how many it found."""
    if rows is not None:
        return session.connection().execute(statement, rows).rowcount
    return cast("sa.CursorResult[Any]", session.execute(statement)).rowcount


def add_once(session: Session, row: Any) -> None:
    """Add a row of which the database takes one; ``IllegalMove`` when somebody was faster."""
    try:
        with session.begin_nested():
            session.add(row)
    except sa.exc.IntegrityError:
        raise IllegalMove("somebody else was faster") from None
