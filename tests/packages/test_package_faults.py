"""One test per kind of fault: the refusal names file, line and column."""

from typing import get_args, get_type_hints

import pytest

from app.gateways.bank.ways import DIRECT, FORMS
from app.packages.rows import AgencyRow

# file, the row to spoil, column, wrong value
WRONG_CELLS = [
    ("package.csv", {}, "version", "one"),
    ("package.csv", {}, "scheme", "pension"),
    ("agencies.csv", {}, "payer_bank_code", "NOBANK"),
    ("agencies.csv", {}, "number_prefix", "bt1"),
    ("agencies.csv", {}, "pays_by", "cheque"),
    ("agencies.csv", {}, "batch_limit", "0"),
    ("agencies.csv", {}, "batch_limit", "50001"),
    ("agencies.csv", {}, "seal", "../seal.svg"),
    ("agencies.csv", {}, "hours_en", ""),
    ("agencies.csv", {}, "placeholder", "maybe"),
    ("schemes.csv", {}, "agency", "nobody"),
    ("schemes.csv", {}, "flow", "pension"),
    ("reasons.csv", {"code": "GMZF"}, "scheme", "fund"),
    ("reasons.csv", {"code": "GMZF"}, "name_en", ""),
    ("reasons.csv", {"code": "GMZF"}, "kinds", "first||subsequent"),
    ("reasons.csv", {"code": "GMZF"}, "national_code", "77"),
    ("reasons.csv", {"code": "GMZF"}, "allowed_banks", "CCB|NOBANK"),
    ("reasons.csv", {"code": "GMZF"}, "amount_rule", "as_you_like"),
    ("reasons.csv", {"code": "GMZF"}, "min_interval_months", "twelve"),
    ("reasons.csv", {"code": "GMZF"}, "lookup_keys", ""),
    ("reasons.csv", {"code": "GMZF"}, "lookup_keys", "house_number"),
    ("reasons.csv", {"code": "GMZF"}, "required_card_class", "IV"),
    ("reasons.csv", {"code": "GMZF"}, "payee_rule", "anybody"),
    ("reasons.csv", {"code": "GMZF"}, "approvals_required", "1"),
    ("reasons.csv", {"code": "GMZF"}, "default_kind", "closing"),
    ("reasons.csv", {"code": "GMZF"}, "closes_account", "always"),
    ("reasons.csv", {"code": "LTX"}, "closes_account", "never"),
    ("reasons.csv", {"code": "DLSZ"}, "closes_account", "optional"),
    ("reasons.csv", {"code": "DBKN"}, "subtypes", ""),
    ("reasons.csv", {"code": "DBKN"}, "subtypes", "illness|flood"),
    ("reasons.csv", {"code": "QTZF"}, "valid_from", "soon"),
    ("reasons.csv", {"code": "QTZF"}, "valid_to", "2026-09-19"),
    ("reasons.csv", {"code": "QTZF"}, "mark", "guessed"),
    ("materials.csv", {"code": "A1"}, "max_files", "1"),
    ("materials.csv", {"code": "A1"}, "extensions", "jpg|exe"),
    ("materials.csv", {"code": "A1"}, "extensions", ""),
    ("materials.csv", {"code": "A1"}, "max_mb_per_file", "0"),
    ("materials.csv", {"code": "A1"}, "origin", "post"),
    ("requirements.csv", {"reason_code": "GMZF"}, "reason_code", "GMXX"),
    ("requirements.csv", {"reason_code": "GMZF"}, "kind", "closing"),
    (
        "requirements.csv",
        {"reason_code": "GMZF", "material_code": "B2"},
        "need",
        "maybe",
    ),
    (
        "requirements.csv",
        {"condition_key": "old_staff_below_standard"},
        "condition_key",
        "rich",
    ),
    (
        "requirements.csv",
        {"condition_key": "old_staff_below_standard"},
        "condition_en",
        "",
    ),
    (
        "requirements.csv",
        {"reason_code": "JZDX", "material_code": "D4"},
        "condition_key",
        "overhaul",
    ),
    (
        "requirements.csv",
        {"reason_code": "JZDX", "material_code": "D4"},
        "alternative_group",
        "x",
    ),
    ("return_reasons.csv", {"code": "R01"}, "level", "page"),
    ("return_reasons.csv", {"code": "R01"}, "reopens", "none"),
    ("return_reasons.csv", {"code": "R01"}, "reopens", "everything"),
    ("return_reasons.csv", {"code": "N02"}, "reopens", "payee"),
    ("return_reasons.csv", {"code": "R02"}, "needs_note", "false"),
    ("return_reasons.csv", {"code": "R01"}, "text_en", "Your {paper} cannot be read."),
    ("settings.csv", {"key": "min_balance"}, "key", "least_balance"),
    ("settings.csv", {"key": "min_balance"}, "value", ""),
    ("settings.csv", {"key": "min_balance"}, "value", "0.015"),
    ("settings.csv", {"key": "min_balance"}, "value", "-1"),
    ("settings.csv", {"key": "min_balance"}, "unit", "dollar"),
    ("settings.csv", {"key": "batch_limit"}, "value", "2.5"),
    ("settings.csv", {"key": "family_may_apply"}, "value", "2"),
    ("settings.csv", {"key": "interest_rate"}, "value", "1.5"),
    ("settings.csv", {"key": "interest_basis"}, "value", "0"),
    ("settings.csv", {"key": "refund_days"}, "valid_to", "2026-12-31"),
    ("facts.csv", {"key": "rent_months"}, "options", "1-12"),
    ("facts.csv", {"key": "lease_filed"}, "options", ""),
    ("facts.csv", {"key": "marital_status"}, "options", "single:单身"),
    ("facts.csv", {"key": "lease_filed"}, "source", "gossip"),
    ("facts.csv", {"key": "lease_filed"}, "type", "float"),
    ("facts.csv", {"key": "lease_filed"}, "used_by", "rent_cap|nothing"),
    ("facts.csv", {"key": "lease_filed"}, "hint_en", ""),
    ("facts.csv", {"key": "lease_filed"}, "page", "cellar"),
    ("sample_cases.csv", {"name": "first repayment year"}, "reason", "CHXX"),
    ("sample_cases.csv", {"name": "first repayment year"}, "kind", "closing"),
    ("sample_cases.csv", {"name": "first repayment year"}, "facts", "repaid_13m=1"),
    ("sample_cases.csv", {"name": "first repayment year"}, "facts", "repaid_12m"),
    ("sample_cases.csv", {"name": "first repayment year"}, "facts", "repaid_12m=much"),
    (
        "sample_cases.csv",
        {"name": "first repayment year"},
        "facts",
        "loan_settled=maybe",
    ),
    ("sample_cases.csv", {"name": "first repayment year"}, "available", ""),
    (
        "sample_cases.csv",
        {"name": "first repayment year"},
        "expected_materials",
        "A1|K1",
    ),
]


