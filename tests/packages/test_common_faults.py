"""Faults of the national data: each named with file, line and column."""

import pytest

WRONG_CELLS = [
    ("banks.csv", {"bank_code": "CCB"}, "cnaps_bank_code", "15"),
    ("banks.csv", {"bank_code": "CCB"}, "bank_kind", "shadow"),
    ("banks.csv", {"bank_code": "CCB"}, "debit_card_lengths", "16|long"),
    ("bank_bins.csv", {"bank_code": "CCB"}, "bank_code", "NOBANK"),
    ("bank_bins.csv", {"bank_code": "CCB"}, "bank_name_zh", "工商银行"),
    ("bank_bins.csv", {"bank_code": "CCB"}, "cnaps_bank_code", "102"),
    ("bank_bins.csv", {"bank_code": "CCB"}, "card_length", "6"),
    ("bank_bins.csv", {"bank_code": "CCB"}, "bin_prefix", "42A3"),
    ("bank_bins.csv", {"bank_code": "CCB"}, "card_kind", "gift"),
    ("id_document_types.csv", {"code": "passport"}, "regex", "^[A-Z"),
    ("id_document_types.csv", {"code": "passport"}, "check_rule", "luck"),
    ("id_document_types.csv", {"code": "passport"}, "national_code", "07"),
    (
        "id_document_types.csv",
        {"code": "resident_id_card"},
        "birth_and_gender_in_number",
        "false",
    ),
    ("ethnic_groups.csv", {"code": "01"}, "letter_code", "H"),
    ("national_codes.csv", {}, "name_en", ""),
    ("regions_anhui_liaoning.csv", {"code": "340102"}, "parent_code", "349900"),
    ("regions_anhui_liaoning.csv", {"code": "340102"}, "level", "village"),
    ("message_templates.csv", {"event": "sms_code"}, "channels", "sms|pigeon"),
    ("message_templates.csv", {"event": "sms_code"}, "text_zh", "验证码{code}"),
    (
        "message_templates.csv",
        {"event": "sms_code"},
        "text_en",
        "{code} {minutes} {goal}",
    ),
    ("working_days_2026.csv", {"date": "2026-01-01"}, "date", "2025-01-01"),
    ("working_days_2026.csv", {"date": "2026-01-02"}, "kind", "workday_swap"),
    ("working_days_2026.csv", {"date": "2026-01-02"}, "kind", "strike"),
]


@pytest.fixture(autouse=True)
def fewer_prefixes(national):
    """Keep the prefix table short, so that each test is quick."""
    national.write("bank_bins.csv", national.rows("bank_bins.csv")[:20])


@pytest.mark.parametrize(("file", "row", "column", "value"), WRONG_CELLS)
def test_a_wrong_cell_is_found_where_it_stands(national, file, row, column, value):
    line = national.line_of(file, **row)
    national.set(file, line, column, value)

    assert (file, line, column) in national.faults()


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("banks.csv", "bank_code"),
        ("bank_bins.csv", "bin_prefix"),
        ("id_document_types.csv", "code"),
        ("ethnic_groups.csv", "code"),
        ("national_codes.csv", "code"),
        ("regions_anhui_liaoning.csv", "code"),
        ("message_templates.csv", "event"),
        ("working_days_2026.csv", "date"),
    ],
)
def test_a_repeated_key_is_found(national, file, column):
    line = national.add(file, 2)

    assert (file, line, column) in national.faults()


def test_a_calendar_without_any_year_is_refused(national):
    for path in national.folder.glob("working_days_*.csv"):
        path.unlink()

    assert national.faults() == [("working_days_YYYY.csv", 0, "")]


def test_a_calendar_of_the_next_year_is_read_with_the_rest(national):
    national.write(
        "working_days_2027.csv",
        [
            ["date", "kind", "name_zh", "name_en"],
            ["2027-01-01", "holiday", "元旦", "New Year"],
        ],
    )

    last = national.reader(national.folder).working_days[-1]

    assert last.date.isoformat() == "2027-01-01"


def test_a_calendar_with_another_name_is_found(national):
    (national.folder / "working_days_2026.csv").rename(
        national.folder / "working_days_next.csv"
    )

    assert national.faults() == [("working_days_next.csv", 0, "")]
