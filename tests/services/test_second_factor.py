"""Codes of the authenticator, recovery codes, fresh proofs, and colleagues who lost theirs."""

import datetime as dt
from dataclasses import replace
from threading import Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import Invalid, NotAllowed, ProofNeeded
from app.domain.terms import Role
from app.models import KnownDevice, LoginSession, RecoveryCode, SecondFactor
from app.services.entry import known_devices, proofs, second_factor, sessions
from app.services.staff import staff_access
from config import SettingMissing, settings
from tests.authenticator import Phone, enrol
from tests.factories import KEYS, NOON, actor_of, make_staff

STEP = dt.timedelta(seconds=30)


@pytest.fixture
def eve(session):
    """Eve, of the staff in Anhui."""
    return make_staff(session, "eve", Role.AUDITOR)


def said(session, member, code, now=NOON) -> str:
    """Try a code; return what is wrong with it, or nothing."""
    problem = second_factor.check(session, member.user_id, code, now=now)
    return problem.code if problem else ""


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_codes_tried_at_the_same_moment_count_each_other(kind, session, eve):
    for _ in range(4):
        said(session, eve, "000000")
    session.commit()
    eve_id, engine, told = eve.user_id, session.get_bind(), []

    def try_too() -> None:
        with Session(engine) as other:
            told.append(second_factor.check(other, eve_id, "000000", now=NOON))

    second_factor.check(session, eve_id, "000000", now=NOON)
    rival = Thread(target=try_too)
    rival.start()
    rival.join(0.3)
    session.commit()
    rival.join()

    assert [problem.code for problem in told] == ["factor_locked"]


class TestCodes:
    """One step before or after is taken, each step once; five wrong ones shut the way."""

    # RFC 6238, appendix B, SHA-1: the last six of the eight digits.
    @pytest.mark.parametrize(
        ("at", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1234567890, "005924"),
            (2000000000, "279037"),
        ],
    )
    def test_codes_are_those_of_the_standard(self, at, code):
        moment = dt.datetime.fromtimestamp(at, dt.UTC)

        step = second_factor._step_of(b"12345678901234567890", code, now=moment, after=0)

        assert step == at // 30

    @pytest.mark.both
    def test_a_step_is_used_once_and_none_before_it(self, session, kind):
        eve = make_staff(session, "eve", Role.AUDITOR)
        phone, _ = enrol(session, eve)
        later = NOON + 3 * STEP

        assert said(session, eve, phone.code(NOON)) == "factor_wrong"
        assert said(session, eve, phone.code(later), later) == ""
        assert said(session, eve, phone.code(later), later) == "factor_wrong"
        assert said(session, eve, phone.code(later - STEP), later) == "factor_wrong"

    @pytest.mark.parametrize(("off", "told"), [(-2, 1), (-1, 0), (1, 0), (2, 1)])
    def test_a_clock_may_be_one_step_off(self, session, eve, off, told):
        phone, _ = enrol(session, eve)
        later = NOON + 10 * STEP

        assert bool(said(session, eve, phone.code(later + off * STEP), later)) is bool(told)

    def test_five_wrong_codes_shut_the_way_for_fifteen_minutes(self, session, eve):
        phone, codes = enrol(session, eve)
        later = NOON + 2 * STEP
        assert {said(session, eve, "1", later) for _ in range(5)} == {"factor_wrong"}

        assert said(session, eve, phone.code(later), later) == "factor_locked"
        assert said(session, eve, codes[0], later) == "factor_locked"
        opened = later + dt.timedelta(minutes=15)
        assert said(session, eve, phone.code(opened), opened) == ""

    def test_enrolment_takes_only_an_offer_of_ones_own(self, session, eve):
        other = make_staff(session, "other", Role.AUDITOR)
        offer = second_factor.offer(other.user_id)

        with pytest.raises(Invalid) as refused:
            second_factor.shown(offer, eve.user_id)
        assert refused.value.code == "offer_broken"

    def test_another_phone_does_not_replace_the_one_there(self, session, eve):
        enrol(session, eve)

        with pytest.raises(NotAllowed) as refused:
            enrol(session, eve, NOON + 9 * STEP)
        assert refused.value.code == "factor_there"


class TestRecovery:
    """Ten codes, each once, hashed; new ones end the old."""

    def test_each_opens_once_and_is_kept_hashed(self, session, eve):
        _, codes = enrol(session, eve)
        kept = session.scalars(sa.select(RecoveryCode.code_hash)).all()

        assert len(set(kept)) == second_factor.RECOVERY_CODES
        assert not set(codes) & set(kept)
        assert said(session, eve, f" {codes[0].upper()} ") == ""
        assert said(session, eve, codes[0]) == "factor_wrong"
        assert second_factor.codes_left(session, eve.user_id) == 9

    def test_the_codes_of_another_open_nothing(self, session, eve):
        enrol(session, eve)
        _, theirs = enrol(session, make_staff(session, "other", Role.AUDITOR))

        assert said(session, eve, theirs[0]) == "factor_wrong"

    def test_new_ones_end_the_old_and_need_a_fresh_proof(self, session, eve):
        _, old = enrol(session, eve)
        actor = actor_of(session, eve)

        new = second_factor.renew_codes(session, eve.user_id, actor=actor, now=NOON)

        assert said(session, eve, old[0]) == "factor_wrong"
        assert said(session, eve, new[0]) == ""
        stale = replace(actor, proven_at=None)
        with pytest.raises(ProofNeeded):
            second_factor.renew_codes(session, eve.user_id, actor=stale, now=NOON)


