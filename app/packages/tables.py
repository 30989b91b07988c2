"""One csv file of a package: its rows as typed values, its faults as findings."""

import csv
import io
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Generic, TypeVar, get_type_hints

from app.packages.cells import BadCell, Blank, value_of
from app.packages.files import text_of
from app.packages.problems import Findings

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """The rows of one file that could be read, each with its line.

    ``cells`` also keeps lines with a fault, so that one wrong cell does not make every other
    file's reference to that line wrong too. ``complete`` is False when columns are missing.
    """

    file: str
    lines: tuple[tuple[int, R], ...]
    cells: tuple[dict[str, str], ...]
    complete: bool

    @property
    def rows(self) -> tuple[R, ...]:
        """Return the rows without their lines."""
        return tuple(row for _, row in self.lines)

    def lacks(self, value: str, column: str = "code") -> bool:
        """Tell whether no line of the file has the value in a column."""
        return self.complete and all(cells[column] != value for cells in self.cells)


def read_table(folder: Path, name: str, kind: type[R], findings: Findings) -> Table[R]:
    """Return the rows of a file; its columns are exactly the fields of ``kind``."""
    columns = _columns(kind)
    text = text_of(folder / name, findings)
    if text is None:
        return Table(name, (), (), complete=False)
    (_, header), *records = _records(name, text, findings) or [(1, [])]
    complete = _header_is_right(name, header, list(columns), findings)
    lines: list[tuple[int, R]] = []
    cells: list[dict[str, str]] = []
    for line, record in records:
        if len(record) != len(header):
            findings.add(
                name, line, "",
                f"应有 {len(header)} 列，实有 {len(record)} 列",
                f"has {len(record)} cells, the header has {len(header)}",
            )  # fmt: skip
        elif complete:
            found = dict(zip(header, record, strict=True))
            cells.append(found)
            values = _values(name, line, found, columns, findings)
            if values is not None:
                lines.append((line, kind(**values)))
    return Table(name, tuple(lines), tuple(cells), complete)


def _columns(kind: type[Any]) -> dict[str, Any]:
    """Return each column of a row type with its annotated type, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in fields(kind)}


def _records(name: str, text: str, findings: Findings) -> list[tuple[int, list[str]]]:
    """Return each record with the line it begins on; a quoted cell may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for record in reader:
            if record:
                records.append((begins, record))
            begins = reader.line_num + 1
    except csv.Error as error:
        findings.add(name, begins, "", "引号或分隔不对", f"cannot be read: {error}")
    return records


def _header_is_right(
    name: str, header: list[str], columns: list[str], findings: Findings
) -> bool:
    """Note unknown, missing and repeated columns; tell whether the rows can be read."""
    for column in sorted(set(header) - set(columns)):
        findings.add(name, 1, column, "不认识的列", "unknown column")
    for column in columns:
        if column not in header:
            findings.add(name, 1, column, "缺少列", "missing column")
        elif header.count(column) > 1:
            findings.add(name, 1, column, "列重复", "column occurs twice")
    return set(columns) <= set(header) and len(set(header)) == len(header)


def _values(
    name: str,
    line: int,
    found: dict[str, str],
    columns: dict[str, Any],
    findings: Findings,
) -> dict[str, Any] | None:
    """Return the typed cells of one line, or None after noting what is wrong with it."""
    before = len(findings.problems)
    values = {}
    for column, annotated in columns.items():
        try:
            values[column] = value_of(annotated, found[column])
        except BadCell as bad:
            findings.add(name, line, column, bad.why_zh, bad.why_en)
        if annotated == Blank:
            _check_other_language(name, line, column, found, findings)
    return values if len(findings.problems) == before else None


def _check_other_language(
    name: str, line: int, column: str, found: dict[str, str], findings: Findings
) -> None:
    """Note a text that is given in one language only."""
    stem, _, language = column.rpartition("_")
    other = f"{stem}_{'en' if language == 'zh' else 'zh'}"
    if language in ("zh", "en") and not found[column] and found.get(other):
        findings.add(
            name,
            line,
            column,
            "缺少另一种语言的文本",
            "the text is in one language only",
        )
