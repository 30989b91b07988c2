"""Receiving accounts that people state as their own (本人银行卡)."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain import cards
from app.domain.errors import Invalid, NotAllowed
from app.domain.page_words import Words
from app.domain.policy import Actor
from app.models import Agency, Applicant, Bank, BankBin, BankCard
from app.services import audit, notices
from app.services.entry import proofs
from app.services.people import contact_changes

CLASSES = ("I", "II", "III")


def add_card(
    session: Session,
    applicant: Applicant,
    number: str,
    bank_code: str,
    *,
    agency: Agency,
    actor: Actor,
    now: dt.datetime,
    card_class: str = "I",
    holder_check: str = "unknown",
) -> BankCard:
    """Keep a card of the applicant; the same card again is the same row.

    The prefix gives the bank; ``bank_code`` is what the person chose, empty when nothing was.
    Raises ``Invalid``: those of ``cards.check_card``, card_bank_missing, card_class_unknown,
    card_not_own when the bank says that it is somebody else's, payee_rests soon after the
    mobile was changed at the counter.
    """
    checked = cards.check_card(
        number, bank_code=bank_code or None, bins=bins_for(session, number)
    )
    code = checked.bank_code or bank_code
    bank = session.scalar(sa.select(Bank).where(Bank.code == code))
    if bank is None:
        raise Invalid(field="bank_code", code="card_bank_missing")
    if card_class not in CLASSES:
        raise Invalid(field="card_class", code="card_class_unknown")
    if holder_check == "mismatch":
        raise Invalid(field="bank_account_no", code="card_not_own")
    card = find_card(session, applicant, checked.number)
    if card is None:
        contact_changes.check_payee_rest(applicant, now=now)
    proofs.check(actor, now=now, sms=True)
    card = card or _fresh(session, applicant, checked.number, code, now=now)
    card.in_use, card.card_class, card.holder_check = True, card_class, holder_check
    session.flush()
    _tell(session, applicant, card, bank, agency=agency, actor=actor, now=now)
    return card


def find_card(session: Session, applicant: Applicant, number: str) -> BankCard | None:
    """Return a person's card, in use or not, by its number."""
    return session.scalar(
        sa.select(BankCard).where(
            BankCard.applicant_id == applicant.id,
            BankCard.number_index == sealing.index_of(number),
        )
    )


def _fresh(
    session: Session, applicant: Applicant, number: str, bank_code: str, *, now: dt.datetime
) -> BankCard:
    card = BankCard(
        applicant_id=applicant.id, created_at=now, bank_code=bank_code, last_four=number[-4:]
    )
    card.number = number
    session.add(card)
    return card


def remove_card(
    session: Session, applicant: Applicant, card_id: int, *, actor: Actor, now: dt.datetime
) -> None:
    """Stop using a card; cases that name it keep it. Raises ``NotAllowed`` (not_found)."""
    card = session.get(BankCard, card_id)
    if card is None or card.applicant_id != applicant.id:
        raise NotAllowed("no such card", code="not_found")
    card.in_use = False
    audit.record(
        session, "card_removed", actor=actor, now=now, object_type="bank_card",
        object_id=card.id, applicant_id=applicant.id, last_four=card.last_four,
    )  # fmt: skip


def bins_for(session: Session, number: str) -> cards.BinTable:
    """Return the prefixes that this number begins with."""
    kept = cards.normalise(number)
    prefixes = [kept[:length] for length in range(2, 13)]
    rows = session.scalars(sa.select(BankBin).where(BankBin.prefix.in_(prefixes)))
    return cards.BinTable(
        cards.Bin(row.prefix, row.card_length, row.bank_code, row.card_kind) for row in rows
    )


def _tell(
    session: Session,
    applicant: Applicant,
    card: BankCard,
    bank: Bank,
    *,
    agency: Agency,
    actor: Actor,
    now: dt.datetime,
) -> None:
    event = audit.record(
        session, "card_changed", actor=actor, now=now, object_type="bank_card",
        object_id=card.id, applicant_id=applicant.id, last_four=card.last_four,
    )  # fmt: skip
    notices.notify(
        session, "bank_card_changed", applicant=applicant, agency_id=agency.id, now=now,
        reference=f"bank_card_changed:{event.id}",
        bank_name=Words(bank.short_name_zh, bank.short_name_en), card_last4=card.last_four,
        hotline=agency.hotline,
    )  # fmt: skip
