"""One cell: what is read, and what is refused with its sentence."""

import datetime as dt
from decimal import Decimal
from typing import Literal

import pytest

from app.domain.terms import Kind
from app.packages.cells import BadCell, Blank, Code, Digits, value_of


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (str, "在职职工", "在职职工"),
        (Blank, "", ""),
        (Code, "GMZF", "GMZF"),
        (Digits, "06", "06"),
        (bool, "true", True),
        (bool, "false", False),
        (int, "12", 12),
        (int | None, "", None),
        (Decimal, "0.50", Decimal("0.5")),
        (Decimal | None, "", None),
        (dt.date, "2026-09-20", dt.date(2026, 9, 20)),
        (dt.date | None, "", None),
        (dt.time, "08:30", dt.time(8, 30)),
        (Kind, "first", Kind.FIRST),
        (Literal["own", "heir"], "heir", "heir"),
        (tuple[Kind, ...], "first|closing", (Kind.FIRST, Kind.CLOSING)),
        (tuple[int, ...], "16|19", (16, 19)),
        (tuple[str, ...], "", ()),
    ],
)
def test_a_cell_becomes_what_its_column_asks_for(kind, text, value):
    assert value_of(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (str, "", "must not be empty"),
        (str, " 在职职工", "blanks"),
        (Code, "", "must not be empty"),
        (Code, "9X", "right form"),
        (Digits, "1a", "right form"),
        (bool, "yes", "neither true nor false"),
        (bool, "True", "neither true nor false"),
        (int, "1.5", "whole number"),
        (int, "-1", "whole number"),
        (int, "١٢", "whole number"),
        (Decimal, "1,500", "not a number"),
        (Decimal, "NaN", "not a number"),
        (Decimal, "1e3", "not a number"),
        (dt.date, "20.9.2026", "not a date"),
        (dt.date, "2026-02-30", "not a date"),
        (dt.time, "8 o'clock", "not a time"),
        (Kind, "third", "is not one of"),
        (Literal["own", "heir"], "bank", "is not one of"),
        (tuple[str, ...], "a||b", "empty item"),
        (tuple[str, ...], "a|b|", "empty item"),
        (tuple[str, ...], "a| b", "blanks"),
        (tuple[str, ...], "a|a", "twice"),
        (tuple[Kind, ...], "first|third", "is not one of"),
    ],
)
def test_a_wrong_cell_says_why_in_both_languages(kind, text, why):
    with pytest.raises(BadCell) as bad:
        value_of(kind, text)

    assert why in bad.value.why_en
    assert any("一" <= character <= "鿿" for character in bad.value.why_zh)