@pytest.mark.parametrize(("file", "row", "column", "value"), WRONG_CELLS)
def test_a_wrong_cell_is_found_where_it_stands(anhui, file, row, column, value):
    line = anhui.line_of(file, **row)
    anhui.set(file, line, column, value)

    assert (file, line, column) in anhui.faults()


def test_an_unknown_material_is_found(anhui):
    line = anhui.line_of("requirements.csv", reason_code="CHDK", material_code="E1")
    anhui.set("requirements.csv", line, "material_code", "E9")

    [problem] = [each for each in anhui.problems() if each.file == "requirements.csv"]

    assert (problem.line, problem.column) == (line, "material_code")
    assert problem.why_zh == "“E9”不存在"
    assert problem.why_en == "'E9' is not known"


def test_a_missing_column_is_found_once(anhui):
    rows = [row[:-1] for row in anhui.rows("materials.csv")]
    anhui.write("materials.csv", rows)

    assert anhui.faults() == [("materials.csv", 1, "basis")]


def test_an_unknown_column_is_found(anhui):
    rows = anhui.rows("reasons.csv")
    anhui.write("reasons.csv", [[*rows[0], "colour"], *([*row, "red"] for row in rows[1:])])

    assert anhui.faults() == [("reasons.csv", 1, "colour")]


def test_a_repeated_column_is_found(anhui):
    rows = anhui.rows("package.csv")
    anhui.write("package.csv", [[*row, row[0]] for row in rows])

    assert anhui.faults() == [("package.csv", 1, "code")]


def test_a_row_with_too_few_cells_is_found(anhui):
    rows = anhui.rows("settings.csv")
    rows[3] = rows[3][:-1]
    anhui.write("settings.csv", rows)

    assert ("settings.csv", 4, "") in anhui.faults()


def test_a_missing_table_is_found(anhui):
    (anhui.folder / "facts.csv").unlink()

    assert ("facts.csv", 0, "") in anhui.faults()


def test_an_empty_table_lacks_its_columns(anhui):
    (anhui.folder / "package.csv").write_text("", encoding="utf-8")

    assert ("package.csv", 1, "code") in anhui.faults()


def test_an_open_quote_is_found(anhui):
    with (anhui.folder / "package.csv").open("a", encoding="utf-8") as table:
        table.write('"open')

    assert ("package.csv", 3, "") in anhui.faults()


