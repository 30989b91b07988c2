"""The columns of a generated screen: what each is called and how a row's value is said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.display import formats
from app.display.codes import Words
from app.display.codes import said as in_words
from app.display.terms import term
from app.screens import cells

Cell = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in lists and addresses, its heading, its cell; numbers stand right."""

    name: str
    label: Any
    cell: Cell
    is_number: bool = False


def made(name: str, label: Any, cell: Cell) -> Column:
    """Return a column whose cell is made from the whole row."""
    return Column(name, label, cell)


def text(name: str, label: Any) -> Column:
    """Return a column shown as it is stored."""
    return Column(name, label, lambda row: cells.plain(getattr(row, name)))


def number(name: str, label: Any) -> Column:
    """Return a column of whole numbers."""
    return Column(name, label, lambda row: cells.plain(getattr(row, name)), is_number=True)


def yuan(name: str, label: Any) -> Column:
    """Return a column of money."""
    return Column(name, label, lambda row: formats.money(getattr(row, name)), is_number=True)


def word(name: str, label: Any) -> Column:
    """Return a column of stored terms, shown in words."""
    return Column(name, label, lambda row: term(getattr(row, name)))


def flag(name: str, label: Any) -> Column:
    """Return a column of yes and no."""
    return Column(name, label, lambda row: cells.yes_no(getattr(row, name)))


def day(name: str, label: Any) -> Column:
    """Return a column of dates."""
    return Column(name, label, lambda row: formats.day(getattr(row, name)))


def moment(name: str, label: Any) -> Column:
    """Return a column of moments, in Shanghai's time."""
    return Column(name, label, lambda row: formats.moment(getattr(row, name)))


def codes(name: str, label: Any) -> Column:
    """Return a column of code lists."""
    return Column(name, label, lambda row: cells.codes(getattr(row, name)))


def named(name: str, label: Any) -> Column:
    """Return a column that shows a related row's name in the reader's language."""
    return Column(name, label, lambda row: cells.name_of(getattr(row, name)))


def holder(name: str, label: Any) -> Column:
    """Return a column that shows a related person, masked."""
    return Column(name, label, lambda row: cells.person(getattr(row, name)))


def bank(name: str, label: Any) -> Column:
    """Return a column of bank codes, shown by the banks' short names."""
    return Column(name, label, lambda row: cells.bank(getattr(row, name)))


def said(name: str, label: Any, words: Words) -> Column:
    """Return a column of codes, shown in words."""
    return Column(name, label, lambda row: in_words(words, getattr(row, name)))
