"""The amount rules, one function each (AM04 to AM08).

A rule says how far the cost goes; what the account holds is compared afterwards. ``None``
means that the rule sets no ceiling of its own. Every number of the fund is a setting.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from app.domain.amounts.worksheet import (
    Ceiling,
    Facts,
    Line,
    LineSource,
    Settings,
    Sign,
    lower_of,
    open_ceiling,
    remaining,
    result,
    setting,
    setting_line,
    unknown_of,
    up_to,
)

Rule = Callable[[Facts, Settings], Ceiling | None]


def no_ceiling(_facts: Facts, _settings: Settings) -> None:
    """Set no ceiling: the account alone decides (posted subsidy; retired, account kept)."""


def capped(ceiling: Ceiling, settings: Settings, key: str) -> Ceiling:
    """Lower a ceiling to a cap of the fund, when the fund has set that cap."""
    if settings.get(key) is None:
        return ceiling
    return lower_of(ceiling, setting_line(settings, key))


def purchase_remaining(facts: Facts, settings: Settings) -> Ceiling:
    """Return the price less the loan and what the family withdrew for this house (AM04).

    With a contract only, before a title, the family cannot take more than the down payment.
    """
    ceiling = remaining(
        "house_remaining", facts, "house_price", "loan_principal", "withdrawn_for_house"
    )
    if facts.get("contract_only") is True and facts.get("down_payment") is not None:
        by_down_payment = remaining(
            "down_payment_remaining", facts, "down_payment", "withdrawn_for_house"
        )
        ceiling = lower_of(ceiling, by_down_payment)
    return capped(ceiling, settings, "purchase_cap")


def approved_cost_remaining(facts: Facts, settings: Settings) -> Ceiling:
    """Return the approved cost less what was withdrawn for this house before (AM04)."""
    ceiling = remaining("cost_remaining", facts, "approved_cost", "withdrawn_for_house")
    return capped(ceiling, settings, "approved_cost_cap")


def loan_paid_12m(facts: Facts, _settings: Settings) -> Ceiling:
    """Return principal and interest repaid in the last twelve months (AM05)."""
    return up_to(facts, "repaid_12m")


def monthly_flat(facts: Facts, settings: Settings) -> tuple[str, Decimal]:
    """Return the flat rent of a month and the setting it comes from (AM06)."""
    couple = facts.get("marital_status") == "married"
    key = "rent_flat_couple" if couple else "rent_flat_single"
    flat = setting(settings, key)
    if facts.get("multi_child") is True:
        flat *= setting(settings, "rent_multi_child_factor")
    return key, flat


def rent_cap(facts: Facts, settings: Settings) -> Ceiling:
    """Return the rent of the months claimed: paid when the lease is filed, else flat (AM06).

    A filed lease may have a monthly limit of its own.
    """
    asked = ("lease_filed", "rent_months", "marital_status", "multi_child")
    if unknown := unknown_of(facts, *asked):
        return open_ceiling("rent", unknown)
    months = facts["rent_months"]
    if facts["lease_filed"] is True:
        return _rent_paid(facts, settings, months)
    key, flat = monthly_flat(facts, settings)
    return result("rent_flat", flat * months, Line(key, flat, Sign.PLUS, LineSource.SETTING))


def _rent_paid(facts: Facts, settings: Settings, months: int) -> Ceiling:
    """Return the rent paid in so many months, up to the limit for filed leases."""
    by_month = up_to(facts, "monthly_rent")
    if by_month.unknown:
        return by_month
    paid = result("rent_paid", by_month.amount * months, *by_month.lines)
    if settings.get("rent_filed_cap") is None:
        return paid
    return lower_of(paid, setting_line(settings, "rent_filed_cap", times=months))


def invoice_cap(facts: Facts, settings: Settings) -> Ceiling:
    """Return the household's share of the lift, up to its cap if the fund has set one."""
    return capped(up_to(facts, "invoice_amount"), settings, "lift_cap")


def decoration_cap(facts: Facts, settings: Settings) -> Ceiling:
    """Return the part of the invoice that counts, up to the cap (AM07)."""
    invoice = up_to(facts, "invoice_amount")
    if invoice.unknown:
        return invoice
    share = setting(settings, "decoration_cap_share")
    part = result("invoice_share", invoice.amount * share, *invoice.lines)
    return lower_of(part, setting_line(settings, "decoration_cap"))


def property_fee_cap(facts: Facts, settings: Settings) -> Ceiling:
    """Return the invoice up to the yearly cap (AM07)."""
    return lower_of(
        up_to(facts, "invoice_amount"), setting_line(settings, "property_fee_year_cap")
    )


def medical_12m(facts: Facts, settings: Settings) -> Ceiling:
    """Return what was paid for treatment out of the own pocket in twelve months (AM07)."""
    return capped(up_to(facts, "medical_paid_12m"), settings, "medical_cap")


def hardship_cap(_facts: Facts, settings: Settings) -> Ceiling:
    """Return the set limit for families in hardship (AM07)."""
    return setting_line(settings, "hardship_cap")


def manual(facts: Facts, _settings: Settings) -> Ceiling | None:
    """Return what the second reviewer set; before that the account alone decides."""
    return None if facts.get("manual_amount") is None else up_to(facts, "manual_amount")


AMOUNT_RULES: Mapping[str, Rule] = {
    "posted_subsidy_balance": no_ceiling,
    "purchase_remaining": purchase_remaining,
    "approved_cost_remaining": approved_cost_remaining,
    "loan_paid_12m": loan_paid_12m,
    "rent_cap": rent_cap,
    "invoice_cap": invoice_cap,
    "decoration_cap": decoration_cap,
    "property_fee_cap": property_fee_cap,
    "medical_12m": medical_12m,
    "hardship_cap": hardship_cap,
    "closing_full": no_ceiling,
    "manual": manual,
}
"""The name in ``reasons.csv`` to its rule."""

BY_SUBTYPE: Mapping[tuple[str, str], str] = {
    ("invoice_cap", "decoration"): "decoration_cap",
    ("invoice_cap", "property_fee"): "property_fee_cap",
    ("medical_12m", "hardship"): "hardship_cap",
}
"""A rule gives way to the one of the sub-type where that has its own."""


def rule_in_force(rule: str, subtype: str | None) -> str:
    """Return the name of the rule that the chosen sub-type is measured by."""
    return BY_SUBTYPE.get((rule, subtype or ""), rule)
