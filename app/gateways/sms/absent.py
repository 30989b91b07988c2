"""No sender of text messages: a hall of real people that was given none."""

from app.gateways.sms.protocol import SmsFailed


class AbsentSms:
    """Refuses every message, so that none is kept in clear; the outbox keeps it sealed."""

    def send(self, mobile: str, text: str, reference: str) -> None:
        """Take no message."""
        raise SmsFailed("sms", "not_set_up")
