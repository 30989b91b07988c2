"""What the hall asks of any sender of text messages."""

from typing import Protocol

from app.gateways.errors import Unavailable


class SmsFailed(Unavailable):
    """The message was not taken; the outbox may try again."""


class Sms(Protocol):
    """A sender of text messages."""

    def send(self, mobile: str, text: str, reference: str) -> None:
        """Send ``text`` to a mainland mobile (11 digits); ``reference`` is the outbox row's.

        Raises ``SmsFailed`` when it was not taken for certain or nobody can tell.
        """
