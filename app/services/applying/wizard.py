"""The pages of an application: which there are, what was answered, what is still open."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import facts as fact_rules
from app.domain import materials, steps
from app.domain.entitlement import Entitlement
from app.domain.errors import Invalid, RuleBroken
from app.domain.facts import FactRow
from app.domain.page_words import Flow, Page
from app.domain.steps import Reopened, ToCorrect
from app.domain.terms import Capacity, Origin, Status
from app.domain.workdays import local_date
from app.models import Application, BankCard
from app.services import reference
from app.services.applying import circumstances

OF_THE_FAMILY = frozenset({"spouse_applies", "family_applies"})
"""Questions that fall away where only the holder may withdraw."""


def flow_of(application: Application) -> Flow:
    """Return which of the two ways through the hall the case takes."""
    return Flow(application.scheme.flow)


def uses(session: Session, application: Application, *, on: dt.date) -> frozenset[str]:
    """Return what questions serve in this case: its reason and the conditions of its papers."""
    rows = reference.requirements(session, application.scheme_id, application.reason_code, on)
    wanted = materials.requirements_for(rows, application.reason_code, application.kind)
    keys = {row.condition_key for row in wanted if row.condition_key}
    return frozenset({application.reason_code, *keys})


def questions(session: Session, application: Application, *, on: dt.date) -> list[FactRow]:
    """Return everything the applicant is asked in this case, in order."""
    alone = circumstances.settings(session, application, on=on).get("family_may_apply") == 0
    return fact_rules.asked_for(
        [
            row
            for row in reference.facts(session, application.scheme_id, on)
            if not (alone and row.key in OF_THE_FAMILY)
        ],
        reason_code=application.reason_code,
        kind=application.kind,
        subtype=application.subtype or None,
        amount_rule=application.reason.amount_rule,
        condition_keys=uses(session, application, on=on),
        registry_silent=_silent(application),
    )


def _silent(application: Application) -> frozenset[str]:
    """Return what the registry leaves open of a house it knows: that is asked."""
    house = application.house
    return frozenset({"house_price"} if house and house.get("house_price") is None else ())


def asks_house(application: Application) -> bool:
    """Tell whether the case looks a house up."""
    return application.reason.needs_property_lookup


def questions_on(
    session: Session, application: Application, page: Page, *, on: dt.date
) -> list[FactRow]:
    """Return the questions that a page asks."""
    asked = [row for row in questions(session, application, on=on) if row.key != "lookup_by"]
    if page in (Page.BASIC, Page.CONFIRM, Page.FACTS):
        return asked
    return asked if page is Page.HOUSE else []


def pages_of(
    session: Session, application: Application, *, now: dt.datetime
) -> tuple[Page, ...]:
    """Return the pages of the case in order; a returned one has only what was reopened."""
    order = full_order(session, application, now=now)
    if application.status is Status.RETURNED:
        return reopened(session, application, now=now).pages
    return order


def full_order(
    session: Session, application: Application, *, now: dt.datetime
) -> tuple[Page, ...]:
    """Return the pages of the case as if nothing had been returned."""
    on = local_date(now)
    needed = circumstances.needed_materials(session, application, on=on)
    shared = circumstances.shared_materials(application)
    return steps.pages(
        flow_of(application),
        application.kind,
        asks_house=asks_house(application),
        asks_facts=bool(questions(session, application, on=on)),
        has_upload=any(
            row.origin is Origin.UPLOAD and row.material_code not in shared for row in needed
        ),
    )


def reopened(session: Session, application: Application, *, now: dt.datetime) -> Reopened:
    """Return what a returned case opens for correction, and nothing else (WF04)."""
    return reopened_in(application, full_order(session, application, now=now))


def reopened_in(application: Application, order: Sequence[Page]) -> Reopened:
    """Return what the last return opens of the pages of the case."""
    last = max((item.round for item in application.return_items), default=0)
    items = [
        ToCorrect(frozenset(item.return_reason.reopens), item.material_code)
        for item in application.return_items
        if item.round == last
    ]
    return steps.reopened_pages(flow_of(application), order, items)


def may_change(
    session: Session, application: Application, part: str, *, now: dt.datetime
) -> bool:
    """Tell whether a part (payee, house, reason, amount, profile, materials) is open now."""
    if application.status is Status.DRAFT:
        return True
    if application.status is not Status.RETURNED:
        return False
    return part in reopened(session, application, now=now).parts


def done(application: Application) -> tuple[Page, ...]:
    """Return the pages that were answered."""
    return tuple(Page(page) for page in application.pages_done if page in set(Page))


def mark_done(application: Application, page: Page) -> None:
    """Remember that a page was answered."""
    if page.value not in application.pages_done:
        application.pages_done = (*application.pages_done, page.value)


def ask_to_sign_again(application: Application) -> None:
    """Let a draft's letter be signed anew: what stands in it was changed."""
    if application.status is Status.DRAFT:
        application.signed_at = None
        application.pages_done = tuple(
            page for page in application.pages_done if page != Page.COMMITMENT
        )


def is_signed(session: Session, application: Application, *, on: dt.date) -> bool:
    """Tell whether the letter is signed; a draft needs the one in force."""
    if application.signed_at is None or application.status is not Status.DRAFT:
        return application.signed_at is not None
    return (
        application.commitment_id == reference.commitment(session, application.scheme_id, on).id
    )


def unanswered(
    session: Session, application: Application, *, now: dt.datetime
) -> list[RuleBroken]:
    """Return a problem for each page before the last that was not answered."""
    order = full_order(session, application, now=now)
    open_pages = [page for page in order[:-1] if page not in done(application)]
    return [Invalid(code="page_open", field=f"page-{page}", page=page) for page in open_pages]


def prefill(session: Session, application: Application) -> None:
    """Begin with what is known: the registered mobile and the card used last."""
    applicant = application.applicant
    if applicant.mobile:
        application.mobile = applicant.mobile
        application.mobile_last_four = applicant.mobile[-4:]
    if application.capacity is Capacity.PROXY:
        return
    card = session.scalar(
        sa.select(BankCard)
        .where(BankCard.applicant_id == applicant.id, BankCard.in_use)
        .order_by(BankCard.id.desc())
        .limit(1)
    )
    allowed = {bank.code for bank in reference.banks_for(session, application.reason)}
    if card is not None and card.bank_code in allowed:
        application.payee_card = card.number
        application.payee_bank_code = card.bank_code
        application.payee_last_four = card.last_four
        application.card_check = card.holder_check


def sign(
    session: Session,
    application: Application,
    *,
    now: dt.datetime,
    traces: Mapping[str, Any],
) -> None:
    """Sign the commitment letter in force: version, hash, time and traces are kept (WF10)."""
    letter = reference.commitment(session, application.scheme_id, local_date(now))
    application.commitment_id = letter.id
    application.commitment_sha256 = letter.sha256
    application.signed_at = now
    stamp = f"{letter.sha256}|{application.id}|{application.applicant_id}|{now.isoformat()}"
    application.signature = dict(traces) | {
        "reference": hashlib.sha256(stamp.encode()).hexdigest()[:16].upper(),
        "version": letter.version,
    }


def kept_lines(entitled: Entitlement) -> list[dict[str, str]]:
    """Return the calculation as the case keeps it."""
    return [
        {
            "label": line.label_key,
            "amount": str(line.amount),
            "sign": line.sign.value,
            "source": line.source.value,
        }
        for line in entitled.lines
    ]
