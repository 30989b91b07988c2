"""What must hold for the agency, the scheme, the settings and the return reasons."""

import datetime as dt

from app.packages.checks import (
    check_known,
    check_placeholders,
    check_validity,
    note_unknown,
)
from app.packages.common_rows import BankRow
from app.packages.problems import Findings
from app.packages.rows import (
    AgencyRow,
    PackageRow,
    ReturnReasonRow,
    SchemeRow,
    SettingRow,
)
from app.packages.setting_checks import value_fault
from app.packages.tables import Table
from app.packages.vocabulary import RETURN_PLACEHOLDERS, SETTINGS, SettingRule

MOST_IN_A_FILE = 50_000
WRONG = {
    "setting_empty": ("不能为空", "must not be empty"),
    "setting_places": ("最多 {places} 位小数", "must have at most {places} places"),
    "setting_range": ("应为 {least} 到 {most}", "must be {least} to {most}"),
}
"""What is said of a setting that cannot be, in both languages."""


def check_single(
    table: Table[PackageRow] | Table[AgencyRow] | Table[SchemeRow], findings: Findings
) -> None:
    """Check that a package is one service of one agency."""
    if table.complete and len(table.cells) != 1:
        findings.add(table.file, 0, "", "应当只有一行数据", "must have exactly one row")


def check_agency(
    agencies: Table[AgencyRow], banks: tuple[BankRow, ...], findings: Findings
) -> None:
    """Check the paying bank, its hours and how much goes into a file."""
    check_known(agencies, "payer_bank_code", {bank.bank_code for bank in banks}, findings)
    for line, row in agencies.lines:
        if not 1 <= row.batch_limit <= MOST_IN_A_FILE:
            findings.add(
                agencies.file, line, "batch_limit",
                f"应为 1 到 {MOST_IN_A_FILE}", f"must be 1 to {MOST_IN_A_FILE}",
            )  # fmt: skip
        if (row.bank_opens is None) != (row.bank_closes is None) or (
            row.bank_opens is not None
            and row.bank_closes is not None
            and row.bank_closes <= row.bank_opens
        ):
            findings.add(
                agencies.file, line, "bank_closes",
                "与 bank_opens 应同时填写，且晚于它",
                "is given with bank_opens, and later than it",
            )  # fmt: skip


def check_settings(settings: Table[SettingRow], findings: Findings) -> None:
    """Check that every setting is there, in a unit and with the places it can have."""
    check_validity(settings, ("key",), findings)
    for line, row in settings.lines:
        rule = SETTINGS.get(row.key)
        if rule is None:
            note_unknown(settings.file, line, "key", row.key, findings)
        else:
            _check_setting(settings.file, line, row, rule, findings)
    _check_no_gap(settings, findings)
    for key in SETTINGS:
        if settings.lacks(key, "key"):
            findings.add(settings.file, 0, key, "缺少此项设置", "the setting is missing")


def _check_no_gap(settings: Table[SettingRow], findings: Findings) -> None:
    """Note a setting that ends without another row of it beginning the day after."""
    begins = {(row.key, row.valid_from) for row in settings.rows}
    for line, row in settings.lines:
        if row.valid_to and (row.key, row.valid_to + dt.timedelta(days=1)) not in begins:
            findings.add(
                settings.file, line, "valid_to",
                "此日之后没有接续的设置", "nothing follows this setting the day after",
            )  # fmt: skip


def _check_setting(
    file: str, line: int, row: SettingRow, rule: SettingRule, findings: Findings
) -> None:
    """Check unit and value of one setting."""
    if row.unit not in rule.units:
        note_unknown(file, line, "unit", row.unit, findings)
    if fault := value_fault(rule, row.unit, row.value):
        why_zh, why_en = (text.format(**fault.facts) for text in WRONG[fault.code])
        findings.add(file, line, fault.column, why_zh, why_en)


def check_return_reasons(reasons: Table[ReturnReasonRow], findings: Findings) -> None:
    """Check placeholders, notes and what a return reopens."""
    check_validity(reasons, ("code",), findings)
    check_placeholders(reasons, findings, known=RETURN_PLACEHOLDERS)
    for line, row in reasons.lines:
        reopens_something = bool(row.reopens) and row.reopens != ("none",)
        if reopens_something != (row.outcome == "return"):
            findings.add(
                reasons.file, line, "reopens",
                "只有退回才能重新开放填写", "a return reopens something, nothing else does",
            )  # fmt: skip
        if "note" in row.placeholders and not row.needs_note:
            findings.add(
                reasons.file, line, "needs_note",
                "文本含 {note}，应为 true", "must be true, the text has {note}",
            )  # fmt: skip
