"""The outbox of text messages: taken by one sender at a time, tried again with growing pauses.

A step of a case goes by WeChat to who bound the agency's account there; what the platform does
not take or does not deliver goes by text message.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import Channel, NoticeStatus
from app.gateways.wechat import TemplateMessage, WechatAccount
from app.models import Applicant, Notice
from app.services.entry import wechat_people
from app.services.notices import CODE_EVENT
from app.services.records.updates import changed_rows

LEASE = dt.timedelta(minutes=2)
"""How long a message belongs to the sender that took it."""

FIRST_PAUSE = dt.timedelta(seconds=30)
MOST_TRIES = 8
WECHAT_TRIES = 3
"""After so many tries by WeChat, about two minutes, a message goes by text."""

CODE_KEEPS = dt.timedelta(minutes=5)
"""A code that comes later is of no use."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it goes out: by WeChat when it can, else as text."""

    notice_id: int
    mobile: str
    text: str
    reference: str
    agency: str = ""
    wechat: TemplateMessage | None = None


def take(
    session: Session,
    notice_id: int,
    *,
    now: dt.datetime,
    accounts: Mapping[str, WechatAccount] | None = None,
) -> Letter | None:
    """Take a message for sending, or return None when another sender has it or it is done.

    ``accounts`` are the official accounts by agency; without them it goes as text.
    """
    taken = changed_rows(
        session,
        sa.update(Notice)
        .where(
            Notice.id == notice_id,
            Notice.status == NoticeStatus.QUEUED,
            Notice.channel == Channel.SMS,
            Notice.next_at <= now,
        )
        .values(next_at=now + LEASE, tries=Notice.tries + 1)
        .execution_options(synchronize_session=False),
    )
    if taken != 1:
        return None
    notice = session.get_one(Notice, notice_id, populate_existing=True)
    if notice.event == CODE_EVENT and now - notice.created_at > CODE_KEEPS:
        _finish(notice, NoticeStatus.FAILED)
        return None
    agency, message = "", None
    if accounts and notice.tries <= WECHAT_TRIES:
        agency, message = wechat_people.message_of(session, notice, accounts) or ("", None)
    return Letter(
        notice.id, notice.mobile, _text(session, notice), notice.reference, agency, message
    )


def sent(
    session: Session, letter: Letter, *, now: dt.datetime, outside_id: str | None = None
) -> None:
    """Write down that the message was taken, by WeChat when it has a number there."""
    notice = session.get_one(Notice, letter.notice_id)
    notice.sent_at = now
    if outside_id is not None:
        notice.channel, notice.outside_id = Channel.WECHAT, outside_id
    _finish(notice, NoticeStatus.SENT)


def undelivered(session: Session, outside_id: str, *, agency_id: int, now: dt.datetime) -> bool:
    """Send as text what WeChat took and did not deliver; False when no message is known so.

    Telling it twice sends one text.
    """
    of = (Notice.outside_id == outside_id, Notice.agency_id == agency_id)
    turned = changed_rows(
        session,
        sa.update(Notice)
        .where(*of, Notice.channel == Channel.WECHAT, Notice.status == NoticeStatus.SENT)
        .values(
            channel=Channel.SMS, status=NoticeStatus.QUEUED, sent_at=None, next_at=now,
            tries=WECHAT_TRIES,
        )
        .execution_options(synchronize_session=False),
    )  # fmt: skip
    return bool(turned) or session.scalar(sa.select(Notice.id).where(*of)) is not None


def failed(session: Session, letter: Letter, *, now: dt.datetime) -> None:
    """Put the message back for later; after eight tries it has failed for good."""
    notice = session.get_one(Notice, letter.notice_id)
    if notice.tries >= MOST_TRIES:
        _finish(notice, NoticeStatus.FAILED)
    else:
        notice.next_at = now + FIRST_PAUSE * 2 ** (notice.tries - 1)


def _finish(notice: Notice, status: NoticeStatus) -> None:
    """End the life of a message; a code is not kept beyond it."""
    notice.status = status
    if notice.event == CODE_EVENT:
        notice.text_zh = notice.text_en = "******"


def _text(session: Session, notice: Notice) -> str:
    person = session.get(Applicant, notice.applicant_id) if notice.applicant_id else None
    english = person is not None and person.locale == "en"
    return str(notice.text_en if english else notice.text_zh)
