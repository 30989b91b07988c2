"""Ratings: five levels, known reasons, and no numbers of people in the words."""

import pytest

from app.domain.errors import Invalid
from app.domain.feedback import LONGEST, Rating, rating_of, reasons_of, text_of


def test_there_are_five_levels_and_the_last_two_are_bad():
    assert [level.stars for level in Rating] == [5, 4, 3, 2, 1]
    assert [level.is_bad for level in Rating] == [False, False, False, True, True]
    with pytest.raises(Invalid, match="no level"):
        rating_of("6")


def test_only_known_reasons_are_kept_each_once():
    assert reasons_of(["slow", "bribe", "quick", "slow"]) == ("quick", "slow")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("我的手机13812345678，证件34010119900101123X。", "我的手机****，证件****。"),
        ("卡 6217 0012 3456 7890 123 没到账", "卡 **** 没到账"),
        ("全角１３８１２３４５６７８也算", "全角****也算"),
        ("护照E12345678，信箱 lin@mail.example.com", "护照****，信箱 ****"),
        (
            "申请BT20261008000127等了3天，2026年10月8日",
            "申请BT20261008000127等了3天，2026年10月8日",
        ),
    ],
)
def test_numbers_of_people_are_starred_out_and_those_of_cases_are_not(typed, kept):
    assert text_of(typed) == kept


def test_a_text_may_have_so_many_signs_and_no_more():
    assert len(text_of("好" * LONGEST)) == LONGEST
    with pytest.raises(Invalid) as refused:
        text_of("好" * (LONGEST + 1))
    assert refused.value.code == "text_too_long"
