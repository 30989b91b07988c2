"""One cell of a table: from its text to the value that the column's type asks for."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin


@dataclass(frozen=True, slots=True)
class MayBeEmpty:
    """Marks a text that a row may leave out."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Marks a text that must match a regular expression as a whole."""

    expression: str


Blank = Annotated[str, MayBeEmpty()]
Code = Annotated[str, Pattern(r"[A-Za-z][A-Za-z0-9_]*")]
Digits = Annotated[str, Pattern(r"[0-9]+")]


class BadCell(ValueError):
    """A cell does not hold what its column asks for; says why in both languages."""

    def __init__(self, why_zh: str, why_en: str) -> None:
        self.why_zh, self.why_en = why_zh, why_en
        super().__init__(why_en)


def value_of(kind: Any, text: str) -> Any:
    """Return the value of a cell for an annotated type, or raise ``BadCell``.

    Known types: str, bool, int, Decimal, date, time, their ``| None`` forms, terms (StrEnum),
    Literal words, texts with a ``Pattern``, and tuples of these split by ``|``.
    """
    if text != text.strip():
        raise BadCell("前后有空格", "has blanks around it")
    if get_origin(kind) is tuple:
        return _list_of(get_args(kind)[0], text)
    if get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind):
        return value_of(get_args(kind)[0], text) if text else None
    if get_origin(kind) is Annotated:
        return _marked(kind, text)
    if not text:
        raise BadCell("不能为空", "must not be empty")
    if get_origin(kind) is Literal:
        return _one_of(get_args(kind), text)
    if issubclass(kind, StrEnum):
        return kind(_one_of(tuple(term.value for term in kind), text))
    return _READ[kind](text)


def _marked(kind: Any, text: str) -> str:
    """Return a text that keeps its marks: may be empty, or a pattern."""
    _, *marks = get_args(kind)
    if not text:
        if any(isinstance(mark, MayBeEmpty) for mark in marks):
            return text
        raise BadCell("不能为空", "must not be empty")
    for mark in marks:
        if isinstance(mark, Pattern) and not re.fullmatch(mark.expression, text):
            raise BadCell(f"“{text}”格式不对", f"{text!r} does not have the right form")
    return text


def _list_of(kind: Any, text: str) -> tuple[Any, ...]:
    """Return the values of a list split by ``|``; an empty cell is an empty list."""
    if not text:
        return ()
    parts = text.split("|")
    if not all(parts) or any(part != part.strip() for part in parts):
        raise BadCell(
            "“|”分隔的列表有空项或空格",
            "the list split by '|' has an empty item or blanks",
        )
    if len(set(parts)) < len(parts):
        raise BadCell("“|”分隔的列表有重复项", "the list split by '|' names something twice")
    return tuple(value_of(kind, part) for part in parts)


def _one_of(words: tuple[str, ...], text: str) -> str:
    if text not in words:
        known = ", ".join(words)
        raise BadCell(f"“{text}”不在可选值中：{known}", f"{text!r} is not one of {known}")
    return text


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadCell(f"“{text}”应为 true 或 false", f"{text!r} is neither true nor false")
    return text == "true"


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise BadCell(f"“{text}”应为整数", f"{text!r} is not a whole number")
    return int(text)


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", text):
        raise BadCell(f"“{text}”应为数字", f"{text!r} is not a number")
    return Decimal(text)


def _date(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise BadCell(
            f"“{text}”应为日期，如 2026-09-20",
            f"{text!r} is not a date like 2026-09-20",
        ) from None


def _time(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        raise BadCell(
            f"“{text}”应为时刻，如 08:30", f"{text!r} is not a time like 08:30"
        ) from None


_READ: dict[Any, Callable[[str], Any]] = {
    str: str,
    bool: _flag,
    int: _whole,
    Decimal: _decimal,
    dt.date: _date,
    dt.time: _time,
}