def test_a_table_in_another_encoding_is_found(anhui):
    path = anhui.folder / "reasons.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))

    assert ("reasons.csv", 0, "") in anhui.faults()


def test_two_agencies_in_one_package_are_refused(anhui):
    anhui.add("agencies.csv", 2, code="other")

    assert ("agencies.csv", 0, "") in anhui.faults()


def test_a_repeated_reason_is_found(anhui):
    line = anhui.add("reasons.csv", 3)

    assert ("reasons.csv", line, "code") in anhui.faults()


def test_a_repeated_requirement_is_found(anhui):
    line = anhui.add("requirements.csv", 2)

    assert ("requirements.csv", line, "material_code") in anhui.faults()


def test_two_settings_in_force_on_one_day_are_found(anhui):
    first = anhui.line_of("settings.csv", key="rent_flat_single")
    line = anhui.add("settings.csv", first, valid_from="2027-01-01", value="1800.00")

    assert anhui.faults() == [("settings.csv", line, "valid_from")]


def test_a_setting_may_change_from_a_day_on(anhui, read):
    first = anhui.line_of("settings.csv", key="rent_flat_single")
    anhui.set("settings.csv", first, "valid_to", "2026-12-31")
    anhui.add("settings.csv", first, valid_from="2027-01-01", valid_to="", value="1800.00")

    package = read(anhui.folder)

    assert [row.value for row in package.settings if row.key == "rent_flat_single"] == [
        1500,
        1800,
    ]


def test_a_missing_setting_is_found(anhui):
    line = anhui.line_of("settings.csv", key="hardship_cap")
    rows = anhui.rows("settings.csv")
    anhui.write("settings.csv", rows[: line - 1] + rows[line:])

    assert anhui.faults() == [("settings.csv", 0, "hardship_cap")]


def test_a_first_withdrawal_without_any_material_is_found(anhui):
    rows = anhui.rows("requirements.csv")
    left = [row for row in rows if row[1:3] != ["CHDK", "first"]]
    anhui.write("requirements.csv", left)

    assert ("reasons.csv", 5, "kinds") in anhui.faults()


def test_bank_hours_need_both_ends(anhui):
    anhui.set("agencies.csv", 2, "bank_opens", "08:30")

    assert anhui.faults() == [("agencies.csv", 2, "bank_closes")]


def test_the_ways_of_paying_are_those_the_hall_has():
    assert set(get_args(get_type_hints(AgencyRow)["pays_by"])) == {DIRECT, *FORMS}


@pytest.mark.parametrize(
    "file",
    ["notice.zh.md", "agreement.en.md", "privacy.zh.md", "commitment_letter.en.md"],
)
def test_a_missing_text_is_found(anhui, file):
    (anhui.folder / file).unlink()

    assert anhui.faults() == [(file, 0, "")]


def test_an_empty_text_is_found(anhui):
    (anhui.folder / "privacy.en.md").write_text("\n", encoding="utf-8")

    assert ("privacy.en.md", 0, "") in anhui.faults()


def test_an_unknown_placeholder_of_a_text_is_found(anhui):
    path = anhui.folder / "commitment_letter.zh.md"
    path.write_text(path.read_text(encoding="utf-8").replace("{version}", "{edition}"), "utf-8")

    line = len(path.read_text(encoding="utf-8").splitlines())
    assert anhui.faults() == [
        ("commitment_letter.en.md", 0, "edition"),
        ("commitment_letter.zh.md", 0, "version"),
        ("commitment_letter.zh.md", line, "edition"),
    ]


def test_everything_wrong_is_told_at_once(anhui):
    anhui.set("reasons.csv", 2, "enabled", "perhaps")
    anhui.set("materials.csv", 2, "min_files", "two")
    anhui.set("settings.csv", 2, "unit", "moons")

    assert anhui.faults() == [
        ("materials.csv", 2, "min_files"),
        ("reasons.csv", 2, "enabled"),
        ("settings.csv", 2, "unit"),
    ]


def test_a_fault_reads_as_one_line(anhui):
    anhui.set("reasons.csv", 2, "enabled", "perhaps")

    [problem] = anhui.problems()

    assert str(problem) == (
        "reasons.csv:2: enabled: “perhaps”应为 true 或 false"
        " / 'perhaps' is neither true nor false"
    )


def test_a_change_of_any_file_changes_the_hash(anhui, read, subsidy):
    assert read(anhui.folder).sha256 == subsidy.sha256

    with (anhui.folder / "notice.zh.md").open("a", encoding="utf-8") as notice:
        notice.write("\n10. 节假日顺延。\n")

    assert read(anhui.folder).sha256 != subsidy.sha256
