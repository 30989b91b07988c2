"""Loading packages: only when the version rises, dated rows, staff's edits stay."""

import csv
import datetime as dt
import itertools
import shutil
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.models import (
    Agency,
    BankBin,
    MessageTemplate,
    PackageVersion,
    PolicySetting,
    ReturnReason,
    WithdrawalReason,
    WorkingDay,
)  # fmt: skip
from app.packages.problems import PackageRefused
from app.packages.reader import PACKAGES
from app.services import reference
from app.services.catalogue.loading import load_packages
from tests.factories import NOON, find_scheme

TODAY = NOON.date()
YESTERDAY = TODAY - dt.timedelta(days=1)


class Copy:
    """The packages in a folder of their own, to be changed."""

    def __init__(self, folder):
        self.folder = folder

    def change(self, file, change, *, package="anhui_subsidy"):
        """Change rows of a table: ``change`` gets each row and may return another or None."""
        path = self.folder / package / file
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        names = list(rows[0])
        kept = [row for row in map(change, rows) if row is not None]
        with path.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)

    def raise_version(self, version, *, package="anhui_subsidy"):
        """Give the package another version."""
        self.change("package.csv", lambda row: row | {"version": str(version)}, package=package)

    def set_value(self, key, value):
        """Change one setting."""
        self.change(
            "settings.csv", lambda row: row | {"value": value} if row["key"] == key else row
        )


@pytest.fixture
def copy(tmp_path):
    """The shipped packages, to be changed."""
    shutil.copytree(PACKAGES, tmp_path / "packages", ignore=shutil.ignore_patterns("*.py"))
    return Copy(tmp_path / "packages")


def settings(session, key):
    return session.scalars(
        sa.select(PolicySetting)
        .where(PolicySetting.scheme_id == find_scheme(session).id, PolicySetting.key == key)
        .order_by(PolicySetting.valid_from)
    ).all()


def test_both_services_are_there_after_the_first_load(session):
    loaded = {row.code: row.version for row in session.scalars(sa.select(PackageVersion))}

    assert loaded == {"common": 1, "anhui_subsidy": 4, "liaoning_fund": 4}
    assert len(reference.reasons_in_force(session, find_scheme(session).id, TODAY)) == 13
    assert session.scalar(sa.select(sa.func.count()).select_from(BankBin)) > 700


@pytest.mark.both
def test_a_second_load_writes_nothing(session):
    loaded = load_packages(session, now=NOON)

    assert not loaded.changed
    assert loaded.notes == []
    assert not session.dirty
    assert not session.new


def test_changed_files_without_a_higher_version_are_only_noted(session, copy):
    copy.set_value("decision_days", "9")

    loaded = load_packages(session, now=NOON, folder=copy.folder)

    assert not loaded.changed
    assert "anhui_subsidy" in loaded.notes[0]
    assert [row.value for row in settings(session, "decision_days")] == ["3"]


@pytest.mark.both
def test_a_higher_version_dates_what_changed(session, copy):
    copy.set_value("decision_days", "5")
    copy.raise_version(5)

    loaded = load_packages(session, now=NOON, folder=copy.folder)

    old, new = settings(session, "decision_days")
    assert (old.value, old.valid_to) == ("3", YESTERDAY)
    assert (new.value, new.valid_from, new.version) == ("5", TODAY, 5)
    assert loaded.packages["anhui_subsidy 5"]["added"] == 1
    scheme = find_scheme(session)
    assert reference.settings_on(session, scheme.id, YESTERDAY)["decision_days"] == Decimal(3)
    assert reference.settings_on(session, scheme.id, TODAY)["decision_days"] == Decimal(5)


@pytest.mark.whole
def test_three_versions_leave_one_row_a_period(session, copy):
    for version, value in ((5, "5"), (6, "7")):
        copy.set_value("decision_days", value)
        copy.raise_version(version)
        now = NOON + dt.timedelta(days=10 * version)
        load_packages(session, now=now, folder=copy.folder)

    rows = settings(session, "decision_days")

    assert [row.value for row in rows] == ["3", "5", "7"]
    assert [row.valid_to is None for row in rows] == [False, False, True]
    assert all(
        early.valid_to + dt.timedelta(days=1) == late.valid_from
        for early, late in itertools.pairwise(rows)
    )


def test_a_value_that_comes_back_is_a_new_period(session, copy):
    for version, value in ((5, "5"), (6, "3")):
        copy.set_value("decision_days", value)
        copy.raise_version(version)
        now = NOON + dt.timedelta(days=10 * version)
        load_packages(session, now=now, folder=copy.folder)

    rows = settings(session, "decision_days")

    assert [row.value for row in rows] == ["3", "5", "3"]
    assert [row.valid_to is None for row in rows] == [False, False, True]


