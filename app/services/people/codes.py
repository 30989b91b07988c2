"""Codes by text message: they prove that somebody holds a mobile."""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity
from app.domain.errors import Invalid
from app.domain.page_words import Words
from app.domain.policy import Actor
from app.models import Applicant, OneTimeCode
from app.services import notices
from app.services.people import code_pace
from app.services.people.people_rules import RULES, PeopleRules
from app.services.records.updates import changed_rows

DIGITS = 6


class Purpose(StrEnum):
    """What a code may be used for; it is of no use for anything else."""

    REGISTER = "register"
    RECOVER = "recover"
    CHANGE_MOBILE = "change_mobile"
    PROVE = "prove"
    BIND = "bind"
    COUNTER = "counter"


OWNERS = frozenset({Purpose.PROVE, Purpose.BIND})
"""Asked for by who gave the password already: strangers who ask cannot use these up."""

WORDS = {
    Purpose.REGISTER: Words("实名注册", "registration"),
    Purpose.RECOVER: Words("找回密码", "a new password"),
    Purpose.CHANGE_MOBILE: Words("更换手机号码", "a new mobile"),
    Purpose.PROVE: Words("验证身份", "proving who you are"),
    Purpose.BIND: Words("绑定其他登录方式", "connecting another way to log in"),
    Purpose.COUNTER: Words("窗口更换手机号码", "a new mobile at the counter"),
}


def send_code(
    session: Session,
    *,
    purpose: Purpose,
    mobile: str,
    agency_id: int,
    actor: Actor,
    now: dt.datetime,
    rules: PeopleRules = RULES,
) -> str:
    """Write a code and its message and return the token of the request.

    The message has the reference ``code:<token>``; the entry point sends it after the commit.
    Raises ``Invalid`` (mobile_format and those of ``code_pace``).
    """
    number = identity.check_mobile(mobile)
    index = sealing.index_of(number)
    asked = _Asked(purpose, index, index, number)
    return _write(session, asked, agency_id=agency_id, actor=actor, now=now, rules=rules)


def send_recovery_code(
    session: Session,
    applicant: Applicant | None,
    login: str,
    *,
    agency_id: int,
    actor: Actor,
    now: dt.datetime,
    rules: PeopleRules = RULES,
) -> str:
    """Send a code to the mobile on file; for a name nobody has, do all of it but the message.

    The limits are those of the typed name, so that they tell nothing of whose mobile it is.
    """
    number = applicant.mobile if applicant is not None else None
    bound = sealing.index_of(number) if number else nobody(login)
    asked = _Asked(Purpose.RECOVER, nobody(login), bound, number)
    return _write(session, asked, agency_id=agency_id, actor=actor, now=now, rules=rules)


def check_code(
    session: Session,
    token: str,
    code: str,
    *,
    purpose: Purpose,
    mobile_index: str,
    now: dt.datetime,
    rules: PeopleRules = RULES,
) -> Invalid | None:
    """Count one try and return what is wrong with the code, or None.

    The problem is returned, not raised, because the try has to be kept: the entry point
    commits it before it goes on. Right or wrong, a code is good for five tries.
    Codes: code_wrong, code_used, code_expired, code_tries.
    """
    kept = session.scalar(sa.select(OneTimeCode).where(OneTimeCode.request_token == token))
    problem = _barred(kept, purpose, mobile_index, now)
    if kept is None or problem is not None:
        return problem
    tried = changed_rows(
        session,
        sa.update(OneTimeCode)
        .where(OneTimeCode.id == kept.id, OneTimeCode.tries < rules.code_tries)
        .values(tries=OneTimeCode.tries + 1)
        .execution_options(synchronize_session=False),
    )
    if tried != 1:
        return _problem("code_tries")
    return None if _right(kept, token, code) else _problem("code_wrong")


