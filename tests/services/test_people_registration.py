"""Registration: a person the fund knows, or a new one; all that is wrong at once."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain.errors import ManyProblems
from app.domain.terms import Gender, IdentityState, Role
from app.models import (
    AgreementConsent,
    Applicant,
    AuditEvent,
    IdentityTask,
    NationalCode,
    Notice,
)  # fmt: skip
from app.services.entry import signin
from app.services.people import agreements, registration
from app.services.people.people_rules import PeopleRules
from app.services.people.registration import Registration
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
        agreement_version=find_agency(session).agreement_version,
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
    assert (applicant.verified_how, applicant.agreement_version) == ("form", "1.0")
    assert (applicant.identity_state, applicant.verified_at) == (IdentityState.VERIFIED, NOON)
    assert str(applicant.birth_date).replace("-", "") == form.id_number[6:14]
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
        sa.select(AuditEvent.act)
        .where(AuditEvent.applicant_id == applicant.id)
        .order_by(AuditEvent.id)
    )
    told = session.scalars(sa.select(Notice.channel).where(Notice.event == "registered")).all()
    assert list(acts) == ["agreed", "registered"]
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


OTHERS = {
    "hmt_residence_permit": "810000199408230021",
    "hm_travel_permit": "h12345678",
    "tw_travel_permit": "12345678",
    "foreign_pr_id_2023": "934840198501010016",
    "foreign_pr_card_2017": "usa310012345678",
    "passport": "e1234 5678",
    "other": "AB 1234567",
}
IN_THE_NUMBER = {"hmt_residence_permit": "1994-08-23", "foreign_pr_id_2023": "1985-01-01"}


@pytest.mark.parametrize("id_type", OTHERS)
def test_every_kind_of_document_registers_and_is_found_again(session, id_type):
    born = "" if id_type in IN_THE_NUMBER else "1990/3/7"

    applicant = register(
        session,
        typed(
            session, id_type=id_type, id_number=OTHERS[id_type], birth_date=born, ethnicity=""
        ),
    )  # fmt: skip

    assert str(applicant.birth_date) == IN_THE_NUMBER.get(id_type, "1990-03-07")
    assert signin.find_applicant(session, OTHERS[id_type]) is applicant


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"id_type": "passport", "id_number": "E1234567"}, "birth_date", "birth_date_missing"),
        ({"birth_date": "1990-13-01"}, "birth_date", "birth_date_format"),
        ({"birth_date": "昨天"}, "birth_date", "birth_date_format"),
        ({"birth_date": "2030-01-01"}, "birth_date", "birth_date_range"),
        ({"birth_date": "1899-12-31"}, "birth_date", "birth_date_range"),
        ({"birth_date": "1980-01-01"}, "birth_date", "id_birth_differs"),
        ({"gender": Gender.MALE}, "gender", "id_gender_differs"),
        ({"name": "Lin Zhixia"}, "name", "name_not_chinese"),
        ({"id_type": "resident_id_card_9"}, "id_type", "id_type_unknown"),
        ({"id_number": "810000199408230021"}, "id_number", "id_format"),
        ({"agreement_version": "0.9"}, "agreement", "agreement_changed"),
    ],
)
def test_each_disagreement_has_its_own_name(session, changes, field, code):
    assert problems(session, typed(session, **changes))[field] == code


def test_all_fifty_six_ethnic_groups_can_be_chosen(session):
    groups = sa.select(NationalCode.code).where(NationalCode.table_name == "ethnic_group")
    codes = session.scalars(groups.order_by(NationalCode.code)).all()

    assert codes == [f"{number:02d}" for number in range(1, 57)]


def test_a_foreigner_keeps_a_long_latin_name(session):
    name = "Maximiliane Charlotte von Hohenzollern"

    applicant = register(
        session,
        typed(
            session, id_type="passport", id_number="C01X00T47", name=name,
            birth_date="1990-03-07", ethnicity="",
        ),
    )  # fmt: skip

    assert applicant.name == name


def test_another_document_waits_for_the_counter(session):
    applicant = register(
        session,
        typed(session, id_type="other", id_number="AB 1234567", birth_date="1990-03-07"),
    )

    [task] = session.scalars(sa.select(IdentityTask)).all()
    assert (applicant.identity_state, applicant.verified_at) == (IdentityState.UNKNOWN, None)
    assert (task.applicant_id, task.why, task.next_at) == (
        applicant.id, "other_document", None,
    )  # fmt: skip


def test_a_silent_service_stops_nobody_and_makes_a_task(session):
    applicant = register(session, typed(session), unknown="time_out")

    [task] = session.scalars(sa.select(IdentityTask)).all()
    assert applicant.user_id is not None
    assert (task.why, task.state, task.next_at > NOON) == (
        "time_out", IdentityState.UNKNOWN, True,
    )  # fmt: skip


class TestAgreement:
    """Which version somebody agreed to is kept, and a newer one is asked for."""

    def test_version_hash_moment_and_address_are_kept(self, session):
        applicant = register(session, typed(session))

        [consent] = session.scalars(sa.select(AgreementConsent)).all()
        agency = find_agency(session)
        assert (consent.applicant_id, consent.agency_id) == (applicant.id, agency.id)
        assert (consent.version, consent.at, consent.address) == ("1.0", NOON, "10.0.0.1")
        assert consent.text_sha256 == agreements.text_hash(agency)

    def test_a_risen_version_is_asked_for_until_it_is_agreed_to(self, session):
        applicant, agency = register(session, typed(session)), find_agency(session)
        assert agreements.pending(session, applicant.id) == []

        agency.agreement_version = "2.0"
        session.flush()
        assert agreements.pending(session, applicant.id) == [agency]
        agreements.agree(session, applicant, agency, actor=SOMEBODY, now=NOON)

        assert agreements.pending(session, applicant.id) == []
        versions = session.scalars(sa.select(AgreementConsent.version)).all()
        assert sorted(versions) == ["1.0", "2.0"]
