"""Numbers of a series: each given once, over all processes; not free of gaps."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import Counter


def next_value(session: Session, series: str) -> int:
    """Return the next number of a series, from one; other writers of it wait for the commit."""
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    given = session.scalar(
        insert(Counter)
        .values(series=series, value=1)
        .on_conflict_do_update(
            index_elements=[Counter.series],
            set_={"value": Counter.__table__.c.value + 1},
        )
        .returning(Counter.value)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    assert given is not None
    return given
