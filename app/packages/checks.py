"""Checks that any table may need: keys, validity, references, placeholders."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from app.packages.problems import Findings
from app.packages.tables import Table
from app.packages.texts import LANGUAGES, placeholders_of


def check_unique(table: Table[Any], columns: tuple[str, ...], findings: Findings) -> None:
    """Note every line whose key stands on an earlier line."""
    first: dict[tuple[Any, ...], int] = {}
    for line, row in table.lines:
        key = tuple(getattr(row, column) for column in columns)
        earlier = first.setdefault(key, line)
        if earlier != line:
            _note_duplicate(table, line, columns[-1], earlier, findings)


def check_validity(table: Table[Any], columns: tuple[str, ...], findings: Findings) -> None:
    """Note periods that end before they begin, and two rows of one key in force on a day."""
    seen: dict[tuple[Any, ...], list[tuple[int, dt.date, dt.date]]] = {}
    for line, row in table.lines:
        begins, ends = row.valid_from or dt.date.min, row.valid_to or dt.date.max
        if ends < begins:
            findings.add(table.file, line, "valid_to", "早于生效日期", "is before valid_from")
        earlier = seen.setdefault(tuple(getattr(row, column) for column in columns), [])
        for other, other_begins, other_ends in earlier:
            if begins == other_begins:
                _note_duplicate(table, line, columns[-1], other, findings)
            elif begins <= other_ends and other_begins <= ends:
                findings.add(
                    table.file, line, "valid_from",
                    f"有效期与第 {other} 行重叠",
                    f"is in force at the same time as line {other}",
                )  # fmt: skip
        earlier.append((line, begins, ends))


def check_known(
    table: Table[Any], column: str, known: Table[Any] | Collection[str], findings: Findings,
    *, of: str = "code",
) -> None:  # fmt: skip
    """Note every value of a column that is not in a table (or a vocabulary)."""
    for line, row in table.lines:
        value = getattr(row, column)
        for word in value if isinstance(value, tuple) else (value,):
            lacks = known.lacks(word, of) if isinstance(known, Table) else word not in known
            if word and lacks:
                note_unknown(table.file, line, column, word, findings)


def check_placeholders(
    table: Table[Any], findings: Findings, *, known: Collection[str] | None = None
) -> None:
    """Note texts whose braces differ from the placeholders that the row lists."""
    for line, row in table.lines:
        for language in LANGUAGES:
            column = f"text_{language}"
            used = placeholders_of(getattr(row, column))
            for name in sorted(used ^ set(row.placeholders)):
                findings.add(
                    table.file, line, column,
                    f"占位符 {name} 与 placeholders 列不一致",
                    f"placeholder {name!r} and the column placeholders differ",
                )  # fmt: skip
        if known is not None:
            note_all_unknown(
                table.file,
                line,
                "placeholders",
                set(row.placeholders) - set(known),
                findings,
            )


def note_all_unknown(
    file: str, line: int, column: str, words: Iterable[str], findings: Findings
) -> None:
    """Note several unknown words of one cell."""
    for word in sorted(words):
        note_unknown(file, line, column, word, findings)


def note_unknown(file: str, line: int, column: str, word: str, findings: Findings) -> None:
    """Note a word that nothing defines."""
    findings.add(file, line, column, f"“{word}”不存在", f"{word!r} is not known")


def _note_duplicate(
    table: Table[Any], line: int, column: str, earlier: int, findings: Findings
) -> None:
    findings.add(
        table.file,
        line,
        column,
        f"与第 {earlier} 行重复",
        f"repeats the key of line {earlier}",
    )
