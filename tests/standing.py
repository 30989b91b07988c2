"""Accounts with a paid first withdrawal, and agreements on them, for tests."""

import datetime as dt
from decimal import Decimal

from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.domain.standing_orders import RULE
from app.jobs.payouts import run_payouts
from app.models import Account, Applicant, BankCard, StandingOrder
from app.services import reference
from app.services.standing_orders import agreeing, proof
from tests import paid_in
from tests.factories import NOON, make_account, make_applicant, make_card
from tests.money import PaperBank, make_approved
from tests.people import serial_numbers

DAY = dt.timedelta(days=1)
DAY_OF_MONTH = 15
WORKDAYS = 5


def next_month(moment: dt.datetime) -> dt.datetime:
    """Return the working day of the month after on which the agreements of tests are made."""
    day = (moment.replace(day=1) + 32 * DAY).replace(day=DAY_OF_MONTH)
    while day.weekday() >= WORKDAYS:
        day += DAY
    return day


def make_paid_before(
    session: Session,
    first: Actor,
    second: Actor,
    bank: PaperBank | None,
    *,
    holder: Applicant | None = None,
) -> Account:
    """Make an account with fifty yuan left; without a bank nothing was ever paid from it."""
    account = make_account(session, holder or make_applicant(session, "吴月秋"), 5000)
    make_card(session, account.applicant)
    if bank is not None:
        make_approved(session, first, second, account=account, reason="ZZZG", amount=4950)
        assert run_payouts(bank, now=NOON).paid == 1
        session.expire_all()
    return account


def make_agreement(
    session: Session, account: Account, *signers: Actor, reason_code: str = "ZZZG"
) -> StandingOrder:
    """Make an agreement to the holder's card, signed by these people, as of the test's noon."""
    letter = reference.commitment(session, account.scheme_id, NOON.date())
    card: BankCard = account.applicant.cards[0]
    order = StandingOrder(
        number=f"YD20261118{next(serial_numbers):06d}", agency_id=account.agency_id,
        scheme_id=account.scheme_id, account_id=account.id, applicant_id=account.applicant_id,
        reason_code=reason_code, rule=RULE, payee_name=account.applicant.name,
        payee_bank_code=card.bank_code, payee_last_four=card.last_four,
        day_of_month=DAY_OF_MONTH, starts_on=NOON.date(), ends_on=NOON.date() + 365 * DAY,
        commitment_id=letter.id, commitment_sha256=letter.sha256, signed_at=NOON,
    )  # fmt: skip
    order.payee_card = card.number
    session.add(order)
    session.commit()
    for signer in signers:
        seen = proof.terms_of(order).fingerprint()
        agreeing.sign(session, order, seen=seen, actor=signer, now=NOON)
    session.commit()
    return order


def contribute(session: Session, account: Account, amount: Decimal | int) -> None:
    """Post money paid in for a holder."""
    paid_in.pay_in(
        session, account, Decimal(amount), now=NOON, value_date=NOON.date(),
        reference=f"paid-in:{next(serial_numbers)}",
    )  # fmt: skip
    session.commit()
