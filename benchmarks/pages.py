"""Pages of staff and applicants at a size: list, deep page, search, show, wizard step."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.domain.terms import Role, Status
from app.extensions import db
from app.models import Application
from benchmarks.hall import signed_in, staff_with
from benchmarks.timing import Figure, timed


def measure(app: Flask, size: int) -> Iterator[Figure]:
    """Measure the pages of a reviewer and of an applicant."""
    with signed_in(app, staff_with(app, Role.FIRST_REVIEWER)) as reviewer:
        yield from of_staff(app, reviewer, size)
    with app.app_context():
        draft = db.session.scalar(
            sa.select(Application).where(Application.status == Status.DRAFT).limit(1)
        )
        user_id = draft.applicant.user_id if draft is not None else None
        address = f"/hall/apply/{draft.id}/" if draft is not None else ""
    if user_id is None:
        return
    with signed_in(app, user_id) as applicant:
        yield timed(f"my hall, {size:,}", lambda: opened(applicant, "/hall/"))
        yield timed(f"wizard step, {size:,}", lambda: opened(applicant, address))


def of_staff(app: Flask, reviewer: FlaskClient, size: int) -> Iterator[Figure]:
    """Measure the generated list of cases, the queue and a case."""
    with app.app_context():
        case = db.session.scalar(
            sa.select(Application)
            .where(Application.agency.has(code="anhui"), Application.number.is_not(None))
            .order_by(Application.id.desc())
            .limit(1)
        )
        assert case is not None
        number, case_id = case.number, case.id
    deep = max(1, size // 2 // 25 - 10)
    pages = {
        "list of cases": "/cases/list/",
        "deep page of cases": f"/cases/list/?page_CasesView={deep}",
        "search by number": f"/cases/list/?_flt_0_number={number}",
        "show a case": f"/cases/show/{case_id}",
        "queue": "/desk/queue/",
        "case page": f"/desk/case/{case_id}/",
        "dashboard": "/desk/",
    }
    for name, address in pages.items():
        yield timed(f"{name}, {size:,}", lambda address=address: opened(reviewer, address))


def opened(client: FlaskClient, address: str) -> None:
    """Open a page, following to where it leads; anything but a page is a fault."""
    answer = client.get(address, follow_redirects=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
