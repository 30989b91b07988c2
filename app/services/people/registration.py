"""Real-name registration (实名注册): a person and a log-in become one."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as RoleRow
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app import sealing
from app.domain import identity, passwords
from app.domain.errors import Invalid, ManyProblems, RuleBroken
from app.domain.policy import Actor
from app.domain.terms import Gender, IdentityState, Role
from app.domain.workdays import local_date
from app.models import Agency, Applicant, IdDocumentType, NationalCode
from app.services import audit, notices
from app.services.people import agreements, codes, identity_tasks
from app.services.people.people_rules import RULES, PeopleRules, common_passwords

RESIDENT = "resident_id_card"
"""The document that states one of the 56 ethnic groups; others may leave it open."""

OTHER = "other"
"""A document that no rule can check: somebody at the counter has to see it."""

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, repr=False)
class Registration:
    """What a person types to register."""

    id_type: str
    id_number: str
    name: str
    gender: str
    ethnicity: str
    mobile: str
    token: str
    code: str
    password: str
    agreement_version: str
    consent: bool = False
    locale: str = "zh"
    birth_date: str = ""


@dataclass(slots=True, repr=False)
class _Checked:
    """What is kept of a registration."""

    id_number: str = ""
    name: str = ""
    gender: Gender | None = None
    birth_date: dt.date | None = None
    mobile: str = ""


def register(
    session: Session,
    typed: Registration,
    *,
    agency_id: int,
    actor: Actor,
    now: dt.datetime,
    code_problem: Invalid | None = None,
    identity_problem: Invalid | None = None,
    verified_how: str = "form",
    unknown: str = "",
    rules: PeopleRules = RULES,
) -> Applicant:
    """Give a person a log-in: one the fund knows already, by number and name, or a new one.

    ``code_problem`` is the answer of ``codes.check_code``, committed before,
    ``identity_problem`` what the identity service says against the person, and ``unknown`` why
    it cannot tell now: that stops nobody and makes a task for staff. Raises
    ``ManyProblems`` with everything that is wrong. Whether somebody is known (id_taken,
    name_differs, mobile_taken) is told only to who typed the right code.
    """
    agency = session.get_one(Agency, agency_id)
    kept, problems = _check(session, typed, agency, now=now, rules=rules)
    if code_problem is not None:
        problems.append(code_problem)
    elif kept.mobile:
        problems += _prove(session, typed, kept, now=now)
        problems += [identity_problem] if identity_problem and not problems else []
    if problems:
        raise ManyProblems(problems)
    applicant = _person(session, kept.id_number) or _newcomer(kept.id_number, now)
    _fill(applicant, typed, kept)
    applicant.user = make_user(session, Role.APPLICANT, password=typed.password, rules=rules)
    session.add(applicant)
    session.flush()
    _identify(session, applicant, agency, unknown, verified_how, now=now)
    agreements.agree(session, applicant, agency, actor=actor, now=now)
    _tell(session, applicant, typed, agency, actor=actor, now=now)
    return applicant


def _identify(
    session: Session, applicant: Applicant, agency: Agency, unknown: str, verified_how: str, *,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Keep how the identity is known, or make a task for who can tell."""
    seen_only = applicant.id_type == OTHER
    if unknown or seen_only:
        identity_tasks.begin(
            session, applicant, agency_id=agency.id, again=not seen_only, now=now,
            why="other_document" if seen_only else unknown,
        )  # fmt: skip
    else:
        identity_tasks.keep(applicant, IdentityState.VERIFIED, how=verified_how, now=now)


def _tell(
    session: Session, applicant: Applicant, typed: Registration, agency: Agency, *,
    actor: Actor, now: dt.datetime,
) -> None:  # fmt: skip
    audit.record(
        session, "registered", actor=actor, now=now, object_type="applicant",
        object_id=applicant.id, agency_id=agency.id, applicant_id=applicant.id,
        agreement=typed.agreement_version, consent=typed.consent,
    )  # fmt: skip
    notices.notify(
        session, "registered", applicant=applicant, agency_id=agency.id,
        reference=f"registered:{applicant.id}", now=now,
    )  # fmt: skip


def make_user(
    session: Session,
    *roles: Role,
    password: str,
    username: str = "",
    rules: PeopleRules = RULES,
) -> User:
    """Make a log-in without any personal value: random name, no address, no names."""
    secret_name = username or uuid.uuid4().hex
    rows = session.scalars(sa.select(RoleRow).where(RoleRow.name.in_(roles))).all()
    if len(rows) != len(set(roles)):
        raise LookupError("roles are missing; run `flask anju init`")
    user = User(
        username=secret_name,
        email=f"{uuid.uuid4()}@invalid",
        first_name="-",
        last_name="-",
        active=True,
        roles=list(rows),
        login_count=0,
        fail_login_count=0,
    )
    user.password = generate_password_hash(password, rules.hash_method)
    session.add(user)
    session.flush()
    return user


def document_type(session: Session, code: str) -> identity.DocumentType:
    """Return the rules of a kind of document, or raise ``Invalid`` (id_type_unknown)."""
    row = session.scalar(
        sa.select(IdDocumentType).where(IdDocumentType.code == code, IdDocumentType.enabled)
    )
    if row is None:
        raise Invalid(field="id_type", code="id_type_unknown")
    return identity.DocumentType(
        row.code, row.regex, row.check_rule, row.birth_and_gender_in_number
    )


