"""What is known of a case: facts, settings, calculation, papers. Everything derived, nothing kept."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import derived, facts, materials
from app.domain.entitlement import Closing, Entitlement, available_balance, entitlement
from app.domain.materials import Missing, Needed
from app.domain.months import add_months
from app.domain.terms import Capacity, Kind, Need, Status
from app.domain.workdays import local_date
from app.models import Account, Application, MaterialPage, PaidHistory
from app.services import ledger, reference
from app.services.accounting import closings

TWO_SIDES = frozenset({"resident_id_card", "hmt_residence_permit", "foreign_pr_id_2023"})
"""Identity documents that are a card with two sides (EL17)."""

ENDLESS = Decimal("999999999.99")
"""Stands for a balance that is not to be told: more than any account holds."""


_OF_REASON = (
    Application.account_id == sa.bindparam("account_id"),
    Application.reason_code == sa.bindparam("reason"),
    Application.status == Status.PAID,
)
_OF_HOUSE = Application.house_key == sa.bindparam("house")
_LAST_PAID = (
    sa.select(Application)
    .where(*_OF_REASON, Application.id != sa.bindparam("case_id"))
    .order_by(Application.paid_at.desc())
    .limit(1)
)
_LAST_OF_HOUSE = _LAST_PAID.where(_OF_HOUSE)
_PAID_ON = sa.select(sa.func.max(Application.paid_at)).where(*_OF_REASON)
_PAID_ON_HOUSE = _PAID_ON.where(_OF_HOUSE)
_IMPORTED_ON = sa.select(sa.func.max(PaidHistory.paid_on)).where(
    PaidHistory.account_id == sa.bindparam("account_id"),
    PaidHistory.reason_code == sa.bindparam("reason"),
)
_IMPORTED_ON_HOUSE = _IMPORTED_ON.where(PaidHistory.house_key == sa.bindparam("house"))
"""What was paid before: asked for every calculation, so built once."""


def settings(session: Session, case: Application, *, on: dt.date) -> Mapping[str, Decimal]:
    """Return the fund's numbers in force for the case on a day."""
    return reference.settings_on(session, case.scheme_id, on)


def last_paid_case(session: Session, case: Application) -> Application | None:
    """Return the newest paid case on the same account and reason, and house if there is one."""
    asked = {"account_id": case.account_id, "reason": case.reason_code, "case_id": case.id}
    if case.house_key:
        return session.scalar(_LAST_OF_HOUSE, asked | {"house": case.house_key})
    return session.scalar(_LAST_PAID, asked)


def last_paid_on(
    session: Session, account: Account, reason_code: str, *, house_key: str = ""
) -> dt.date | None:
    """Return the day this reason was last paid from the account, imported payments included."""
    asked = {"account_id": account.id, "reason": reason_code}
    paid, imported = _PAID_ON, _IMPORTED_ON
    if house_key:
        asked["house"] = house_key
        paid, imported = _PAID_ON_HOUSE, _IMPORTED_ON_HOUSE
    here, before = session.scalar(paid, asked), session.scalar(imported, asked)
    days = [day for day in (local_date(here) if here else None, before) if day]
    return max(days, default=None)


def last_paid_by_reason(session: Session, account: Account) -> dict[str, dt.date]:
    """Return the day each reason was last paid from the account, imported payments included."""
    paid = session.execute(
        sa.select(Application.reason_code, sa.func.max(Application.paid_at))
        .where(Application.account_id == account.id, Application.status == Status.PAID)
        .group_by(Application.reason_code)
    )
    imported = session.execute(
        sa.select(PaidHistory.reason_code, sa.func.max(PaidHistory.paid_on))
        .where(PaidHistory.account_id == account.id)
        .group_by(PaidHistory.reason_code)
    )
    days = {code: local_date(at) for code, at in paid if at}
    for code, day in imported:
        days[code] = max(day, days.get(code, day))
    return days


def known(session: Session, case: Application, *, on: dt.date) -> dict[str, Any]:
    """Return every fact of the case: asked, looked up, derived; unknown ones are left out."""
    rows = reference.facts(session, case.scheme_id, on)
    gathered: dict[str, Any] = facts.from_json(rows, case.answers)
    if case.subtype:
        gathered["subtype"] = case.subtype
    gathered |= _registry(session, case)
    gathered |= _compared(session, case, on=on)
    return derived.with_derived(gathered, settings(session, case, on=on), on)


def _registry(session: Session, case: Application) -> dict[str, Any]:
    """Return what the property registry and the account say."""
    found: dict[str, Any] = {"sealed_since": case.account.sealed_on}
    if case.capacity is Capacity.SELF or case.relation_confirmed_at:
        found["balance"] = case.account.balance
    if case.house:
        for key in ("house_price", "down_payment"):
            if case.house.get(key) is not None:
                found[key] = Decimal(case.house[key])
        stated = Decimal(str(case.answers.get("withdrawn_for_house") or 0))
        found["withdrawn_for_house"] = max(stated, paid_for_house(session, case))
    return {key: value for key, value in found.items() if value is not None}


