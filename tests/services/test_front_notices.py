"""Notices of the front page: who writes them, for whom, and on which days they stand."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.errors import Invalid, NotAllowed
from app.domain.terms import Role
from app.models import Agency
from app.services.catalogue import front_notices
from tests.factories import NOON, actor_of, make_staff

TODAY = NOON.date()


def values(**more):
    said = {
        "title_zh": "国庆安排",
        "title_en": "Holiday",
        "text_zh": "放假",
        "text_en": "Closed",
    }
    return said | {"valid_from": TODAY, "valid_to": None} | more


@pytest.fixture
def eve(session):
    return actor_of(session, make_staff(session, "eve", Role.PACKAGE_EDITOR))


@pytest.fixture
def root(session):
    return actor_of(session, make_staff(session, "boss", Role.INSTALLATION_ADMIN))


def test_a_notice_stands_from_its_first_day_to_its_last(session, eve):
    def shown(day):
        return len(front_notices.shown_on(session, eve.agency_id, day))

    row = front_notices.write(session, None, values(valid_to=TODAY), actor=eve, now=NOON)
    a_day = dt.timedelta(days=1)

    assert [shown(TODAY - a_day), shown(TODAY), shown(TODAY + a_day)] == [0, 1, 0]
    assert row.agency_id == eve.agency_id
    with pytest.raises(Invalid) as refused:
        front_notices.write(session, row, values(valid_to=TODAY - a_day), actor=eve, now=NOON)
    assert refused.value.code == "days_turned"


def test_editors_write_for_their_own_office_and_the_administrator_for_all(session, eve, root):
    other = session.scalar(sa.select(Agency.id).where(Agency.id != eve.agency_id))
    for_all = front_notices.write(session, None, values(agency_id=None), actor=root, now=NOON)
    theirs = front_notices.write(session, None, values(agency_id=other), actor=root, now=NOON)

    for row, agency in ((None, other), (None, None), (for_all, eve.agency_id), (theirs, other)):
        with pytest.raises(NotAllowed):
            front_notices.write(session, row, values(agency_id=agency), actor=eve, now=NOON)
    assert front_notices.shown_on(session, eve.agency_id, TODAY) == [for_all]
    assert front_notices.shown_on(session, other, TODAY) == [theirs, for_all]
