"""What the hall asks of any property registry, and what is echoed of a house (EL15, EL16)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from app.domain.terms import Lookup


@dataclass(frozen=True, slots=True)
class Owner:
    """A buyer or owner in full; pages mask. ``share`` from 0 to 1."""

    name: str
    id_number: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class House:
    """A house as the registry holds it: ``area`` in m², sums in yuan.

    A filed contract has filing, seller, payment and loan; a registered deed has title number,
    registration date, mortgage and seal.
    """

    owners: tuple[Owner, ...]
    address: str
    use: str
    filing_contract_no: str = ""
    title_archive_no: str = ""
    area: Decimal | None = None
    total_price: Decimal | None = None
    filing_date: date | None = None
    filing_state: str = ""
    seller: str = ""
    down_payment: Decimal | None = None
    payment_way: str = ""
    loan_bank: str = ""
    loan_amount: Decimal | None = None
    title_no: str = ""
    registration_date: date | None = None
    mortgaged: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a look-up; ``record`` is there whenever the registry holds the house."""

    result: Lookup
    record: House | None = None


class PropertyRegistry(Protocol):
    """A register of houses. It knows no applicant: whether the owners match is judged by us."""

    def look_up(
        self, *, filing_contract_no: str | None = None, title_archive_no: str | None = None
    ) -> Answer:
        """Find a house by exactly one of 备案合同号 and 房证新档案号.

        No answer raises. Raises ``ValueError`` when none or both are given.
        """


def judged(house: House) -> Answer:
    """Return the answer for a house that was found, by what the registry says of it."""
    if house.sealed:
        return Answer(Lookup.SEALED, house)
    if house.filing_state in {"cancelled", "已撤销", "已注销"}:
        return Answer(Lookup.CANCELLED, house)
    if house.filing_state in {"not_filed", "未备案"}:
        return Answer(Lookup.NOT_FILED, house)
    if house.use not in {"residential", "住宅"}:
        return Answer(Lookup.NOT_RESIDENTIAL, house)
    return Answer(Lookup.FOUND, house)


def asked_number(
    filing_contract_no: str | None, title_archive_no: str | None
) -> tuple[str, str]:
    """Return the field and the number asked for; raises ``ValueError`` unless there is one."""
    if bool(filing_contract_no) == bool(title_archive_no):
        raise ValueError("ask by the filed contract or by the deed file, one of them")
    if filing_contract_no:
        return "filing_contract_no", filing_contract_no.strip()
    return "title_archive_no", (title_archive_no or "").strip()
