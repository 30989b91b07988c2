"""Registration: a person the fund knows, or a new one; all that is wrong at once."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain.errors import ManyProblems
from app.domain.terms import Gender, Role
from app.models import Applicant, AuditEvent, Notice
from app.services import registration, signin
from app.services.people_rules import PeopleRules
from app.services.registration import Registration
from tests.factories import (
    NOON,
    PASSWORD,
    find_agency,
    make_account,
    make_applicant,
    make_id_number,
)  # fmt: skip
from tests.services.test_people_codes import MOBILE, SOMEBODY, send

RULES = PeopleRules(hash_method="pbkdf2:sha256:1")


def typed(session: Session, **changes: str) -> Registration:
    """Return a registration in which everything is right, code included."""
    token, code = send(session)
    right = Registration(
        id_type="resident_id_card",
        id_number=make_id_number(),
        name="林知夏",
        gender=Gender.FEMALE,
        ethnicity="01",
        mobile=MOBILE,
        token=token,
        code=code,
        password=PASSWORD,
        agreement_version="1",
        consent=True,
    )
    return replace(right, **changes)


def register(session: Session, form: Registration, **more: object) -> Applicant:
    """Register as the page does."""
    return registration.register(
        session,
        form,
        agency_id=find_agency(session).id,
        actor=SOMEBODY,
        now=NOON,
        rules=RULES,
        **more,
    )


def problems(session: Session, form: Registration) -> dict[str, str]:
    """Return the problems of a registration by field."""
    with pytest.raises(ManyProblems) as refused:
        register(session, form)
    return {problem.field: problem.code for problem in refused.value.problems}


@pytest.mark.both
def test_a_new_person_becomes_an_applicant_with_a_nameless_log_in(session):
    form = typed(session)

    applicant = register(session, form)

    user = session.get_one(User, applicant.user_id)
    assert applicant.id_number == form.id_number
    assert applicant.mobile == MOBILE
    assert (applicant.verified_how, applicant.agreement_version) == ("form", "1")
    assert [role.name for role in user.roles] == [Role.APPLICANT]
    kept = f"{user.username}{user.first_name}{user.last_name}{user.email}"
    assert not any(value in kept for value in (form.name, form.mobile, form.id_number))
    assert user.email.endswith("@invalid")


def test_a_person_known_by_import_is_claimed_with_the_accounts(session):
    known = make_applicant(session, "欧阳 娜", registered=False, mobile=None)
    account = make_account(session, known, balance=0)

    applicant = register(session, typed(session, id_number=known.id_number, name="欧阳娜"))

    assert applicant.id == known.id
    assert applicant.user_id is not None
    assert applicant.accounts == [account]


def test_registration_is_recorded_and_told(session):
    applicant = register(session, typed(session))

    acts = session.scalars(
        sa.select(AuditEvent.act).where(AuditEvent.applicant_id == applicant.id)
    )
    told = session.scalars(sa.select(Notice.channel).where(Notice.event == "registered")).all()
    assert list(acts) == ["registered"]
    assert sorted(told) == ["inbox", "sms"]


def test_everything_that_is_wrong_is_told_at_once(session):
    wrong = Registration(
        id_type="resident_id_card",
        id_number="340199198803120327",
        name="1",
        gender="",
        ethnicity="99",
        mobile="123",
        token="",
        code="",
        password="short",
        agreement_version="",
    )

    assert problems(session, wrong) == {
        "id_number": "id_check_digit", "name": "name_length", "gender": "gender_missing",
        "ethnicity": "ethnicity_unknown", "mobile": "mobile_format",
        "password": "password_short", "agreement": "agreement_missing",
        "consent": "consent_missing",
    }  # fmt: skip


def test_another_name_is_refused(session):
    known = make_applicant(session, "周一鸣", registered=False, mobile=None)

    assert problems(session, typed(session, id_number=known.id_number)) == {
        "name": "name_differs"
    }


def test_a_taken_number_is_told_only_with_the_right_code(session):
    known = make_applicant(session)
    form = typed(session, id_number=known.id_number)

    assert problems(session, replace(form, code="000000")) == {"code": "code_wrong"}
    assert problems(session, form) == {"id_number": "id_taken"}


def test_a_mobile_of_somebody_else_is_refused(session):
    make_applicant(session, mobile=MOBILE)

    assert problems(session, typed(session)) == {"mobile": "mobile_taken"}


def test_a_code_registers_one_person(session):
    form = typed(session)
    register(session, form)

    again = replace(form, id_number=make_id_number())

    assert problems(session, again) == {"code": "code_used"}


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("1234567", "password_short"),
        ("Password1", "password_breached"),
        ("woaini1314", "password_breached"),
        (f"my mobile {MOBILE}", "password_personal"),
    ],
)
def test_a_password_that_thieves_guess_is_refused(session, password, problem):
    assert problems(session, typed(session, password=password)) == {"password": problem}


def test_a_passport_needs_no_check_digit(session):
    applicant = register(session, typed(session, id_type="passport", id_number="e12345678"))

    assert applicant.id_number == "E12345678"
    assert signin.find_applicant(session, "e1234 5678") is applicant


def test_another_document_waits_for_the_counter(session):
    applicant = register(session, typed(session, id_type="other", id_number="AB 1234567"))

    assert (applicant.verified_how, applicant.verified_at) == ("counter", None)
