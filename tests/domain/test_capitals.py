"""Amounts in capitals as a bill writes them, and read back by a reader that knows no writer."""

import random
from decimal import Decimal

import pytest

from app.domain.capitals import in_capitals

VALUES = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
GROUPS = {"万": 10**4, "亿": 10**8}


def read(words):
    """Read an amount: digits, places, groups; zeros and 整 say nothing."""
    whole = group = digit = cents = 0
    for sign in words.removeprefix("人民币").removesuffix("整"):
        if sign in VALUES:
            digit = VALUES[sign]
        elif sign in PLACES:
            group, digit = group + digit * PLACES[sign], 0
        elif sign in GROUPS:
            whole, group, digit = whole + (group + digit) * GROUPS[sign], 0, 0
        elif sign == "元":
            whole, group, digit = whole + group + digit, 0, 0
        else:
            cents, digit = cents + digit * {"角": 10, "分": 1}[sign], 0
    return Decimal(whole * 100 + cents) / 100


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.01", "壹分"), ("0.10", "壹角整"), ("0.35", "叁角伍分"), ("1.00", "壹元整"),
        ("10.05", "壹拾元零伍分"), ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"), ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"), ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"), ("100010000.00", "壹亿零壹万元整"),
        ("100001000.00", "壹亿零壹仟元整"), ("20000000000.00", "贰佰亿元整"),
        ("99999999999.99", "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)  # fmt: skip
def test_the_examples_of_the_rules_for_bills(amount, words):
    assert in_capitals(Decimal(amount)) == f"人民币{words}"


def test_any_amount_reads_back_as_itself_and_never_has_two_zeros():
    chance = random.Random(20261122)
    for _ in range(3000):
        fen = int(str(chance.randrange(1, 10**13))[: chance.randrange(1, 14)])
        fen = fen // 10 ** chance.randrange(4) * 10 ** chance.randrange(3) % 10**13 or 1
        words = in_capitals(Decimal(fen) / 100)
        assert read(words) == Decimal(fen) / 100, words
        assert "零零" not in words
        assert "零元" not in words


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "1000000000000"])
def test_what_no_bill_can_say_is_refused(amount):
    with pytest.raises(ValueError, match="capitals"):
        in_capitals(Decimal(amount))
