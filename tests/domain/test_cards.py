"""Rules CD01 to CD03: bank cards and bank codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import cards
from app.domain.cards import Bin, BinTable
from app.domain.errors import Invalid

CCB_CARD = "6217000000000001234"
UNKNOWN_PREFIX = "1234560000000001236"


def with_luhn(digits):
    """Return digits with the one that makes Luhn right."""
    return next(digits + end for end in "0123456789" if cards.luhn_ok(digits + end))


def refusal(number, bins, bank_code=None):
    """Return why a card is refused."""
    with pytest.raises(Invalid) as refused:
        cards.check_card(number, bank_code=bank_code, bins=bins)
    assert refused.value.field == "bank_account_no"
    return refused.value


def test_cards_are_judged_as_published(bins, bank_card_vector):
    number = bank_card_vector.value
    if bank_card_vector.valid:
        checked = cards.check_card(number, bank_code=None, bins=bins)
        assert (checked.number, checked.kind) == (number.replace(" ", ""), "debit")
        assert checked.warnings == ()
    elif number == UNKNOWN_PREFIX:
        assert cards.check_card(number, bank_code=None, bins=bins).warnings
    else:
        refusal(number, bins)


def test_a_bank_and_its_card_are_judged_as_published(bins, bank_card_bank_vector):
    bank_code, number = bank_card_bank_vector.value.split(";")
    if bank_card_bank_vector.valid:
        checked = cards.check_card(number, bank_code=bank_code, bins=bins)
        assert checked.bank_code == bank_code
    else:
        refused = refusal(number, bins, bank_code)
        assert refused.code == "card_bank_differs"
        assert refused.facts == {"chosen": "CCB", "bank_code": "ICBC"}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "card_digits"),
        ("6217OOO000000001234", "card_digits"),
        ("٦٢١٧٠٠٠٠٠٠٠٠٠٠٠١٢٣٤", "card_digits"),
        ("621700000000004", "card_length"),
        ("6217000000000001235", "card_luhn"),
        ("6221680000001239", "card_credit"),
        ("123456000000001", "card_length"),
        (with_luhn("1234560000000000000"), "card_length"),
        ("1234560000000001237", "card_luhn"),
    ],
)
def test_each_fault_of_a_card_has_its_own_name(bins, number, code):
    assert refusal(number, bins).code == code


def test_an_unknown_prefix_is_a_warning(bins):
    checked = cards.check_card(UNKNOWN_PREFIX, bank_code="CCB", bins=bins)

    assert (checked.bank_code, checked.kind) == (None, None)
    assert checked.warnings == ("card_prefix_unknown",)


def test_quasi_credit_is_refused_like_credit():
    bins = BinTable([Bin("999001", 16, "ABC", "quasi_credit")])

    assert refusal(with_luhn("999001000000000"), bins).code == "card_credit"


def test_hyphens_and_wide_digits_are_read(bins):
    typed = "６２１７-0000 0000-0001-234"

    assert cards.check_card(typed, bank_code="CCB", bins=bins).number == CCB_CARD


def test_the_longest_prefix_decides():
    bins = BinTable([Bin("6217", 19, "CCB", "debit"), Bin("621799", 19, "PSBC", "debit")])

    assert cards.find_bin("6217990000000000000", bins).bank_code == "PSBC"
    assert cards.find_bin("6217000000000000000", bins).bank_code == "CCB"
    assert cards.find_bin("6300000000000000000", bins) is None


def test_one_prefix_may_have_two_lengths(bins):
    for digits in (15, 18):
        number = with_luhn("690755".ljust(digits - 1, "0"))
        assert cards.check_card(number, bank_code="CMB", bins=bins).number == number


@given(st.from_regex(r"[0-9]{15,18}", fullmatch=True), st.integers(0, 15), st.integers(1, 9))
def test_luhn_shows_every_single_wrong_digit(digits, place, shift):
    number = with_luhn(digits)
    wrong = str((int(number[place]) + shift) % 10)

    assert not cards.luhn_ok(number[:place] + wrong + number[place + 1 :])


def test_luhn_reads_digits_only():
    assert not cards.luhn_ok("")
    assert not cards.luhn_ok("42²")


def test_bank_codes_are_judged_as_published(cnaps_code_vector):
    if cnaps_code_vector.valid:
        assert cards.check_cnaps(cnaps_code_vector.value) == cnaps_code_vector.value
    else:
        with pytest.raises(Invalid):
            cards.check_cnaps(cnaps_code_vector.value)


def test_a_bank_code_must_be_of_the_bank(bank_parts, cnaps_bank_vector):
    bank_code, cnaps = cnaps_bank_vector.value.split(";")

    with pytest.raises(Invalid) as refused:
        cards.check_cnaps(cnaps, bank_parts[bank_code])

    assert (refused.value.code, refused.value.field) == ("cnaps_bank_differs", "cnaps_code")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("10410000000", "cnaps_length"),
        ("10410000000A", "cnaps_length"),
        ("313227600156", "cnaps_check_digit"),
    ],
)
def test_each_fault_of_a_bank_code_has_its_own_name(code, why):
    with pytest.raises(Invalid) as refused:
        cards.check_cnaps(code)

    assert refused.value.code == why


def test_a_bank_code_of_the_right_bank_is_kept(bank_parts):
    assert cards.check_cnaps("1052 2100 0013", bank_parts["CCB"]) == "105221000013"
