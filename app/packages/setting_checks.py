"""What a number of the fund may be: the same for a package and for what staff type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.packages.cells import BadCell, value_of
from app.packages.vocabulary import MOST, PLACES, SETTINGS, SettingRule

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the column, a code, and what its sentence names."""

    column: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def typed_fault(key: str, unit: str, text: str) -> Fault | None:
    """Return what is wrong with a number as it was typed, or None."""
    rule = SETTINGS.get(key)
    if rule is None:
        return Fault("key", "setting_unknown")
    if unit not in rule.units:
        return Fault("unit", "setting_unit", {"units": ", ".join(sorted(rule.units))})
    try:
        value = value_of(Decimal | None, text)
    except BadCell:
        return Fault("value", "setting_no_number")
    return value_fault(rule, unit, value)


def value_fault(rule: SettingRule, unit: str, value: Decimal | None) -> Fault | None:
    """Return what is wrong with the value of a setting, or None."""
    if value is None:
        return None if rule.may_be_empty else Fault("value", "setting_empty")
    places = PLACES.get(unit, 0)
    if value != round(value, places):
        return Fault("value", "setting_places", {"places": places})
    least = ZERO if rule.least is None else rule.least
    most = MOST.get(unit) if rule.most is None else rule.most
    if value < least or (most is not None and value > most):
        return Fault("value", "setting_range", {"least": least, "most": most})
    return None
