"""What must hold for facts and for the sample cases that state them."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import chain

from app.packages.cells import BadCell, value_of
from app.packages.checks import check_known, check_unique, check_validity, note_unknown
from app.packages.problems import Findings
from app.packages.rows import (
    FactRow,
    MaterialRow,
    ReasonRow,
    RequirementRow,
    SampleCaseRow,
)
from app.packages.tables import Table

_RANGE = re.compile(r"\d+\.\.\d+")
_OPTION = re.compile(r"[A-Za-z0-9_]+:[^:]+:[^:]+")
_VALUE_TYPES: Mapping[str, type] = {
    "money": Decimal,
    "int": int,
    "date": dt.date,
    "text": str,
}


def check_facts(
    facts: Table[FactRow],
    reasons: Table[ReasonRow],
    materials: Table[MaterialRow],
    rules: Collection[str],
    findings: Findings,
) -> None:
    """Check the options of each fact and that what uses it exists.

    A fact is used by amount rules and condition keys (``rules``), reasons (by code) or
    materials (by slug).
    """
    check_validity(facts, ("key",), findings)
    if reasons.complete and materials.complete:
        users = {
            *rules,
            *(cells["code"] for cells in reasons.cells),
            *(cells["slug"] for cells in materials.cells),
        }
        check_known(facts, "used_by", users, findings)
    for line, row in facts.lines:
        choice, whole = row.type in ("bool", "choice"), row.type == "int"
        pattern = _OPTION if choice else _RANGE
        right = all(pattern.fullmatch(option) for option in row.options)
        if (
            not right
            or (choice and not row.options)
            or (row.options and not choice and not whole)
        ):
            findings.add(
                facts.file, line, "options",
                "应为 值:中文:英文 或 1..12", "must be value:zh:en or a range like 1..12",
            )  # fmt: skip
    _check_subtypes(facts, reasons, findings)


def _check_subtypes(
    facts: Table[FactRow], reasons: Table[ReasonRow], findings: Findings
) -> None:
    """Check that the fact ``subtype`` offers every sub-type of a reason."""
    offered = set(
        chain.from_iterable(_values(fact) for fact in facts.rows if fact.key == "subtype")
    )
    for line, row in reasons.lines:
        for subtype in row.subtypes:
            if subtype not in offered:
                note_unknown(reasons.file, line, "subtypes", subtype, findings)


def check_sample_cases(
    samples: Table[SampleCaseRow],
    reasons: Table[ReasonRow],
    requirements: Table[RequirementRow],
    facts: Table[FactRow],
    findings: Findings,
) -> None:
    """Check that every sample speaks of reasons, kinds, facts and materials that exist."""
    check_unique(samples, ("name",), findings)
    check_known(samples, "reason", reasons, findings)
    kinds = {row.code: row.kinds for row in reasons.rows}
    asked = {(row.reason_code, row.kind, row.material_code) for row in requirements.rows}
    by_key = {row.key: row for row in facts.rows}
    for line, row in samples.lines:
        if row.reason in kinds and row.kind not in kinds[row.reason]:
            findings.add(
                samples.file, line, "kind",
                "支取原因没有这一类型", "the reason has no such kind",
            )  # fmt: skip
        for material in row.expected_materials:
            if (row.reason, row.kind, material) not in asked:
                note_unknown(samples.file, line, "expected_materials", material, findings)
        for stated in row.facts:
            _check_stated(samples.file, line, stated, by_key, findings)


def _check_stated(
    file: str, line: int, stated: str, facts: Mapping[str, FactRow], findings: Findings
) -> None:
    """Check one ``key=value`` against the fact it states."""
    key, equals, value = stated.partition("=")
    fact = facts.get(key)
    if fact is None or not equals:
        note_unknown(file, line, "facts", stated, findings)
        return
    if fact.type in ("bool", "choice"):
        if value not in _values(fact):
            note_unknown(file, line, "facts", stated, findings)
        return
    try:
        value_of(_VALUE_TYPES[fact.type], value)
    except BadCell as bad:
        findings.add(file, line, "facts", f"{key}：{bad.why_zh}", f"{key}: {bad.why_en}")


def _values(fact: FactRow) -> tuple[str, ...]:
    """Return what a choice can be answered with."""
    return tuple(option.split(":")[0] for option in fact.options)
