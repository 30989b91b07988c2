"""What the hall has to know of a case: the questions, the answers and how they are kept."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.domain.amounts.rules import rule_in_force
from app.domain.amounts.worksheet import FEN
from app.domain.errors import Invalid
from app.domain.terms import Kind

LONGEST_TEXT = 200
"""Characters an answer in words may have."""

LONGEST_NUMBER = 12
"""Digits before the point an amount or a number may have: far beyond any account."""


YES_AND_NO: Mapping[str, bool] = {
    "yes": True, "true": True, "1": True, "是": True,
    "no": False, "false": False, "0": False, "否": False,
}  # fmt: skip
"""How a yes or a no may be typed or sent."""


class FactSource(StrEnum):
    """Who knows a fact: a registry, the applicant, the hall itself, or the staff."""

    REGISTRY = "registry"
    ASKED = "asked"
    DERIVED = "derived"
    STAFF = "staff"


class FactType(StrEnum):
    """What a fact is made of; money is Decimal yuan."""

    MONEY = "money"
    INT = "int"
    BOOL = "bool"
    CHOICE = "choice"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row of ``facts.csv``; ``used_by`` names amount rules, condition keys and reasons.

    ``least`` and ``most`` bound an int, when the row says ``1..12`` in its options.
    """

    key: str
    source: FactSource
    type: FactType
    used_by: frozenset[str]
    unit: str = ""
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int | None = None
    question_zh: str = ""
    question_en: str = ""
    hint_zh: str = ""
    hint_en: str = ""
    page: str = "reason"
    valid_from: date | None = None
    valid_to: date | None = None


def parse(fact: FactRow, raw: str) -> Any:
    """Return the value of a typed answer; raise ``Invalid`` on the fact's field.

    Full-width digits, thousands separators and a written unit (元) are understood.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if not text:
        raise Invalid(code="answer_missing", field=fact.key)
    return _PARSERS[fact.type](fact, text)


def _money(fact: FactRow, text: str) -> Decimal:
    """Read an amount in yuan: at most two places, not negative."""
    try:
        amount = Decimal(text.replace(",", "").replace(" ", "").removesuffix("元"))
    except InvalidOperation:
        raise Invalid(code="amount_invalid", field=fact.key) from None
    if not amount.is_finite() or amount >= 10**LONGEST_NUMBER:
        raise Invalid(code="amount_invalid", field=fact.key)
    if amount < 0:
        raise Invalid(code="amount_negative", field=fact.key)
    if amount != amount.quantize(FEN):
        raise Invalid(code="amount_scale", field=fact.key)
    return amount.copy_abs().quantize(FEN)


def _int(fact: FactRow, text: str) -> int:
    """Read a whole number within the bounds of the fact."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise Invalid(code="number_invalid", field=fact.key)
    number = int(text)
    if number < fact.least or (fact.most is not None and number > fact.most):
        raise Invalid(code="number_range", field=fact.key, least=fact.least, most=fact.most)
    return number


def _bool(fact: FactRow, text: str) -> bool:
    """Read a yes or a no."""
    answer = YES_AND_NO.get(text.lower())
    if answer is None:
        raise Invalid(code="choice_invalid", field=fact.key)
    return answer


def _choice(fact: FactRow, text: str) -> str:
    """Read one of the options, by its code."""
    if all(option.code != text for option in fact.options):
        raise Invalid(code="choice_invalid", field=fact.key)
    return text


def _date(fact: FactRow, text: str) -> date:
    """Read a day written as 2026-09-20."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(code="date_invalid", field=fact.key) from None


def _text(fact: FactRow, text: str) -> str:
    """Read an answer in words."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(code="text_too_long", field=fact.key, most=LONGEST_TEXT)
    return text


_PARSERS: Mapping[FactType, Callable[[FactRow, str], Any]] = {
    FactType.MONEY: _money,
    FactType.INT: _int,
    FactType.BOOL: _bool,
    FactType.CHOICE: _choice,
    FactType.DATE: _date,
    FactType.TEXT: _text,
}


def asked_for(
    facts: Iterable[FactRow],
    *,
    reason_code: str,
    kind: Kind,
    subtype: str | None,
    amount_rule: str,
    condition_keys: Collection[str],
    registry_silent: Collection[str] = (),
) -> list[FactRow]:
    """Return the questions an applicant has to answer, in the order of the rows.

    ``condition_keys`` are those of the requirements of this reason and kind. Closing takes
    the whole balance, so that nothing is asked for the amount. Facts (by key) on which a
    registry was ``registry_silent`` are asked too: staff check them against the papers.
    """
    uses = {reason_code, *condition_keys}
    if kind is not Kind.CLOSING:
        uses.add(rule_in_force(amount_rule, subtype))
    return [
        fact
        for fact in facts
        if (fact.source is FactSource.ASKED or fact.key in registry_silent)
        and fact.used_by & uses
    ]


def unanswered(
    asked: Iterable[FactRow],
    answers: Mapping[str, Any],
    *,
    rule_unknown: Collection[str],
    uses: Collection[str],
) -> list[FactRow]:
    """Return the questions that still need an answer, so that all are told at once.

    A question matters when the amount waits for it (``Entitlement.unknown``), or when the
    reason or a condition among ``uses`` rests on it. Any other may stay empty, such as the
    rent of a lease that is not filed.
    """
    return [
        fact
        for fact in asked
        if answers.get(fact.key) is None
        and (fact.key in rule_unknown or not fact.used_by.isdisjoint(uses))
    ]


def options_of(fact: FactRow, allowed: Collection[str]) -> tuple[Option, ...]:
    """Return the options that a reason allows, as its sub-types; all if it names none."""
    return tuple(option for option in fact.options if not allowed or option.code in allowed)


def to_json(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers as JSON keeps them: money and days as text."""
    return {key: _kept(value) for key, value in answers.items()}


def _kept(value: Any) -> Any:
    """Return one answer as JSON keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def from_json(facts: Iterable[FactRow], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return kept answers as values; an answer whose fact is gone falls away."""
    return {fact.key: _value(fact, kept[fact.key]) for fact in facts if fact.key in kept}


def _value(fact: FactRow, kept: Any) -> Any:
    """Return one kept answer as a value; it was checked when it was typed."""
    if kept is None:
        return None
    if fact.type is FactType.MONEY:
        return Decimal(kept)
    return date.fromisoformat(kept) if fact.type is FactType.DATE else kept
