"""Log-in, locks, devices and recovered passwords."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import ManyProblems, NotAllowed
from app.domain.terms import Role
from app.models import Applicant, AuditEvent, LoginFailure, LoginSession, Notice
from app.services.entry import known_devices, own_password, sessions, signin
from app.services.people import codes
from app.services.people.codes import Purpose
from app.services.people.people_rules import PeopleRules
from app.services.staff import staffing
from tests.factories import NOON, PASSWORD, find_agency, make_applicant, make_id_number
from tests.services.test_people_codes import SOMEBODY

RULES = PeopleRules(hash_method="pbkdf2:sha256:1")
HOME = "10.0.0.1"
NEW = "eleven quiet otters"


def enter(session: Session, login: str, password: str = PASSWORD, **more: object):
    """Try to log in, with a picture code answered where one is asked."""
    now, address = more.pop("now", NOON), more.pop("address", HOME)
    asked = {"picture_right": True, "rules": RULES} | more
    tried = signin.begin(session, login, now=now, address=address, **asked)
    right = signin.is_right(tried, password)
    return signin.end(session, tried, right=right, now=now, address=address)


@pytest.mark.both
def test_mobile_and_document_number_lead_to_the_same_person(session):
    ana = make_applicant(session)

    by_mobile = enter(session, ana.mobile)
    by_number = enter(session, f" {ana.id_number.lower()} ")

    assert by_mobile.id == by_number.id == ana.user_id
    assert by_mobile.login_count == 2


def test_the_username_of_an_applicant_is_no_way_in(session):
    ana = make_applicant(session)

    assert enter(session, ana.user.username) is None


def test_staff_come_in_by_their_name(session):
    member = staffing.create_staff(
        session,
        agency=find_agency(session),
        username="wang",
        name="王五",
        id_number=make_id_number(),
        roles=[Role.PAYER],
        password=PASSWORD,
        now=NOON,
        rules=RULES,
    )

    assert enter(session, "wang").id == member.user_id
    assert member.id_number_index is not None


def test_five_wrong_tries_lock_the_name_at_that_address_only(session):
    ana = make_applicant(session)
    for _ in range(5):
        assert enter(session, ana.mobile, "wrong") is None

    with pytest.raises(NotAllowed, match="too many") as locked:
        enter(session, ana.mobile)
    assert (locked.value.code, locked.value.facts["minutes"]) == ("login_locked", 15)
    assert enter(session, ana.mobile, address="10.0.0.2") is not None
    session.rollback()


def test_the_lock_opens_after_fifteen_minutes(session):
    ana = make_applicant(session)
    for _ in range(5):
        enter(session, ana.mobile, "wrong")

    assert enter(session, ana.mobile, now=NOON + dt.timedelta(minutes=15)) is not None


def test_unknown_names_are_locked_like_known_ones(session):
    for _ in range(5):
        assert enter(session, "13012345678") is None

    with pytest.raises(NotAllowed):
        enter(session, "13012345678")


@pytest.mark.whole
def test_an_address_that_tries_many_names_is_locked(session):
    for number in range(100):
        enter(session, f"138{number:08d}", "wrong")

    with pytest.raises(NotAllowed):
        enter(session, make_applicant(session).mobile)


def test_an_inactive_user_stays_outside(session):
    ana = make_applicant(session)
    ana.user.active = False

    assert enter(session, ana.mobile) is None


def test_log_ins_and_failures_are_recorded_without_the_typed_name(session):
    ana = make_applicant(session)
    enter(session, ana.mobile, "wrong")
    enter(session, ana.mobile)

    rows = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()

    assert [row.act for row in rows] == ["login_failed", "login"]
    assert all(row.applicant_id == ana.id and row.address == HOME for row in rows)
    assert ana.mobile not in str([row.details for row in rows])


class TestDevices:
    """A device is signed in until log-out, idleness, age, or another device ends it."""

    @pytest.mark.both
    def test_the_table_knows_only_the_hash_of_the_secret(self, session):
        ana = make_applicant(session)

        token = sessions.open_session(session, ana.user_id, now=NOON)

        row = session.scalars(sa.select(LoginSession)).one()
        assert token not in row.token_hash
        assert sessions.find_session(session, token, now=NOON) is row
        assert sessions.find_session(session, token + "x", now=NOON) is None

    @pytest.mark.parametrize(("staff", "minutes"), [(False, 30), (True, 15)])
    def test_idle_devices_end(self, session, staff, minutes):
        token = sessions.open_session(session, make_applicant(session).user_id, now=NOON)
        last = NOON + dt.timedelta(minutes=minutes)

        assert sessions.find_session(session, token, now=last, staff=staff) is not None
        later = last + dt.timedelta(seconds=1)
        assert sessions.find_session(session, token, now=later, staff=staff) is None

    def test_no_device_stays_longer_than_twelve_hours(self, session):
        token = sessions.open_session(session, make_applicant(session).user_id, now=NOON)
        row = session.scalars(sa.select(LoginSession)).one()
        late = NOON + dt.timedelta(hours=12, seconds=1)
        sessions.touch(session, row.id, now=late)
        session.refresh(row)

        assert sessions.find_session(session, token, now=late) is None

    def test_log_out_ends_the_row_and_is_recorded(self, session, ana):
        token = sessions.open_session(session, ana.user_id, now=NOON)

        sessions.close_session(session, token, actor=ana, now=NOON)

        assert sessions.find_session(session, token, now=NOON) is None
        assert session.scalars(sa.select(AuditEvent.act)).all() == ["logout"]

    def test_other_devices_can_be_ended(self, session):
        user_id = make_applicant(session).user_id
        mine, other = (sessions.open_session(session, user_id, now=NOON) for _ in range(2))

        assert sessions.close_others(session, user_id, keep=mine, now=NOON) == 1
        assert sessions.find_session(session, mine, now=NOON) is not None
        assert sessions.find_session(session, other, now=NOON) is None


class TestPassword:
    """A forgotten password is set anew with a code; a known one is changed."""

    def recover(self, session: Session, person: Applicant, login: str, **changes: str) -> None:
        token, code = self.ask(session, person, login)
        typed = {"token": token, "code": code, "password": NEW} | changes
        own_password.recover(
            session, login, **typed, agency=find_agency(session), actor=SOMEBODY, now=NOON,
            rules=RULES,
        )  # fmt: skip

    def ask(self, session: Session, person: Applicant | None, login: str) -> tuple[str, str]:
        token = codes.send_recovery_code(
            session, person, login, agency_id=find_agency(session).id, actor=SOMEBODY, now=NOON
        )
        sent = session.scalar(
            sa.select(Notice).where(Notice.reference == f"{codes.reference(token)}:sms")
        )
        return token, sent.text_en.split("Code ")[1][:6] if sent else "123456"

    def test_a_recovered_password_opens_the_lock_and_ends_all_devices(self, session):
        ana = make_applicant(session)
        device = sessions.open_session(session, ana.user_id, now=NOON)
        known_devices.remember(session, "browser", ana.user_id, now=NOON)
        for _ in range(5):
            enter(session, ana.mobile, "wrong")

        self.recover(session, ana, ana.id_number)

        assert enter(session, ana.mobile, NEW) is not None
        assert enter(session, ana.mobile, PASSWORD) is None
        assert sessions.find_session(session, device, now=NOON) is None
        assert not known_devices.is_known(session, "browser", ana.user_id, now=NOON)

    def test_the_owner_is_told(self, session):
        ana = make_applicant(session)

        self.recover(session, ana, ana.mobile)

        told = session.scalars(
            sa.select(Notice.event).where(Notice.applicant_id == ana.id)
        ).all()
        assert told.count("password_changed") == 2

    def test_for_an_unknown_name_the_code_is_simply_wrong(self, session):
        token, code = self.ask(session, None, "13012345678")

        problem = codes.check_code(
            session, token, code, purpose=Purpose.RECOVER,
            mobile_index=own_password.recovery_index(None, "13012345678"), now=NOON,
        )  # fmt: skip

        assert problem.code == "code_wrong"

    def test_a_change_asks_for_the_present_password(self, session, ana):
        applicant = session.get_one(Applicant, ana.applicant_id)

        with pytest.raises(ManyProblems) as refused:
            own_password.change_password(
                session, applicant.user, "short", knows_old=False, keep=None, actor=ana,
                now=NOON, rules=RULES,
            )  # fmt: skip

        found = {problem.field: problem.code for problem in refused.value.problems}
        assert found == {"old_password": "password_old_wrong", "password": "password_short"}

    def test_a_changed_password_keeps_this_device_only(self, session, ana):
        applicant = session.get_one(Applicant, ana.applicant_id)
        mine, other = (sessions.open_session(session, ana.user_id, now=NOON) for _ in range(2))

        own_password.change_password(
            session, applicant.user, NEW, knows_old=True, keep=mine, actor=ana, now=NOON,
            agency=find_agency(session), rules=RULES,
        )  # fmt: skip

        assert sessions.find_session(session, mine, now=NOON) is not None
        assert sessions.find_session(session, other, now=NOON) is None
        assert enter(session, applicant.mobile, NEW) is not None


def test_success_forgets_the_failures_of_the_name(session):
    ana = make_applicant(session)
    enter(session, ana.mobile, "wrong")
    enter(session, ana.mobile)

    assert session.scalar(sa.select(sa.func.count(LoginFailure.id))) == 0
