"""The calculator: the real rules over what a visitor types; nothing is kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.display.words import is_chinese
from app.domain.amounts.labels import line_label
from app.domain.amounts.rules import rule_in_force
from app.domain.amounts.worksheet import Sign
from app.domain.entitlement import Closing, Entitlement, entitlement
from app.domain.errors import RuleBroken
from app.domain.facts import FactRow, FactSource, FactType, parse
from app.domain.page_words import Flow
from app.domain.terms import Closes, Kind
from app.hall.estimate_advice import limit_words
from app.models import Scheme, WithdrawalReason
from app.services import reference

NOT_CALCULATED = frozenset({"lookup_by", "down_payment"})
"""Facts that a rule names and an estimate does without."""

ENOUGH = Decimal(10) ** 11
"""More than any account holds: with it a rule alone decides."""


@dataclass(frozen=True, slots=True)
class Question:
    """A field of the calculator as the page shows it."""

    name: str
    label: str
    hint: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...]
    error: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the calculator shows: its fields and, when they suffice, the amount with its lines."""

    reason_code: str
    balance: str
    balance_error: str
    questions: tuple[Question, ...]
    amount: Decimal | None
    lines: tuple[tuple[str, Decimal, str], ...]
    with_interest: bool
    may_close: bool = False
    closes: bool = False
    limits: tuple[str, ...] = ()


def estimate(
    session: Session, scheme: Scheme, typed: Mapping[str, str], on: dt.date
) -> Estimate | None:
    """Calculate what may be withdrawn by what was typed; None when nothing is offered."""
    reasons = reference.reasons_in_force(session, scheme.id, on)
    if not reasons:
        return None
    chosen = chosen_reason(reasons, typed.get("reason", ""))
    closes = closing_wish(chosen, typed) is True
    facts_of = reference.facts(session, scheme.id, on)
    rows = [] if closes else _asked(facts_of, chosen, typed.get("subtype"))
    facts: dict[str, object] = {}
    questions = tuple(_question(row, typed.get(row.key, ""), facts) for row in rows)
    balance = _yuan(typed.get("balance", ""))
    settings = reference.settings_on(session, scheme.id, on)
    found = _calculated(chosen, balance, facts, settings, closes=closes)
    alone = _calculated(chosen, ENOUGH, facts, settings, closes=closes)
    flow = Flow(scheme.flow)
    return Estimate(
        reason_code=chosen.code,
        balance=typed.get("balance", ""),
        balance_error=_sum_error() if typed.get("balance") and balance is None else "",
        questions=questions,
        amount=found.amount if found else None,
        lines=_lines(flow, found) if found else (),
        with_interest=closes,
        may_close=chosen.closes_account is Closes.OPTIONAL,
        closes=closes,
        limits=tuple(limit_words(flow, found, settings, rule=_of_rule(alone))) if found else (),
    )


def chosen_reason(reasons: Sequence[WithdrawalReason], code: str) -> WithdrawalReason:
    """Return the reason that was chosen, or the one most people ask about: a house."""
    houses = (reason for reason in reasons if reason.needs_property_lookup)
    chosen = next((one for one in reasons if one.code == code), None)
    return chosen or next(houses, reasons[0])


def closing_wish(reason: WithdrawalReason, typed: Mapping[str, str]) -> bool | None:
    """Return whether the account is to be closed; None where that is not open to choice."""
    if reason.closes_account is Closes.OPTIONAL:
        usual = reason.default_kind is Kind.CLOSING
        return typed["closing"] == "yes" if typed.get("closing") else usual
    return True if reason.closes_account is Closes.ALWAYS else None


def _of_rule(alone: Entitlement | None) -> Decimal | None:
    """Return what a rule allows by itself; None when it sets no ceiling of its own."""
    return None if alone is None or alone.limited_by == "available" else alone.amount


def _asked(
    facts: list[FactRow], reason: WithdrawalReason, subtype: str | None
) -> list[FactRow]:
    uses = {rule_in_force(reason.amount_rule, subtype or None)}
    kinds = (FactType.MONEY, FactType.INT, FactType.BOOL, FactType.CHOICE)
    return [
        fact
        for fact in facts
        if fact.source in (FactSource.ASKED, FactSource.REGISTRY)
        and fact.type in kinds
        and fact.key not in NOT_CALCULATED
        and (fact.used_by & uses or (fact.key == "subtype" and reason.code in fact.used_by))
    ]


def _question(row: FactRow, typed: str, facts: dict[str, object]) -> Question:
    error = ""
    if typed.strip():
        try:
            facts[row.key] = parse(row, typed)
        except RuleBroken:
            error = (
                _sum_error() if row.type is FactType.MONEY else gettext("Please check this.")
            )
    options = tuple((one.code, one.zh if is_chinese() else one.en) for one in row.options)
    label = row.question_zh if is_chinese() else row.question_en
    hint = row.hint_zh if is_chinese() else row.hint_en
    return Question(row.key, label, hint, row.type.value, typed, options, error)


def _calculated(
    reason: WithdrawalReason,
    balance: Decimal | None,
    facts: Mapping[str, object],
    settings: Mapping[str, Decimal],
    *,
    closes: bool,
) -> Entitlement | None:
    if balance is None:
        return None
    closing = Closing(Decimal(0)) if closes else None
    try:
        found = entitlement(
            reason.amount_rule,
            available=balance,
            closing=closing,
            facts=facts,
            settings=settings,
            balance=balance,
        )
    except RuleBroken:
        return None
    return None if found.unknown else found


def _lines(flow: Flow, found: Entitlement) -> tuple[tuple[str, Decimal, str], ...]:
    kinds = {Sign.PLUS: "plus", Sign.MINUS: "minus", Sign.RESULT: "subtotal"}
    rows = []
    for place, line in enumerate(found.lines):
        words = line_label(flow, line.label_key)
        last = place == len(found.lines) - 1
        kind = "result" if last else kinds[line.sign]
        rows.append((words.zh if is_chinese() else words.en, line.amount, kind))
    return tuple(rows)


def _yuan(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**12 else None


def _sum_error() -> str:
    return gettext("Please enter a sum in yuan, for example 1680000.00.")
