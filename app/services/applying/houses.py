"""Looking a house up for a case: the registry's answer, bound to person and case (EL12-EL16)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import house as house_rules
from app.domain import lifecycle, policy
from app.domain.errors import IllegalMove, Invalid, ManyProblems, RuleBroken
from app.domain.house import BuyerStanding, HouseProblem, Outcome
from app.domain.identity import normalise, same_name
from app.domain.masking import mask_name
from app.domain.policy import Actor
from app.domain.terms import Status
from app.domain.workdays import local_date
from app.gateways.registry import Answer, House, PropertyRegistry
from app.models import Application
from app.services.applying import circumstances, wizard

LOOKUP_KEYS = ("filing_contract_no", "title_archive_no")
LONGEST_NUMBER = 64


def look_up(
    session: Session,
    application: Application,
    *,
    lookup_by: str,
    number: str,
    registry: PropertyRegistry,
    actor: Actor,
    now: dt.datetime,
) -> list[HouseProblem]:
    """Find a house by 备案合同号 or 房证新档案号, keep what is shown back (返显), return warnings.

    Raises ``Invalid`` for a number that cannot be one, ``ManyProblems`` with everything for
    which the house is refused; then nothing is kept. The caller commits.
    """
    policy.check_own(actor, applicant_id=application.applicant_id)
    if not wizard.may_change(session, application, "house", now=now):
        raise IllegalMove("the house is not open for change", code="not_open_for_you")
    key = _checked_number(application, lookup_by, number)
    answer = registry.look_up(**{lookup_by: key})
    problems = judge(session, application, key, answer, now=now)
    refused = [row for row in problems if _refuses(row)]
    if refused:
        raise ManyProblems([_told(row) for row in refused])
    assert answer.record is not None
    application.house_key = key
    application.house = echo(answer.record, lookup_by=lookup_by) | {
        "warnings": [row.because for row in problems],
        "looked_up_at": now.isoformat(),
    }
    application.answers = dict(application.answers) | {"lookup_by": lookup_by}
    return problems


def judge(
    session: Session,
    application: Application,
    key: str,
    answer: Answer,
    *,
    now: dt.datetime,
) -> list[HouseProblem]:
    """Return everything that stands between this house and a withdrawal."""
    on, record = local_date(now), answer.record
    found = house_rules.House(
        house_key=key,
        lookup=answer.result,
        dated=(record.registration_date or record.filing_date) if record else None,
        price=record.total_price if record else None,
        bound_to=_bound_to(session, application, key),
    )
    times, paid = _withdrawn(session, application, key)
    buyer = BuyerStanding(
        is_buyer=bool(record and _is_owner(application, record)),
        times_withdrawn=times,
        withdrawn_for_house=paid,
    )
    return house_rules.house_problems(
        found,
        buyer,
        circumstances.settings(session, application, on=on),
        on,
        max_times_per_house=application.reason.max_times_per_house,
    )


def echo(house: House, *, lookup_by: str) -> dict[str, Any]:
    """Return what the applicant is shown of a house: owners masked, sums as text (EL16)."""
    return {
        "lookup_by": lookup_by,
        "filing_contract_no": house.filing_contract_no,
        "title_archive_no": house.title_archive_no,
        "address": house.address,
        "use": house.use,
        "area": str(house.area) if house.area is not None else None,
        "seller": house.seller,
        "owners": [
            {"name": mask_name(owner.name), "share": str(owner.share)} for owner in house.owners
        ],
        "house_price": _text(house.total_price),
        "down_payment": _text(house.down_payment),
        "loan_bank": house.loan_bank,
        "loan_amount": _text(house.loan_amount),
        "payment_way": house.payment_way,
        "filing_date": _text(house.filing_date),
        "filing_state": house.filing_state,
        "title_no": house.title_no,
        "registration_date": _text(house.registration_date),
        "mortgaged": house.mortgaged,
    }


def _checked_number(application: Application, lookup_by: str, number: str) -> str:
    allowed = application.reason.lookup_keys or LOOKUP_KEYS
    if lookup_by not in allowed:
        raise Invalid(code="choice_invalid", field="lookup_by")
    key = normalise(number)
    if not key:
        raise Invalid(code="answer_missing", field="house_no")
    if len(key) > LONGEST_NUMBER:
        raise Invalid(code="text_too_long", field="house_no", most=LONGEST_NUMBER)
    return key


def _refuses(problem: HouseProblem) -> bool:
    """A house nobody knows cannot be calculated with; other doubts are for the reviewer."""
    return problem.outcome is not Outcome.MANUAL or problem.because == "house_not_found"


def _told(problem: HouseProblem) -> RuleBroken:
    return Invalid(
        code=problem.because,
        field="house_no",
        return_reason=problem.return_reason,
        **problem.facts,
    )


def _is_owner(application: Application, house: House) -> bool:
    """Tell whether the account's holder is among the buyers, by number and name."""
    holder = application.account.applicant
    return any(
        normalise(owner.id_number) == holder.id_number and same_name(owner.name, holder.name)
        for owner in house.owners
    )


def _bound_to(session: Session, application: Application, key: str) -> str | None:
    """Return another open case of another person that holds the house."""
    return session.scalar(
        sa.select(Application.number)
        .where(
            Application.house_key == key,
            Application.agency_id == application.agency_id,
            Application.applicant_id != application.applicant_id,
            Application.status.in_(lifecycle.OPEN),
        )
        .limit(1)
    )


def _withdrawn(session: Session, application: Application, key: str) -> tuple[int, Decimal]:
    """Return how often and how much was paid for the house from this account's agency."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.sum(Application.amount)).where(
            Application.house_key == key,
            Application.agency_id == application.agency_id,
            Application.status == Status.PAID,
        )
    ).one()
    return row[0], Decimal(row[1] or 0)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
