"""What the interface shows of accounts and applications: the same as the pages, masked alike."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from app.display.labels import applicant_label
from app.domain import masking, steps
from app.domain.materials import is_met
from app.domain.page_words import Page
from app.domain.terms import Status
from app.domain.workdays import local_date
from app.models import Account, Application
from app.services import applications, reference
from app.services.applying import circumstances, wizard
from app.services.applying.relations import may_show_money

OPEN_FOR_APPLICANT = (Status.DRAFT, Status.RETURNED)


def account(session: Session, row: Account, *, now: dt.datetime) -> dict[str, Any]:
    """Return an account with the reasons on offer and what bars each."""
    offered = applications.may_start(session, row, now=now)
    return {
        "id": row.id,
        "agency": row.agency.code,
        "scheme": row.scheme.code,
        "number": row.number,
        "state": row.state.value,
        "available": f"{row.available:.2f}",
        "held": f"{row.held:.2f}",
        "reasons": [
            {
                "code": reason.code,
                "name_zh": reason.name_zh,
                "name_en": reason.name_en,
                "kinds": list(reason.kinds),
                "closes_account": reason.closes_account.value,
                "barred_by": [problem.because for problem in problems],
            }
            for reason, problems in offered
        ],
    }


def summary(row: Application) -> dict[str, Any]:
    """Return an application as a list shows it."""
    return {
        "id": row.id,
        "number": row.number,
        "agency": row.agency.code,
        "scheme": row.scheme.code,
        "reason_code": row.reason_code,
        "kind": row.kind.value,
        "status": row.status.value,
        "label": str(applicant_label(row).word),
        "amount": f"{row.amount:.2f}" if may_show_money(row) else None,
        "submitted_at": row.submitted_at,
        "due_on": row.due_on,
        "pay_by": row.pay_by,
    }


def progress(session: Session, row: Application, *, now: dt.datetime) -> dict[str, Any]:
    """Return an application with everything its applicant may see of it."""
    pages = wizard.pages_of(session, row, now=now)
    going_on = row.status in OPEN_FOR_APPLICANT
    return summary(row) | {
        "pages": [page.value for page in pages],
        "next_page": _next_page(row, pages) if going_on else None,
        "calculation": list(row.calculation) if may_show_money(row) else [],
        "most": _most(session, row, now=now) if may_show_money(row) else None,
        "payee": masking.mask_card(row.payee_card) if row.payee_card else "",
        "house": row.house,
        "materials": _papers(session, row, now=now),
        "corrections": [
            {
                "code": item.code,
                "material_code": item.material_code,
                "text_zh": item.text_zh,
                "text_en": item.text_en,
            }
            for item in row.return_items
            if item.settled_at is None
        ],
        "history": [
            {"at": event.at, "action": event.action, "status": event.to_status.value}
            for event in row.events
            if event.public
        ],
    }


def _most(session: Session, row: Application, *, now: dt.datetime) -> str:
    return f"{circumstances.calculation(session, row, now=now).amount:.2f}"


def _next_page(row: Application, pages: tuple[Page, ...]) -> str:
    if row.status is Status.RETURNED:
        return pages[0].value
    return steps.furthest(pages, wizard.done(row)).value


def _papers(session: Session, row: Application, *, now: dt.datetime) -> list[dict[str, Any]]:
    on = local_date(now)
    types = reference.material_types(session, row.scheme_id, on)
    counts = circumstances.page_counts(row)
    shared = circumstances.shared_materials(row)
    return [
        {
            "code": needed.material_code,
            "name_zh": types[needed.material_code].name_zh,
            "name_en": types[needed.material_code].name_en,
            "need": needed.need.value,
            "origin": needed.origin.value,
            "pages": counts.get(needed.material_code, 0),
            "met": is_met(needed, counts, shared),
        }
        for needed in circumstances.needed_materials(session, row, on=on)
    ]
