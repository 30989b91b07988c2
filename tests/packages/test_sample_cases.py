"""The sample cases of each package come out as its author expects."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.derived import with_derived
from app.domain.entitlement import Closing, entitlement
from app.domain.materials import Requirement, required_materials, requirements_for
from app.domain.terms import Kind, Need

TODAY = dt.date(2026, 11, 2)
READ = {
    "bool": lambda text: text == "yes",
    "money": Decimal,
    "int": int,
    "date": dt.date.fromisoformat,
    "choice": str,
}


@pytest.fixture(params=["subsidy", "fund"])
def package(request):
    """Give each of the two packages."""
    return request.getfixturevalue(request.param)


def settings_of(package):
    return {row.key: row.value for row in package.settings if row.value is not None}


def facts_of(package, sample):
    types = {row.key: row.type for row in package.facts}
    stated = (each.split("=") for each in sample.facts)
    facts = {key: READ[types[key]](value) for key, value in stated}
    return with_derived(facts, settings_of(package), TODAY)


def requirements_of(package):
    materials = {row.code: row for row in package.materials}
    return [
        Requirement(
            reason=row.reason_code,
            kind=row.kind,
            material_code=row.material_code,
            need=row.need,
            origin=materials[row.material_code].origin,
            min_files=materials[row.material_code].min_files,
            max_files=materials[row.material_code].max_files,
            condition_key=row.condition_key,
            alternative_group=row.alternative_group,
        )
        for row in package.requirements
    ]


def test_amounts_come_out_as_expected(package):
    rules = {row.code: row.amount_rule for row in package.reasons}
    expected = {sample.name: sample.expected_amount for sample in package.sample_cases}

    amounts = {
        sample.name: entitlement(
            rules[sample.reason],
            available=sample.available,
            closing=Closing(Decimal(0)) if sample.kind is Kind.CLOSING else None,
            facts=facts_of(package, sample),
            settings=settings_of(package),
        ).amount
        for sample in package.sample_cases
    }

    assert amounts == expected


def test_materials_come_out_as_expected(package):
    rows = requirements_of(package)
    expected = {sample.name: sample.expected_materials for sample in package.sample_cases}

    needed = {
        sample.name: tuple(
            material.material_code
            for material in required_materials(
                requirements_for(rows, sample.reason, sample.kind),
                facts_of(package, sample),
                TODAY,
            )
            if material.need is not Need.OPTIONAL
        )
        for sample in package.sample_cases
    }

    assert needed == expected
