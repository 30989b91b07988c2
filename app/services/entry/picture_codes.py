"""Picture codes (图形验证码): a few digits that programs read badly, asked after wrong tries.

Nothing is kept of a code until it is answered: its digits are a keyed hash of its token, and the
token is bound to whom it was given. An answer, right or wrong, uses it up.
"""

import datetime as dt
import hmac
import secrets

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import sealing
from app.domain import identity
from app.domain.errors import Invalid
from app.models import SpentPicture

VALID = dt.timedelta(minutes=5)
DIGITS = 5
CLEAR = "02345689"
"""One and seven look alike when they are bent."""

_PARTS = 3


def issue(bound: str, *, now: dt.datetime) -> str:
    """Return the token of a new code for the browser or address ``bound``."""
    nonce = secrets.token_hex(16)
    expires = f"{int((now + VALID).timestamp()):x}"
    return f"{nonce}-{expires}-{_signature(nonce, expires, bound)}"


def digits_of(token: str, bound: str, *, now: dt.datetime) -> str | None:
    """Return the digits of a code, or None when it is not for ``bound``, or too old."""
    parts = token.split("-")
    if len(parts) != _PARTS:
        return None
    nonce, expires, signature = parts
    if not hmac.compare_digest(signature.encode(), _signature(nonce, expires, bound).encode()):
        return None
    if now.timestamp() >= int(expires, 16):
        return None
    drawn = bytes.fromhex(sealing.index_of(f"picture-digits:{nonce}"))[:DIGITS]
    return "".join(CLEAR[byte % len(CLEAR)] for byte in drawn)


def answer(
    session: Session, token: str, typed: str, *, bound: str, now: dt.datetime
) -> Invalid | None:
    """Use a code up and return what is wrong with the answer, or None.

    Returned and not raised, because the code stays used up: the entry point commits it.
    Codes: picture_needed, picture_expired, picture_used, picture_wrong.
    """
    if not typed.strip():
        return _problem("picture_needed")
    due = digits_of(token, bound, now=now)
    if due is None:
        return _problem("picture_expired")
    try:
        with session.begin_nested():
            session.add(SpentPicture(picture_hash=sealing.index_of(f"spent:{token}"), at=now))
    except IntegrityError:
        return _problem("picture_used")
    right = hmac.compare_digest(due.encode(), identity.normalise(typed).encode())
    return None if right else _problem("picture_wrong")


def _signature(nonce: str, expires: str, bound: str) -> str:
    return sealing.index_of(f"picture:{nonce}:{expires}:{bound}")


def _problem(code: str) -> Invalid:
    return Invalid(field="picture", code=code)
