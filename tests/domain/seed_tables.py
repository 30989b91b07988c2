"""The tables of the two packages, as the tests of the rules read them."""

import csv
from decimal import Decimal
from pathlib import Path

from app.domain.fact_rows import fact_row
from app.domain.materials import Requirement
from app.domain.terms import Kind, Need, Origin

PACKAGES = Path(__file__).parents[2] / "app" / "packages"
SCHEMES = ("anhui_subsidy", "liaoning_fund")


def table(package, name):
    """Read a table of a package; none when the package has no such table."""
    path = PACKAGES / package / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def facts_of(package):
    """The questions of a package."""
    return [fact_row(row) for row in table(package, "facts.csv")]


def settings_of(package):
    """The numbers of a package; an empty cell sets none."""
    rows = table(package, "settings.csv")
    return {row["key"]: Decimal(row["value"]) for row in rows if row["value"]}


def requirements_of(package):
    """The requirements of a package, each with its material."""
    materials = {row["code"]: row for row in table(package, "materials.csv")}
    return [
        Requirement(
            reason=row["reason_code"],
            kind=Kind(row["kind"]),
            material_code=row["material_code"],
            need=Need(row["need"]),
            origin=Origin(materials[row["material_code"]]["origin"]),
            min_files=int(materials[row["material_code"]]["min_files"]),
            max_files=int(materials[row["material_code"]]["max_files"]),
            slug=materials[row["material_code"]]["slug"],
            condition_key=row["condition_key"],
            alternative_group=row["alternative_group"],
            source=materials[row["material_code"]]["data_share_source"],
        )
        for row in table(package, "requirements.csv")
    ]
