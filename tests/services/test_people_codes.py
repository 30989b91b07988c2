"""Codes by text message: bound to their request, few tries, few minutes, used once."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.models import Notice, OneTimeCode
from app.services.people import code_pace, codes
from app.services.people.codes import Purpose
from tests.factories import NOON, find_agency, make_applicant

MOBILE = "13900001234"
SOMEBODY = Actor(None, "", frozenset(), address="10.0.0.1")


def send(session: Session, now: dt.datetime = NOON, mobile: str = MOBILE) -> tuple[str, str]:
    """Ask for a code and read it from the message."""
    token = codes.send_code(
        session,
        purpose=Purpose.REGISTER,
        mobile=mobile,
        agency_id=find_agency(session).id,
        actor=SOMEBODY,
        now=now,
    )
    reference = f"{codes.reference(token)}:sms"
    notice = session.scalars(sa.select(Notice).where(Notice.reference == reference)).one()
    return token, re.findall(r"\d{6}", notice.text_zh)[0]


def check(session: Session, token: str, code: str, **changes: object) -> str:
    """Try a code and return the name of the problem, empty when there is none."""
    asked = {"purpose": Purpose.REGISTER, "mobile_index": sealing.index_of(MOBILE), "now": NOON}
    problem = codes.check_code(session, token, code, **(asked | changes))
    return problem.code if problem else ""


@pytest.mark.both
def test_the_right_code_is_right_and_used_once(session):
    token, code = send(session)

    assert check(session, token, f" {code} ") == ""
    asked = {"purpose": Purpose.REGISTER, "mobile_index": sealing.index_of(MOBILE), "now": NOON}
    codes.use_code(session, token, code, **asked)

    assert check(session, token, code) == "code_used"
    with pytest.raises(Invalid, match="code_used"):
        codes.use_code(session, token, code, **asked)


def test_the_code_stands_nowhere_in_the_table(session):
    _, code = send(session)

    row = session.scalars(sa.select(OneTimeCode)).one()

    assert code not in row.code_hash
    assert MOBILE not in row.mobile_index


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"now": NOON + dt.timedelta(minutes=5)}, "code_expired"),
        ({"mobile_index": "0" * 32}, "code_wrong"),
        ({"purpose": Purpose.RECOVER}, "code_wrong"),
    ],
)
def test_a_code_is_for_its_minutes_mobile_and_purpose_only(session, changes, problem):
    token, code = send(session)

    assert check(session, token, code, **changes) == problem


def test_the_code_of_another_request_is_wrong(session):
    _, code = send(session)
    other, _ = send(session, now=NOON, mobile="13900004321")

    assert check(session, other, code) == "code_wrong"


def test_after_five_tries_the_right_code_is_of_no_use(session):
    token, code = send(session)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    tried = [check(session, token, wrong) for _ in range(5)]

    assert tried == ["code_wrong"] * 5
    assert check(session, token, code) == "code_tries"


def test_a_new_code_ends_the_one_before(session):
    first, code = send(session)

    send(session, now=NOON + dt.timedelta(seconds=60))

    assert check(session, first, code, now=NOON + dt.timedelta(seconds=61)) == "code_expired"


def test_a_code_can_be_asked_for_once_a_minute(session):
    send(session)

    with pytest.raises(Invalid) as early:
        send(session, now=NOON + dt.timedelta(seconds=20))

    assert (early.value.code, early.value.facts["seconds"]) == ("code_wait", 40)


def test_a_code_can_be_asked_for_five_times_an_hour_and_ten_times_a_day(session):
    def later(minutes: int) -> None:
        send(session, now=NOON + dt.timedelta(minutes=minutes))

    for minutes in range(5):
        later(minutes)
    with pytest.raises(Invalid, match="code_hour_limit"):
        later(30)
    for minutes in range(60, 65):
        later(minutes)
    with pytest.raises(Invalid, match="code_day_limit"):
        later(200)
    later(24 * 60 + 10)


def test_what_a_mobile_gets_in_all_is_limited_without_a_word(session):
    ana = make_applicant(session, mobile=MOBILE)
    for minutes in range(5):
        send(session, now=NOON + dt.timedelta(minutes=minutes))
    told = session.scalar(sa.select(sa.func.count(Notice.id)))

    token = codes.send_recovery_code(
        session, ana, ana.id_number, agency_id=find_agency(session).id, actor=SOMEBODY,
        now=NOON + dt.timedelta(minutes=6),
    )  # fmt: skip

    assert len(token) > 20
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == told


def test_strangers_cannot_use_up_what_the_owner_asks_for_after_the_password(session):
    for minutes in range(5):
        send(session, now=NOON + dt.timedelta(minutes=minutes))

    token = codes.send_code(
        session, purpose=Purpose.PROVE, mobile=MOBILE, agency_id=find_agency(session).id,
        actor=SOMEBODY, now=NOON + dt.timedelta(minutes=6),
    )  # fmt: skip

    reference = f"{codes.reference(token)}:sms"
    assert session.scalar(sa.select(Notice.id).where(Notice.reference == reference))


def test_the_limits_of_recovery_tell_nobody_whose_mobile_it_is(session):
    """Whoever asks for another's name learns nothing by asking for a mobile next."""
    ana = make_applicant(session, mobile=MOBILE)
    asked = {"agency_id": find_agency(session).id, "actor": SOMEBODY, "now": NOON}
    codes.send_recovery_code(session, ana, ana.id_number, **asked)

    send(session)
    codes.send_recovery_code(session, ana, MOBILE, **asked)
    with pytest.raises(Invalid, match="code_wait"):
        codes.send_recovery_code(session, ana, ana.id_number, **asked)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_addresses_that_one_household_changes_at_will_count_as_one(address, counted):
    assert code_pace.origin(address) == counted


@pytest.mark.whole
def test_one_address_cannot_send_codes_to_everybody(session):
    for number in range(100):
        send(session, mobile=f"137{number:08d}")

    with pytest.raises(Invalid, match="code_address_limit"):
        send(session, mobile="13800000000")


def test_an_unknown_name_gets_a_token_and_no_message(session):
    token = codes.send_recovery_code(
        session, None, "nobody", agency_id=find_agency(session).id, actor=SOMEBODY, now=NOON
    )

    assert len(token) > 20
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 0
