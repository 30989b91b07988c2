"""Flask-AppBuilder's query layer for tables of a million rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import g, has_app_context
from flask_appbuilder.models.filters import BaseFilterConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy.orm import selectinload

COUNT_CAP = 1000
LATE_FROM = 1000


@dataclass(frozen=True, slots=True)
class Seek:
    """Where a page begins: after a row in the order of the list, or, backwards, before it."""

    key: int
    column: str
    descending: bool
    backwards: bool


class NoFilters(BaseFilterConverter):
    """Makes no filter by itself: a screen names what it is searched by."""

    def convert(self, _name: str) -> list[Any]:
        """Offer nothing for a column."""
        return []


class FastInterface(SQLAInterface):
    """Loads relations in one query each, finds deep rows late, never counts a whole table.

    ``relations`` are loaded by ``SELECT … IN``: a JOIN would be done for every row that the
    page skips. A dotted name loads a relation of a relation. ``cells`` say a row's values.
    """

    filter_converter_class = NoFilters
    relations: tuple[str, ...] = ()

    def __init__(self, model: Any) -> None:
        """Serve one model."""
        super().__init__(model)
        self.cells: dict[str, Callable[[Any], Any]] = {}

    def apply_all(self, query: Any, *args: Any, **kw: Any) -> Any:
        """Add the relations to whatever Flask-AppBuilder asks."""
        return super().apply_all(query, *args, **kw).options(*self._loads())

    def _loads(self) -> list[Any]:
        loads = []
        for path in self.relations:
            first, _, then = path.partition(".")
            load = selectinload(getattr(self.obj, first))
            if then:
                related = getattr(self.obj, first).property.mapper.class_
                load = load.selectinload(getattr(related, then))
            loads.append(load)
        return loads

    def apply_pagination(self, query: Any, page: int | None, page_size: int | None) -> Any:
        """Begin beside the row the reader comes from; else skip keys, not rows, on deep pages."""
        seek: Seek | None = g.get("seek") if has_app_context() else None
        if seek and page_size and (keys := self._beside(query, seek)) is not None:
            ids = keys.limit(page_size).subquery()
            return query.join(ids, self.get_pk() == ids.c[0])
        if page and page_size and page * page_size >= LATE_FROM:
            keys = query.with_entities(self.get_pk())
            ids = super().apply_pagination(keys, page, page_size).subquery()
            return query.join(ids, self.get_pk() == ids.c[0])
        return super().apply_pagination(query, page, page_size)

    def _beside(self, query: Any, seek: Seek) -> Any:
        """Return the keys beside a row of the list, nearest first; None if it is not in it."""
        key, column = self.get_pk(), getattr(self.obj, seek.column)
        down = seek.descending is not seek.backwards
        edge = query.order_by(None).filter(key == seek.key).with_entities(column).scalar()
        if edge is None:
            return None
        if seek.column == key.key:
            ahead = key < seek.key if down else key > seek.key
        else:
            here = sa.tuple_(sa.literal(edge, column.type), seek.key)
            ahead = sa.tuple_(column, key) < here if down else sa.tuple_(column, key) > here
        keys = query.with_entities(key).filter(ahead).order_by(None)
        order = (column, key) if seek.column != key.key else (key,)
        return keys.order_by(*(one.desc() if down else one.asc() for one in order))

    def query_count(self, _query: Any, filters: Any = None, _select: Any = None) -> int:
        """Count up to the cap and no further: the pager says "more", not how many."""
        keys = self.session.query(self.get_pk())
        inner = self.apply_filters(keys, filters).limit(COUNT_CAP + 1).subquery()
        counted = self.session.scalar(sa.select(sa.func.count()).select_from(inner))
        return int(counted or 0)

    def _get_attr_value(self, item: Any, col: str) -> Any:
        """Return what the screen says of a row in a column."""
        cell = self.cells.get(col)
        return cell(item) if cell else super()._get_attr_value(item, col)


def fast(model: Any, *relations: str) -> FastInterface:
    """Return the fast interface of a model, with the relations its pages show."""
    interface = FastInterface(model)
    interface.relations = relations
    return interface
