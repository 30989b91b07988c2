"""Rule SE03: what a screen shows of personal values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import masking

MASKS = {
    "masking_name": masking.mask_name,
    "masking_id": masking.mask_id,
    "masking_mobile": masking.mask_mobile,
    "masking_card": masking.mask_card,
    "masking_card_staff": masking.mask_card_staff,
}


def assert_masked(mask, vector):
    """Compare a mask with what its table says."""
    value, shown = vector.value.split("=>")
    assert mask(value) == shown


def test_names_are_masked_as_published(masking_name_vector):
    assert_masked(masking.mask_name, masking_name_vector)


def test_document_numbers_are_masked_as_published(masking_id_vector):
    assert_masked(masking.mask_id, masking_id_vector)


def test_mobiles_are_masked_as_published(masking_mobile_vector):
    assert_masked(masking.mask_mobile, masking_mobile_vector)


def test_own_cards_are_masked_as_published(masking_card_vector):
    assert_masked(masking.mask_card, masking_card_vector)


def test_cards_for_staff_are_masked_as_published(masking_card_staff_vector):
    assert_masked(masking.mask_card_staff, masking_card_staff_vector)


@pytest.mark.parametrize(
    ("name", "shown"), [("", ""), ("张", "*"), ("Li Lei", "L****i"), ("𠮷野家", "𠮷*家")]
)
def test_unusual_names_are_masked_too(name, shown):
    assert masking.mask_name(name) == shown


@given(st.text(alphabet=st.characters(exclude_characters="*"), min_size=2).map(str.strip))
def test_a_masked_name_shows_two_characters_at_most(name):
    shown = masking.mask_name(name)

    assert len(shown) == len(name)
    assert len(shown.replace("*", "")) <= min(2, max(0, len(name) - 1))


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("H12345678", "H1*****78"),
        ("12345678", "12****78"),
        ("AB12C", "A***C"),
        ("USA310012345678", "USA*********678"),
        ("X12", "***"),
        ("", ""),
    ],
)
def test_short_numbers_show_less(number, shown):
    assert masking.mask_id(number) == shown


@given(st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True))
def test_half_of_every_document_number_is_hidden(number):
    shown = masking.mask_id(number)

    assert len(shown) == len(number)
    assert shown.count("*") * 2 >= len(number)


@given(st.from_regex(r"[0-9]{1,25}", fullmatch=True))
def test_staff_never_see_more_than_four_digits_of_a_card(number):
    shown = masking.mask_card_staff(number)

    assert sum(character.isdigit() for character in shown) <= min(4, len(number) // 2)


@given(st.from_regex(r"[0-9]{12,19}", fullmatch=True))
def test_the_stars_of_a_card_do_not_tell_its_length(number):
    assert masking.mask_card(number) == f"{number[:4]} **** **** {number[-4:]}"


def test_a_short_account_is_shown_as_staff_see_it():
    assert masking.mask_card("12345678901") == "**** 8901"
    assert masking.mask_card("1234567") == "****"


@given(st.from_regex(r"[0-9+]{1,15}", fullmatch=True))
def test_no_mobile_is_shown_whole(mobile):
    shown = masking.mask_mobile(mobile)

    assert shown != mobile
    assert len(shown.replace("*", "")) <= 7


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("安徽省合肥市包河区徽州大道1号", "安徽省合肥市包河区****"),
        ("辽宁省 沈阳市 和平区 南京街9号", "辽宁省沈阳市和平区****"),
        ("北京市朝阳区建国路1号", "北京市朝阳区****"),
        ("安徽省合肥市长丰县水湖镇", "安徽省合肥市长丰县****"),
        ("安徽省宣城市宁国市宁阳街道", "安徽省宣城市宁国市****"),
        ("黑龙江省哈尔滨市道里区中央大街1号", "黑龙江省哈尔滨市道里区****"),
        ("合肥市阳光小区3栋", "合肥市****"),
        ("合肥市徽州大道1号阳光小区", "合肥市****"),
        ("包河区某超市旁", "包河区****"),
        ("徽州大道1号", "****"),
        ("3 Main Street", "****"),
        ("", ""),
    ],
)
def test_an_address_is_shown_to_the_district(address, shown):
    assert masking.mask_address(address) == shown


@given(st.text(min_size=1))
def test_no_digit_of_an_address_is_shown(address):
    assert not any(character.isdecimal() for character in masking.mask_address(address))


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_nothing_stays_nothing_or_stars(mask):
    assert set(mask("")) <= {"*"}
