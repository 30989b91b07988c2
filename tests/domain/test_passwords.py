"""What a password must be."""

import pytest

from app.domain.errors import Invalid
from app.domain.passwords import check_password

BREACHED = frozenset({"password123", "1qaz2wsx3edc"})
ANA = ("13800000001", "340102199003070010", "张三", "Li Lei")


def refusal(password):
    """Return why a password is refused."""
    with pytest.raises(Invalid) as refused:
        check_password(password, minimum=8, breached=BREACHED, personal=ANA)
    assert refused.value.field == "password"
    return refused.value.code


@pytest.mark.parametrize(
    "password",
    ["justlowercase", "两个黄鹂鸣翠柳一行", "8" * 8, "a b c d e", "x" * 128, "  blanks  "],
)
def test_any_kind_of_characters_will_do(password):
    check_password(password, minimum=8, breached=BREACHED, personal=ANA)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("1234567", "password_short"),
        ("𠮷" * 7, "password_short"),
        ("x" * 129, "password_long"),
        ("password123", "password_breached"),
        ("PassWord123", "password_breached"),
        ("my13800000001", "password_personal"),
        ("１３８０００００００１!", "password_personal"),
        ("340102199003070010", "password_personal"),
        ("我是张三我的密码", "password_personal"),
        ("LILEI-is-me", "password_personal"),
    ],
)
def test_each_fault_of_a_password_has_its_own_name(password, code):
    assert refusal(password) == code


def test_the_least_length_is_the_callers():
    with pytest.raises(Invalid) as refused:
        check_password("ninechars", minimum=10, breached=BREACHED)

    assert refused.value.facts == {"minimum": 10}


@pytest.mark.parametrize("value", ["", " ", "Li"])
def test_a_value_too_short_to_tell_anything_is_not_looked_for(value):
    check_password("delightful", minimum=8, breached=BREACHED, personal=[value])
