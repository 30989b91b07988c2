"""Another office's package loads without a change of code (EL21)."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.terms import Closes

FIXTURES = Path(__file__).parent / "fixtures"

EMPLOYMENT_STATES = [
    "在职职工", "离休", "退休", "退职", "调出", "辞职", "辞退", "开除", "解除（终止）合同",
    "丧失劳动能力", "出境定居", "死亡", "其他",
]  # fmt: skip


@pytest.fixture(scope="module")
def states(read):
    """Give a package whose thirteen reasons are employment states."""
    return read(FIXTURES / "employment_states")


def test_reasons_may_be_employment_states(states):
    assert [row.name_zh for row in states.reasons] == EMPLOYMENT_STATES


def test_an_agency_brings_its_own_names_hours_and_numbers(states):
    assert states.agency.code == "example_city"
    assert states.agency.bank_opens == dt.time(8, 30)
    assert states.agency.number_prefix == "SL"
    assert states.scheme.code == "housing_allowance"


def test_leaving_the_service_always_closes_the_account(states):
    closing = {row.name_zh for row in states.reasons if row.closes_account is Closes.ALWAYS}
    assert closing == {
        "退职", "调出", "辞职", "辞退", "开除", "解除（终止）合同", "死亡",
    }  # fmt: skip


def test_a_number_changes_on_the_day_it_says(states):
    days = [row for row in states.settings if row.key == "decision_days"]
    assert [(row.value, row.valid_from) for row in days] == [
        (Decimal(3), None),
        (Decimal(2), dt.date(2027, 1, 1)),
    ]
