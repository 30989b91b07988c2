"""The user agreement: which version a person agreed to, when, and whether a newer one is out."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.models import Agency, AgreementConsent, Applicant
from app.services import audit


def agree(
    session: Session, applicant: Applicant, agency: Agency, *, actor: Actor, now: dt.datetime
) -> None:
    """Keep that a person agreed to the text as it stands now; once a version."""
    applicant.agreement_version, applicant.agreement_at = agency.agreement_version, now
    if _has_agreed(session, applicant.id, agency):
        return
    digest = text_hash(agency)
    session.add(
        AgreementConsent(
            applicant_id=applicant.id, agency_id=agency.id, version=agency.agreement_version,
            text_sha256=digest, at=now, address=actor.address,
        )
    )  # fmt: skip
    session.flush()
    audit.record(
        session, "agreed", actor=actor, now=now, object_type="agency", object_id=agency.id,
        agency_id=agency.id, applicant_id=applicant.id, version=agency.agreement_version,
        text=digest,
    )  # fmt: skip


def pending(session: Session, applicant_id: int) -> Sequence[Agency]:
    """Return the agencies whose agreement has a version that the person has not agreed to.

    Asked are those the person once agreed with; nobody is asked for an agency never used.
    """
    used = sa.select(AgreementConsent.agency_id).where(
        AgreementConsent.applicant_id == applicant_id
    )
    present = sa.exists().where(
        AgreementConsent.applicant_id == applicant_id,
        AgreementConsent.agency_id == Agency.id,
        AgreementConsent.version == Agency.agreement_version,
    )
    return session.scalars(
        sa.select(Agency).where(Agency.id.in_(used), ~present).order_by(Agency.id)
    ).all()


def text_hash(agency: Agency) -> str:
    """Return the SHA-256 of the agreement in both languages: what exactly was agreed to."""
    return hashlib.sha256(f"{agency.agreement_zh}\0{agency.agreement_en}".encode()).hexdigest()


def _has_agreed(session: Session, applicant_id: int, agency: Agency) -> bool:
    return (
        session.scalar(
            sa.select(AgreementConsent.id).where(
                AgreementConsent.applicant_id == applicant_id,
                AgreementConsent.agency_id == agency.id,
                AgreementConsent.version == agency.agreement_version,
            )
        )
        is not None
    )
