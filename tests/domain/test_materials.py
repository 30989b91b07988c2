"""Which materials are asked for, and which are missing."""

from datetime import date

import pytest

from app.domain.conditions import CONDITIONS, condition_met
from app.domain.errors import Invalid
from app.domain.materials import (
    Missing,
    Requirement,
    missing_materials,
    required_materials,
    requirements_for,
)
from app.domain.terms import Kind, Need, Origin
from tests.domain.seed_tables import SCHEMES, facts_of, requirements_of

TODAY = date(2026, 10, 8)

MET_BY = {
    "by_proxy": {"capacity": "proxy"},
    "card_not_verified": {"card_verified": False},
    "lookup_by_contract": {"lookup_by": "filing_contract_no"},
    "lookup_by_archive": {"lookup_by": "title_archive_no"},
    "new_home": {"home_kind": "new"},
    "existing_home": {"home_kind": "existing"},
    "lease_not_filed": {"lease_filed": False},
    "no_home_not_verified": {"no_home_verified": False},
    "retirement_not_verified": {"retirement_verified": False},
    "above_small_sum": {"within_small_sum": False},
    **{
        f"subtype_{subtype}": {"subtype": subtype}
        for subtype in ("decoration", "property_fee", "lift", "illness", "hardship")
    },
}
OPPOSITE = {True: False, False: True}
ASK_WHEN_UNKNOWN = {
    "card_not_verified",
    "no_home_not_verified",
    "retirement_not_verified",
    "above_small_sum",
}


def need(code, **changes):
    """A requirement of one page that is always asked for, but for the changes."""
    usual = {
        "reason": "X",
        "kind": Kind.FIRST,
        "material_code": code,
        "need": Need.REQUIRED,
        "origin": Origin.UPLOAD,
        "min_files": 1,
        "max_files": 4,
    }
    return Requirement(**{**usual, **changes})


def codes_for(package, reason, kind, **facts):
    """The codes asked for in a package."""
    rows = requirements_for(requirements_of(package), reason, kind)
    return [needed.material_code for needed in required_materials(rows, facts, TODAY)]


@pytest.mark.parametrize("key", CONDITIONS)
def test_each_condition_holds_only_when_its_fact_says_so(key):
    [(fact, value)] = MET_BY.get(key, {key: True}).items()

    assert CONDITIONS[key]({fact: value})
    assert not CONDITIONS[key]({fact: OPPOSITE.get(value, "something else")})


@pytest.mark.parametrize("key", CONDITIONS)
def test_what_nobody_knows_asks_for_a_paper_only_on_the_safe_side(key):
    assert CONDITIONS[key]({}) is (key in ASK_WHEN_UNKNOWN)


@pytest.mark.parametrize("package", SCHEMES)
def test_every_condition_of_a_package_is_known_and_fed_by_a_fact(package):
    used = {row.condition_key for row in requirements_of(package) if row.condition_key}
    fed = {key for fact in facts_of(package) for key in fact.used_by}

    assert used
    assert used <= set(CONDITIONS)
    assert used <= fed


def test_a_package_may_bring_a_condition_of_its_own():
    assert condition_met("has_garden", {"has_garden": True})
    assert not condition_met("has_garden", {"has_garden": None})
    with pytest.raises(Invalid, match="has_garden"):
        condition_met("has_garden", {})


def test_the_first_monthly_withdrawal_asks_for_card_identity_and_letter():
    assert codes_for("anhui_subsidy", "ZZZG", Kind.FIRST) == ["A1", "A2", "A3"]


def test_a_later_monthly_withdrawal_asks_for_nothing():
    assert codes_for("anhui_subsidy", "ZZZG", Kind.SUBSEQUENT) == []


def test_a_changed_card_is_asked_for_again():
    assert codes_for("anhui_subsidy", "ZZZG", Kind.SUBSEQUENT, card_changed=True) == ["A2"]


