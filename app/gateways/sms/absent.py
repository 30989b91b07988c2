"""No sender of text messages: a hall of real people that was given none."""

import logging

from app.gateways.sms.protocol import SmsFailed

logger = logging.getLogger(__name__)


class AbsentSms:
    """Refuses every message, so that none is kept in clear; the outbox keeps it sealed."""

    def send(self, mobile: str, text: str, reference: str) -> None:
        """Take no message; the log tells the last four digits and the length of the text."""
        logger.error(
            "no sender of text messages is set up (ANJU_SMS_ACCOUNT): %s of %s characters for "
            "mobile ending %s waits", reference, len(text), mobile[-4:],
        )  # fmt: skip
        raise SmsFailed("sms", "not_set_up")
