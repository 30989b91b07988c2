"""Many processes ask for codes at the same moment: no limit is passed, no code serves twice."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app import sealing
from app.domain.policy import Actor
from app.models import Notice, OneTimeCode
from app.services.notices import CODE_EVENT
from app.services.people import codes
from tests.bars import FULL
from tests.factories import NOON, find_agency

REQUESTS, WORKERS, ADDRESSES, MOBILES = (1000, 4, 50, 20) if FULL else (48, 2, 12, 4)
RULES = {"code_again_seconds": 0, "codes_an_hour": 5}
FROM_ONE = 100 if FULL else 20
MOBILE = "13900001234"


def shared_out(asked: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Give every worker its part, so that all come to the same mobiles at the same time."""
    return [asked[number::WORKERS] for number in range(WORKERS)]


def sent(session) -> dict[str, int]:
    """Return how many messages each mobile was sent."""
    session.rollback()
    rows = session.scalars(sa.select(Notice).where(Notice.event == CODE_EVENT)).all()
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.mobile] = counts.get(row.mobile, 0) + 1
    return counts


@pytest.mark.bar(17)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 180)
def test_one_address_sends_as_many_as_it_may_and_not_one_more(
    kind, app, session, payer, record_property
):
    asked = [(f"137{number:08d}", "192.0.2.7") for number in range(REQUESTS)]

    told = payer.work_for(app).codes(
        shared_out(asked), NOON, **RULES, codes_an_hour_and_address=FROM_ONE
    )

    assert told == [0] * WORKERS
    record_property("number", f"{REQUESTS} requests of 1 address, {FROM_ONE} sent")
    assert sum(sent(session).values()) == FROM_ONE


@pytest.mark.bar(17)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 180)
def test_a_mobile_gets_as_many_as_it_may_from_however_many_addresses(
    kind, app, session, payer, record_property
):
    asked = [
        (f"1370000{number % MOBILES:04d}", f"192.0.2.{number % ADDRESSES}")
        for number in range(REQUESTS)
    ]

    told = payer.work_for(app).codes(shared_out(asked), NOON, **RULES)

    assert told == [0] * WORKERS
    record_property(
        "number", f"{REQUESTS} requests of {ADDRESSES} addresses, {5 * MOBILES} sent"
    )
    assert [*sent(session).values()] == [5] * MOBILES


@pytest.mark.bar(17)
@pytest.mark.both
@pytest.mark.timeout(180)
def test_a_code_is_tried_five_times_and_used_once_by_however_many(
    kind, app, session, payer, record_property
):
    now = NOON + dt.timedelta(minutes=1)
    token = codes.send_code(
        session, purpose=codes.Purpose.REGISTER, mobile=MOBILE, now=now,
        agency_id=find_agency(session).id, actor=Actor(None, "", frozenset()),
    )  # fmt: skip
    session.commit()
    [notice] = session.scalars(sa.select(Notice)).all()
    code = re.findall(r"\d{6}", notice.text_zh)[0]

    told = payer.work_for(app).tries(token, code, MOBILE, now, WORKERS)

    session.rollback()
    [row] = session.scalars(sa.select(OneTimeCode)).all()
    assert row.mobile_index == sealing.index_of(MOBILE)
    record_property("number", f"{10 * WORKERS} tries at once, used {sum(told)} time")
    assert sum(told) == 1
    assert row.tries <= 5
