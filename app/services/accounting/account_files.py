"""Files as agencies send them, of accounts or contributions: csv (UTF-8, GB18030) or Excel."""

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from app.packages.problems import Findings


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a kind of file must have and may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...]


REQUIRED = (
    "agency",
    "scheme",
    "id_type",
    "id_number",
    "name",
    "account_number",
    "opened_on",
    "state",
    "balance",
)
OPTIONAL = (
    "gender",
    "ethnicity",
    "mobile",
    "employer",
    "sealed_on",
    "frozen_amount",
    "last_interest_on",
    "paid_reason",
    "paid_on",
    "paid_amount",
    "house_key",
)
ACCOUNTS = Columns(REQUIRED, OPTIONAL)
CONTRIBUTIONS = Columns(
    ("agency", "scheme", "account_number", "amount", "value_date"), ("name",)
)
TRAILER = "#TRAILER"
NO_SHEET = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, OSError, EOFError,
    LookupError, ValueError, TypeError, NotImplementedError,
)  # fmt: skip
"""What comes of a file that calls itself a sheet: broken parts, broken XML, a password."""

NUMBER = re.compile(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?")
"""How a count or a sum is written: 1234.5, 1234.50 or 1,234.50, and in no other way."""

LONGEST_EXACT = 15
"""Digits that Excel keeps of a number; a longer one must stand in a cell of text."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One line of the file as text."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class RawFile:
    """The lines of a file; count, total and the sender's reference that its trailer declares."""

    rows: tuple[RawRow, ...]
    count: str = ""
    total: str = ""
    reference: str = ""


def read_file(
    data: bytes, name: str, findings: Findings, columns: Columns = ACCOUNTS
) -> RawFile:
    """Return the lines of a csv or xlsx file; what is wrong with its form goes to the findings."""
    is_sheet = data.startswith(b"PK")
    records = _sheet(data, name, findings) if is_sheet else _csv(data, name, findings)
    lines = [(line, record) for line, record in records if any(record)]
    if not lines:
        findings.add(name, 1, "", "文件是空的", "the file is empty")
        return RawFile(())
    header = [cell.strip().lower() for cell in lines[0][1]]
    if not _header_is_right(header, columns, name, findings):
        return RawFile(())
    return _split(lines[1:], header, name, findings)


def check_declared(
    raw: RawFile,
    count: int | None,
    total: Decimal | None,
    whole: Decimal,
    name: str,
    findings: Findings,
) -> None:
    """Compare what the sender declares with what was read.

    ``count`` and ``total`` (yuan) are what an option says, the file's last line may say it too:
    whatever is said must be so.
    """
    counts = _said(count, raw.count)
    totals = _said(total, raw.total)
    if not counts or not totals:
        findings.add(
            name, 0, "",
            "没有申报笔数和总额（末行 #TRAILER,笔数,总额，或命令选项）",
            "count and total are not declared (last line #TRAILER,count,total, or options)",
        )  # fmt: skip
        return
    for said, number in counts.items():
        if number != len(raw.rows):
            findings.add(
                name, 0, "count",
                f"申报 {said} 笔，实有 {len(raw.rows)} 笔",
                f"{said} rows are declared, {len(raw.rows)} are there",
            )  # fmt: skip
    for said, number in totals.items():
        if number != whole:
            findings.add(
                name, 0, "total",
                f"申报总额 {said}，实有 {whole}",
                f"a total of {said} is declared, {whole} is there",
            )  # fmt: skip


def number_in(text: str) -> Decimal | None:
    """Return the count or the sum that a cell names, None when it is written in another way."""
    return Decimal(text.replace(",", "")) if NUMBER.fullmatch(text) else None


def _said(option: Decimal | int | None, trailer: str) -> dict[str, Decimal | None]:
    """Return what was declared, by option and by the last line, as written and as number."""
    said: dict[str, Decimal | None] = {}
    if option is not None:
        said[str(option)] = Decimal(option)
    if trailer:
        said[trailer] = number_in(trailer)
    return said


def _split(
    lines: Iterable[tuple[int, list[str]]], header: list[str], name: str, findings: Findings
) -> RawFile:
    rows: list[RawRow] = []
    trailer: list[str] | None = None
    for line, record in lines:
        if trailer is not None:
            findings.add(
                name, line, "", "尾行之后还有内容", "there is a line after the trailer"
            )
        elif record[0].strip().upper() == TRAILER:
            trailer = [*(cell.strip() for cell in record[1:]), "", "", ""]
        elif any(cell.strip() for cell in record[len(header) :]):
            findings.add(name, line, "", "列数比表头多", "has more cells than the header")
        else:
            padded = [*record, *[""] * (len(header) - len(record))]
            cells = {key: cell.strip() for key, cell in zip(header, padded, strict=False)}
            rows.append(RawRow(line, cells))
    return RawFile(tuple(rows), *(trailer[:3] if trailer else ()))


def _header_is_right(
    header: list[str], columns: Columns, name: str, findings: Findings
) -> bool:
    before = len(findings.problems)
    for column in columns.required:
        if column not in header:
            findings.add(name, 1, column, "缺少列", "missing column")
    for column in sorted(
        {cell for cell in header if cell} - {*columns.required, *columns.optional}
    ):
        findings.add(name, 1, column, "不认识的列", "unknown column")
    for column in sorted({cell for cell in header if cell and header.count(cell) > 1}):
        findings.add(name, 1, column, "列重复", "column occurs twice")
    return len(findings.problems) == before


def _csv(data: bytes, name: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    if text is None:
        findings.add(name, 0, "", "编码应为 UTF-8 或 GB18030", "is neither UTF-8 nor GB18030")
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for record in reader:
            yield reader.line_num, record
    except csv.Error as error:
        findings.add(name, reader.line_num, "", "引号或分隔不对", f"cannot be read: {error}")


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _sheet(data: bytes, name: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for line, record in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield line, [_text(cell, name, line, findings) for cell in record]
    except NO_SHEET as error:
        findings.add(name, 0, "", "不是可读的 Excel 文件", f"is no readable sheet: {error}")


def _text(cell: Any, name: str, line: int, findings: Findings) -> str:
    """Return a cell as text; Excel's numbers and days become what a person would type."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = Decimal(repr(cell))
        if (
            len(number.as_tuple().digits) + max(0, int(number.as_tuple().exponent))
            > LONGEST_EXACT
        ):
            findings.add(
                name, line, "",
                "长号码应设为文本格式，否则 Excel 会丢失位数",
                "a long number must be a cell of text, Excel loses its last digits",
            )  # fmt: skip
        return format(number.quantize(1) if number == number.to_integral() else number, "f")
    return str(cell)
