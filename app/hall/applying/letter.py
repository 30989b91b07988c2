"""The commitment letter with the names and sums of a case filled in (WF11)."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.display.formats import moment
from app.display.prose import prose
from app.display.words import localized
from app.domain import masking
from app.domain.workdays import local_date
from app.models import Application, Bank, Commitment, IdDocumentType
from app.services import reference
from app.services.applying import circumstances


def letter_in_force(session: Session, case: Application, *, now: dt.datetime) -> Commitment:
    """Return the letter that was signed, or the one to be signed now."""
    if case.signed_at is not None and case.commitment_id is not None:
        return session.get_one(Commitment, case.commitment_id)
    return reference.commitment(session, case.scheme_id, local_date(now))


def letter_text(session: Session, case: Application, *, now: dt.datetime) -> Markup:
    """Return the letter as it is read on the page, nothing left open."""
    letter = letter_in_force(session, case, now=now)
    words = dict(places(session, case, now=now), version=letter.version)
    return prose(localized(letter, "text"), words)


def places(session: Session, case: Application, *, now: dt.datetime) -> Mapping[str, str]:
    """Return what fills the places of the letter."""
    on = local_date(now)
    kind = session.scalar(
        sa.select(IdDocumentType).where(IdDocumentType.code == case.applicant.id_type)
    )
    bank = session.scalar(sa.select(Bank).where(Bank.code == case.payee_bank_code))
    settings = circumstances.settings(session, case, on=on)
    signed = case.signature if case.signed_at else None
    return {
        "office_name": localized(case.agency, "name"),
        "applicant_name": case.applicant.name,
        "id_document_type": localized(kind, "name") if kind else "",
        "id_number_masked": masking.mask_id(case.applicant.id_number),
        "scheme_name": localized(case.scheme, "name"),
        "reason_name": localized(case.reason, "name"),
        "bank_name": localized(bank, "short_name") if bank else "",
        "card_masked": masking.mask_card(case.payee_card) if case.payee_card else "",
        "refund_days": f"{settings.get('refund_days', 30):.0f}",
        "signed_at": moment(case.signed_at) if signed else gettext("when you tick it"),
        "signature_ref": str((signed or {}).get("reference", gettext("made when you tick it"))),
    }
