"""Codes by text message: they prove that somebody holds a mobile."""

import datetime as dt
import hmac
import secrets
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
from app.services.people_rules import RULES, PeopleRules
from app.services.updates import changed_rows

DIGITS = 6


class Purpose(StrEnum):
    """What a code may be used for; it is of no use for anything else."""

    REGISTER = "register"
    RECOVER = "recover"
    CHANGE_MOBILE = "change_mobile"


WORDS = {
    Purpose.REGISTER: Words("实名注册", "registration"),
    Purpose.RECOVER: Words("找回密码", "a new password"),
    Purpose.CHANGE_MOBILE: Words("更换手机号码", "a new mobile"),
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
    Raises ``Invalid`` (mobile_format, code_wait, code_day_limit).
    """
    number = identity.check_mobile(mobile)
    token, code = _write(
        session,
        sealing.index_of(number),
        purpose=purpose,
        actor=actor,
        now=now,
        rules=rules,
    )
    notices.notify(
        session,
        notices.CODE_EVENT,
        agency_id=agency_id,
        reference=reference(token),
        now=now,
        mobile=number,
        code=code,
        minutes=rules.code_minutes,
        purpose=WORDS[purpose],
    )
    return token


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
    """Send a code to the mobile on file; for a name nobody has, do all of it but the message."""
    if applicant is not None and applicant.mobile:
        return send_code(
            session, purpose=Purpose.RECOVER, mobile=applicant.mobile, agency_id=agency_id,
            actor=actor, now=now, rules=rules,
        )  # fmt: skip
    token, _ = _write(
        session,
        nobody(login),
        purpose=Purpose.RECOVER,
        actor=actor,
        now=now,
        rules=rules,
    )
    return token


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


def reference(token: str) -> str:
    """Return the reference of the message that carries a code."""
    return f"code:{token}"


def nobody(login: str) -> str:
    """Return the index under which a code for an unknown name is kept."""
    return sealing.index_of(f"nobody:{identity.normalise(login)}")


def _write(
    session: Session,
    mobile_index: str,
    *,
    purpose: Purpose,
    actor: Actor,
    now: dt.datetime,
    rules: PeopleRules,
) -> tuple[str, str]:
    """Keep a new code, hashed and bound to a new request; the ones before it end."""
    _check_pace(session, mobile_index, actor.address, now, rules)
    session.execute(
        sa.update(OneTimeCode)
        .where(
            OneTimeCode.mobile_index == mobile_index,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now,
        )
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    token = secrets.token_urlsafe(24)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    session.add(
        OneTimeCode(
            request_token=token,
            purpose=purpose,
            mobile_index=mobile_index,
            code_hash=_hash(token, code),
            created_at=now,
            expires_at=now + dt.timedelta(minutes=rules.code_minutes),
            address=actor.address,
        )
    )
    session.flush()
    return token, code


def _check_pace(
    session: Session,
    mobile_index: str,
    address: str,
    now: dt.datetime,
    rules: PeopleRules,
) -> None:
    since = now - dt.timedelta(days=1)
    sent = session.scalars(
        sa.select(OneTimeCode.created_at)
        .where(OneTimeCode.mobile_index == mobile_index, OneTimeCode.created_at > since)
        .order_by(OneTimeCode.created_at.desc())
    ).all()
    if sent:
        wait = rules.code_again_seconds - int((now - sent[0]).total_seconds())
        if wait > 0:
            raise _problem("code_wait", seconds=wait)
    if len(sent) >= rules.codes_a_day:
        raise _problem("code_day_limit", most=rules.codes_a_day)
    from_there = session.scalar(
        sa.select(sa.func.count(OneTimeCode.id)).where(
            OneTimeCode.address == address,
            OneTimeCode.created_at > now - dt.timedelta(hours=1),
        )
    )
    if address and (from_there or 0) >= rules.codes_an_hour_and_address:
        raise _problem("code_address_limit")


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
