"""What the tests of packages share: the shipped ones, and copies to spoil."""

import csv
import shutil

import pytest

from app.domain.conditions import CONDITIONS
from app.domain.entitlement import AMOUNT_RULES
from app.packages.problems import PackageRefused
from app.packages.reader import PACKAGES, read_common, read_package


@pytest.fixture(scope="session")
def common():
    """Give the national data."""
    return read_common()


@pytest.fixture(scope="session")
def read(common):
    """Read a package with the words that the rules understand."""

    def reading(folder):
        return read_package(
            folder, common=common, condition_keys=CONDITIONS, amount_rules=AMOUNT_RULES
        )

    return reading


@pytest.fixture(scope="session")
def subsidy(read):
    """Give the package of the Anhui office."""
    return read(PACKAGES / "anhui_subsidy")


@pytest.fixture(scope="session")
def fund(read):
    """Give the package of the Liaoning centre."""
    return read(PACKAGES / "liaoning_fund")


class Copy:
    """A folder of a package that may be spoiled."""

    def __init__(self, folder, reader):
        self.folder = folder
        self.reader = reader

    def rows(self, file):
        """Return header and records of a table."""
        with (self.folder / file).open(encoding="utf-8", newline="") as lines:
            return list(csv.reader(lines))

    def write(self, file, rows):
        """Write a table anew."""
        with (self.folder / file).open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows(rows)

    def set(self, file, line, column, value):
        """Put a value into a cell; line 2 is the first row."""
        rows = self.rows(file)
        rows[line - 1][rows[0].index(column)] = value
        self.write(file, rows)

    def add(self, file, line, **changes):
        """Repeat a row at the end with other values; return its line."""
        rows = self.rows(file)
        copy = list(rows[line - 1])
        for column, value in changes.items():
            copy[rows[0].index(column)] = value
        self.write(file, [*rows, copy])
        return len(rows) + 1

    def line_of(self, file, **values):
        """Return the line of the first row with these values."""
        header, *rows = self.rows(file)
        wanted = {header.index(column): value for column, value in values.items()}
        return next(
            number
            for number, row in enumerate(rows, start=2)
            if all(row[place] == value for place, value in wanted.items())
        )

    def problems(self):
        """Read the copy, which must be refused, and return what is wrong."""
        with pytest.raises(PackageRefused) as refused:
            self.reader(self.folder)
        return refused.value.problems

    def faults(self):
        """Return where the problems are: file, line, column."""
        return [(problem.file, problem.line, problem.column) for problem in self.problems()]


@pytest.fixture
def anhui(tmp_path, read):
    """Give a copy of the Anhui package."""
    return Copy(shutil.copytree(PACKAGES / "anhui_subsidy", tmp_path / "copy"), read)


@pytest.fixture
def national(tmp_path):
    """Give a copy of the national data."""
    return Copy(shutil.copytree(PACKAGES / "common", tmp_path / "common"), read_common)
