"""Numbers of a series: each given once, over all processes; not free of gaps."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Counter


def next_serial(session: Session, series: str) -> int:
    """Return the next number of a series, from one."""
    step = (
        sa.update(Counter)
        .where(Counter.series == series)
        .values(value=Counter.value + 1)
        .returning(Counter.value)
        .execution_options(synchronize_session=False)
    )
    given = session.scalar(step)
    if given is None:
        try:
            with session.begin_nested():
                session.add(Counter(series=series, value=1))
            given = 1
        except sa.exc.IntegrityError:
            given = session.scalar(step)
    assert given is not None
    return given
