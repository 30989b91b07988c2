"""Codes that people read aloud and type."""

import pytest

from app.domain import signs


def test_a_code_has_its_length_whatever_the_number():
    assert signs.spelled(0, 4) == "2222"
    assert signs.spelled(31**4 - 1, 4) == "zzzz"
    assert signs.spelled(31**4, 4) == signs.spelled(0, 4)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("abcd efgh", "abcdefgh"),
        (" ABCD-EFGH ", "abcdefgh"),
        ("abcd", ""),
        ("a" * 9, ""),
        ("", ""),
    ],
)
def test_a_code_is_known_however_it_is_typed(typed, kept):
    assert signs.bare(typed, 8) == kept
    assert signs.bare(signs.grouped("abcdefgh", 3), 8) == "abcdefgh"