def _compared(session: Session, case: Application, *, on: dt.date) -> dict[str, Any]:
    """Return what changed since the last paid case, and what the hall checked by itself."""
    last = last_paid_case(session, case)
    found: dict[str, Any] = {
        "capacity": case.capacity.value,
        "id_document_two_sides": case.applicant.id_type in TWO_SIDES,
        "card_verified": case.card_check == "matched",
        "commitment_expired": _commitment_expired(session, case, last, on=on),
    }
    if last is not None:
        found["card_changed"] = case.payee_card_index != last.payee_card_index
        found["identity_changed"] = case.account.applicant.name != last.payee_name
    if case.kind is Kind.SUBSEQUENT and case.reason.amount_rule == "posted_subsidy_balance":
        since = last_paid_on(session, case.account, case.reason_code)
        found["posted_since_last"] = ledger.contributed_since(session, case.account, since)
    return found


def _commitment_expired(
    session: Session, case: Application, last: Application | None, *, on: dt.date
) -> bool:
    if last is None or last.signed_at is None:
        return True
    letter = reference.commitment(session, case.scheme_id, on)
    signed_on = local_date(last.signed_at)
    months = int(settings(session, case, on=on)["commitment_valid_months"])
    return last.commitment_id != letter.id or add_months(signed_on, months) < on


def paid_for_house(session: Session, case: Application) -> Decimal:
    """Return what this hall has paid for the house already, yuan, all applicants together."""
    if not case.house_key:
        return Decimal(0)
    paid = session.scalar(
        sa.select(sa.func.sum(Application.amount)).where(
            Application.agency_id == case.agency_id,
            Application.house_key == case.house_key,
            Application.status.in_((Status.PAID, Status.APPROVED, Status.PAYEE_FIX)),
            Application.id != case.id,
        )
    )
    return Decimal(paid or 0)


def calculation(
    session: Session, case: Application, *, now: dt.datetime, blind: bool = False
) -> Entitlement:
    """Return the most that may be taken in this case, with the lines that lead to it.

    ``blind`` leaves the account out: only what the rule itself allows.
    """
    on = local_date(now)
    account = case.account
    held_elsewhere = account.held - ledger.held_for(session, case)
    closing = None
    if case.kind is Kind.CLOSING:
        closing = Closing(interest=closings.interest_due(session, case, to=on))
    return entitlement(
        case.reason.amount_rule,
        available=ENDLESS
        if blind
        else available_balance(account.balance, account.frozen_amount, held_elsewhere),
        closing=closing,
        facts=known(session, case, on=on),
        settings=settings(session, case, on=on),
        balance=account.balance,
    )


def needed_materials(session: Session, case: Application, *, on: dt.date) -> list[Needed]:
    """Return the papers this case asks for on that day."""
    rows = reference.requirements(session, case.scheme_id, case.reason_code, on)
    wanted = materials.requirements_for(rows, case.reason_code, case.kind)
    needed = materials.required_materials(wanted, known(session, case, on=on), on)
    return [*needed, *_asked_by_return(session, case, needed, on=on)]


def _asked_by_return(
    session: Session, case: Application, needed: list[Needed], *, on: dt.date
) -> list[Needed]:
    """Return papers a reviewer asked for that the requirements do not name (Z1 by R13)."""
    codes = {row.material_code for row in needed}
    extra = {
        item.material_code
        for item in case.return_items
        if item.material_code and item.material_code not in codes
    }
    if not extra:
        return []
    types = reference.material_types(session, case.scheme_id, on)
    return [
        Needed(
            material_code=code,
            need=Need.REQUIRED,
            origin=types[code].origin,
            why="",
            alternative_group="",
            source="",
            min_files=types[code].min_files,
            max_files=types[code].max_files,
        )
        for code in sorted(extra)
        if code in types
    ]


def page_counts(case: Application) -> dict[str, int]:
    """Return how many pages of each paper are there."""
    counts: dict[str, int] = {}
    for material in case.materials:
        pages = [page for page in material.pages if page.removed_at is None]
        counts[material.material_code] = len(pages)
    return counts


def shared_materials(case: Application) -> frozenset[str]:
    """Return the papers that a registry's answer replaces (EL18)."""
    return frozenset(row.material_code for row in case.materials if row.source == "registry")


def missing(session: Session, case: Application, *, on: dt.date) -> list[Missing]:
    """Return every paper that is still missing, at once."""
    return materials.missing_materials(
        needed_materials(session, case, on=on),
        page_counts(case),
        shared_materials(case),
    )


def live_pages(case: Application) -> list[MaterialPage]:
    """Return the pages of the case in the order of its papers."""
    return [page for row in case.materials for page in row.pages if page.removed_at is None]
