"""Change of keys: what is sealed under an older key is sealed anew, a few rows at a time.

A value is written back only where it still stands as it was read, so that what the hall writes
meanwhile is never lost; what is left to do can be seen from the values themselves, so that a
change that was killed goes on where it stopped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.columns import Sealed
from app.sealing import KeyRing, SealBroken, key_of
from app.services.records.updates import changed_rows

BATCH = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A table with sealed values, and the names of the values."""

    table: sa.Table
    names: tuple[str, ...]

    def column(self, name: str) -> sa.Column[Any]:
        """Return the column in which a value is kept."""
        return self.table.c[f"{name}_sealed"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one look at a table found: changes a row, places that do not open, the last row."""

    changes: list[dict[str, Any]]
    broken: list[str]
    last: int
    rows: int


def places() -> list[Place]:
    """Return every table with sealed values, found from the models themselves."""
    found = []
    for mapper in Model.registry.mappers:
        names = tuple(
            sorted(
                name
                for kind in mapper.class_.__mro__
                for name, value in vars(kind).items()
                if isinstance(value, Sealed)
            )
        )
        if names:
            found.append(Place(mapper.local_table, names))
    return sorted(found, key=lambda place: place.table.name)


def count_by_key(session: Session) -> dict[str, int]:
    """Return how many sealed values there are under each key."""
    counts: dict[str, int] = {}
    for place in places():
        for name in place.names:
            column = place.column(name)
            end = sa.func.instr(column, ":") if _is_sqlite(session) else _position(column)
            key = sa.func.substr(column, 1, end - 1)
            rows = session.execute(
                sa.select(key, sa.func.count()).where(column.is_not(None)).group_by(key)
            )
            for key_id, count in rows:
                counts[key_id] = counts.get(key_id, 0) + count
    return counts


def count_left(session: Session, place: Place, *, key_id: str) -> int:
    """Return how many rows of a table hold a value that is not under this key."""
    left = sa.select(sa.func.count()).select_from(place.table).where(_old(place, key_id))
    return session.scalar(left) or 0


def next_batch(session: Session, place: Place, ring: KeyRing, *, after: int) -> Batch:
    """Return the next rows of a table sealed anew under the current key; writes nothing."""
    table = place.table
    columns = [place.column(name) for name in place.names]
    rows = session.execute(
        sa.select(table.c.id, table.c.seal_id, *columns)
        .where(table.c.id > after, _old(place, ring.current))
        .order_by(table.c.id)
        .limit(BATCH)
    ).all()
    changes: list[dict[str, Any]] = []
    broken: list[str] = []
    for row_id, seal_id, *values in rows:
        change: dict[str, Any] = {}
        for name, value in zip(place.names, values, strict=True):
            change |= {f"old_{name}": value, f"new_{name}": value}
            if value is None or key_of(value) == ring.current:
                continue
            try:
                change[f"new_{name}"] = _anew(ring, value, f"{table.name}.{name}.{seal_id}")
            except SealBroken:
                broken.append(f"{table.name}.{name} of row {row_id}")
        if any(change[f"old_{name}"] != change[f"new_{name}"] for name in place.names):
            changes.append(change | {"row_id": row_id})
    return Batch(changes, broken, rows[-1].id if rows else after, len(rows))


def write_back(session: Session, place: Place, changes: list[dict[str, Any]]) -> int:
    """Put the values in place where they still stand as they were read; return how many rows.

    On PostgreSQL a batch is one statement, and a row that somebody is just writing is left for
    the next round: nobody waits for a row while holding others.
    """
    if not _is_sqlite(session):
        return changed_rows(session, _at_once(place, changes))
    statement = (
        sa.update(place.table)
        .where(place.table.c.id == sa.bindparam("row_id"))
        .values(
            {
                place.column(name): _unless_changed(
                    place.column(name),
                    sa.bindparam(f"old_{name}", type_=sa.Text),
                    sa.bindparam(f"new_{name}", type_=sa.Text),
                )
                for name in place.names
            }
        )
    )
    return changed_rows(session, statement, changes)


def _at_once(place: Place, changes: list[dict[str, Any]]) -> sa.Update:
    """Return one UPDATE for a batch; each column of it is one array, whatever its length."""
    kinds: dict[str, sa.types.TypeEngine[Any]] = {"row_id": sa.BigInteger()}
    for name in place.names:
        kinds |= {f"old_{name}": sa.Text(), f"new_{name}": sa.Text()}
    arrays = {
        name: sa.cast(
            sa.bindparam(name, [change[name] for change in changes], type_=ARRAY(kind)),
            ARRAY(kind),
        )
        for name, kind in kinds.items()
    }
    anew = (
        sa.func.unnest(*arrays.values())
        .table_valued(*(sa.column(name, kind) for name, kind in kinds.items()), name="anew")
        .render_derived()
    )
    table = place.table
    free = (
        sa.select(table.c.id)
        .where(table.c.id == sa.any_(arrays["row_id"]))
        .order_by(table.c.id)
        .with_for_update(key_share=True, skip_locked=True)
        .cte("free")
    )
    return (
        sa.update(table)
        .where(table.c.id == anew.c.row_id, table.c.id == free.c.id)
        .values(
            {
                place.column(name): _unless_changed(
                    place.column(name), anew.c[f"old_{name}"], anew.c[f"new_{name}"]
                )
                for name in place.names
            }
        )
        .execution_options(synchronize_session=False)
    )


def _unless_changed(
    column: sa.Column[Any], read: sa.ColumnElement[Any], new: sa.ColumnElement[Any]
) -> sa.Case[Any]:
    return sa.case((column == read, new), else_=column)


def unused_keys(ring: KeyRing, counts: Mapping[str, int]) -> Iterator[str]:
    """Yield the keys of the ring that seal nothing any more; the current one never."""
    yield from (key_id for key_id in ring.ids[1:] if not counts.get(key_id))


def _anew(ring: KeyRing, value: str, place: str) -> str:
    return ring.seal(ring.open(value, place), place)


def _old(place: Place, key_id: str) -> sa.ColumnElement[bool]:
    begin = f"{key_id}:"
    return sa.or_(
        *(sa.func.substr(place.column(name), 1, len(begin)) != begin for name in place.names)
    )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _position(column: sa.Column[Any]) -> Any:
    return sa.func.strpos(column, ":")