def test_what_staff_set_stays(session, copy):
    [row] = settings(session, "decision_days")
    row.value = "4"
    agency = session.scalars(sa.select(Agency).where(Agency.code == "anhui")).one()
    agency.hotline = "0551-96300"
    session.commit()
    copy.set_value("decision_days", "5")
    copy.change(
        "agencies.csv", lambda line: line | {"hotline": "0551-00000", "seal": "new.svg"}
    )
    copy.raise_version(5)

    loaded = load_packages(session, now=NOON, folder=copy.folder)
    session.refresh(agency)

    assert [kept.value for kept in settings(session, "decision_days")] == ["4"]
    assert agency.hotline == "0551-96300"
    assert loaded.packages["anhui_subsidy 5"]["kept"] == 2


def test_a_row_that_the_package_drops_ends_and_is_not_deleted(session, copy):
    copy.change("return_reasons.csv", lambda row: None if row["code"] == "R15" else row)
    copy.raise_version(5)

    load_packages(session, now=NOON, folder=copy.folder)

    row = session.scalars(
        sa.select(ReturnReason).where(
            ReturnReason.scheme_id == find_scheme(session).id, ReturnReason.code == "R15"
        )
    ).one()
    assert row.valid_to == YESTERDAY


def test_a_changed_reason_keeps_the_old_row_for_old_cases(session, copy):
    copy.change(
        "reasons.csv",
        lambda row: row | {"min_interval_months": "6"} if row["code"] == "ZFFZ" else row,
    )
    copy.raise_version(5)
    load_packages(session, now=NOON, folder=copy.folder)
    rows = session.scalars(
        sa.select(WithdrawalReason)
        .where(WithdrawalReason.code == "ZFFZ")
        .order_by(WithdrawalReason.valid_from)
    ).all()

    assert [row.min_interval_months for row in rows] == [12, 6]
    assert reference.reason(session, find_scheme(session).id, "ZFFZ", TODAY).id == rows[1].id


def test_a_new_letter_is_added_and_the_signed_one_stays(session, copy):
    scheme = find_scheme(session)
    old = reference.commitment(session, scheme.id, TODAY)
    text = copy.folder / "anhui_subsidy" / "commitment_letter.zh.md"
    text.write_text(text.read_text(encoding="utf-8") + "\n补充。\n", encoding="utf-8")
    copy.change("schemes.csv", lambda row: row | {"commitment_version": "1.1"})
    copy.raise_version(5)

    load_packages(session, now=NOON, folder=copy.folder)

    assert reference.commitment(session, scheme.id, TODAY).version == "1.1"
    assert reference.commitment(session, scheme.id, YESTERDAY).id == old.id


def test_the_national_data_are_loaded_again_when_a_file_changes(session, copy):
    copy.change(
        "working_days_2026.csv",
        lambda row: None if row["date"] == "2026-10-01" else row,
        package="common",
    )
    copy.change(
        "message_templates.csv",
        lambda row: (
            row | {"text_en": row["text_en"] + " Thank you."}
            if row["event"] == "registered"
            else row
        ),
        package="common",
    )

    load_packages(session, now=NOON, folder=copy.folder)
    session.expire_all()

    gone = sa.select(WorkingDay).where(WorkingDay.date == dt.date(2026, 10, 1))
    assert session.scalar(gone) is None
    registered = sa.select(MessageTemplate).where(MessageTemplate.event == "registered")
    assert session.scalars(registered).one().text_en.endswith("Thank you.")


@pytest.mark.both
def test_a_faulty_package_leaves_nothing_of_any(session, copy):
    copy.set_value("decision_days", "5")
    copy.raise_version(5)
    copy.change(
        "settings.csv",
        lambda row: row | {"value": "many"} if row["key"] == "payout_days" else row,
        package="liaoning_fund",
    )
    copy.raise_version(5, package="liaoning_fund")

    with pytest.raises(PackageRefused) as refused:
        load_packages(session, now=NOON, folder=copy.folder)
    session.rollback()

    assert "settings.csv:3: value" in str(refused.value)
    assert [row.value for row in settings(session, "decision_days")] == ["3"]


def test_init_says_that_nothing_changed(app):
    outcome = app.test_cli_runner().invoke(args=["anju", "init"])

    assert outcome.exit_code == 0
    assert "nothing changed" in outcome.output