class TestProofs:
    """Ten minutes, and for applicants a code by message where money finds its way."""

    @pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (10, True), (11, False)])
    def test_a_proof_holds_ten_minutes(self, chen, minutes, fresh):
        actor = replace(chen, proven_at=NOON)
        now = NOON + dt.timedelta(minutes=minutes)

        if fresh:
            proofs.check(actor, now=now)
        else:
            with pytest.raises(ProofNeeded):
                proofs.check(actor, now=now)

    def test_the_message_is_asked_of_applicants_only(self, ana, chen):
        with pytest.raises(ProofNeeded) as needed:
            proofs.check(replace(ana, sms_proven_at=None), now=NOON, sms=True)
        assert needed.value.sms

        proofs.check(replace(chen, sms_proven_at=None), now=NOON, sms=True)


class TestLostFactor:
    """A user administrator takes a colleague's away, of the own agency, never the own."""

    def boss(self, session, agency="anhui", role=Role.USER_ADMIN):
        return make_staff(session, f"boss-{agency}", role, agency=agency)

    def test_all_of_it_is_gone_and_every_device_is_out(self, session, eve):
        enrol(session, eve)
        token = sessions.open_session(session, eve.user_id, now=NOON)
        known_devices.remember(session, "browser", eve.user_id, now=NOON)
        boss = actor_of(session, self.boss(session))

        staff_access.reset_factor(session, eve, actor=boss, now=NOON)

        for model in (SecondFactor, RecoveryCode, KnownDevice):
            assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
        assert sessions.find_session(session, token, now=NOON, staff=True) is None

    @pytest.mark.parametrize(
        ("agency", "role", "told"),
        [
            ("liaoning", Role.USER_ADMIN, "not_found"),
            ("anhui", Role.SUPERVISOR, "role_missing"),
        ],
    )
    def test_nobody_else_may(self, session, eve, agency, role, told):
        enrol(session, eve)
        boss = actor_of(session, self.boss(session, agency, role))

        for deed in (staff_access.reset_factor, staff_access.end_sessions):
            with pytest.raises(NotAllowed) as refused:
                deed(session, eve, actor=boss, now=NOON)
            assert refused.value.code == told

    def test_the_own_one_stays(self, session):
        boss = self.boss(session)
        enrol(session, boss)

        with pytest.raises(NotAllowed) as refused:
            staff_access.reset_factor(session, boss, actor=actor_of(session, boss), now=NOON)
        assert refused.value.code == "own_rights"

    def test_it_takes_a_fresh_proof(self, session, eve):
        enrol(session, eve)
        boss = replace(actor_of(session, self.boss(session)), proven_at=None)

        with pytest.raises(ProofNeeded):
            staff_access.reset_factor(session, eve, actor=boss, now=NOON)

    def test_sessions_end_and_it_is_counted(self, session, eve):
        for _ in range(2):
            sessions.open_session(session, eve.user_id, now=NOON)
        boss = actor_of(session, self.boss(session))

        assert staff_access.end_sessions(session, eve, actor=boss, now=NOON) == 2
        assert session.scalars(sa.select(LoginSession.ended_at)).all() == [NOON, NOON]


def test_the_address_for_the_app_names_hall_and_person():
    read = second_factor.address_of(second_factor.offer(7), 7, name="陈", issuer="安居")

    assert read.startswith("otpauth://totp/%E5%AE%89%E5%B1%85:%E9%99%88?secret=")
    assert "digits=6&period=30" in read
    assert len(Phone(read.split("secret=")[1].split("&", maxsplit=1)[0]).code()) == 6


@pytest.mark.parametrize(
    ("mode", "said", "rule"),
    [
        ("production", "", "required"),
        ("development", "", "offered"),
        ("production", "off", "off"),
        ("production", "perhaps", ""),
    ],
)
def test_production_requires_it_and_a_wrong_word_stops_the_start(
    monkeypatch, tmp_path, mode, said, rule
):
    monkeypatch.setenv("ANJU_KEYS", KEYS)
    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    monkeypatch.setenv("ANJU_SECOND_FACTOR", said)

    if rule:
        chosen = settings(ANJU_ENV=mode, ANJU_HOME=tmp_path)
        assert chosen["ANJU_SECOND_FACTOR"] == rule
    else:
        with pytest.raises(SettingMissing, match="ANJU_SECOND_FACTOR"):
            settings(ANJU_ENV=mode, ANJU_HOME=tmp_path)
