"""Tables as files that open in a spreadsheet: csv and xlsx, no cell of which is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import openpyxl
from flask import Response

Cell = str | Decimal | int
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would compute (ASVS 1.2.10)."""

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def harmless(cell: Cell) -> Cell:
    """Return a cell that is read as what it is: a text that begins like a formula gets a quote."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell


def download(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str, form: str
) -> Response:
    """Return the table as a file of that form, csv or xlsx, to keep; raise ``KeyError`` else."""
    kind = TYPES[form]
    lines = [[harmless(cell) for cell in line] for line in (header, *rows)]
    answer = Response(_xlsx(lines) if form == "xlsx" else _csv(lines), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _csv(lines: Iterable[Sequence[Cell]]) -> bytes:
    """Write with the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(lines: Iterable[Sequence[Cell]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(list(line))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
