"""The password of a person: recovered by a code to the mobile on file, or changed."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.domain import passwords
from app.domain.errors import Invalid, ManyProblems, RuleBroken
from app.domain.policy import Actor
from app.models import Agency, Applicant
from app.services import audit, notices
from app.services.entry import known_devices, proofs, sessions, signin
from app.services.people import codes
from app.services.people.people_rules import RULES, PeopleRules, common_passwords


def recover(
    session: Session,
    login: str,
    token: str,
    code: str,
    password: str,
    *,
    agency: Agency,
    actor: Actor,
    now: dt.datetime,
    code_problem: Invalid | None = None,
    rules: PeopleRules = RULES,
) -> None:
    """Set a new password by a code to the mobile on file; all devices are signed out.

    ``code_problem`` is the answer of ``codes.check_code``, committed before. Raises
    ``ManyProblems``; for a name nobody has the code is simply wrong.
    """
    applicant = signin.find_applicant(session, login)
    problems: list[RuleBroken] = [code_problem] if code_problem else []
    personal = (applicant.name, applicant.mobile or "") if applicant else ()
    try:
        _check_password(password, personal, rules.password_minimum)
    except Invalid as refused:
        problems.append(refused)
    if problems:
        raise ManyProblems(problems)
    codes.use_code(
        session, token, code, purpose=codes.Purpose.RECOVER,
        mobile_index=recovery_index(applicant, login), now=now,
    )  # fmt: skip
    if applicant is None or applicant.user is None:
        raise Invalid(field="code", code="code_wrong")
    signin.forgive(session, login)
    if applicant.mobile:
        signin.forgive(session, applicant.mobile)
    signin.forgive(session, applicant.id_number)
    known_devices.forget(session, applicant.user.id)
    _set_password(session, applicant.user, password, keep=None, now=now, rules=rules)
    _tell_password(session, applicant, agency, actor=actor, now=now, act="password_recovered")


def recovery_index(applicant: Applicant | None, login: str) -> str:
    """Return the index of the mobile to which a recovery code went, or would have gone."""
    if applicant is not None and applicant.mobile_index:
        return applicant.mobile_index
    return codes.nobody(login)


def change_password(
    session: Session,
    user: User,
    new: str,
    *,
    knows_old: bool,
    keep: str | None,
    actor: Actor,
    now: dt.datetime,
    agency: Agency | None = None,
    rules: PeopleRules = RULES,
) -> None:
    """Change a password that the person knows; other devices are signed out.

    ``knows_old`` is the answer of ``proofs.is_right``, whose tries were counted before.
    Raises ``ManyProblems`` (password_old_wrong, and what a password may not be).
    """
    proofs.check(actor, now=now, rules=rules)
    problems: list[RuleBroken] = []
    if not knows_old:
        problems.append(Invalid(field="old_password", code="password_old_wrong"))
    applicant = session.scalar(sa.select(Applicant).where(Applicant.user_id == user.id))
    personal = (
        (applicant.name, applicant.mobile or "", applicant.id_number) if applicant else ()
    )
    minimum = rules.password_minimum if applicant else rules.staff_password_minimum
    try:
        _check_password(new, personal, minimum)
    except Invalid as refused:
        problems.append(refused)
    if problems:
        raise ManyProblems(problems)
    _set_password(session, user, new, keep=keep, now=now, rules=rules)
    if applicant is not None and agency is not None:
        _tell_password(session, applicant, agency, actor=actor, now=now, act="password_changed")
    else:
        audit.record(
            session, "password_changed", actor=actor, now=now, object_type="user",
            object_id=user.id,
        )  # fmt: skip


def _check_password(password: str, personal: Collection[str], minimum: int) -> None:
    passwords.check_password(
        password, minimum=minimum, breached=common_passwords(), personal=personal
    )


def _set_password(
    session: Session, user: User, password: str, *, keep: str | None, now: dt.datetime,
    rules: PeopleRules,
) -> None:  # fmt: skip
    user.password = generate_password_hash(password, rules.hash_method)
    sessions.close_others(session, user.id, keep=keep, now=now)


def _tell_password(
    session: Session, applicant: Applicant, agency: Agency, *, actor: Actor, now: dt.datetime,
    act: str,
) -> None:  # fmt: skip
    event = audit.record(
        session, act, actor=actor, now=now, object_type="applicant", object_id=applicant.id,
        agency_id=agency.id, applicant_id=applicant.id,
    )  # fmt: skip
    notices.notify(
        session, "password_changed", applicant=applicant, agency_id=agency.id, now=now,
        reference=f"password_changed:{event.id}", time=now, hotline=agency.hotline,
    )  # fmt: skip
