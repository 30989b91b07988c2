"""When a conditional material is asked for: each ``condition_key`` as a question to the facts.

A fact that nobody knows asks for no paper, except where the hall was to check it by itself:
what could not be checked has to be proven.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.errors import Invalid

Condition = Callable[[Mapping[str, Any]], bool]


def holds(key: str) -> Condition:
    """Ask whether the fact was answered yes."""
    return lambda facts: facts.get(key) is True


def denied(key: str) -> Condition:
    """Ask whether the fact was answered no."""
    return lambda facts: facts.get(key) is False


def not_confirmed(key: str) -> Condition:
    """Ask whether a check failed or never answered."""
    return lambda facts: facts.get(key) is not True


def chosen(key: str, option: str) -> Condition:
    """Ask whether this option was chosen."""
    return lambda facts: facts.get(key) == option


CONDITIONS: Mapping[str, Condition] = {
    "by_proxy": chosen("capacity", "proxy"),
    "identity_changed": holds("identity_changed"),
    "card_changed": holds("card_changed"),
    "card_not_verified": not_confirmed("card_verified"),
    "commitment_expired": holds("commitment_expired"),
    "spouse_applies": holds("spouse_applies"),
    "family_applies": holds("family_applies"),
    "family_member_affected": holds("family_member_affected"),
    "old_staff_below_standard": holds("old_staff_below_standard"),
    "lookup_by_contract": chosen("lookup_by", "filing_contract_no"),
    "lookup_by_archive": chosen("lookup_by", "title_archive_no"),
    "new_home": chosen("home_kind", "new"),
    "existing_home": chosen("home_kind", "existing"),
    "house_elsewhere": holds("house_elsewhere"),
    "contract_changed": holds("contract_changed"),
    "new_proof_since_last": holds("new_proof_since_last"),
    "overhaul": holds("overhaul"),
    "approval_changed": holds("approval_changed"),
    "loan_settled": holds("loan_settled"),
    "loan_contract_changed": holds("loan_contract_changed"),
    "lease_filed": holds("lease_filed"),
    "lease_not_filed": denied("lease_filed"),
    "rent_above_flat_limit": holds("rent_above_flat_limit"),
    "no_home_not_verified": not_confirmed("no_home_verified"),
    "subtype_decoration": chosen("subtype", "decoration"),
    "subtype_property_fee": chosen("subtype", "property_fee"),
    "subtype_lift": chosen("subtype", "lift"),
    "subtype_illness": chosen("subtype", "illness"),
    "subtype_hardship": chosen("subtype", "hardship"),
    "retirement_not_verified": not_confirmed("retirement_verified"),
    "receiving_unit_continues": holds("receiving_unit_continues"),
    "sealed_route": holds("sealed_route"),
    "within_small_sum": holds("within_small_sum"),
    "above_small_sum": not_confirmed("within_small_sum"),
}
"""Every ``condition_key`` of the two packages."""


def condition_met(key: str, facts: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds.

    A key that is not in the table is the key of a yes-or-no fact, so that a package can bring
    its own. Raises ``Invalid`` when there is no such fact either.
    """
    if key in CONDITIONS:
        return CONDITIONS[key](facts)
    if key in facts:
        return facts[key] is True
    raise Invalid(f"no condition {key}", code="condition_unknown", name=key)
