"""Conditional updates: a row is changed only if it is still as it was read."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session


def changed_rows(session: Session, statement: sa.Update | sa.Delete) -> int:
    """Run a conditional UPDATE or DELETE and return how many rows it found."""
    return cast("sa.CursorResult[Any]", session.execute(statement)).rowcount
