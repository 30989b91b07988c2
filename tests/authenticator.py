"""An authenticator app of the tests: shown a secret, it tells the code of a moment."""

import base64
import datetime as dt

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from app.models import Staff
from app.services.entry import second_factor
from tests.people import NOON, actor_of


class Phone:
    """A phone that was shown a secret."""

    def __init__(self, secret: str) -> None:
        self.clock = TOTP(base64.b32decode("".join(secret.split())), 6, SHA1(), 30)

    def code(self, moment: dt.datetime = NOON) -> str:
        """Return the six digits of a moment."""
        return self.clock.generate(moment.timestamp()).decode()


def enrol(session: Session, member: Staff, now: dt.datetime = NOON) -> tuple[Phone, list[str]]:
    """Set up a phone for a member of staff; return it and the recovery codes."""
    offer = second_factor.offer(member.user_id)
    phone = Phone(second_factor.shown(offer, member.user_id))
    actor = actor_of(session, member)
    codes = second_factor.enrol(
        session, member.user_id, offer, phone.code(now), actor=actor, now=now
    )
    return phone, codes
