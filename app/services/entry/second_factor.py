"""The second factor of staff: codes of an authenticator app (RFC 6238), and codes for its loss."""

import base64
import datetime as dt
import hmac
import secrets
from urllib.parse import quote

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from app import sealing
from app.domain.errors import Invalid, NotAllowed
from app.domain.policy import Actor
from app.models import LoginFailure, RecoveryCode, SecondFactor
from app.services import audit
from app.services.entry import proofs
from app.services.people.people_rules import RULES, PeopleRules
from app.services.records.updates import changed_rows

DIGITS, STEP_SECONDS, ALGORITHM = 6, 30, SHA1
"""What every authenticator reads; the weakness of SHA-1 does not touch HMAC (RFC 6238, 4226)."""

SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""Random bytes of a recovery code: 80 bits, sixteen letters and digits."""

PLACE = "factor"
"""Under this the wrong codes of a person are counted, apart from wrong passwords."""

Offer = str
"""A secret that is offered and not yet kept, sealed for the person it is offered to."""


def is_enrolled(session: Session, user_id: int) -> bool:
    """Tell whether a person has an authenticator."""
    return _of(session, user_id) is not None


def offer(user_id: int) -> Offer:
    """Return a new secret, sealed: the form carries it until the first code proves it."""
    return sealing.ring().seal(secrets.token_bytes(SECRET_BYTES), _place(user_id))


def shown(made: Offer, user_id: int) -> str:
    """Return an offered secret as people type it (base32); raises ``Invalid`` (offer_broken)."""
    return base64.b32encode(_opened(made, user_id)).decode()


def address_of(made: Offer, user_id: int, *, name: str, issuer: str) -> str:
    """Return the address that an authenticator reads from the square picture."""
    issued = quote(issuer)
    return (
        f"otpauth://totp/{issued}:{quote(name)}?secret={shown(made, user_id)}&issuer={issued}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )


def enrol(
    session: Session, user_id: int, made: Offer, code: str, *, actor: Actor, now: dt.datetime
) -> list[str]:
    """Keep an offered secret that the app has answered for; return ten recovery codes, once.

    Raises ``Invalid`` (factor_wrong, offer_broken) and ``NotAllowed`` (factor_there): another
    authenticator is set only after the present one was taken away.
    """
    secret = _opened(made, user_id)
    if is_enrolled(session, user_id):
        raise NotAllowed("one is enrolled", code="factor_there")
    step = _step_of(secret, code, now=now, after=0)
    if step is None:
        raise Invalid("not the app's code", code="factor_wrong", field="factor")
    kept = SecondFactor(user_id=user_id, last_step=step, created_at=now)
    kept.secret = base64.b32encode(secret).decode()
    session.add(kept)
    _record(session, "factor_enrolled", user_id, actor=actor, now=now)
    return _new_codes(session, user_id, now=now)


def check(
    session: Session,
    user_id: int,
    code: str,
    *,
    now: dt.datetime,
    address: str = "",
    rules: PeopleRules = RULES,
) -> Invalid | NotAllowed | None:
    """Use up one code of the app, or one recovery code; return what is wrong with it, or None.

    Returned and not raised, because a wrong try has to be kept: the entry point commits it.
    Codes: factor_wrong, factor_locked (five wrong ones within fifteen minutes).
    """
    proofs.one_at_a_time(session, user_id)
    index = _failures(user_id)
    since = now - dt.timedelta(minutes=rules.lock_minutes)
    wrong = sa.select(sa.func.count(LoginFailure.id)).where(
        LoginFailure.login_index == index, LoginFailure.at > since
    )
    if (session.scalar(wrong) or 0) >= rules.factor_tries:
        return NotAllowed("too many", code="factor_locked", minutes=rules.lock_minutes)
    if _use_step(session, user_id, code, now=now) or _use_recovery(
        session, user_id, code, now=now
    ):
        session.execute(sa.delete(LoginFailure).where(LoginFailure.login_index == index))
        return None
    session.add(LoginFailure(login_index=index, address=PLACE, at=now))
    session.flush()
    who = Actor(user_id, "", frozenset(), address=address)
    _record(session, "factor_failed", user_id, actor=who, now=now)
    return Invalid("wrong code", code="factor_wrong", field="factor")


def codes_left(session: Session, user_id: int) -> int:
    """Return how many recovery codes were not used."""
    return session.scalar(
        sa.select(sa.func.count(RecoveryCode.id)).where(
            RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
        )
    ) or 0  # fmt: skip


def renew_codes(
    session: Session, user_id: int, *, actor: Actor, now: dt.datetime,
    rules: PeopleRules = RULES,
) -> list[str]:  # fmt: skip
    """Return ten new recovery codes, shown once; those before are of no use any more.

    Raises ``NotAllowed`` (not_found, fresh_proof).
    """
    if actor.user_id != user_id or not is_enrolled(session, user_id):
        raise NotAllowed("not enrolled", code="not_found")
    proofs.check(actor, now=now, rules=rules)
    _record(session, "recovery_codes_renewed", user_id, actor=actor, now=now)
    return _new_codes(session, user_id, now=now)


def remove(session: Session, user_id: int, *, actor: Actor, now: dt.datetime) -> bool:
    """Take an authenticator and its recovery codes away; return whether there was one."""
    gone = changed_rows(session, sa.delete(SecondFactor).where(SecondFactor.user_id == user_id))
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    if gone:
        _record(session, "factor_removed", user_id, actor=actor, now=now)
    return bool(gone)


def _of(session: Session, user_id: int) -> SecondFactor | None:
    found: SecondFactor | None = session.scalar(
        sa.select(SecondFactor).where(SecondFactor.user_id == user_id)
    )
    return found


def _use_step(session: Session, user_id: int, code: str, *, now: dt.datetime) -> bool:
    """Use up the step a code stands for; of two who send the same code, one is let in."""
    kept = _of(session, user_id)
    if kept is None:
        return False
    secret = base64.b32decode(str(kept.secret))
    step = _step_of(secret, code, now=now, after=kept.last_step)
    if step is None:
        return False
    return changed_rows(
        session,
        sa.update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session="fetch"),
    ) == 1  # fmt: skip


def _use_recovery(session: Session, user_id: int, code: str, *, now: dt.datetime) -> bool:
    return changed_rows(
        session,
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == _code_hash(user_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False),
    ) == 1  # fmt: skip


def _step_of(secret: bytes, code: str, *, now: dt.datetime, after: int) -> int | None:
    """Return the step a code stands for: the present one or a neighbour, never one used before."""
    clock = TOTP(secret, DIGITS, ALGORITHM(), STEP_SECONDS)
    typed = "".join(code.split()).encode()
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        due = clock.generate(step * STEP_SECONDS)
        if step > after and hmac.compare_digest(due, typed):
            return step
    return None


def _new_codes(session: Session, user_id: int, *, now: dt.datetime) -> list[str]:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_code_hash(user_id, code), created_at=now)
        for code in codes
    )
    session.flush()
    return codes


def _new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def _code_hash(user_id: int, code: str) -> str:
    typed = "".join(sign for sign in code.lower() if sign.isalnum())
    return sealing.index_of(f"recovery:{user_id}:{typed}")


def _failures(user_id: int) -> str:
    return sealing.index_of(f"{PLACE}:{user_id}")


def _place(user_id: int) -> str:
    return f"second_factor.offer.{user_id}"


def _opened(made: Offer, user_id: int) -> bytes:
    try:
        return sealing.ring().open(made, _place(user_id))
    except sealing.SealBroken as broken:
        raise Invalid("not our offer", code="offer_broken") from broken


def _record(
    session: Session, act: str, user_id: int, *, actor: Actor, now: dt.datetime
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="user", object_id=user_id,
    )  # fmt: skip
