"""The questions: what they are, what may be answered, and how answers are kept."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.amounts.rules import AMOUNT_RULES
from app.domain.errors import Invalid
from app.domain.fact_rows import fact_row
from app.domain.facts import (
    FactRow,
    FactSource,
    FactType,
    Option,
    asked_for,
    from_json,
    options_of,
    parse,
    to_json,
    unanswered,
)
from app.domain.terms import Kind
from tests.domain.seed_tables import (
    SCHEMES,
    facts_of,
    requirements_of,
    settings_of,
    table,
)

TODAY = date(2026, 10, 8)


def fact(kind, **more):
    """A question that is asked."""
    return FactRow("answer", FactSource.ASKED, FactType(kind), frozenset(), **more)


CHOICE = {
    "options": (
        Option("single", "单身", "Single"),
        Option("married", "已婚", "Married"),
    )
}
MONTHS = {"least": 1, "most": 12}


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        (fact("money"), "1,250,000", Decimal("1250000.00")),
        (fact("money"), " 12.5 元 ", Decimal("12.50")),
        (fact("money"), "１２．５０", Decimal("12.50")),
        (fact("money"), "1，000", Decimal("1000.00")),
        (fact("money"), "0", Decimal("0.00")),
        (fact("money"), "999999999999.99", Decimal("999999999999.99")),
        (fact("int", **MONTHS), "12", 12),
        (fact("int"), "３", 3),
        (fact("bool"), "yes", True),
        (fact("bool"), "否", False),
        (fact("choice", **CHOICE), "married", "married"),
        (fact("date"), "2026-09-20", date(2026, 9, 20)),
        (fact("text"), " 梧桐路 99 号 ", "梧桐路 99 号"),
    ],
)
def test_an_answer_is_understood_as_people_type_it(question, raw, value):
    assert parse(question, raw) == value


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        (fact("money"), "", "answer_missing"),
        (fact("text"), "   ", "answer_missing"),
        (fact("money"), "about 5", "amount_invalid"),
        (fact("money"), "NaN", "amount_invalid"),
        (fact("money"), "1e40", "amount_invalid"),
        (fact("money"), "1000000000000", "amount_invalid"),
        (fact("money"), "-1", "amount_negative"),
        (fact("money"), "0.001", "amount_scale"),
        (fact("int"), "1.5", "number_invalid"),
        (fact("int"), "-1", "number_invalid"),
        (fact("int", **MONTHS), "0", "number_range"),
        (fact("int", **MONTHS), "13", "number_range"),
        (fact("bool"), "maybe", "choice_invalid"),
        (fact("choice", **CHOICE), "widowed", "choice_invalid"),
        (fact("date"), "2026-02-30", "date_invalid"),
        (fact("text"), "长" * 201, "text_too_long"),
    ],
)
def test_a_wrong_answer_is_refused_beside_its_question(question, raw, code):
    with pytest.raises(Invalid) as refusal:
        parse(question, raw)

    assert (refusal.value.field, refusal.value.code) == ("answer", code)


@given(st.text())
def test_no_typed_text_breaks_a_question(raw):
    for question in (fact(kind, **(CHOICE if kind == "choice" else {})) for kind in FactType):
        refused = None
        try:
            parse(question, raw)
        except Invalid as refusal:
            refused = refusal
        assert refused is None or refused.field == "answer"


@pytest.mark.parametrize("package", SCHEMES)
def test_kept_answers_come_back_as_they_were(package):
    values = {
        FactType.MONEY: Decimal("1234567.80"),
        FactType.INT: 7,
        FactType.BOOL: False,
        FactType.DATE: TODAY,
        FactType.TEXT: "说明",
    }
    answers = {
        row.key: values.get(row.type) if row.type in values else row.options[0].code
        for row in facts_of(package)
    }

    kept = json.dumps(to_json(answers))

    assert from_json(facts_of(package), json.loads(kept)) == answers


def test_an_unknown_answer_stays_unknown_and_a_gone_question_falls_away():
    assert from_json([fact("money")], {"answer": None, "gone": "1"}) == {"answer": None}


@pytest.mark.parametrize("package", SCHEMES)
def test_every_question_is_whole_in_both_languages(package):
    rows = facts_of(package)

    assert len({row.key for row in rows}) == len(rows)
    for row in rows:
        assert row.question_zh, row.key
        assert row.question_en, row.key
        assert bool(row.hint_zh) is bool(row.hint_en), row.key
        assert row.page in {"basic", "house", "payee", "reason"}, row.key
        assert row.used_by, row.key
        assert (row.type in {FactType.CHOICE, FactType.BOOL}) is bool(row.options), row.key
        if row.source is FactSource.ASKED:
            assert row.question_zh.endswith("？"), row.key


@pytest.mark.parametrize("package", SCHEMES)
def test_every_use_of_a_fact_exists(package):
    reasons = table(package, "reasons.csv")
    known = {*AMOUNT_RULES, "id_document", *(row["code"] for row in reasons)}
    known |= {row.condition_key for row in requirements_of(package)}

    for row in facts_of(package):
        assert row.used_by & known, row.key


def asked(package, reason, kind, subtype=None):
    """The keys asked for a reason of a package."""
    [row] = [row for row in table(package, "reasons.csv") if row["code"] == reason]
    conditions = {
        each.condition_key
        for each in requirements_of(package)
        if each.reason == reason and each.kind is kind and each.condition_key
    }
    questions = asked_for(
        facts_of(package),
        reason_code=reason,
        kind=kind,
        subtype=subtype,
        amount_rule=row["amount_rule"],
        condition_keys=conditions,
    )
    return [question.key for question in questions]


@pytest.mark.parametrize(
    ("package", "reason", "kind", "subtype", "keys"),
    [
        ("anhui_subsidy", "ZZZG", Kind.FIRST, None, ["old_staff_below_standard"]),
        ("anhui_subsidy", "ZZZG", Kind.SUBSEQUENT, None, []),
        ("anhui_subsidy", "LTX", Kind.CLOSING, None, []),
        (
            "anhui_subsidy",
            "QTZF",
            Kind.SUBSEQUENT,
            "lift",
            ["subtype", "invoice_amount"],
        ),
        (
            "anhui_subsidy",
            "DBKN",
            Kind.FIRST,
            "illness",
            ["subtype", "medical_paid_12m", "family_member_affected"],
        ),
        (
            "anhui_subsidy",
            "DBKN",
            Kind.FIRST,
            "hardship",
            ["subtype", "family_member_affected"],
        ),
        (
            "liaoning_fund",
            "HDTQ",
            Kind.SUBSEQUENT,
            None,
            ["repaid_12m", "loan_settled", "loan_contract_changed"],
        ),
        ("liaoning_fund", "TKTQ", Kind.SUBSEQUENT, None, ["family_member_affected"]),
        (
            "liaoning_fund",
            "GMSPF",
            Kind.FIRST,
            None,
            [
                "lookup_by",
                "loan_principal",
                "withdrawn_for_house",
                "house_elsewhere",
                "spouse_applies",
                "family_applies",
            ],
        ),
    ],
)
def test_only_what_the_reason_needs_is_asked(package, reason, kind, subtype, keys):
    assert asked(package, reason, kind, subtype) == keys


@pytest.mark.parametrize("package", SCHEMES)
def test_no_rule_of_a_package_waits_for_a_fact_nobody_gives(package):
    given_facts = {row.key for row in facts_of(package)}
    for row in table(package, "reasons.csv"):
        ceiling = AMOUNT_RULES[row["amount_rule"]]({}, settings_of(package))
        assert ceiling is None or set(ceiling.unknown) <= given_facts


def test_closing_asks_nothing_for_the_amount():
    questions = asked_for(
        facts_of("liaoning_fund"),
        reason_code="HDTQ",
        kind=Kind.CLOSING,
        subtype=None,
        amount_rule="loan_paid_12m",
        condition_keys={"loan_settled"},
    )

    assert [question.key for question in questions] == ["loan_settled"]


def test_what_the_registry_does_not_say_is_asked():
    def questions(silent):
        return asked_for(
            facts_of("liaoning_fund"),
            reason_code="CLFTQ",
            kind=Kind.FIRST,
            subtype=None,
            amount_rule="purchase_remaining",
            condition_keys=(),
            registry_silent=silent,
        )

    answered = [question.key for question in questions(())]
    silent = [question.key for question in questions({"house_price", "no_home_verified"})]

    assert answered == ["lookup_by", "loan_principal", "withdrawn_for_house"]
    assert silent == ["lookup_by", "house_price", "loan_principal", "withdrawn_for_house"]


def test_a_kept_answer_outlives_a_change_of_its_options():
    question = fact("choice", **CHOICE)

    assert from_json([question], {"answer": "widowed"}) == {"answer": "widowed"}


def test_a_reason_narrows_the_options_to_its_own():
    question = fact("choice", **CHOICE)

    assert [option.code for option in options_of(question, ["married"])] == ["married"]
    assert options_of(question, ()) == question.options


def test_only_what_matters_has_to_be_answered():
    asked = [
        fact_row(row(key="rent_months")),
        fact_row(row(key="monthly_rent", used_by="rent_cap")),
        fact_row(row(key="spouse_applies", used_by="spouse_applies")),
        fact_row(row(key="multi_child")),
    ]

    missing = unanswered(
        asked,
        {"multi_child": False},
        rule_unknown=("rent_months", "multi_child"),
        uses={"spouse_applies"},
    )

    assert [question.key for question in missing] == ["rent_months", "spouse_applies"]


def row(**changes):
    """A row of the table, right but for the changes."""
    right = {
        "key": "rent_months",
        "source": "asked",
        "type": "int",
        "unit": "month",
        "options": "1..12",
        "question_zh": "几个月？",
        "question_en": "How many months?",
        "hint_zh": "",
        "hint_en": "",
        "page": "reason",
        "used_by": "rent_cap|ZFFZ",
        "valid_from": "2026-09-20",
        "valid_to": "",
    }
    return {**right, **changes}


def test_a_row_becomes_a_question():
    question = fact_row(row())

    assert (question.least, question.most) == (1, 12)
    assert question.used_by == {"rent_cap", "ZFFZ"}
    assert (question.valid_from, question.valid_to) == (date(2026, 9, 20), None)


def test_a_row_of_the_database_is_read_as_well():
    assert fact_row(row(valid_from=TODAY, valid_to=None)).valid_from == TODAY


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("source", "guess"),
        ("type", "number"),
        ("options", "1-12"),
        ("valid_from", "soon"),
    ],
)
def test_a_wrong_cell_is_named(column, cell):
    with pytest.raises(Invalid) as refusal:
        fact_row(row(**{column: cell}))

    assert refusal.value.field == column


@pytest.mark.parametrize("options", ["", "a:only two"])
def test_a_choice_needs_whole_options(options):
    with pytest.raises(Invalid, match="option") as refusal:
        fact_row(row(type="choice", options=options))

    assert refusal.value.field == "options"
