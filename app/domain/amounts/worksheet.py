"""A calculation as it stands on paper: lines one under the other, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Any

from app.domain.errors import Invalid

Facts = Mapping[str, Any]
"""What is known of a case: the key of a row of ``facts.csv`` to its value, None if unknown."""

Settings = Mapping[str, Decimal]
"""The fund's own numbers: the key of a row of ``settings.csv`` to its value."""

FEN = Decimal("0.01")
"""The smallest amount: money has two places (AM01)."""

NOTHING = Decimal("0.00")


class Sign(StrEnum):
    """What a line does in the calculation."""

    PLUS = "+"
    MINUS = "-"
    RESULT = "="


class LineSource(StrEnum):
    """Where the number of a line comes from."""

    ACCOUNT = "account"
    FACT = "fact"
    SETTING = "setting"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Line:
    """One line shown to people; ``amount`` in yuan is never negative, ``sign`` says minus.

    ``label_key`` is the key of the fact or the setting when the line comes from one.
    """

    label_key: str
    amount: Decimal
    sign: Sign
    source: LineSource

    def as_json(self) -> dict[str, str]:
        """Return the line as a case keeps it, the amount as text."""
        return {
            "label_key": self.label_key,
            "amount": str(self.amount),
            "sign": self.sign.value,
            "source": self.source.value,
        }


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What one rule allows, in yuan, with its lines; ``unknown`` facts leave it open."""

    name: str
    amount: Decimal
    lines: tuple[Line, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The most that may be taken, in yuan, how it came about and what limited it.

    While a fact of the rule is ``unknown`` the amount is only what the account allows.
    """

    amount: Decimal
    lines: tuple[Line, ...]
    limited_by: str
    unknown: tuple[str, ...] = field(default=())


def to_fen(amount: Decimal) -> Decimal:
    """Return the amount cut to whole fen and never below zero."""
    return max(NOTHING, amount.quantize(FEN, ROUND_DOWN))


def setting(settings: Settings, key: str) -> Decimal:
    """Return a number of the fund, or raise ``Invalid`` when the package does not set it."""
    value = settings.get(key)
    if value is None:
        raise Invalid(f"no setting {key}", code="setting_missing", name=key)
    return value


def result(name: str, amount: Decimal, *above: Line, unknown: tuple[str, ...] = ()) -> Ceiling:
    """Draw the line under a calculation."""
    amount = to_fen(amount)
    closing_line = Line(name, amount, Sign.RESULT, LineSource.RESULT)
    return Ceiling(name, amount, (*above, closing_line), unknown)


def open_ceiling(name: str, unknown: tuple[str, ...]) -> Ceiling:
    """Return a rule that cannot be worked out before the ``unknown`` facts are known."""
    return Ceiling(name, NOTHING, (), unknown)


def fact_line(facts: Facts, key: str, sign: Sign = Sign.PLUS) -> Line:
    """Return the line of a known fact."""
    return Line(key, to_fen(facts[key]), sign, LineSource.FACT)


def setting_line(settings: Settings, key: str, times: int = 1) -> Ceiling:
    """Return a limit of the fund as a ceiling of one line, taken ``times`` over."""
    amount = to_fen(setting(settings, key) * times)
    return Ceiling(key, amount, (Line(key, amount, Sign.PLUS, LineSource.SETTING),))


def unknown_of(facts: Facts, *keys: str) -> tuple[str, ...]:
    """Return which of the facts nobody has given yet."""
    return tuple(key for key in keys if facts.get(key) is None)


def remaining(name: str, facts: Facts, whole: str, *taken: str) -> Ceiling:
    """Return what is left of the ``whole`` after what was ``taken`` from it."""
    if unknown := unknown_of(facts, whole, *taken):
        return open_ceiling(name, unknown)
    left: Decimal = facts[whole] - sum(facts[key] for key in taken)
    minus = (fact_line(facts, key, Sign.MINUS) for key in taken)
    return result(name, left, fact_line(facts, whole), *minus)


def up_to(facts: Facts, key: str) -> Ceiling:
    """Return a sum that was paid, proven by a paper, as the ceiling."""
    if unknown := unknown_of(facts, key):
        return open_ceiling(key, unknown)
    line = fact_line(facts, key)
    return Ceiling(key, line.amount, (line,))


def lower_of(*ceilings: Ceiling) -> Ceiling:
    """Return the lowest of several ceilings, with the lines of all of them."""
    lines = tuple(line for ceiling in ceilings for line in ceiling.lines)
    unknown = tuple(dict.fromkeys(key for ceiling in ceilings for key in ceiling.unknown))
    if unknown:
        return Ceiling(ceilings[0].name, NOTHING, lines, unknown)
    lowest = min(ceilings, key=lambda ceiling: ceiling.amount)
    return Ceiling(lowest.name, lowest.amount, lines)
