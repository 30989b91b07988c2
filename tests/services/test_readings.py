"""Reading is written down: who opened which page, once a person and page in a quarter of an hour."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.terms import Status
from app.models import AuditEvent
from app.services.privacy import readings
from tests.factories import NOON, make_application


def opened(session, actor, *, minutes=0, key="7"):
    """Open a page; tell whether it is written down."""
    now = NOON + dt.timedelta(minutes=minutes)
    due = readings.is_due(
        session, readings.OPENED, actor=actor, object_type="application", object_id=key, now=now
    )
    if due:
        readings.record_opened(
            session, actor=actor, now=now, object_type="application", object_id=key,
            agency_id=actor.agency_id, applicant_id=None,
        )  # fmt: skip
    return due


def test_a_page_is_written_down_once_a_person_and_quarter_of_an_hour(session, chen, dai):
    told = [
        opened(session, chen),
        opened(session, chen, minutes=14),
        opened(session, dai, minutes=14),
        opened(session, chen, minutes=14, key="8"),
        opened(session, chen, minutes=16),
    ]

    assert told == [True, False, True, True, True]


@pytest.mark.parametrize("address", ["/desk/case/{}/", "/applications/show/{}"])
def test_who_opens_a_case_can_be_told_by_its_applicant(browse, rows, people, address):
    with rows() as session:
        case = make_application(session, status=Status.SUBMITTED)
        key, applicant_id = case.id, case.applicant_id
    browser = browse("chen")

    for _ in range(2):
        browser.open(address.format(key))

    with rows() as session:
        [event] = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "opened"))
        assert (event.actor_name, event.object_type, event.object_id) == (
            people["chen"].name, "application", str(key),
        )  # fmt: skip
        assert event.applicant_id == applicant_id
        assert event.request_id
