"""The most that may be withdrawn, with the calculation that is shown to people."""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.amounts.rules import AMOUNT_RULES, rule_in_force
from app.domain.amounts.worksheet import (
    FEN,
    NOTHING,
    Ceiling,
    Entitlement,
    Facts,
    Line,
    LineSource,
    Settings,
    Sign,
    result,
    setting,
    to_fen,
)
from app.domain.errors import Invalid

__all__ = [
    "AMOUNT_RULES",
    "Closing",
    "Entitlement",
    "Line",
    "available_balance",
    "check_amount",
    "entitlement",
    "prefilled_amount",
    "rule_in_force",
]


@dataclass(frozen=True, slots=True)
class Closing:
    """That the account is closed: the interest to the day, in yuan, is paid with it."""

    interest: Decimal


def available_balance(balance: Decimal, frozen: Decimal, held: Decimal) -> Decimal:
    """Return what is free: the balance less what is frozen and what open cases hold (AM02)."""
    return to_fen(balance - frozen - held)


def entitlement(
    rule: str,
    *,
    available: Decimal,
    closing: Closing | None,
    facts: Facts,
    settings: Settings,
    balance: Decimal | None = None,
) -> Entitlement:
    """Return the most that ``rule`` lets a person take.

    ``available`` is what ``available_balance`` gives; ``closing`` is None when the account
    stays open; ``balance`` only makes the lines fuller. Raises ``Invalid`` for an unknown
    rule or a setting that is missing.
    """
    if closing is not None:
        return _all_of_it(to_fen(available), to_fen(closing.interest))
    name = rule_in_force(rule, facts.get("subtype"))
    if name not in AMOUNT_RULES:
        raise Invalid(f"no amount rule {name}", code="rule_unknown", name=name)
    ceiling = AMOUNT_RULES[name](facts, settings)
    account = _left_by_the_account(to_fen(available), balance, settings)
    return _lower_of_both(ceiling, account)


def _all_of_it(principal: Decimal, interest: Decimal) -> Entitlement:
    """Pay principal and interest to the day in one sum (AM08)."""
    whole = result(
        "closing_total",
        principal + interest,
        Line("principal", principal, Sign.PLUS, LineSource.ACCOUNT),
        Line("interest", interest, Sign.PLUS, LineSource.ACCOUNT),
    )
    return Entitlement(whole.amount, whole.lines, limited_by="closing_total")


def _left_by_the_account(
    available: Decimal, balance: Decimal | None, settings: Settings
) -> Ceiling:
    """Return what an account that stays open can give: a little has to stay in it (AM03)."""
    free = to_fen(available - setting(settings, "min_balance"))
    whole = available if balance is None else to_fen(balance)
    return result(
        "available",
        free,
        Line("balance", whole, Sign.PLUS, LineSource.ACCOUNT),
        Line("set_aside", whole - free, Sign.MINUS, LineSource.ACCOUNT),
    )


def _lower_of_both(ceiling: Ceiling | None, account: Ceiling) -> Entitlement:
    """Compare what the rule allows with what the account can give."""
    if ceiling is None:
        return Entitlement(account.amount, account.lines, limited_by=account.name)
    lines = (*ceiling.lines, *account.lines)
    if ceiling.unknown:
        return Entitlement(account.amount, lines, account.name, ceiling.unknown)
    lower = account if account.amount <= ceiling.amount else ceiling
    last = Line("lower", lower.amount, Sign.RESULT, LineSource.RESULT)
    return Entitlement(lower.amount, (*lines, last), limited_by=lower.name)


def prefilled_amount(rule: str, entitled: Entitlement, facts: Facts) -> Decimal:
    """Return the amount a page proposes; people may lower it.

    The monthly payout proposes what was posted since the last one, when that is known.
    """
    posted = facts.get("posted_since_last")
    if rule == "posted_subsidy_balance" and posted is not None:
        return min(to_fen(posted), entitled.amount)
    return entitled.amount


def check_amount(asked: Decimal, entitled: Entitlement) -> None:
    """Raise ``Invalid`` unless the amount is a positive sum in fen within the entitlement."""
    if entitled.unknown:
        raise Invalid(code="fact_missing", field=entitled.unknown[0], keys=entitled.unknown)
    if not asked.is_finite() or asked != asked.quantize(FEN):
        raise Invalid(code="amount_scale", field="amount")
    if asked <= NOTHING:
        raise Invalid(code="amount_zero", field="amount")
    if asked > entitled.amount:
        raise Invalid(code="amount_over", field="amount", max_amount=entitled.amount)
