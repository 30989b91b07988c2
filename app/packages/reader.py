"""Reads a package or the national data from its folder: whole and right, or refused."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.packages import common_checks
from app.packages.checks import check_known, check_unique
from app.packages.common_rows import (
    BankBinRow,
    BankRow,
    EthnicGroupRow,
    IdDocumentTypeRow,
    MessageTemplateRow,
    NationalCodeRow,
    RegionRow,
    WorkingDayRow,
)
from app.packages.fact_checks import check_facts, check_sample_cases
from app.packages.files import sha256_of
from app.packages.package_checks import (
    check_agency,
    check_return_reasons,
    check_settings,
    check_single,
)
from app.packages.problems import Findings
from app.packages.reason_checks import (
    check_materials,
    check_reasons,
    check_requirements,
)
from app.packages.rows import (
    AgencyRow,
    FactRow,
    MaterialRow,
    PackageRow,
    ReasonRow,
    RequirementRow,
    ReturnReasonRow,
    SampleCaseRow,
    SchemeRow,
    SettingRow,
)
from app.packages.tables import Table, read_table
from app.packages.texts import read_texts

PACKAGES = Path(__file__).parent
"""Where the packages that come with the hall lie, one folder each, and ``common``."""

_YEAR_FILE = re.compile(r"working_days_(\d{4})\.csv")


@dataclass(frozen=True, slots=True)
class Common:
    """The national data that all packages share; ``sha256`` is of all its files."""

    banks: tuple[BankRow, ...]
    bank_bins: tuple[BankBinRow, ...]
    id_document_types: tuple[IdDocumentTypeRow, ...]
    ethnic_groups: tuple[EthnicGroupRow, ...]
    national_codes: tuple[NationalCodeRow, ...]
    regions: tuple[RegionRow, ...]
    message_templates: tuple[MessageTemplateRow, ...]
    working_days: tuple[WorkingDayRow, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """One service of one agency.

    ``texts`` are by name (notice, agreement, privacy, commitment_letter) and language (zh, en);
    ``sha256`` is of all files of the package.
    """

    about: PackageRow
    agency: AgencyRow
    scheme: SchemeRow
    reasons: tuple[ReasonRow, ...]
    materials: tuple[MaterialRow, ...]
    requirements: tuple[RequirementRow, ...]
    return_reasons: tuple[ReturnReasonRow, ...]
    settings: tuple[SettingRow, ...]
    facts: tuple[FactRow, ...]
    sample_cases: tuple[SampleCaseRow, ...]
    texts: Mapping[tuple[str, str], str]
    sha256: str


def read_common(folder: Path = PACKAGES / "common") -> Common:
    """Return the national data, or raise ``PackageRefused`` with every fault."""
    findings = Findings()
    banks = read_table(folder, "banks.csv", BankRow, findings)
    bins = read_table(folder, "bank_bins.csv", BankBinRow, findings)
    types = read_table(folder, "id_document_types.csv", IdDocumentTypeRow, findings)
    groups = read_table(folder, "ethnic_groups.csv", EthnicGroupRow, findings)
    national = read_table(folder, "national_codes.csv", NationalCodeRow, findings)
    regions = read_table(folder, "regions_anhui_liaoning.csv", RegionRow, findings)
    templates = read_table(folder, "message_templates.csv", MessageTemplateRow, findings)
    days = _read_calendar(folder, findings)
    check_unique(banks, ("bank_code",), findings)
    check_unique(groups, ("code",), findings)
    check_unique(national, ("table_name", "code"), findings)
    common_checks.check_bank_bins(bins, banks, findings)
    common_checks.check_id_document_types(types, national, findings)
    common_checks.check_regions(regions, findings)
    common_checks.check_message_templates(templates, findings)
    findings.refuse_if_any()
    return Common(
        banks.rows, bins.rows, types.rows, groups.rows, national.rows, regions.rows,
        templates.rows, days, sha256_of(folder),
    )  # fmt: skip


def read_package(
    folder: Path,
    *,
    common: Common,
    condition_keys: Collection[str],
    amount_rules: Collection[str],
) -> Package:
    """Return a package, or raise ``PackageRefused`` with every fault of every file.

    ``condition_keys`` and ``amount_rules`` are the words that the rules of materials and of
    entitlement understand.
    """
    findings = Findings()
    tables = _read_tables(folder, findings)
    texts = read_texts(folder, findings)
    _check(tables, common, frozenset(condition_keys), frozenset(amount_rules), findings)
    findings.refuse_if_any()
    return Package(
        about=tables.about.rows[0],
        agency=tables.agencies.rows[0],
        scheme=tables.schemes.rows[0],
        reasons=tables.reasons.rows,
        materials=tables.materials.rows,
        requirements=tables.requirements.rows,
        return_reasons=tables.return_reasons.rows,
        settings=tables.settings.rows,
        facts=tables.facts.rows,
        sample_cases=tables.sample_cases.rows,
        texts=texts,
        sha256=sha256_of(folder),
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """The files of a package as they were read."""

    about: Table[PackageRow]
    agencies: Table[AgencyRow]
    schemes: Table[SchemeRow]
    reasons: Table[ReasonRow]
    materials: Table[MaterialRow]
    requirements: Table[RequirementRow]
    return_reasons: Table[ReturnReasonRow]
    settings: Table[SettingRow]
    facts: Table[FactRow]
    sample_cases: Table[SampleCaseRow]


def _read_tables(folder: Path, findings: Findings) -> _Tables:
    return _Tables(
        about=read_table(folder, "package.csv", PackageRow, findings),
        agencies=read_table(folder, "agencies.csv", AgencyRow, findings),
        schemes=read_table(folder, "schemes.csv", SchemeRow, findings),
        reasons=read_table(folder, "reasons.csv", ReasonRow, findings),
        materials=read_table(folder, "materials.csv", MaterialRow, findings),
        requirements=read_table(folder, "requirements.csv", RequirementRow, findings),
        return_reasons=read_table(folder, "return_reasons.csv", ReturnReasonRow, findings),
        settings=read_table(folder, "settings.csv", SettingRow, findings),
        facts=read_table(folder, "facts.csv", FactRow, findings),
        sample_cases=read_table(folder, "sample_cases.csv", SampleCaseRow, findings),
    )


def _check(
    tables: _Tables,
    common: Common,
    condition_keys: frozenset[str],
    amount_rules: frozenset[str],
    findings: Findings,
) -> None:
    """Check the tables of a package against each other and against the national data."""
    for single in (tables.about, tables.agencies, tables.schemes):
        check_single(single, findings)
    check_known(tables.about, "scheme", tables.schemes, findings)
    check_known(tables.schemes, "agency", tables.agencies, findings)
    check_agency(tables.agencies, common.banks, findings)
    check_known(tables.reasons, "scheme", tables.schemes, findings)
    check_known(tables.requirements, "scheme", tables.schemes, findings)
    _check_national_words(tables.reasons, common, findings)
    check_reasons(tables.reasons, amount_rules, findings)
    check_materials(tables.materials, findings)
    check_requirements(
        tables.requirements, tables.reasons, tables.materials, condition_keys, findings
    )
    check_return_reasons(tables.return_reasons, findings)
    check_settings(tables.settings, findings)
    check_facts(
        tables.facts,
        tables.reasons,
        tables.materials,
        condition_keys | amount_rules,
        findings,
    )
    check_sample_cases(
        tables.sample_cases, tables.reasons, tables.requirements, tables.facts, findings
    )


def _check_national_words(
    reasons: Table[ReasonRow], common: Common, findings: Findings
) -> None:
    """Check that the banks and the national codes that reasons name exist."""
    check_known(reasons, "allowed_banks", {bank.bank_code for bank in common.banks}, findings)
    codes = {row.code for row in common.national_codes if row.table_name == "withdrawal_reason"}
    check_known(reasons, "national_code", codes, findings)


def _read_calendar(folder: Path, findings: Findings) -> tuple[WorkingDayRow, ...]:
    """Return the days of every ``working_days_YYYY.csv``, by year."""
    files = sorted(folder.glob("working_days_*.csv"))
    if not files:
        findings.add("working_days_YYYY.csv", 0, "", "缺少文件", "the file is missing")
    days: list[WorkingDayRow] = []
    for path in files:
        table = read_table(folder, path.name, WorkingDayRow, findings)
        year = _YEAR_FILE.fullmatch(path.name)
        if year is None:
            findings.add(
                path.name, 0, "", "文件名应为 working_days_YYYY.csv", "has another name"
            )
        else:
            common_checks.check_working_days(table, int(year[1]), findings)
        days.extend(table.rows)
    return tuple(days)
