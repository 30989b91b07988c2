"""The receiving account of a case: checked at entry, sealed, remembered as the applicant's card."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain import cards
from app.domain.errors import Invalid, ManyProblems, RuleBroken
from app.domain.terms import Capacity
from app.gateways.cardcheck import CardCheck
from app.models import Applicant, Application, BankCard
from app.services import reference
from app.services.people import contact_changes, own_cards

KEPT_CARD = "*"
"""Stands for the number when only other things were typed: the card on file stays."""


@dataclass(frozen=True, slots=True)
class Payee:
    """A receiving account as typed; a number with stars keeps the one there is."""

    bank_code: str
    card_number: str


def check_payee_card(session: Session, application: Application, payee: Payee) -> Payee:
    """Return the account as it is kept, or raise ``ManyProblems``: of the bank and of the card.

    The bank must be one the reason allows (SB07), the card a debit card of that bank (CD01).
    A number with stars keeps the card that is on file.
    """
    allowed = {bank.code for bank in reference.banks_for(session, application.reason)}
    problems: list[RuleBroken] = []
    if not payee.bank_code:
        problems.append(Invalid(code="bank_missing", field="bank_code"))
    elif payee.bank_code not in allowed:
        problems.append(
            Invalid(code="bank_not_accepted", field="bank_code", bank_code=payee.bank_code)
        )
    number = payee.card_number.strip()
    try:
        if "*" in number:
            number = application.payee_card or ""
        if not number:
            raise Invalid(code="card_missing", field="bank_account_no")
        bank_code = None if problems else payee.bank_code
        checked = cards.check_card(number, bank_code=bank_code, bins=reference.bins(session))
    except Invalid as wrong:
        raise ManyProblems([*problems, wrong]) from wrong
    if problems:
        raise ManyProblems(problems)
    return Payee(payee.bank_code, checked.number)


def is_known(session: Session, application: Application, payee: Payee) -> bool:
    """Tell whether a checked account is on the case already, or among the applicant's cards."""
    return (
        application.payee_card_index == sealing.index_of(payee.card_number)
        or own_cards.find_card(session, application.applicant, payee.card_number) is not None
    )


def write_payee(
    session: Session,
    application: Application,
    payee: Payee,
    *,
    now: dt.datetime,
    card_check: CardCheck,
) -> None:
    """Write a checked account on the case and remember it as the applicant's card.

    Raises ``Invalid`` (card_not_own) when the bank says that the card is another's, and
    (payee_rests) for a new card soon after the mobile was changed at the counter.
    """
    holder = payee_of(application)
    unchanged = application.payee_card_index == sealing.index_of(payee.card_number)
    if not is_known(session, application, payee):
        contact_changes.check_payee_rest(application.applicant, now=now)
    if not unchanged or application.card_check == "unknown":
        match = card_check.check(
            holder.name,
            holder.id_number,
            payee.card_number,
            holder.mobile or "",
        )
        if match == "mismatch":
            raise Invalid(code="card_not_own", field="bank_account_no")
        application.card_check = str(match)
    application.payee_name = holder.name
    application.payee_bank_code = payee.bank_code
    if not unchanged:
        application.payee_card = payee.card_number
        application.payee_last_four = payee.card_number[-4:]
    if holder.id == application.applicant_id:
        remember_card(session, application, payee, now=now)


def payee_of(application: Application) -> Applicant:
    """Return whose card is paid: a proxy acts for the holder, anybody else for the own right."""
    if application.capacity is Capacity.PROXY:
        return application.account.applicant
    return application.applicant


def remember_card(
    session: Session, application: Application, payee: Payee, *, now: dt.datetime
) -> None:
    """Keep the card among the applicant's cards, the one used last first."""
    index = sealing.index_of(payee.card_number)
    card = session.scalar(
        sa.select(BankCard).where(
            BankCard.applicant_id == application.applicant_id,
            BankCard.number_index == index,
        )
    )
    if card is None:
        card = BankCard(
            applicant_id=application.applicant_id, last_four=payee.card_number[-4:],
            bank_code=payee.bank_code, created_at=now,
        )  # fmt: skip
        card.number = payee.card_number
        session.add(card)
    card.bank_code, card.in_use = payee.bank_code, True
    card.holder_check = application.card_check
