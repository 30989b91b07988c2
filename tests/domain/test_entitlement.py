"""How much may be taken: every rule by example, all of them by their promises."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.amounts.labels import LABELS, line_label
from app.domain.entitlement import (
    AMOUNT_RULES,
    Closing,
    available_balance,
    check_amount,
    entitlement,
    prefilled_amount,
)
from app.domain.errors import Invalid
from app.domain.page_words import Flow
from tests.domain.seed_tables import SCHEMES, settings_of, table

SETTINGS = {
    "min_balance": Decimal("0.01"),
    "rent_flat_single": Decimal(1500),
    "rent_flat_couple": Decimal(3000),
    "rent_multi_child_factor": Decimal("1.5"),
    "rent_filed_cap": Decimal(4000),
    "decoration_cap_share": Decimal("0.5"),
    "decoration_cap": Decimal(250000),
    "property_fee_year_cap": Decimal(3000),
    "hardship_cap": Decimal(20000),
}
HOUSE = {
    "house_price": Decimal("1680000.00"),
    "loan_principal": Decimal("1176000.00"),
    "withdrawn_for_house": Decimal("317700.00"),
}
RENT = {
    "rent_months": 12,
    "lease_filed": False,
    "marital_status": "single",
    "multi_child": False,
    "monthly_rent": Decimal(3500),
}
RICH = Decimal("900000.01")


def most(rule, facts, available=RICH, settings=SETTINGS):
    """The entitlement of an account that stays open."""
    return entitlement(rule, available=available, closing=None, facts=facts, settings=settings)


@pytest.mark.parametrize(
    ("rule", "facts", "amount", "limited_by"),
    [
        ("posted_subsidy_balance", {}, "900000.00", "available"),
        ("purchase_remaining", HOUSE, "186300.00", "house_remaining"),
        (
            "purchase_remaining",
            {**HOUSE, "withdrawn_for_house": Decimal(600000)},
            "0.00",
            "house_remaining",
        ),
        (
            "purchase_remaining",
            {**HOUSE, "contract_only": True, "down_payment": Decimal(400000)},
            "82300.00",
            "down_payment_remaining",
        ),
        (
            "purchase_remaining",
            {**HOUSE, "contract_only": False, "down_payment": Decimal(400000)},
            "186300.00",
            "house_remaining",
        ),
        (
            "approved_cost_remaining",
            {"approved_cost": Decimal(80000), "withdrawn_for_house": Decimal(30000)},
            "50000.00",
            "cost_remaining",
        ),
        (
            "loan_paid_12m",
            {"repaid_12m": Decimal("43210.98")},
            "43210.98",
            "repaid_12m",
        ),
        ("rent_cap", RENT, "18000.00", "rent_flat"),
        ("rent_cap", {**RENT, "marital_status": "married"}, "36000.00", "rent_flat"),
        ("rent_cap", {**RENT, "multi_child": True}, "27000.00", "rent_flat"),
        ("rent_cap", {**RENT, "lease_filed": True}, "42000.00", "rent_paid"),
        (
            "rent_cap",
            {**RENT, "lease_filed": True, "monthly_rent": Decimal(9000)},
            "48000.00",
            "rent_filed_cap",
        ),
        (
            "invoice_cap",
            {"invoice_amount": Decimal(12000)},
            "12000.00",
            "invoice_amount",
        ),
        (
            "decoration_cap",
            {"invoice_amount": Decimal("99999.99")},
            "49999.99",
            "invoice_share",
        ),
        (
            "decoration_cap",
            {"invoice_amount": Decimal(600000)},
            "250000.00",
            "decoration_cap",
        ),
        (
            "property_fee_cap",
            {"invoice_amount": Decimal(2400)},
            "2400.00",
            "invoice_amount",
        ),
        (
            "property_fee_cap",
            {"invoice_amount": Decimal(5000)},
            "3000.00",
            "property_fee_year_cap",
        ),
        (
            "medical_12m",
            {"medical_paid_12m": Decimal("8100.50")},
            "8100.50",
            "medical_paid_12m",
        ),
        ("hardship_cap", {}, "20000.00", "hardship_cap"),
        ("closing_full", {}, "900000.00", "available"),
        ("manual", {}, "900000.00", "available"),
        ("manual", {"manual_amount": Decimal(700)}, "700.00", "manual_amount"),
    ],
)
def test_each_rule_allows_what_the_regulation_says(rule, facts, amount, limited_by):
    entitled = most(rule, facts)

    assert (entitled.amount, entitled.limited_by) == (Decimal(amount), limited_by)
    assert entitled.unknown == ()


@pytest.mark.parametrize(
    ("rule", "subtype", "amount"),
    [
        ("invoice_cap", "decoration", "4000.00"),
        ("invoice_cap", "property_fee", "3000.00"),
        ("invoice_cap", "lift", "8000.00"),
        ("medical_12m", "illness", "500.00"),
        ("medical_12m", "hardship", "20000.00"),
    ],
)
def test_a_sub_type_is_measured_by_its_own_rule(rule, subtype, amount):
    facts = {
        "subtype": subtype,
        "invoice_amount": Decimal(8000),
        "medical_paid_12m": Decimal(500),
    }

    assert most(rule, facts).amount == Decimal(amount)


def test_a_cap_that_the_fund_sets_lowers_the_purchase():
    capped = most(
        "purchase_remaining", HOUSE, settings={**SETTINGS, "purchase_cap": Decimal(9)}
    )

    assert (capped.amount, capped.limited_by) == (Decimal("9.00"), "purchase_cap")


def test_the_lines_stand_as_on_the_case_page():
    entitled = entitlement(
        "purchase_remaining",
        available=available_balance(Decimal("286412.37"), Decimal(0), Decimal(0)),
        closing=None,
        facts=HOUSE,
        settings=SETTINGS,
        balance=Decimal("286412.37"),
    )

    assert [(line.label_key, line.sign.value, str(line.amount)) for line in entitled.lines] == [
        ("house_price", "+", "1680000.00"),
        ("loan_principal", "-", "1176000.00"),
        ("withdrawn_for_house", "-", "317700.00"),
        ("house_remaining", "=", "186300.00"),
        ("balance", "+", "286412.37"),
        ("set_aside", "-", "0.01"),
        ("available", "=", "286412.36"),
        ("lower", "=", "186300.00"),
    ]


def test_when_both_are_equal_the_account_is_named():
    assert most("hardship_cap", {}, available=Decimal("20000.01")).limited_by == "available"


def test_frozen_held_and_kept_sums_are_one_line():
    entitled = entitlement(
        "posted_subsidy_balance",
        available=available_balance(Decimal(1000), Decimal(300), Decimal(200)),
        closing=None,
        facts={},
        settings=SETTINGS,
        balance=Decimal(1000),
    )

    assert entitled.amount == Decimal("499.99")
    assert entitled.lines[1].as_json() == {
        "label_key": "set_aside",
        "amount": "500.01",
        "sign": "-",
        "source": "account",
    }


def test_closing_pays_principal_and_interest_to_zero():
    entitled = entitlement(
        "closing_full",
        available=Decimal("1000.00"),
        closing=Closing(interest=Decimal("12.345")),
        facts={},
        settings=SETTINGS,
    )

    assert entitled.amount == Decimal("1012.34")
    assert [line.label_key for line in entitled.lines] == [
        "principal",
        "interest",
        "closing_total",
    ]


def test_before_the_facts_are_known_the_account_alone_is_shown():
    entitled = most("purchase_remaining", {"house_price": Decimal(100)})

    assert entitled.amount == Decimal("900000.00")
    assert entitled.unknown == ("loan_principal", "withdrawn_for_house")
    with pytest.raises(Invalid, match="fact_missing") as refusal:
        check_amount(Decimal(1), entitled)
    assert refusal.value.field == "loan_principal"


def test_the_flat_rent_waits_for_the_household_but_not_for_the_rent():
    unfiled = {"lease_filed": False, "rent_months": 12, "marital_status": None}

    assert most("rent_cap", unfiled).unknown == ("marital_status", "multi_child")
    assert most("rent_cap", {**RENT, "monthly_rent": None}).unknown == ()
    assert most("rent_cap", {**RENT, "lease_filed": True, "monthly_rent": None}).unknown == (
        "monthly_rent",
    )


def test_a_missing_setting_and_an_unknown_rule_are_named():
    with pytest.raises(Invalid) as no_setting:
        most("hardship_cap", {}, settings={"min_balance": Decimal(0)})
    with pytest.raises(Invalid) as no_rule:
        most("generosity", {})

    assert (no_setting.value.code, no_setting.value.facts["name"]) == (
        "setting_missing",
        "hardship_cap",
    )
    assert no_rule.value.code == "rule_unknown"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("0", "amount_zero"),
        ("-5", "amount_zero"),
        ("0.001", "amount_scale"),
        ("NaN", "amount_scale"),
        ("Infinity", "amount_scale"),
        ("700.01", "amount_over"),
    ],
)
def test_an_amount_outside_the_entitlement_is_refused(asked, code):
    with pytest.raises(Invalid) as refusal:
        check_amount(Decimal(asked), most("manual", {"manual_amount": Decimal(700)}))

    assert (refusal.value.code, refusal.value.field) == (code, "amount")


@pytest.mark.parametrize("asked", ["0.01", "700.00", "7E+2"])
def test_an_amount_within_the_entitlement_passes(asked):
    check_amount(Decimal(asked), most("manual", {"manual_amount": Decimal(700)}))


def test_the_monthly_payout_proposes_what_was_posted_since():
    entitled = most("posted_subsidy_balance", {}, available=Decimal("500.01"))

    proposed = [
        prefilled_amount("posted_subsidy_balance", entitled, {"posted_since_last": posted})
        for posted in (Decimal(120), Decimal(999), None)
    ]

    assert proposed == [Decimal(120), Decimal(500), Decimal(500)]


money = st.decimals(min_value=0, max_value=10**9, places=2)
SUMS = (
    "house_price",
    "loan_principal",
    "withdrawn_for_house",
    "down_payment",
    "approved_cost",
    "repaid_12m",
    "monthly_rent",
    "invoice_amount",
    "medical_paid_12m",
    "manual_amount",
)
circumstances = st.fixed_dictionaries(
    {
        **dict.fromkeys(SUMS, money),
        "contract_only": st.booleans(),
        "lease_filed": st.booleans(),
        "multi_child": st.booleans(),
        "marital_status": st.sampled_from(["single", "married"]),
        "rent_months": st.integers(1, 12),
        "subtype": st.sampled_from(
            ["decoration", "property_fee", "lift", "illness", "hardship"]
        ),
    }
)
rules = st.sampled_from(sorted(AMOUNT_RULES))


@given(rule=rules, facts=circumstances, available=money, kept=money)
def test_an_open_account_keeps_its_least_balance(rule, facts, available, kept):
    entitled = most(rule, facts, available, {**SETTINGS, "min_balance": kept})

    assert 0 <= entitled.amount <= max(Decimal(0), available - kept)
    assert entitled.amount == entitled.amount.quantize(Decimal("0.01"))


@given(rule=rules, facts=circumstances, balances=st.tuples(money, money))
def test_a_higher_balance_never_allows_less(rule, facts, balances):
    low, high = sorted(balances)

    assert most(rule, facts, low).amount <= most(rule, facts, high).amount


@given(rule=rules, facts=circumstances, available=money)
def test_the_last_line_is_the_entitlement_and_each_line_has_its_words(rule, facts, available):
    entitled = most(rule, facts, available)

    assert entitled.lines[-1].amount == entitled.amount
    assert all(line.amount >= 0 for line in entitled.lines)
    assert all(line_label(Flow.FUND, line.label_key).zh for line in entitled.lines)


@given(rule=rules, facts=circumstances, available=money)
def test_what_is_entitled_may_be_asked_and_no_fen_more(rule, facts, available):
    entitled = most(rule, facts, available)

    if entitled.amount > 0:
        check_amount(entitled.amount, entitled)
    with pytest.raises(Invalid):
        check_amount(entitled.amount + Decimal("0.01"), entitled)


@given(balance=money, frozen=money, held=money)
def test_the_free_balance_is_never_below_zero(balance, frozen, held):
    assert available_balance(balance, frozen, held) == max(0, balance - frozen - held)


def test_the_words_follow_the_service():
    assert line_label(Flow.SUBSIDY, "available").zh == "账户可支取"
    assert line_label(Flow.FUND, "available").zh == "账户可提取"
    assert all("{" not in line_label(Flow.FUND, key).zh for key in LABELS)


@pytest.mark.parametrize("package", SCHEMES)
def test_the_package_names_known_rules_and_sets_their_numbers(package):
    rules_used = {row["amount_rule"] for row in table(package, "reasons.csv")}
    facts = {**HOUSE, **RENT, "approved_cost": Decimal(1), "repaid_12m": Decimal(1)}
    facts |= {"invoice_amount": Decimal(1), "medical_paid_12m": Decimal(1)}

    assert rules_used <= set(AMOUNT_RULES)
    for rule in AMOUNT_RULES:
        assert most(rule, facts, settings=settings_of(package)).unknown == ()
