"""What the hall checked of a case by itself, for the reviewer: agreeing, to look at, wrong."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.domain.entitlement import Entitlement
from app.domain.terms import AccountState, Capacity, Status
from app.domain.workdays import local_date
from app.models import Application, Material, MaterialPage
from app.services.applying import circumstances

MOST_NAMED = 5


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``code`` names its words, ``facts`` fill them."""

    code: str
    state: State
    facts: dict[str, Any] = field(default_factory=dict)


def checks_of(
    session: Session, case: Application, entitled: Entitlement, *, now: dt.datetime
) -> list[Check]:
    """Return every check of a case, the doubtful ones first."""
    on = local_date(now)
    found = [
        _identity(case),
        *_relation(case),
        *_house(case),
        _card(case),
        _used_before(session, case),
        *_account(session, case, on=on),
        _amount(case, entitled),
        _papers(session, case, on=on),
        _letter(case),
    ]
    order = [State.BAD, State.LOOK, State.OK]
    return sorted(found, key=lambda check: order.index(check.state))


def _identity(case: Application) -> Check:
    person = case.applicant
    facts = {"how": person.verified_how, "at": person.verified_at}
    return Check("identity", State.OK if person.verified_at else State.LOOK, facts)


def _relation(case: Application) -> list[Check]:
    if case.capacity is Capacity.SELF:
        return []
    confirmed = case.relation_confirmed_at
    return [
        Check("relation", State.OK if confirmed else State.LOOK, {"capacity": case.capacity})
    ]


def _house(case: Application) -> list[Check]:
    house = case.house
    if not house:
        return []
    doubts = list(house.get("warnings") or ())
    if house.get("mortgaged"):
        doubts.append("house_mortgaged")
    looked_up = house.get("looked_up_at")
    return [
        Check("house", State.LOOK if doubts else State.OK, {"doubts": doubts, "at": looked_up})
    ]


def _card(case: Application) -> Check:
    states = {"matched": State.OK, "mismatch": State.BAD}
    return Check("card", states.get(case.card_check, State.LOOK), {"check": case.card_check})


def _used_before(session: Session, case: Application) -> Check:
    numbers = used_elsewhere(session, case)
    return Check("used", State.LOOK if numbers else State.OK, {"numbers": numbers})


def used_elsewhere(session: Session, case: Application) -> list[str]:
    """Return the numbers of other cases of the agency that handed in the same files (EL19)."""
    own, own_paper = aliased(MaterialPage), aliased(Material)
    hashes = (
        sa.select(own.source_sha256)
        .join(own_paper, own.material_id == own_paper.id)
        .where(own_paper.application_id == case.id, own.removed_at.is_(None))
    )
    return [
        number
        for number in session.scalars(
            sa.select(Application.number)
            .join(Material, Material.application_id == Application.id)
            .join(MaterialPage, MaterialPage.material_id == Material.id)
            .where(
                MaterialPage.source_sha256.in_(hashes),
                MaterialPage.agency_id == case.agency_id,
                Application.id != case.id,
                Application.number.is_not(None),
            )
            .distinct()
            .limit(MOST_NAMED)
        )
        if number
    ]


def _account(session: Session, case: Application, *, on: dt.date) -> list[Check]:
    account = case.account
    normal = account.state in (AccountState.NORMAL, AccountState.SEALED)
    banned = account.ban_until is not None and account.ban_until > on
    others = list(
        session.scalars(
            sa.select(Application.number).where(
                Application.account_id == account.id,
                Application.id != case.id,
                Application.status.in_((Status.APPROVED, Status.PAYEE_FIX, Status.SUBMITTED)),
            )
        )
    )
    return [
        Check("state", State.OK if normal else State.BAD, {"state": account.state}),
        Check(
            "ban",
            State.BAD if banned else State.OK,
            {"until": account.ban_until if banned else None},
        ),
        Check(
            "frozen",
            State.LOOK if account.frozen_amount or others else State.OK,
            {"amount": account.frozen_amount, "order": account.freeze_order, "numbers": others},
        ),
    ]


def _amount(case: Application, entitled: Entitlement) -> Check:
    facts = {"asked": case.amount, "allowed": entitled.amount}
    if entitled.unknown:
        return Check("amount_unknown", State.LOOK, {"keys": entitled.unknown})
    over = case.amount - case.interest > entitled.amount > Decimal(-1)
    return Check("amount", State.BAD if over else State.OK, facts)


def _papers(session: Session, case: Application, *, on: dt.date) -> Check:
    missing = circumstances.missing(session, case, on=on)
    codes = [code for paper in missing for code in paper.codes]
    blurred = [
        page.material.material_code
        for page in circumstances.live_pages(case)
        if page.quality.get("warnings")
    ]
    doubtful = bool(codes or blurred)
    return Check(
        "papers", State.LOOK if doubtful else State.OK, {"missing": codes, "unclear": blurred}
    )


def _letter(case: Application) -> Check:
    signature = case.signature or {}
    return Check(
        "letter",
        State.OK if case.signed_at else State.LOOK,
        {"version": signature.get("version", ""), "at": case.signed_at},
    )
