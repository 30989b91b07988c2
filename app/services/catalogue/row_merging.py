"""Bringing rows of a package into tables: new ones added, changed ones dated, staff's left alone."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

Row = dict[str, Any]
FIRST_DAY = dt.date(1999, 1, 1)
"""From when a row without a first day is in force."""

DAYS = ("valid_from", "valid_to")


@dataclass(slots=True)
class Merge:
    """One load: what the last one wrote (``before``), the day, and what this one does.

    A kept row that is not as the last load wrote it was set by staff, and stays.
    """

    before: Mapping[str, str]
    today: dt.date
    first: bool
    added: int = 0
    changed: int = 0
    ended: int = 0
    kept: int = 0
    digests: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with what earlier loads wrote; rows left alone stay as they are noted."""
        self.digests = dict(self.before)

    def counts(self) -> dict[str, int]:
        """Return how many rows were added, changed, ended and left to staff."""
        return {
            "added": self.added, "changed": self.changed, "ended": self.ended, "kept": self.kept,
        }  # fmt: skip


def merge_plain(
    session: Session,
    merge: Merge,
    model: Any,
    key: tuple[str, ...],
    rows: Sequence[Row],
    *,
    drop_gone: bool = False,
) -> None:
    """Add missing rows and bring unedited ones up to date; undated rows have no history."""
    if not rows:
        return
    content = tuple(rows[0])
    kept = {_key(row, key): row for row in _rows(session, model, {})}
    fresh = []
    for row in rows:
        name = _name(model, _key(row, key))
        there = kept.pop(_key(row, key), None)
        if there is None:
            fresh.append(row)
            merge.digests[name] = _digest(row, content)
        elif not _same(there, row, content):
            _replace(session, merge, model, there, row, name, content)
    if fresh:
        session.execute(sa.insert(model), fresh)
        merge.added += len(fresh)
    if drop_gone:
        _drop(session, merge, model, kept, content)


def merge_dated(
    session: Session,
    merge: Merge,
    model: Any,
    key: tuple[str, ...],
    rows: Sequence[Row],
    owner: Row,
) -> None:
    """Add what is new or different from today on; end what the package no longer has."""
    scope = {name: owner[name] for name in ("agency_id", "scheme_id")}
    kept: dict[Any, list[Row]] = defaultdict(list)
    for there in _rows(session, model, scope):
        kept[_key(there, key)].append(there)
    fresh: list[Row] = []
    for row in rows:
        dated = row | {"valid_from": row["valid_from"] or FIRST_DAY}
        fresh += _dated(session, merge, model, key, dated, kept.get(_key(row, key), []))
    if fresh:
        session.execute(sa.insert(model), [row | owner for row in fresh])
        merge.added += len(fresh)
    still = {_key(row, key) for row in rows}
    for name, lines in kept.items():
        if name not in still:
            _end(session, merge, model, lines, key, tuple(rows[0]) if rows else ())


def _dated(
    session: Session, merge: Merge, model: Any, key: tuple[str, ...], row: Row, lines: list[Row]
) -> list[Row]:
    """Return the row to add for one row of the package, if any."""
    said = tuple(name for name in row if name not in DAYS)
    begins = row["valid_from"]
    if any(_by_staff(merge, model, key, line, said) for line in lines):
        merge.kept += 1
        return []
    if (line := _there(lines, row, said)) is not None:
        if line["valid_to"] != row["valid_to"]:
            _set(session, model, line, {"valid_to": row["valid_to"]})
            merge.changed += 1
        return []
    if any(line["valid_from"] == begins for line in lines):
        newest = max(lines, key=lambda line: line["valid_from"])
        begins = max(merge.today, begins)
        merge.changed += 1
        if newest["valid_from"] >= begins:
            _set(session, model, newest, {column: row[column] for column in said})
            _note(merge, model, key, row | {"valid_from": newest["valid_from"]}, said)
            return []
        last = begins - dt.timedelta(days=1)
        if newest["valid_to"] is None or newest["valid_to"] > last:
            _set(session, model, newest, {"valid_to": last})
    fresh = row | {"valid_from": begins}
    _note(merge, model, key, fresh, said)
    return [fresh]


def _there(lines: list[Row], row: Row, said: tuple[str, ...]) -> Row | None:
    """Return the kept row that says the same and has not ended before its time."""
    for line in lines:
        runs = line["valid_to"] is None or line["valid_to"] == row["valid_to"]
        if runs and line["valid_from"] >= row["valid_from"] and _same(line, row, said):
            return line
    return None


def _note(
    merge: Merge, model: Any, key: tuple[str, ...], row: Row, said: tuple[str, ...]
) -> None:
    """Remember what this load wrote, so that the next one tells staff's rows from its own."""
    merge.digests[_name(model, (*_key(row, key), row["valid_from"]))] = _digest(row, said)


def _end(
    session: Session,
    merge: Merge,
    model: Any,
    lines: list[Row],
    key: tuple[str, ...],
    content: tuple[str, ...],
) -> None:
    """End yesterday what the package no longer has, unless staff set it."""
    said = tuple(name for name in content if name not in DAYS)
    yesterday = merge.today - dt.timedelta(days=1)
    for line in lines:
        if line["valid_to"] is not None:
            continue
        if not said or _by_staff(merge, model, key, line, said):
            merge.kept += 1
        else:
            _set(session, model, line, {"valid_to": max(yesterday, line["valid_from"])})
            merge.ended += 1


def _replace(
    session: Session,
    merge: Merge,
    model: Any,
    there: Row,
    row: Row,
    name: str,
    content: tuple[str, ...],
) -> None:
    if merge.before.get(name) != _digest(there, content):
        merge.kept += 1
        return
    _set(session, model, there, row)
    merge.digests[name] = _digest(row, content)
    merge.changed += 1


def _drop(
    session: Session,
    merge: Merge,
    model: Any,
    gone: Mapping[Any, Row],
    content: tuple[str, ...],
) -> None:
    """Delete rows the package no longer has, if it was the package that wrote them."""
    for key, there in gone.items():
        if merge.before.get(_name(model, key)) == _digest(there, content):
            session.execute(sa.delete(model).where(model.id == there["id"]))
            del merge.digests[_name(model, key)]
            merge.ended += 1


def _by_staff(
    merge: Merge, model: Any, key: tuple[str, ...], line: Row, said: tuple[str, ...]
) -> bool:
    """Tell whether a row is not as a load wrote it."""
    written = merge.before.get(_name(model, (*_key(line, key), line["valid_from"])))
    return written != _digest(line, said)


def _set(session: Session, model: Any, there: Row, values: Row) -> None:
    session.execute(sa.update(model).where(model.id == there["id"]).values(**values))


def _rows(session: Session, model: Any, scope: Row) -> list[Row]:
    columns = list(sa.inspect(model).columns)
    query = sa.select(*columns).filter_by(**scope).order_by(model.id)
    return [dict(row) for row in session.execute(query).mappings()]


def _same(there: Row, row: Row, content: tuple[str, ...]) -> bool:
    return all(there[column] == row[column] for column in content)


def _key(row: Row, key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row[column] for column in key)


def _name(model: Any, key: tuple[Any, ...]) -> str:
    return ":".join((model.__tablename__, *(str(part) for part in key)))


def _digest(row: Row, content: tuple[str, ...]) -> str:
    """Return a short hash of what a row says, equal for the same words in any process."""
    words = "\x1f".join(f"{column}={_plain(row[column])}" for column in sorted(content))
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _plain(value: Any) -> str:
    return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)
