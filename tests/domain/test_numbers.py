"""The numbers of cases, batches and payments."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import numbers

DAY = dt.date(2026, 11, 22)


def test_a_case_number_names_service_day_and_serial():
    assert numbers.application_number("BT", DAY, 7) == "BT20261122000007"
    assert numbers.application_number("GJ", DAY, 999_999) == "GJ20261122999999"


def test_a_batch_number_names_day_and_serial():
    assert numbers.batch_number(DAY, 12) == "PC20261122000012"
    assert numbers.batch_number(DAY, 28_800) == "PC20261122028800"


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_day_without_numbers_left_is_an_error(serial):
    with pytest.raises(ValueError, match=str(serial)):
        numbers.application_number("BT", DAY, serial)


@given(st.dates(dt.date(2000, 1, 1)), st.integers(1, 10**8 - 1))
def test_every_reference_fits_the_bank_and_proves_itself(day, serial):
    reference = numbers.bank_reference(day, serial)

    assert len(reference) == 19
    assert reference.startswith(f"AJ{day.isoformat().replace('-', '')}{serial:08d}")
    assert numbers.bank_reference_ok(reference)


@given(st.integers(1, 10**8 - 1), st.integers(2, 18), st.integers(1, 9))
def test_one_wrong_digit_of_a_reference_always_shows(serial, place, shift):
    reference = numbers.bank_reference(DAY, serial)
    wrong = str((int(reference[place]) + shift) % 10)

    assert not numbers.bank_reference_ok(reference[:place] + wrong + reference[place + 1 :])


@pytest.mark.parametrize("digits", ["2026112200000000", "2026133100000001", "0000010100000001"])
def test_no_serial_and_no_such_day_make_no_reference(digits):
    assert not numbers.bank_reference_ok(f"AJ{digits}{numbers.mod_11_10(digits)}")


@pytest.mark.parametrize("text", ["", "AJ", "AJ2026112200000001", "XX20261122000000010"])
def test_another_shape_makes_no_reference(text):
    assert not numbers.bank_reference_ok(text)


@pytest.mark.parametrize(("digits", "check"), [("0794", "5"), ("10410000000", "4")])
def test_the_check_digit_is_that_of_iso_7064(digits, check):
    assert numbers.mod_11_10(digits) == check
    assert numbers.mod_11_10_ok(digits + check)


def test_nothing_has_no_check_digit():
    assert not numbers.mod_11_10_ok("")
