"""What the tests of the rules share: published vectors and the national data."""

import csv
import datetime as dt
from pathlib import Path
from typing import NamedTuple

import pytest

from app.domain.cards import Bin, BinTable
from app.domain.identity import DocumentType
from app.domain.workdays import Calendar

HERE = Path(__file__).parent
COMMON = HERE.parents[1] / "app" / "packages" / "common"


class Vector(NamedTuple):
    """A value, whether it is right, and why."""

    value: str
    valid: bool
    why: str

    @property
    def parts(self) -> dict[str, str]:
        """The named parts of a value like ``from=2026-09-30;days=3``."""
        return dict(part.split("=", 1) for part in self.value.split(";"))


def rows(path):
    """Read a table of the project."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def vectors(what):
    """Return the vectors of one kind; there is at least one."""
    found = [
        Vector(row["value"], row["expected"] == "valid", row["why"])
        for row in rows(HERE / "test_vectors.csv")
        if row["what"] == what
    ]
    assert found, f"no vector of kind {what}"
    return found


def pytest_generate_tests(metafunc):
    """Run a test that asks for ``<kind>_vector`` once for each vector of that kind."""
    for name in metafunc.fixturenames:
        if name.endswith("_vector"):
            values = vectors(name.removesuffix("_vector"))
            metafunc.parametrize(name, values, ids=[each.value for each in values])


@pytest.fixture(scope="session")
def bins():
    """Give the prefix table that ships with the hall."""
    return BinTable(
        Bin(row["bin_prefix"], int(row["card_length"]), row["bank_code"], row["card_kind"])
        for row in rows(COMMON / "bank_bins.csv")
    )


@pytest.fixture(scope="session")
def bank_parts():
    """Give the three digits of each bank in a CNAPS code."""
    return {row["bank_code"]: row["cnaps_bank_code"] for row in rows(COMMON / "banks.csv")}


@pytest.fixture(scope="session")
def document_types():
    """Give the identity documents that ship with the hall, by code."""
    return {
        row["code"]: DocumentType(
            row["code"],
            row["regex"],
            row["check_rule"],
            row["birth_and_gender_in_number"] == "true",
        )
        for row in rows(COMMON / "id_document_types.csv")
    }


@pytest.fixture(scope="session")
def provinces():
    """Give the two digits of every province."""
    codes = rows(COMMON / "national_codes.csv")
    found = {row["code"] for row in codes if "province" in row.values()}
    assert {"34", "21"} <= found
    return frozenset(found)


@pytest.fixture(scope="session")
def calendar():
    """Give the published calendar of 2026."""
    days = [
        (row["kind"], dt.date.fromisoformat(row["date"]))
        for row in rows(COMMON / "working_days_2026.csv")
    ]
    return Calendar(
        frozenset(day for kind, day in days if kind == "holiday"),
        frozenset(day for kind, day in days if kind == "workday_swap"),
        frozenset({2026}),
    )
