"""Reads a house from the words of a file or a service."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.gateways.registry.protocol import House, Owner

TEXTS = (
    "address",
    "use",
    "filing_contract_no",
    "title_archive_no",
    "filing_state",
    "seller",
    "payment_way",
    "loan_bank",
    "title_no",
)
NUMBERS = ("area", "total_price", "down_payment", "loan_amount")
DAYS = ("filing_date", "registration_date")
FLAGS = ("mortgaged", "sealed")


def read_house(row: Mapping[str, Any]) -> House:
    """Return the house of a row of texts; ``owners`` is a list or its JSON.

    Raises ``ValueError`` for a row that is not a house.
    """
    try:
        values: dict[str, Any] = {name: str(row.get(name) or "").strip() for name in TEXTS}
        values |= {name: _number(row.get(name)) for name in NUMBERS}
        values |= {name: _day(row.get(name)) for name in DAYS}
        values |= {name: _flag(row.get(name)) for name in FLAGS}
        return House(owners=_owners(row["owners"]), **values)
    except (KeyError, TypeError, AttributeError, InvalidOperation) as fault:
        raise ValueError(f"not a house: {fault!r}") from fault


def _owners(said: Any) -> tuple[Owner, ...]:
    rows = json.loads(said) if isinstance(said, str) else said
    return tuple(
        Owner(str(row["name"]), str(row["id_number"]), Decimal(str(row.get("share", "1"))))
        for row in rows
    )


def _number(said: Any) -> Decimal | None:
    return None if said in {None, ""} else Decimal(str(said))


def _day(said: Any) -> date | None:
    return date.fromisoformat(str(said)) if said else None


def _flag(said: Any) -> bool:
    return str(said or "").lower() in {"1", "true", "yes", "是"}