def test_a_card_the_bank_confirmed_needs_no_picture():
    unknown = codes_for("liaoning_fund", "TXTQ", Kind.CLOSING)
    confirmed = codes_for(
        "liaoning_fund",
        "TXTQ",
        Kind.CLOSING,
        card_verified=True,
        retirement_verified=True,
    )

    assert unknown == ["A1", "A2", "A3", "J1"]
    assert confirmed == ["A1", "A3"]


def test_a_purchase_by_contract_asks_for_contract_and_invoice():
    asked = codes_for(
        "liaoning_fund",
        "GMSPF",
        Kind.FIRST,
        lookup_by="filing_contract_no",
        card_verified=True,
        spouse_applies=True,
    )

    assert asked == ["A1", "A3", "C1", "C2", "B2"]


def test_a_row_counts_only_within_its_days():
    rows = [
        need("old", valid_to=date(2026, 10, 7)),
        need("ends today", valid_to=TODAY),
        need("begins today", valid_from=TODAY),
        need("new", valid_from=date(2026, 10, 9)),
    ]

    assert [each.material_code for each in required_materials(rows, {}, TODAY)] == [
        "ends today",
        "begins today",
    ]


def test_a_condition_that_holds_makes_the_material_required():
    rows = [
        need(
            "B2",
            need=Need.CONDITIONAL,
            condition_key="spouse_applies",
            source="civil_affairs",
        )
    ]

    [needed] = required_materials(rows, {"spouse_applies": True}, TODAY)

    assert (needed.need, needed.why, needed.source) == (
        Need.REQUIRED,
        "spouse_applies",
        "civil_affairs",
    )


def test_everything_missing_is_told_at_once():
    needed = required_materials([need("A1", min_files=2), need("A2"), need("C1")], {}, TODAY)

    assert missing_materials(needed, {"A1": 1, "C1": 3}) == [
        Missing(codes=("A1",), pages=1, min_files=2),
        Missing(codes=("A2",), pages=0, min_files=1),
    ]


@pytest.mark.parametrize(("two_sides", "least"), [(True, 2), (None, 2), (False, 1)])
def test_a_document_without_two_sides_needs_one_page(two_sides, least):
    rows = [need("A1", slug="id_document", min_files=2)]

    [needed] = required_materials(rows, {"id_document_two_sides": two_sides}, TODAY)

    assert needed.min_files == least


def test_one_of_a_group_is_enough():
    rows = [
        need("C2", alternative_group="purchase_progress"),
        need("C4", alternative_group="purchase_progress"),
    ]
    needed = required_materials(rows, {}, TODAY)

    assert missing_materials(needed, {}) == [Missing(("C2", "C4"), pages=0, min_files=1)]
    assert missing_materials(needed, {"C4": 1}) == []


def test_two_groups_are_two_choices():
    rows = [need("a", alternative_group="one"), need("b", alternative_group="two")]

    assert len(missing_materials(required_materials(rows, {}, TODAY), {})) == 2


def test_optional_and_generated_materials_are_never_missing():
    rows = [need("D4", need=Need.OPTIONAL), need("A3", origin=Origin.GENERATED)]

    assert missing_materials(required_materials(rows, {}, TODAY), {}) == []


def test_a_registry_answer_takes_the_place_of_a_material():
    needed = required_materials([need("C1"), need("C2")], {}, TODAY)

    assert [each.codes for each in missing_materials(needed, {}, shared={"C1"})] == [("C2",)]


def test_rent_without_a_filed_lease_needs_no_upload_for_the_lease():
    asked = codes_for("anhui_subsidy", "ZFFZ", Kind.FIRST, lease_filed=False)

    assert "F1" not in asked
    assert {"F2", "F3"} <= set(asked)


def test_an_inheritance_of_unknown_size_asks_for_the_deed():
    assert "K2" in codes_for("anhui_subsidy", "SWJC", Kind.CLOSING)
    small = codes_for("anhui_subsidy", "SWJC", Kind.CLOSING, within_small_sum=True)
    assert "K6" in small
    assert "K2" not in small
