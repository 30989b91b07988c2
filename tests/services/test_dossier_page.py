"""The page of a case file: read by people, so in words; escaped, and printed as it is."""

import pytest

from app.domain.lifecycle import Action
from app.domain.terms import Note, PayoutStatus, Status
from app.services.dossiers.page import page_of
from app.services.dossiers.page_words import DEEDS, STATES

WORDS = {"rent_months": "租几个月？ Months", "marital_status=single": "单身 Single"}
CASE = {
    "number": "BT1", "agency": "示例中心", "status": "paid", "amount_asked": "1234567.80",
    "submitted": "2026-10-14T01:26:00+00:00", "decision_sha256": "ab" * 32,
}  # fmt: skip


def page(**parts):
    return page_of({"case": CASE} | parts, ["receipt.pdf"], WORDS)


def test_states_sums_and_moments_stand_in_words():
    shown = page()

    assert "<dd>1,234,567.80</dd>" in shown
    assert "<dd>已到账 Paid</dd>" in shown
    assert "<dd>2026-10-14 09:26</dd>" in shown
    assert f"<code>{'ab' * 32}</code>" in shown


def test_questions_and_choices_have_their_own_words():
    shown = page(answers={"rent_months": 12, "marital_status": "single", "agree": True})

    assert "<dt>租几个月？ Months</dt><dd>12</dd>" in shown
    assert "<dd>单身 Single</dd>" in shown
    assert "<dd>是 Yes</dd>" in shown


def test_rows_are_a_table_without_empty_columns():
    rows = [{"at": "2026-10-14T01:26:00+00:00", "deed": "submit", "note": ""}]
    shown = page(history=rows, payments=[])

    assert "<td>提交 Submitted</td>" in shown
    assert "备注" not in shown
    assert "（无 none）" in shown


def test_nothing_that_was_typed_is_more_than_text():
    shown = page(notes=[{"at": "T", "by": "<b>", "text": "<script>"}])

    assert "<script" not in shown
    assert "&lt;b&gt;" in shown


@pytest.mark.parametrize(
    ("terms", "words"),
    [((*Status, *PayoutStatus), STATES), ((*Action, *Note), DEEDS)],
)
def test_every_state_and_deed_has_its_words(terms, words):
    assert [term.value for term in terms if term.value not in words] == []


def test_rows_with_a_hash_stand_one_below_the_other():
    shown = page(payments=[{"attempt": 1, "decision_sha256": "cd" * 32}])

    assert "<table>" not in shown
    assert "<dt>次数 Attempt</dt><dd>1</dd>" in shown