def check_number(
    session: Session, doc_type: identity.DocumentType, number: str, *, now: dt.datetime
) -> str:
    """Return a document number as it is kept, or raise ``Invalid`` with the first fault."""
    return identity.check_number(
        doc_type, number, today=local_date(now), provinces=_codes_of(session, "province")
    )


def _check(
    session: Session,
    typed: Registration,
    agency: Agency,
    *,
    now: dt.datetime,
    rules: PeopleRules,
) -> tuple[_Checked, list[RuleBroken]]:
    """Check every field by itself and collect all that is wrong."""
    problems: list[RuleBroken] = []
    kept = _Checked()
    kept.gender = _try(problems, _gender, typed.gender)
    if (doc_type := _try(problems, document_type, session, typed.id_type)) is not None:
        _check_document(session, doc_type, typed, kept, problems, today=local_date(now))
    kept.name = _try(problems, identity.check_name, typed.name, id_type=typed.id_type) or ""
    kept.mobile = _try(problems, identity.check_mobile, typed.mobile) or ""
    asked = bool(typed.ethnicity) or typed.id_type == RESIDENT
    if asked and typed.ethnicity not in _codes_of(session, "ethnic_group"):
        problems.append(Invalid(field="ethnicity", code="ethnicity_unknown"))
    _try(
        problems, passwords.check_password, typed.password, minimum=rules.password_minimum,
        breached=common_passwords(), personal=(kept.mobile, kept.id_number, kept.name),
    )  # fmt: skip
    if not typed.agreement_version:
        problems.append(Invalid(field="agreement", code="agreement_missing"))
    elif typed.agreement_version != agency.agreement_version:
        problems.append(Invalid(field="agreement", code="agreement_changed"))
    if not typed.consent:
        problems.append(Invalid(field="consent", code="consent_missing"))
    return kept, problems


def _check_document(
    session: Session,
    doc_type: identity.DocumentType,
    typed: Registration,
    kept: _Checked,
    problems: list[RuleBroken],
    *,
    today: dt.date,
) -> None:
    """Check number and birth date; the date is drawn from the number where it stands in it."""
    before = len(problems)
    born = _try(problems, identity.check_birth_date, typed.birth_date, today=today)
    wrong_date = len(problems) > before
    number = _try(
        problems, identity.check_number, doc_type, typed.id_number, today=today,
        birth_date=born, gender=kept.gender, provinces=_codes_of(session, "province"),
    )  # fmt: skip
    kept.id_number, kept.birth_date = number or "", born
    if doc_type.birth_and_gender_in_number:
        kept.birth_date = identity.birth_date_in(number) if number else None
    elif born is None and not wrong_date:
        problems.append(Invalid(field="birth_date", code="birth_date_missing"))


def _prove(
    session: Session, typed: Registration, kept: _Checked, *, now: dt.datetime
) -> list[RuleBroken]:
    """Use the code up and say what stands against the person for others are known already."""
    mobile_index = sealing.index_of(kept.mobile)
    try:
        codes.use_code(
            session, typed.token, typed.code, purpose=codes.Purpose.REGISTER,
            mobile_index=mobile_index, now=now,
        )  # fmt: skip
    except Invalid as refused:
        return [refused]
    problems: list[RuleBroken] = []
    known = _person(session, kept.id_number) if kept.id_number else None
    if known is not None and known.user_id is not None:
        problems.append(Invalid(field="id_number", code="id_taken"))
    elif known is not None and kept.name and not _same(known, typed.id_type, kept.name):
        problems.append(Invalid(field="name", code="name_differs"))
    holder = session.scalar(
        sa.select(Applicant.id).where(Applicant.mobile_index == mobile_index)
    )
    if holder is not None and holder != (known.id if known else None):
        problems.append(Invalid(field="mobile", code="mobile_taken"))
    return problems


def _person(session: Session, id_number: str) -> Applicant | None:
    index = sealing.index_of(id_number)
    return session.scalar(sa.select(Applicant).where(Applicant.id_number_index == index))


def _newcomer(id_number: str, now: dt.datetime) -> Applicant:
    applicant = Applicant(created_at=now)
    applicant.id_number = id_number
    return applicant


def _same(known: Applicant, id_type: str, name: str) -> bool:
    return known.id_type == id_type and identity.same_name(known.name, name)


def _fill(applicant: Applicant, typed: Registration, kept: _Checked) -> None:
    applicant.id_type = typed.id_type
    applicant.name = kept.name
    applicant.gender = kept.gender
    applicant.birth_date = kept.birth_date
    applicant.ethnicity = typed.ethnicity
    applicant.mobile = kept.mobile
    applicant.locale = typed.locale


def _gender(value: str) -> Gender:
    if value not in set(Gender):
        raise Invalid(field="gender", code="gender_missing")
    return Gender(value)


def _codes_of(session: Session, table: str) -> frozenset[str]:
    rows = session.scalars(sa.select(NationalCode.code).where(NationalCode.table_name == table))
    return frozenset(rows)


def _try(
    problems: list[RuleBroken], check: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R | None:
    """Run one check; what it refuses joins the problems."""
    try:
        return check(*args, **kwargs)
    except RuleBroken as broken:
        problems.append(broken)
        return None
