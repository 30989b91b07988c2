"""Reading the rows of ``facts.csv`` into questions, cell by cell."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.errors import Invalid
from app.domain.facts import FactRow, FactSource, FactType, Option

T = TypeVar("T", bound=StrEnum)

OPTION_PARTS = 3
"""An option is written code:Chinese:English."""


def fact_row(row: Mapping[str, Any]) -> FactRow:
    """Read a row of ``facts.csv``, or of its table; raise ``Invalid`` naming the column."""
    least, most = _bounds(row)
    return FactRow(
        key=row["key"],
        source=_term(FactSource, row, "source"),
        type=_term(FactType, row, "type"),
        used_by=frozenset(filter(None, row["used_by"].split("|"))),
        unit=row["unit"],
        options=_options(row),
        least=least,
        most=most,
        question_zh=row["question_zh"],
        question_en=row["question_en"],
        hint_zh=row["hint_zh"],
        hint_en=row["hint_en"],
        page=row["page"],
        valid_from=_day(row, "valid_from"),
        valid_to=_day(row, "valid_to"),
    )


def _term(terms: type[T], row: Mapping[str, Any], column: str) -> T:
    """Read a cell that must hold one of the known terms."""
    try:
        return terms(row[column])
    except ValueError:
        raise Invalid(
            f"{row[column]!r} in {column}", code="term_unknown", field=column
        ) from None


def _bounds(row: Mapping[str, Any]) -> tuple[int, int | None]:
    """Read the least and the most of a number, written 1..12."""
    if row["type"] != FactType.INT or not row["options"]:
        return 0, None
    least, dots, most = row["options"].partition("..")
    if not (dots and least.isdecimal() and most.isdecimal()):
        raise Invalid(f"bounds {row['options']!r}", code="bounds_invalid", field="options")
    return int(least), int(most)


def _options(row: Mapping[str, Any]) -> tuple[Option, ...]:
    """Read the options, written code:Chinese:English and joined by a bar."""
    if row["type"] == FactType.INT:
        return ()
    cells = [option.split(":") for option in filter(None, row["options"].split("|"))]
    if any(len(parts) != OPTION_PARTS for parts in cells):
        raise Invalid(f"options {row['options']!r}", code="options_invalid", field="options")
    if row["type"] == FactType.CHOICE and not cells:
        raise Invalid("a choice without options", code="options_invalid", field="options")
    return tuple(Option(*parts) for parts in cells)


def _day(row: Mapping[str, Any], column: str) -> date | None:
    """Read a day; an empty cell sets no limit."""
    cell = row[column]
    if not cell or isinstance(cell, date):
        return cell or None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise Invalid(
            f"{row[column]!r} in {column}", code="date_invalid", field=column
        ) from None
