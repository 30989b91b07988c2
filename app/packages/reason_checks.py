"""What must hold for reasons, materials and what each reason requires."""

from collections import Counter
from collections.abc import Collection

from app.domain.terms import Closes, Kind, Need
from app.packages.checks import check_known, check_validity
from app.packages.problems import Findings
from app.packages.rows import MaterialRow, ReasonRow, RequirementRow
from app.packages.tables import Table
from app.packages.vocabulary import MINIMUM_APPROVALS


def check_reasons(
    reasons: Table[ReasonRow], amount_rules: Collection[str], findings: Findings
) -> None:
    """Check each reason in itself."""
    check_validity(reasons, ("scheme", "code"), findings)
    check_known(reasons, "amount_rule", amount_rules, findings)
    for line, row in reasons.lines:
        _check_kinds(reasons.file, line, row, findings)
        if row.needs_subtype != bool(row.subtypes):
            findings.add(
                reasons.file, line, "subtypes",
                "与 needs_subtype 不一致", "does not agree with needs_subtype",
            )  # fmt: skip
        if row.needs_property_lookup != bool(row.lookup_keys):
            findings.add(
                reasons.file, line, "lookup_keys",
                "与 needs_property_lookup 不一致", "does not agree with needs_property_lookup",
            )  # fmt: skip
        if row.approvals_required < MINIMUM_APPROVALS:
            findings.add(
                reasons.file, line, "approvals_required",
                "至少两级审核", "at least two people must approve",
            )  # fmt: skip


def _check_kinds(file: str, line: int, row: ReasonRow, findings: Findings) -> None:
    """Check that the kinds agree with whether the reason closes the account."""
    can_close, can_stay = (
        Kind.CLOSING in row.kinds,
        bool(set(row.kinds) - {Kind.CLOSING}),
    )
    allowed = {
        Closes.NEVER: (False, True),
        Closes.OPTIONAL: (True, True),
        Closes.ALWAYS: (True, False),
    }
    if (can_close, can_stay) != allowed[row.closes_account]:
        findings.add(
            file, line, "closes_account",
            "与 kinds 不一致", "does not agree with the kinds",
        )  # fmt: skip
    if row.default_kind not in row.kinds:
        findings.add(file, line, "default_kind", "不在 kinds 中", "is not among the kinds")


def check_materials(materials: Table[MaterialRow], findings: Findings) -> None:
    """Check that a material asks for a possible number of files of some kind."""
    check_validity(materials, ("code",), findings)
    check_validity(materials, ("slug",), findings)
    for line, row in materials.lines:
        if not 1 <= row.min_files <= row.max_files:
            findings.add(
                materials.file, line, "max_files",
                "应不小于 min_files，且 min_files 至少为 1",
                "must be at least min_files, and that 1",
            )  # fmt: skip
        if not row.extensions:
            findings.add(materials.file, line, "extensions", "不能为空", "must not be empty")
        if row.max_mb_per_file < 1:
            findings.add(
                materials.file,
                line,
                "max_mb_per_file",
                "至少为 1",
                "must be at least 1",
            )


def check_requirements(
    requirements: Table[RequirementRow],
    reasons: Table[ReasonRow],
    materials: Table[MaterialRow],
    condition_keys: Collection[str],
    findings: Findings,
) -> None:
    """Check what reasons require: known codes, worded conditions, real alternatives."""
    check_validity(
        requirements,
        ("scheme", "reason_code", "kind", "condition_key", "material_code"),
        findings,
    )
    check_known(requirements, "reason_code", reasons, findings)
    check_known(requirements, "material_code", materials, findings)
    check_known(requirements, "condition_key", condition_keys, findings)
    kinds = {row.code: row.kinds for row in reasons.rows}
    for line, row in requirements.lines:
        if row.kind not in kinds.get(row.reason_code, Kind):
            findings.add(
                requirements.file, line, "kind",
                "支取原因没有这一类型", "the reason has no such kind",
            )  # fmt: skip
        _check_condition(requirements.file, line, row, findings)
    _check_alternatives(requirements, findings)
    _check_coverage(requirements, reasons, findings)


def _check_condition(file: str, line: int, row: RequirementRow, findings: Findings) -> None:
    """Check that exactly the conditional rows have a condition, with its words."""
    conditional = row.need is Need.CONDITIONAL
    for column in ("condition_key", "condition_zh", "condition_en"):
        if conditional != bool(getattr(row, column)):
            findings.add(
                file, line, column,
                "只有 conditional 的行才有条件，且须写明",
                "belongs to conditional rows, and to each",
            )  # fmt: skip


def _check_alternatives(requirements: Table[RequirementRow], findings: Findings) -> None:
    """Note a group of alternatives with a single member."""

    def group(row: RequirementRow) -> tuple[str, Kind, str]:
        return (row.reason_code, row.kind, row.alternative_group)

    sizes = Counter(group(row) for row in requirements.rows)
    for line, row in requirements.lines:
        if row.alternative_group and sizes[group(row)] == 1:
            findings.add(
                requirements.file, line, "alternative_group",
                "组内只有一项", "the group has one member only",
            )  # fmt: skip


def _check_coverage(
    requirements: Table[RequirementRow], reasons: Table[ReasonRow], findings: Findings
) -> None:
    """Note a first or closing withdrawal for which no material was thought of."""
    covered = {(row.reason_code, row.kind) for row in requirements.rows}
    if len(requirements.lines) != len(requirements.cells):
        return
    for line, row in reasons.lines:
        for kind in (Kind.FIRST, Kind.CLOSING):
            if kind in row.kinds and (row.code, kind) not in covered:
                findings.add(
                    reasons.file, line, "kinds",
                    f"{kind} 没有任何材料要求", f"nothing is required for {kind}",
                )  # fmt: skip
