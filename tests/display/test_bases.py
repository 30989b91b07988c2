"""Where a package's numbers and lists come from is told in Chinese, too."""

import csv
from pathlib import Path

from app.translations import merged

PACKAGES = Path(__file__).parents[2] / "app" / "packages"
SHOWN = ("reasons", "materials", "requirements", "return_reasons", "settings")


def test_every_basis_that_staff_read_has_its_chinese():
    told = set()
    for table in (path for name in SHOWN for path in PACKAGES.glob(f"*/{name}.csv")):
        with table.open(encoding="utf-8-sig", newline="") as rows:
            told |= {row["basis"] for row in csv.DictReader(rows) if row["basis"]}

    words = merged()

    assert len(told) > 50
    assert [one for one in sorted(told) if not words.get(one)] == []
