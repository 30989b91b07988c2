"""Picture codes, wrong tries that bar nobody else, devices that are known."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowed
from app.models import LoginFailure, SpentPicture
from app.services.entry import known_devices, picture_codes, signin
from tests.factories import NOON, PASSWORD, make_applicant
from tests.services.test_people_signin import HOME, RULES

MINE = "the secret of my browser"
BROWSER = "browser"


def tries(session: Session, login: str, times: int = 1, **more: object) -> str:
    """Try wrong passwords; return what the last try was told: "" or the code of the refusal."""
    asked = {"address": HOME, "picture_right": False, "rules": RULES} | more
    for _ in range(times):
        try:
            tried = signin.begin(session, login, now=NOON, **asked)
        except NotAllowed as refused:
            return refused.code
        signin.end(session, tried, right=False, now=NOON, address=HOME)
    return ""


class TestWrongTries:
    """Three ask for a picture, five shut the way from there; the owner's browser stays open."""

    @pytest.mark.parametrize("known", [True, False])
    def test_after_three_a_picture_is_asked_of_known_and_unknown_names(self, session, known):
        login = make_applicant(session).mobile if known else "13012345678"

        assert tries(session, login, 3) == ""
        assert tries(session, login) == "picture_needed"
        assert tries(session, login, picture_right=True) == ""
        assert tries(session, login, picture_right=True) == ""
        assert tries(session, login, picture_right=True) == "login_locked"

    def test_many_addresses_against_one_name_meet_the_picture(self, session):
        login = make_applicant(session).mobile
        told = [tries(session, login, address=f"10.1.0.{host}") for host in range(50)]

        assert told == [""] * 3 + ["picture_needed"] * 47

    def test_an_address_that_tries_many_names_meets_the_picture(self, session):
        told = [tries(session, f"1380000000{last}") for last in range(5)]

        assert told == [""] * 3 + ["picture_needed"] * 2

    def test_addresses_of_one_household_are_one_place(self, session):
        login = make_applicant(session).mobile
        told = [
            tries(session, login, address=f"2001:db8:1:2::{host:x}", picture_right=True)
            for host in range(1, 8)
        ]

        assert told == [""] * 5 + ["login_locked"] * 2

    def test_tries_under_way_count_for_the_name_and_not_for_the_neighbours(self, session):
        login = make_applicant(session).mobile
        for _ in range(3):
            signin.begin(session, login, now=NOON, address=HOME, rules=RULES)

        assert tries(session, login) == "picture_needed"
        assert tries(session, make_applicant(session).mobile) == ""

    @pytest.mark.whole
    def test_the_owner_on_a_known_device_is_never_barred_by_others(self, session):
        ana = make_applicant(session)
        known_devices.remember(session, MINE, ana.user_id, now=NOON)
        tries(session, ana.mobile, 9, picture_right=True)
        for host in range(20):
            tries(session, ana.mobile, 9, picture_right=True, address=f"10.1.0.{host}")

        assert tries(session, ana.mobile, picture_right=True) == "login_locked"
        assert tries(session, ana.mobile, device=MINE) == ""
        asked = signin.asks_picture(
            session, ana.mobile, now=NOON, address=HOME, device=MINE, rules=RULES
        )
        assert not asked

    def test_a_known_device_in_a_thiefs_hand_is_barred_by_its_own_tries(self, session):
        ana = make_applicant(session)
        known_devices.remember(session, MINE, ana.user_id, now=NOON)

        assert tries(session, ana.mobile, 3, device=MINE) == ""
        assert tries(session, ana.mobile, device=MINE) == "picture_needed"
        tries(session, ana.mobile, 2, device=MINE, picture_right=True)
        assert tries(session, ana.mobile, device=MINE, picture_right=True) == "login_locked"
        assert tries(session, ana.mobile) == "picture_needed"

    def test_a_device_is_known_to_its_own_person_only(self, session):
        ana, bo = make_applicant(session), make_applicant(session)
        known_devices.remember(session, MINE, ana.user_id, now=NOON)
        tries(session, bo.mobile, 3)

        assert tries(session, bo.mobile, device=MINE) == "picture_needed"

    def test_a_device_is_known_for_a_year(self, session):
        ana = make_applicant(session)
        known_devices.remember(session, MINE, ana.user_id, now=NOON)
        later = NOON + known_devices.KEEP

        assert not known_devices.is_known(session, MINE, ana.user_id, now=later)

    def test_the_lock_says_how_many_minutes_are_left(self, session):
        login = make_applicant(session).mobile
        tries(session, login, 5, picture_right=True)
        later = NOON + dt.timedelta(minutes=9, seconds=30)

        with pytest.raises(NotAllowed) as locked:
            signin.begin(
                session, login, now=later, address=HOME, picture_right=True, rules=RULES
            )

        assert locked.value.facts["minutes"] == 6

    def test_a_right_password_forgets_only_the_tries_from_there(self, session):
        login = make_applicant(session).mobile
        tries(session, login, 2)
        tries(session, login, 1, address="10.9.9.9")
        tried = signin.begin(
            session, login, now=NOON, address=HOME, picture_right=True, rules=RULES
        )

        signin.end(
            session, tried, right=signin.is_right(tried, PASSWORD), now=NOON, address=HOME
        )

        assert session.scalars(sa.select(LoginFailure.address)).all() == ["10.9.9.9"]

    def test_known_and_unknown_names_cost_the_same_hash(self, session):
        ana, rules = make_applicant(session), RULES
        known = signin.begin(session, ana.mobile, now=NOON, address=HOME, rules=rules)
        unknown = signin.begin(session, "13012345678", now=NOON, address=HOME, rules=rules)

        def method(kept: str) -> str:
            return kept.split("$", maxsplit=1)[0]

        assert method(known.kept) == method(unknown.kept) == RULES.hash_method
        assert not signin.is_right(unknown, "nobody has this password")


