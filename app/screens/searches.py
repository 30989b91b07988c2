"""What a list can be searched by: filters that stand on indexes and take any text without harm."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import abort
from flask_appbuilder.models.filters import BaseFilter

from app.display.terms import term

LAST = "\U0010ffff"
"""Sorts after every character: a prefix is a stretch of an ordered index."""

LONGEST = 100
LONGEST_NUMBER = 9
Options = Callable[[], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Search:
    """A place of the search form: the column, its words, the filter, the choices if it has any.

    ``order`` names the column by which what was found stands, when an index has it so.
    """

    name: str
    label: Any
    filter: type[BaseFilter]
    options: Options | None = None
    grows: bool = False
    order: str = ""

    @property
    def argument(self) -> str:
        """Return the name in the address, as Flask-AppBuilder reads it."""
        return f"_flt_0_{self.name}"


class Typed(BaseFilter):
    """A filter by something typed; an empty place narrows nothing."""

    name = "typed"
    arg_name = None

    def apply(self, query: Any, value: Any) -> Any:
        """Narrow the query by what was typed, blanks off."""
        wanted = str(value).strip()[:LONGEST]
        return self.narrow(query, wanted) if wanted else query

    def narrow(self, query: Any, wanted: str) -> Any:
        """Keep the rows that match."""
        return query.filter(starts_with(query, self.column, wanted))

    @property
    def column(self) -> Any:
        """Return the column searched."""
        return getattr(self.model, self.column_name)


class StartsWith(Typed):
    """Rows whose value begins like what was typed."""


class Number(Typed):
    """Rows whose number, written in capitals, begins like what was typed."""

    def narrow(self, query: Any, wanted: str) -> Any:
        """Keep the numbers that begin so."""
        return query.filter(starts_with(query, self.column, wanted.upper()))


class Exactly(Typed):
    """Rows with exactly this value."""

    def narrow(self, query: Any, wanted: str) -> Any:
        """Keep the equal ones."""
        return query.filter(self.column == wanted)


class Term(Typed):
    """Rows with one of the stored terms."""

    def narrow(self, query: Any, wanted: str) -> Any:
        """Keep the rows with this term; a word that is none is a bad request."""
        kinds: type[StrEnum] = self.column.type.terms
        if wanted not in {member.value for member in kinds}:
            abort(400)
        return query.filter(self.column == wanted)


class Flag(Typed):
    """Rows that are so, or are not."""

    def narrow(self, query: Any, wanted: str) -> Any:
        """Keep the yes or the no."""
        return query.filter(self.column.is_(wanted == "1"))


class Whole(Typed):
    """Rows with this whole number."""

    def narrow(self, query: Any, wanted: str) -> Any:
        """Keep the equal ones."""
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_NUMBER):
            abort(400)
        return query.filter(self.column == int(wanted))


def starts_with(query: Any, column: Any, beginning: str) -> Any:
    """Return the condition that a text begins so, as a stretch of the column's index.

    SQLite uses an index for LIKE only where case is ignored; PostgreSQL does in the C
    collation or with ``text_pattern_ops``.
    """
    if query.session.get_bind().dialect.name == "sqlite":
        return sa.and_(column >= beginning, column < beginning + LAST)
    return column.startswith(beginning, autoescape=True)


def terms(kinds: type[StrEnum], only: Iterable[StrEnum] | None = None) -> Options:
    """Return the choices of a stored term in words."""
    return lambda: [(member.value, term(member)) for member in only or kinds]


def choices(words: Mapping[str, Any]) -> Options:
    """Return fixed choices in words."""
    return lambda: [(value, str(said)) for value, said in words.items()]
