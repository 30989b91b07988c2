"""A GB18030 csv file with a head, numbered rows and a trailer of count and sum.

``H`` the head, ``D`` the rows counted from 1, ``T`` the count and the sum. Without a trailer
that agrees a file is not whole.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.gateways.bank.orders import MOST_BYTES, Unreadable

ENCODING = "gb18030"
ACTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula; a text that begins so is written behind a ``'``."""

GUARD = "'"
CENT = Decimal("0.01")
MOST_CELL = 400
MOST = Decimal(10) ** 12
"""No sum of a bank reaches it, yuan: so many of them added up still fit a column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file with its line, so that an error can be found in it."""

    line: int
    cells: tuple[str, ...]

    def text(self, place: int) -> str:
        """Return a cell, counted from 1, without the guard against formulas."""
        cell = self.cells[place - 1]
        return cell[1:] if cell[:1] == GUARD and cell[1:2] in (*ACTS, GUARD) else cell

    def must(self, place: int) -> str:
        """Return a cell that may not be empty."""
        if not (found := self.text(place).strip()):
            raise self.wrong("missing", place)
        return found

    def amount(self, place: int) -> Decimal:
        """Return an amount in yuan with at most two decimals."""
        try:
            value = Decimal(self.cells[place - 1])
        except InvalidOperation:
            raise self.wrong("value", place) from None
        if not value.is_finite() or abs(value) > MOST:
            raise self.wrong("value", place)
        if value != value.quantize(CENT):
            raise self.wrong("value", place)
        return value.quantize(CENT)

    def number(self, place: int) -> int:
        """Return a count."""
        cell = self.cells[place - 1]
        if not (cell.isascii() and cell.isdigit() and len(cell) <= len("999999999")):
            raise self.wrong("value", place)
        return int(cell)

    def wrong(self, code: str, place: int) -> Unreadable:
        """Return the error that a cell is wrong."""
        what = self.cells[place - 1] if place <= len(self.cells) else ""
        return Unreadable(code, what, line=self.line, column=place)


def write(head: Sequence[str], rows: Iterable[Sequence[str]], total: Decimal) -> bytes:
    """Write a file; every text cell is quoted, the same cells give the same bytes."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["H", *map(_guarded, head)])
    count = 0
    for count, row in enumerate(rows, start=1):
        writer.writerow(["D", str(count), *map(_guarded, row)])
    writer.writerow(["T", str(count), f"{total:.2f}"])
    return out.getvalue().encode(ENCODING)


def read(data: bytes, *, head: int, row: int, sum_at: int) -> tuple[Row, list[Row], Row]:
    """Return head, rows and trailer of a whole file; ``head`` and ``row`` count their cells.

    The cell ``sum_at`` of the rows adds up to the trailer's sum. Raises ``Unreadable``.
    """
    found = list(_rows(data))
    if not found or found[0].cells[0] != "H" or len(found[0].cells) != head:
        raise Unreadable("not_known", "H", line=1, column=1)
    last = found[-1]
    if last.cells[0] != "T" or len(last.cells) != len("Tns"):
        raise Unreadable("missing", "T", line=last.line, column=1)
    rows = found[1:-1]
    for number, one in enumerate(rows, start=1):
        if one.cells[0] != "D" or len(one.cells) != row:
            raise one.wrong("not_known", 1)
        if one.number(2) != number:
            raise one.wrong("count", 2)
    if last.number(2) != len(rows):
        raise last.wrong("count", 2)
    if last.amount(3) != sum((one.amount(sum_at) for one in rows), Decimal(0)):
        raise last.wrong("total", 3)
    return found[0], rows, last


def _rows(data: bytes) -> Iterable[Row]:
    if len(data) > MOST_BYTES:
        raise Unreadable("too_long", line=1, column=1)
    reader = csv.reader(io.StringIO(_text(data), newline=""), strict=True)
    try:
        for cells in reader:
            if any(len(cell) > MOST_CELL for cell in cells):
                raise Unreadable("too_long", line=reader.line_num, column=1)
            if cells:
                yield Row(reader.line_num, tuple(cells))
    except csv.Error as fault:
        raise Unreadable("syntax", str(fault), line=reader.line_num or 1, column=1) from None


def _text(data: bytes) -> str:
    try:
        text = data.decode(ENCODING)
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode(ENCODING, "replace").split("\n")
        raise Unreadable(
            "syntax", "GB18030", line=len(before), column=len(before[-1]) + 1
        ) from None
    if (at := text.find("\0")) >= 0:
        raise Unreadable("syntax", "NUL", line=text.count("\n", 0, at) + 1, column=1)
    return text.removeprefix("\ufeff")


def _guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula and no line end breaks."""
    text = " ".join(cell.replace("\0", "").splitlines())
    return GUARD + text if text[:1] in (*ACTS, GUARD) and text[:1] else text
