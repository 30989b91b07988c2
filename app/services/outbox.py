"""The outbox of text messages: taken by one sender at a time, tried again with growing pauses."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import Channel, NoticeStatus
from app.models import Applicant, Notice
from app.services.notices import CODE_EVENT
from app.services.updates import changed_rows

LEASE = dt.timedelta(minutes=2)
"""How long a message belongs to the sender that took it."""

FIRST_PAUSE = dt.timedelta(seconds=30)
MOST_TRIES = 8
CODE_KEEPS = dt.timedelta(minutes=5)
"""A code that comes later is of no use."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A text message as it goes out."""

    notice_id: int
    mobile: str
    text: str
    reference: str


def take(session: Session, notice_id: int, *, now: dt.datetime) -> Letter | None:
    """Take a message for sending, or return None when another sender has it or it is done."""
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
    return Letter(notice.id, notice.mobile, _text(session, notice), notice.reference)


def sent(session: Session, letter: Letter, *, now: dt.datetime) -> None:
    """Write down that the message was taken by the sender of text messages."""
    notice = session.get_one(Notice, letter.notice_id)
    notice.sent_at = now
    _finish(notice, NoticeStatus.SENT)


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
