"""Pages of staff and applicants at a size: list, deep page, search, show, wizard step."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import current
from app.domain.policy import Actor
from app.domain.terms import Role
from app.extensions import db
from app.models import Account, Applicant, Application
from app.services import applications
from app.transaction import transaction
from benchmarks.hall import signed_in, staff_with
from benchmarks.timing import Figure, timed


def measure(app: Flask, size: int) -> Iterator[Figure]:
    """Measure the pages of a reviewer and of an applicant."""
    with signed_in(app, staff_with(app, Role.FIRST_REVIEWER)) as reviewer:
        yield from of_staff(app, reviewer, size)
    user_id, case_id = started_case(app)
    with signed_in(app, user_id) as applicant:
        yield timed(f"my hall, {size:,}", lambda: opened(applicant, "/hall/"))
        step = f"/hall/apply/{case_id}/basic/"
        yield timed(f"wizard step, {size:,}", lambda: opened(applicant, step))


def started_case(app: Flask) -> tuple[int, int]:
    """Return a registered holder's user and the draft of a rent withdrawal of hers."""
    with app.app_context(), transaction() as session:
        account = session.scalars(
            sa.select(Account).where(
                Account.applicant.has(Applicant.user_id.is_not(None)),
                Account.scheme.has(code="subsidy"),
            )
        ).first()
        assert account is not None
        assert account.applicant.user_id is not None
        holder = Actor(
            user_id=account.applicant.user_id, name=account.applicant.name,
            roles=frozenset({Role.APPLICANT}), applicant_id=account.applicant_id,
        )  # fmt: skip
        case = applications.start(
            session, account, reason_code="ZFFZ", actor=holder, now=current.now()
        )
        return account.applicant.user_id, case.id


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
        "list of cases": "/applications/list/",
        "deep page of cases": f"/applications/list/?page_CaseScreen={deep}",
        "search by number": f"/applications/list/?_flt_0_number={number}",
        "show a case": f"/applications/show/{case_id}",
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
