"""Send the messages of the outbox; nothing is locked while a sender is asked."""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from app.gateways.sms import Sms, SmsFailed
from app.gateways.wechat import WechatFailed, WechatLine, WechatRefused
from app.models import Notice
from app.services import notices
from app.services.records import outbox
from app.services.records.outbox import Letter
from app.transaction import transaction

logger = logging.getLogger(__name__)


def send_due(
    sms: Sms,
    *,
    now: dt.datetime,
    limit: int = 200,
    wechat: Mapping[str, WechatLine] | None = None,
) -> dict[str, int]:
    """Send what is due and return how many messages were sent and how many were put back.

    ``wechat`` are the official accounts by agency, tried first where they can be used.
    """
    with transaction() as session:
        waiting = notices.due(session, now, limit)
    return _send(waiting, sms, now=now, wechat=wechat or {})


def send_now(sms: Sms, reference: str, *, now: dt.datetime) -> None:
    """Send the text message of one deed at once; what fails stays with the worker."""
    with transaction() as session:
        keys = session.scalars(
            sa.select(Notice.id).where(Notice.reference == f"{reference}:sms")
        ).all()
    _send(keys, sms, now=now, wechat={})


def _send(
    keys: Iterable[int], sms: Sms, *, now: dt.datetime, wechat: Mapping[str, WechatLine]
) -> dict[str, int]:
    counts = {"sent": 0, "failed": 0}
    accounts = {code: line.account for code, line in wechat.items()}
    for key in keys:
        with transaction() as session:
            letter = outbox.take(session, key, now=now, accounts=accounts)
        if letter is None:
            continue
        try:
            outside_id = _hand_over(letter, sms, wechat)
        except (SmsFailed, WechatFailed) as fault:
            logger.warning("%s %s not taken: %s", fault.service, letter.reference, fault.code)
            counts["failed"] += 1
            with transaction() as session:
                outbox.failed(session, letter, now=now)
        else:
            counts["sent"] += 1
            with transaction() as session:
                outbox.sent(session, letter, now=now, outside_id=outside_id)
    return counts


def _hand_over(letter: Letter, sms: Sms, wechat: Mapping[str, WechatLine]) -> str | None:
    """Give a message to WeChat, or as text to the sender of texts; return WeChat's number."""
    if letter.wechat is not None:
        try:
            return wechat[letter.agency].gateway.send(letter.wechat)
        except WechatRefused as refused:
            logger.info("wechat refused %s: %s; goes as text", letter.reference, refused.code)
    sms.send(letter.mobile, letter.text, letter.reference)
    return None
