"""Facts that follow from others, so that nobody is asked what the hall can work out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.amounts.rules import monthly_flat
from app.domain.amounts.worksheet import Settings, setting
from app.domain.months import add_months


def with_derived(facts: Mapping[str, Any], settings: Settings, on: date) -> dict[str, Any]:
    """Return the facts together with everything that follows from them on that day.

    What cannot be worked out yet stays unknown. A fact given by the caller is not replaced.
    """
    derived = {
        "contract_only": contract_only(facts),
        "rent_above_flat_limit": rent_above_flat_limit(facts, settings),
        "within_small_sum": within_small_sum(facts, settings),
        "sealed_route": sealed_long_enough(facts.get("sealed_since"), settings, on),
    }
    return {
        **{key: value for key, value in derived.items() if value is not None},
        **facts,
    }


def contract_only(facts: Mapping[str, Any]) -> bool | None:
    """Tell whether the house has a filed contract and no title yet."""
    lookup_by = facts.get("lookup_by")
    return None if lookup_by is None else lookup_by == "filing_contract_no"


def rent_above_flat_limit(facts: Mapping[str, Any], settings: Settings) -> bool | None:
    """Tell whether a filed lease's rent is above the flat amount, and so claimed."""
    if facts.get("lease_filed") is None or facts.get("monthly_rent") is None:
        return None
    _, flat = monthly_flat(facts, settings)
    return bool(facts["lease_filed"] and facts["monthly_rent"] > flat)


def within_small_sum(facts: Mapping[str, Any], settings: Settings) -> bool | None:
    """Tell whether the balance can be inherited without a notarised deed (EL03)."""
    balance = facts.get("balance")
    return None if balance is None else bool(balance <= setting(settings, "small_sum_limit"))


def sealed_long_enough(sealed_since: date | None, settings: Settings, on: date) -> bool | None:
    """Tell whether the account has been sealed for the months the fund asks for (EL08)."""
    if sealed_since is None:
        return None
    return add_months(sealed_since, int(setting(settings, "sealed_months"))) <= on
