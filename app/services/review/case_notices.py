"""Notices about a case, with the words of its agency and scheme filled in."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from app.domain.page_words import Words
from app.domain.terms import Status
from app.models import Application
from app.services import notices


def about_case(
    session: Session,
    event: str,
    case: Application,
    *,
    now: dt.datetime,
    once: str = "",
    **placeholders: Any,
) -> None:
    """Tell the applicant of a case; the same event of the same version, or ``once``, is told once."""
    agency = case.agency
    known: dict[str, Any] = {
        "application_no": case.number or "",
        "amount": f"{case.amount:,.2f}",
        "card_last4": case.payee_last_four,
        "reason_name": Words(case.reason.name_zh, case.reason.name_en),
        "hotline": agency.hotline,
        "status_label": status_words(case),
    }
    notices.notify(
        session,
        event,
        applicant=case.applicant,
        agency_id=case.agency_id,
        application=case,
        reference=f"{event}:{case.id}:{once or case.version}",
        now=now,
        **(known | placeholders),
    )


def status_words(case: Application) -> Words:
    """Return what the applicant is told of a case under review (房改办审核 / 后台审核)."""
    agency = case.agency
    if case.status is Status.APPROVED:
        return Words(f"{agency.office_word_zh}审核完成", "review finished")
    return Words(f"{agency.office_word_zh}审核", f"under review by {agency.office_word_en}")
