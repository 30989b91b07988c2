"""Rows for tests, right by the rules of the fund unless a test says otherwise; all committed."""

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.domain.terms import Kind, Role, Status
from app.models import (
    Account,
    Applicant,
    Application,
    ImportBatch,
    PropertyRecord,
    Scheme,
    WithdrawalReason,
)
from app.services import ledger
from tests.people import (
    NOON,
    PASSWORD,
    SHANGHAI,
    Person,
    actor_of,
    change_roles,
    find_agency,
    make_applicant,
    make_card,
    make_card_number,
    make_id_number,
    make_mobile,
    make_people,
    make_staff,
    make_user,
    serial_numbers,
)

__all__ = [
    "NOON",
    "PASSWORD",
    "SHANGHAI",
    "Clock",
    "Person",
    "actor_of",
    "change_roles",
    "find_agency",
    "find_reason",
    "find_scheme",
    "make_account",
    "make_applicant",
    "make_application",
    "make_card",
    "make_card_number",
    "make_house",
    "make_id_number",
    "make_mobile",
    "make_people",
    "make_staff",
    "make_user",
]

KEYS = "k1:{0},index:{0}".format("YSBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXRlcyEhISE=")
DUE = dt.date(2026, 11, 23)
PREFIX = {"subsidy": "BT", "fund": "GJ"}
RENT = {"subsidy": "ZFFZ", "fund": "ZFTQ"}


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> dt.datetime:
        """Return the moment, in UTC as the real clock does."""
        return self.moment.astimezone(dt.UTC)

    def set(self, moment: dt.datetime) -> None:
        """Put the hands to a moment."""
        self.moment = moment

    def pass_by(self, **duration: float) -> None:
        """Let time go by: ``pass_by(days=3, hours=1)``."""
        self.moment += dt.timedelta(**duration)


def find_scheme(session: Session, code: str = "subsidy") -> Scheme:
    """Return a scheme of the packages: ``subsidy`` (Anhui) or ``fund`` (Liaoning)."""
    return session.scalars(sa.select(Scheme).where(Scheme.code == code)).one()


def find_reason(
    session: Session, code: str = "ZFFZ", scheme: str = "subsidy"
) -> WithdrawalReason:
    """Return a reason of a scheme by its code."""
    return session.scalars(
        sa.select(WithdrawalReason)
        .where(WithdrawalReason.scheme_id == find_scheme(session, scheme).id)
        .where(WithdrawalReason.code == code)
        .order_by(WithdrawalReason.valid_from.desc())
    ).first() or _unknown(f"no reason {code} in {scheme}")


def make_account(
    session: Session,
    applicant: Applicant,
    balance: Decimal | int = 100_000,
    *,
    scheme: str = "subsidy",
    **columns: Any,
) -> Account:
    """Make an account with an opening balance in yuan, posted to the ledger."""
    of = find_scheme(session, scheme)
    serial = next(serial_numbers)
    account = Account(
        applicant=applicant,
        agency_id=of.agency_id,
        scheme_id=of.id,
        number=f"{of.code[0].upper()}{serial:08d}",
        employer="合肥示例机械有限公司",
        opened_on=dt.date(2015, 3, 1),
        **columns,
    )
    session.add(account)
    session.flush()
    if balance:
        ledger.open_account(
            session,
            account,
            opening=Decimal(balance),
            actor=_importer(),
            now=NOON - dt.timedelta(days=400),
            reference=f"opening-{of.id}-{account.number}",
        )
        session.add(_brought(account, Decimal(balance)))
    session.commit()
    return account


def _brought(account: Account, balance: Decimal) -> ImportBatch:
    """Return the file that brought an account and its balance: an opening stands on one."""
    named = f"{account.scheme_id}-{account.number}"
    return ImportBatch(
        agency_id=account.agency_id, sha256=hashlib.sha256(named.encode()).hexdigest(),
        name=named, rows=1, total=balance, at=NOON - dt.timedelta(days=400),
    )  # fmt: skip


def make_application(
    session: Session,
    account: Account | None = None,
    *,
    status: Status = Status.DRAFT,
    reason: str = "",
    amount: Decimal | int = 5000,
    **columns: Any,
) -> Application:
    """Make a case that stands in a status, without the way there; money is not held.

    For a case with its history and holds, walk it there through the services.
    """
    account = account or make_account(session, make_applicant(session))
    scheme = session.get_one(Scheme, account.scheme_id)
    of = find_reason(session, reason or RENT[scheme.code], scheme.code)
    case = Application(**_plain_case(account, of, status, Decimal(amount)) | columns)
    case.payee_card = make_card_number(next(serial_numbers))
    case.payee_last_four = columns.get("payee_last_four", case.payee_card[-4:])
    case.mobile = account.applicant.mobile
    session.add(case)
    session.commit()
    return case


def _plain_case(
    account: Account, of: WithdrawalReason, status: Status, amount: Decimal
) -> dict[str, Any]:
    at = None if status is Status.DRAFT else NOON
    return {
        "agency_id": account.agency_id,
        "scheme_id": account.scheme_id,
        "applicant_id": account.applicant_id,
        "account_id": account.id,
        "reason_id": of.id,
        "reason_code": of.code,
        "amount": amount,
        "number": f"{PREFIX[account.scheme.code]}20261118{next(serial_numbers):06d}",
        "kind": Kind.FIRST,
        "status": status,
        "payee_name": account.applicant.name,
        "payee_bank_code": "CCB",
        "created_at": NOON,
        "updated_at": NOON,
        "amount_allowed": at and amount,
        "submitted_at": at,
        "due_on": at and DUE,
    }


def make_house(
    session: Session,
    number: str = "340199202600001",
    *,
    owner: tuple[str, str] = ("林知夏", "34019919900101011X"),
    **columns: Any,
) -> PropertyRecord:
    """Make a house of an owner (name and number) that is found by its filed contract number."""
    house_row = {
        "owners": [{"name": owner[0], "id_number": owner[1], "share": "1"}],
        "address": "合肥市示例区安居路1号",
        "use": "住宅",
        "total_price": "1200000.00",
        "down_payment": "400000.00",
        "filing_date": "2026-06-01",
        "filing_state": "已备案",
    }
    house = PropertyRecord(**{"filing_contract_no": number} | columns)
    house.house = house_row | {"filing_contract_no": number}
    session.add(house)
    session.commit()
    return house


def _importer() -> Actor:
    return Actor(user_id=None, name="import", roles=frozenset({Role.WORKER}))


def _unknown(why: str) -> Any:
    raise LookupError(why)
