"""What must hold inside the national data."""

import datetime as dt
import re

from app.domain.terms import DayKind
from app.packages.checks import (
    check_known,
    check_placeholders,
    check_unique,
    note_all_unknown,
)
from app.packages.common_rows import (
    BankBinRow,
    BankRow,
    IdDocumentTypeRow,
    MessageTemplateRow,
    NationalCodeRow,
    RegionRow,
    WorkingDayRow,
)
from app.packages.problems import Findings
from app.packages.tables import Table
from app.packages.vocabulary import ID_CHECKS

CARD_LENGTHS = range(13, 20)
"""Digits a bank card can have, ISO/IEC 7812."""

_SATURDAY = 5


def check_bank_bins(bins: Table[BankBinRow], banks: Table[BankRow], findings: Findings) -> None:
    """Check prefixes against the banks: known bank, same name and code, possible length."""
    check_unique(bins, ("card_length", "bin_prefix"), findings)
    check_known(bins, "bank_code", banks, findings, of="bank_code")
    by_code = {bank.bank_code: bank for bank in banks.rows}
    for line, row in bins.lines:
        bank = by_code.get(row.bank_code)
        if bank is not None and bank.name_zh != row.bank_name_zh:
            findings.add(
                bins.file,
                line,
                "bank_name_zh",
                "与银行表不一致",
                "differs from the banks",
            )
        if bank is not None and bank.cnaps_bank_code != row.cnaps_bank_code:
            findings.add(
                bins.file,
                line,
                "cnaps_bank_code",
                "与银行表不一致",
                "differs from the banks",
            )
        if row.card_length not in CARD_LENGTHS or row.card_length <= len(row.bin_prefix):
            findings.add(bins.file, line, "card_length", "卡号长度不对", "no card is that long")


def check_id_document_types(
    types: Table[IdDocumentTypeRow],
    national: Table[NationalCodeRow],
    findings: Findings,
) -> None:
    """Check that patterns compile and that the checks named exist."""
    check_unique(types, ("code",), findings)
    known = {row.code for row in national.rows if row.table_name == "id_document_type"}
    if national.complete:
        check_known(types, "national_code", known, findings)
    for line, row in types.lines:
        parts = row.check_rule.split("+")
        note_all_unknown(types.file, line, "check_rule", set(parts) - ID_CHECKS, findings)
        if "gender" in parts and not row.birth_and_gender_in_number:
            findings.add(
                types.file, line, "birth_and_gender_in_number",
                "check_rule 含 gender，此列应为 true",
                "must be true, the check_rule has gender",
            )  # fmt: skip
        try:
            re.compile(row.regex)
        except re.error as error:
            findings.add(
                types.file, line, "regex",
                "正则表达式不能编译", f"the pattern does not compile: {error}",
            )  # fmt: skip


def check_regions(regions: Table[RegionRow], findings: Findings) -> None:
    """Check that codes are unique and every parent exists."""
    check_unique(regions, ("code",), findings)
    check_known(regions, "parent_code", regions, findings)


def check_message_templates(templates: Table[MessageTemplateRow], findings: Findings) -> None:
    """Check that every text uses exactly the placeholders it lists."""
    check_unique(templates, ("event",), findings)
    check_placeholders(templates, findings)


def check_working_days(days: Table[WorkingDayRow], year: int, findings: Findings) -> None:
    """Check that dates are of the file's year, and only weekend days are swapped."""
    check_unique(days, ("date",), findings)
    for line, row in days.lines:
        if row.date.year != year:
            findings.add(
                days.file,
                line,
                "date",
                f"不是 {year} 年的日期",
                f"is not a day of {year}",
            )
        if row.kind is DayKind.WORKDAY_SWAP and not _is_weekend(row.date):
            findings.add(
                days.file, line, "kind",
                "调休上班日应为周六、周日", "only a Saturday or Sunday can be swapped",
            )  # fmt: skip


def _is_weekend(day: dt.date) -> bool:
    return day.weekday() >= _SATURDAY
