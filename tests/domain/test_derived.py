"""Facts that follow from others: worked out where that is possible, else unknown."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.derived import with_derived

TODAY = date(2026, 10, 8)

SETTINGS = {
    "small_sum_limit": Decimal(50000),
    "sealed_months": Decimal(6),
    "rent_flat_single": Decimal(1500),
    "rent_flat_couple": Decimal(3000),
    "rent_multi_child_factor": Decimal("1.5"),
}


@pytest.mark.parametrize(
    ("facts", "key", "value"),
    [
        ({"lookup_by": "filing_contract_no"}, "contract_only", True),
        ({"lookup_by": "title_archive_no"}, "contract_only", False),
        ({"balance": Decimal("50000.00")}, "within_small_sum", True),
        ({"balance": Decimal("50000.01")}, "within_small_sum", False),
        ({"sealed_since": date(2026, 4, 8)}, "sealed_route", True),
        ({"sealed_since": date(2026, 4, 9)}, "sealed_route", False),
        (
            {"lease_filed": True, "monthly_rent": Decimal(1501)},
            "rent_above_flat_limit",
            True,
        ),
        (
            {"lease_filed": True, "monthly_rent": Decimal(1500)},
            "rent_above_flat_limit",
            False,
        ),
        (
            {"lease_filed": False, "monthly_rent": Decimal(9999)},
            "rent_above_flat_limit",
            False,
        ),
    ],
)
def test_what_follows_from_other_facts_is_worked_out(facts, key, value):
    assert with_derived(facts, SETTINGS, TODAY)[key] is value


def test_what_cannot_be_worked_out_stays_unknown():
    assert with_derived({}, SETTINGS, TODAY) == {}


def test_a_fact_that_is_given_is_not_replaced():
    known = {"lookup_by": "title_archive_no", "contract_only": True}

    assert with_derived(known, SETTINGS, TODAY)["contract_only"] is True
