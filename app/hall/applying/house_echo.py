"""A house as it is shown back (返显): what the registry says, owners masked (EL16)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from app.display.formats import money
from app.hall import wording
from app.hall.wording import said


def house_rows(house: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and value of everything the registry said; what it left out is left out."""
    rows = [
        (said(wording.HOUSE_NUMBERS["filing_contract_no"]), house.get("filing_contract_no")),
        (said(wording.HOUSE_NUMBERS["title_archive_no"]), house.get("title_archive_no")),
        (gettext("Address of the house"), house.get("address")),
        (gettext("Floor area"), _area(house.get("area"))),
        (gettext("Planned use"), _use(house.get("use"))),
        (gettext("Seller"), house.get("seller")),
        (gettext("Buyers"), _owners(house.get("owners") or [])),
        (gettext("Total price"), _sum(house.get("house_price"))),
        (gettext("Down payment"), _sum(house.get("down_payment"))),
        (gettext("Way of payment"), house.get("payment_way")),
        (gettext("Loan"), _loan(house)),
        (gettext("Date of filing"), house.get("filing_date")),
        (gettext("Title number"), house.get("title_no")),
        (gettext("Date of registration"), house.get("registration_date")),
        (gettext("Mortgage"), gettext("Mortgaged") if house.get("mortgaged") else ""),
    ]
    return [(label, str(value)) for label, value in rows if value]


def _sum(text: str | None) -> str:
    return gettext("%(sum)s yuan", sum=money(Decimal(text))) if text else ""


def _area(text: str | None) -> str:
    return gettext("%(area)s square metres", area=text) if text else ""


def _use(word: str | None) -> str:
    return gettext("Residential") if word in ("residential", "住宅") else word or ""


def _owners(owners: list[Mapping[str, str]]) -> str:
    said_owners = [f"{one['name']} ({Decimal(one['share']) * 100:.0f}%)" for one in owners]
    return ", ".join(said_owners)


def _loan(house: Mapping[str, Any]) -> str:
    return " ".join(
        part for part in (house.get("loan_bank"), _sum(house.get("loan_amount"))) if part
    )
