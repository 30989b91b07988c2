"""Send the text messages of the outbox; nothing is locked while the sender is asked."""

import datetime as dt
import logging
from collections.abc import Iterable

import sqlalchemy as sa

from app.gateways.sms import Sms, SmsFailed
from app.models import Notice
from app.services import notices, outbox
from app.transaction import transaction

logger = logging.getLogger(__name__)


def send_due(sms: Sms, *, now: dt.datetime, limit: int = 200) -> dict[str, int]:
    """Send what is due and return how many messages were sent and how many were put back."""
    with transaction() as session:
        waiting = notices.due(session, now, limit)
    return _send(waiting, sms, now=now)


def send_now(sms: Sms, reference: str, *, now: dt.datetime) -> None:
    """Send the text message of one deed at once; what fails stays with the worker."""
    with transaction() as session:
        keys = session.scalars(
            sa.select(Notice.id).where(Notice.reference == f"{reference}:sms")
        ).all()
    _send(keys, sms, now=now)


def _send(keys: Iterable[int], sms: Sms, *, now: dt.datetime) -> dict[str, int]:
    counts = {"sent": 0, "failed": 0}
    for key in keys:
        with transaction() as session:
            letter = outbox.take(session, key, now=now)
        if letter is None:
            continue
        try:
            sms.send(letter.mobile, letter.text, letter.reference)
        except SmsFailed as fault:
            logger.warning("sms %s not taken: %s", letter.reference, fault.code)
            counts["failed"] += 1
            with transaction() as session:
                outbox.failed(session, letter, now=now)
        else:
            counts["sent"] += 1
            with transaction() as session:
                outbox.sent(session, letter, now=now)
    return counts
