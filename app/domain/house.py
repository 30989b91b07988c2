"""May this house be bought with the fund's money: the registry's answer against the rules."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.amounts.worksheet import NOTHING, Settings, setting
from app.domain.months import add_months
from app.domain.terms import Lookup


class Outcome(StrEnum):
    """What follows from a problem with a house (EL15)."""

    REFUSE = "refuse"
    MANUAL = "manual"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class HouseProblem:
    """One obstacle: what follows, why, and the return reason that says it, if one does."""

    outcome: Outcome
    because: str
    return_reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class House:
    """What the registry knows of a house; ``dated`` is the filing or the title date.

    ``price`` in yuan. ``bound_to`` is the number of another open case that holds the house
    for somebody outside the family.
    """

    house_key: str
    lookup: Lookup
    dated: date | None = None
    price: Decimal | None = None
    bound_to: str | None = None


@dataclass(frozen=True, slots=True)
class BuyerStanding:
    """What the applicant's family has to do with the house; amounts in yuan."""

    is_buyer: bool
    times_withdrawn: int = 0
    withdrawn_for_house: Decimal = NOTHING


ANSWERS = {
    Lookup.NOT_FOUND: HouseProblem(Outcome.MANUAL, "house_not_found", "R06"),
    Lookup.NOT_FILED: HouseProblem(Outcome.REFUSE, "house_not_filed", "R06"),
    Lookup.OWNER_MISMATCH: HouseProblem(Outcome.MANUAL, "house_owner_mismatch", "R08"),
    Lookup.SEALED: HouseProblem(Outcome.REFUSE, "house_sealed", "X02"),
    Lookup.CANCELLED: HouseProblem(Outcome.REFUSE, "house_contract_cancelled", "X02"),
    Lookup.NOT_RESIDENTIAL: HouseProblem(Outcome.REFUSE, "house_not_residential", "N04"),
    Lookup.UNAVAILABLE: HouseProblem(Outcome.RETRY, "house_registry_unavailable"),
}
"""What each answer of the registry but ``found`` means (EL12, EL15)."""

NO_HOUSE = frozenset({Lookup.NOT_FOUND, Lookup.UNAVAILABLE})
"""Answers that tell nothing of a house, so that nothing else can be said of it."""


def house_problems(
    house: House,
    buyer: BuyerStanding,
    settings: Settings,
    on: date,
    *,
    max_times_per_house: int | None,
) -> list[HouseProblem]:
    """Return everything that stands between this house and a withdrawal (EL12, EL13, EL15)."""
    problems = []
    if house.lookup in ANSWERS:
        answer = ANSWERS[house.lookup]
        facts = {"house_key": house.house_key}
        problems.append(
            HouseProblem(answer.outcome, answer.because, answer.return_reason, facts)
        )
    if house.lookup in NO_HOUSE:
        return problems
    if not buyer.is_buyer and house.lookup is not Lookup.OWNER_MISMATCH:
        problems.append(HouseProblem(Outcome.MANUAL, "house_owner_mismatch", "R08"))
    problems += _time_problems(house, settings, on)
    problems += _use_problems(house, buyer, max_times_per_house)
    return problems


def _time_problems(house: House, settings: Settings, on: date) -> list[HouseProblem]:
    """Return whether the purchase lies too far back (EL13)."""
    years = int(setting(settings, "purchase_window_years"))
    if house.dated is None or on <= add_months(house.dated, 12 * years):
        return []
    return [HouseProblem(Outcome.REFUSE, "house_too_long_ago", "R10", {"years": years})]


def _use_problems(
    house: House, buyer: BuyerStanding, max_times_per_house: int | None
) -> list[HouseProblem]:
    """Return whether the house has been used up or is held by somebody else (EL12, EL13)."""
    problems = []
    if max_times_per_house is not None and buyer.times_withdrawn >= max_times_per_house:
        most = {"most": max_times_per_house}
        problems.append(HouseProblem(Outcome.REFUSE, "house_times_used", "N04", most))
    if house.price is not None and buyer.withdrawn_for_house >= house.price:
        problems.append(HouseProblem(Outcome.REFUSE, "house_price_used_up", "X03"))
    if house.bound_to is not None:
        other = {"application_no": house.bound_to}
        problems.append(HouseProblem(Outcome.MANUAL, "house_in_other_case", "", other))
    return problems