class TestPictureCodes:
    """Bound to whom they were given, single use, five minutes, kept nowhere in clear."""

    def answer(self, session: Session, token: str, typed: str, **more: object) -> str:
        asked = {"bound": BROWSER, "now": NOON} | more
        problem = picture_codes.answer(session, token, typed, **asked)
        return problem.code if problem else ""

    def digits(self, token: str) -> str:
        return picture_codes.digits_of(token, BROWSER, now=NOON)

    @pytest.mark.both
    def test_the_right_digits_are_taken_once(self, session):
        token = picture_codes.issue(BROWSER, now=NOON)
        digits = self.digits(token)

        assert self.answer(session, token, f" {digits} ") == ""
        assert self.answer(session, token, digits) == "picture_used"
        assert digits not in session.scalars(sa.select(SpentPicture.picture_hash)).one()

    def test_a_wrong_answer_uses_it_up_too(self, session):
        token = picture_codes.issue(BROWSER, now=NOON)

        assert self.answer(session, token, "1") == "picture_wrong"
        assert self.answer(session, token, self.digits(token)) == "picture_used"

    @pytest.mark.parametrize(
        "more", [{"bound": "other"}, {"now": NOON + dt.timedelta(minutes=5)}]
    )
    def test_another_browser_or_a_late_answer_is_refused(self, session, more):
        token = picture_codes.issue(BROWSER, now=NOON)

        assert self.answer(session, token, self.digits(token), **more) == "picture_expired"

    @pytest.mark.parametrize("token", ["", "a-b", "a-b-c", "a-b-é", "x" * 300])
    def test_a_token_that_is_none_of_ours_is_refused(self, session, token):
        assert self.answer(session, token, "02345") == "picture_expired"

    def test_the_digits_differ_and_cannot_be_read_from_the_token(self):
        tokens = [picture_codes.issue(BROWSER, now=NOON) for _ in range(20)]

        found = {self.digits(token) for token in tokens}
        assert len(found) > 15
        assert all(len(digits) == picture_codes.DIGITS for digits in found)
