"""The sample cases of both packages: what is known of a case, and what must come of it."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.derived import with_derived
from app.domain.entitlement import Closing, entitlement
from app.domain.facts import parse
from app.domain.materials import required_materials, requirements_for
from app.domain.terms import Kind
from tests.domain.seed_tables import (
    SCHEMES,
    facts_of,
    requirements_of,
    settings_of,
    table,
)

TODAY = date(2026, 10, 8)
CASES = [
    pytest.param(package, case, id=f"{package}: {case['name']}")
    for package in SCHEMES
    for case in table(package, "sample_cases.csv")
]


def known_in(package, case):
    """The facts of a sample case, typed as an applicant would, with all that follows."""
    questions = {fact.key: fact for fact in facts_of(package)}
    pairs = (cell.split("=", 1) for cell in case["facts"].split("|") if cell)
    facts = {key: parse(questions[key], raw) for key, raw in pairs}
    return with_derived(facts, settings_of(package), TODAY)


@pytest.mark.parametrize(("package", "case"), CASES)
def test_the_amount_of_a_sample_case_comes_out(package, case):
    [reason] = [row for row in table(package, "reasons.csv") if row["code"] == case["reason"]]

    entitled = entitlement(
        reason["amount_rule"],
        available=Decimal(case["available"]),
        closing=Closing(Decimal(0)) if case["kind"] == Kind.CLOSING else None,
        facts=known_in(package, case),
        settings=settings_of(package),
    )

    assert (entitled.amount, entitled.unknown) == (Decimal(case["expected_amount"]), ())


@pytest.mark.parametrize(("package", "case"), CASES)
def test_the_materials_of_a_sample_case_are_asked_for(package, case):
    rows = requirements_for(requirements_of(package), case["reason"], Kind(case["kind"]))

    asked = required_materials(rows, known_in(package, case), TODAY)

    expected = list(filter(None, case["expected_materials"].split("|")))
    codes = [needed.material_code for needed in asked if needed.need == "required"]
    assert codes == expected


@pytest.mark.parametrize("package", SCHEMES)
def test_the_sample_cases_reach_every_reason(package):
    reasons = {row["code"] for row in table(package, "reasons.csv")}

    assert {case["reason"] for case in table(package, "sample_cases.csv")} == reasons