def use_code(
    session: Session,
    token: str,
    code: str,
    *,
    purpose: Purpose,
    mobile_index: str,
    now: dt.datetime,
) -> None:
    """Use a code up, once; raise ``Invalid`` when it cannot be used any more."""
    kept = session.scalar(sa.select(OneTimeCode).where(OneTimeCode.request_token == token))
    problem = _barred(kept, purpose, mobile_index, now)
    if kept is None or problem is not None:
        raise problem or _problem("code_wrong")
    if not _right(kept, token, code):
        raise _problem("code_wrong")
    used = changed_rows(
        session,
        sa.update(OneTimeCode)
        .where(OneTimeCode.id == kept.id, OneTimeCode.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False),
    )
    if used != 1:
        raise _problem("code_used")


def end_all(session: Session, mobile_index: str, *, now: dt.datetime) -> None:
    """End every code that went to a mobile: it is its owner's no more."""
    session.execute(
        sa.update(OneTimeCode)
        .where(OneTimeCode.mobile_index == mobile_index, OneTimeCode.expires_at > now)
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def reference(token: str) -> str:
    """Return the reference of the message that carries a code."""
    return f"code:{token}"


def nobody(login: str) -> str:
    """Return the index under which a code for an unknown name is kept."""
    return sealing.index_of(f"nobody:{identity.normalise(login)}")


@dataclass(frozen=True, slots=True, repr=False)
class _Asked:
    """What was asked for: under which name limits count, what the code is bound to, where it goes."""

    purpose: Purpose
    name: str
    bound: str
    mobile: str | None


def _write(
    session: Session,
    asked: _Asked,
    *,
    agency_id: int,
    actor: Actor,
    now: dt.datetime,
    rules: PeopleRules,
) -> str:
    """Keep a new code, hashed and bound to a new request, and its message; older ones end."""
    origin = code_pace.origin(actor.address)
    code_pace.wait_turn(session, asked.name, asked.bound, origin)
    code_pace.check(session, asked.purpose, asked.name, origin=origin, now=now, rules=rules)
    goes = asked.mobile is not None and (
        asked.purpose in OWNERS
        or not code_pace.is_spent(session, asked.bound, now=now, rules=rules)
    )
    _end_others(session, asked, now=now)
    token = secrets.token_urlsafe(24)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session.add(
        OneTimeCode(
            request_token=token,
            purpose=asked.purpose,
            mobile_index=asked.bound,
            asked_index=asked.name,
            sent_index=asked.bound if goes else None,
            code_hash=_hash(token, code),
            created_at=now,
            expires_at=now + dt.timedelta(minutes=rules.code_minutes),
            address=origin,
        )
    )
    session.flush()
    if goes:
        notices.notify(
            session, notices.CODE_EVENT, agency_id=agency_id, reference=reference(token),
            now=now, mobile=asked.mobile, code=code, minutes=rules.code_minutes,
            purpose=WORDS[asked.purpose],
        )  # fmt: skip
    return token


def _end_others(session: Session, asked: _Asked, *, now: dt.datetime) -> None:
    session.execute(
        sa.update(OneTimeCode)
        .where(
            OneTimeCode.mobile_index == asked.bound,
            OneTimeCode.purpose == asked.purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now,
        )
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )


def _barred(
    kept: OneTimeCode | None, purpose: Purpose, mobile_index: str, now: dt.datetime
) -> Invalid | None:
    if kept is None or kept.purpose != purpose or kept.mobile_index != mobile_index:
        return _problem("code_wrong")
    if kept.used_at is not None:
        return _problem("code_used")
    return _problem("code_expired") if now >= kept.expires_at else None


def _right(kept: OneTimeCode, token: str, code: str) -> bool:
    return hmac.compare_digest(kept.code_hash, _hash(token, identity.normalise(code)))


def _hash(token: str, code: str) -> str:
    return sealing.index_of(f"code:{token}:{code}")


def _problem(code: str, **facts: int) -> Invalid:
    return Invalid("", field="code", code=code, **facts)
