"""What people change of themselves: mobile and address."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity
from app.domain.errors import Invalid
from app.domain.page_words import Words
from app.domain.policy import Actor
from app.models import Agency, Applicant
from app.services import audit, notices
from app.services.entry import proofs
from app.services.people import codes

MOBILE = Words("手机号码", "mobile")
ADDRESS = Words("联系地址", "address")
ADDRESS_MAXIMUM = 100


def change_mobile(
    session: Session,
    applicant: Applicant,
    mobile: str,
    token: str,
    code: str,
    *,
    agency: Agency,
    actor: Actor,
    now: dt.datetime,
    code_problem: Invalid | None = None,
) -> None:
    """Take a new mobile that the person proved to hold; the old one is told.

    Raises ``Invalid`` (mobile_format, mobile_taken and those of codes).
    """
    number = identity.check_mobile(mobile)
    if code_problem is not None:
        raise code_problem
    proofs.check(actor, now=now, sms=True)
    index = sealing.index_of(number)
    codes.use_code(
        session, token, code, purpose=codes.Purpose.CHANGE_MOBILE, mobile_index=index, now=now
    )
    holder = session.scalar(sa.select(Applicant.id).where(Applicant.mobile_index == index))
    if holder is not None and holder != applicant.id:
        raise Invalid(field="mobile", code="mobile_taken")
    old, applicant.mobile = applicant.mobile, number
    _tell_change(session, applicant, agency, MOBILE, actor=actor, now=now, mobile=old)


def update_address(
    session: Session,
    applicant: Applicant,
    address: str,
    *,
    agency: Agency,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Keep another address, or none; raise ``Invalid`` (address_long)."""
    tidy = " ".join(address.split())
    if len(tidy) > ADDRESS_MAXIMUM:
        raise Invalid(field="address", code="address_long", maximum=ADDRESS_MAXIMUM)
    if tidy != (applicant.address or ""):
        applicant.address = tidy or None
        _tell_change(session, applicant, agency, ADDRESS, actor=actor, now=now)


def _tell_change(
    session: Session, applicant: Applicant, agency: Agency, what: Words, *, actor: Actor,
    now: dt.datetime, mobile: str | None = None,
) -> None:  # fmt: skip
    event = audit.record(
        session, "profile_changed", actor=actor, now=now, object_type="applicant",
        object_id=applicant.id, agency_id=agency.id, applicant_id=applicant.id, what=what.en,
    )  # fmt: skip
    notices.notify(
        session, "profile_changed", applicant=applicant, agency_id=agency.id, now=now,
        reference=f"profile_changed:{event.id}", field_name=what, time=now,
        hotline=agency.hotline, mobile=mobile,
    )  # fmt: skip
