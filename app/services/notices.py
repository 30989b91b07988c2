"""Messages to people: written with the deed they tell of, sent afterwards by the outbox."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.page_words import Words
from app.domain.terms import Channel, NoticeStatus
from app.domain.workdays import SHANGHAI
from app.models import Applicant, Application, MessageTemplate, Notice
from app.services.catalogue.reference_cache import remembered
from app.services.records.updates import changed_rows

CODE_EVENT = "sms_code"
SPREAD_MINUTES = 8 * 60
"""Over so long the text messages of an event of many people are spread."""


_BY_EVENT = sa.select(
    MessageTemplate.channels, MessageTemplate.text_zh, MessageTemplate.text_en
).where(MessageTemplate.event == sa.bindparam("event"))
_TOLD = sa.select(Notice.reference).where(
    Notice.reference.in_(sa.bindparam("references", expanding=True))
)
"""Asked for every message, so built once."""


class Template(NamedTuple):
    """What a message says and where it goes."""

    channels: tuple[str, ...]
    text_zh: str
    text_en: str


class TemplateBroken(ValueError):
    """A template asks for what the deed does not tell, or is not there."""


def notify(
    session: Session,
    event: str,
    *,
    agency_id: int,
    reference: str,
    now: dt.datetime,
    applicant: Applicant | None = None,
    user_id: int | None = None,
    mobile: str | None = None,
    application: Application | None = None,
    **placeholders: Any,
) -> list[Notice]:
    """Write one message a channel of the event's template; a reference is told once.

    ``mobile`` is for people who are not registered yet; others are told by what is on file.
    A placeholder is text, a sum in yuan, a day, a moment, or ``Words`` in two languages.
    Raises ``TemplateBroken``.
    """
    template = _template(session, event)
    texts = {
        language: render(getattr(template, f"text_{language}"), language, placeholders)
        for language in ("zh", "en")
    }
    number = mobile or (applicant.mobile if applicant else None)
    told = _known(session, [f"{reference}:{channel}" for channel in template.channels])
    written = []
    for channel in map(Channel, template.channels):
        name = f"{reference}:{channel}"
        if not _reaches(channel, number, applicant, user_id) or name in told:
            continue
        notice = _blank(channel, now)
        notice.reference, notice.event, notice.agency_id = name, event, agency_id
        notice.applicant_id = applicant.id if applicant else None
        notice.application_id = application.id if application else None
        notice.user_id = user_id
        notice.text_zh, notice.text_en = texts["zh"], texts["en"]
        notice.mobile = number if channel is Channel.SMS else None
        session.add(notice)
        written.append(notice)
    session.flush()
    return written


def tell_many(
    session: Session,
    event: str,
    told: Iterable[tuple[Applicant, str, Mapping[str, Any]]],
    *,
    agency_id: int,
    now: dt.datetime,
) -> int:
    """Write one event to many applicants and return how many messages that made.

    Each comes with the reference of a deed done just now, so that none was told before. Text
    messages are spread over the hours that follow: what somebody waits for goes between them.
    """
    template, written = _template(session, event), 0
    for applicant, reference, placeholders in told:
        texts = [
            render(text, language, placeholders)
            for text, language in ((template.text_zh, "zh"), (template.text_en, "en"))
        ]
        number = applicant.mobile
        for channel in map(Channel, template.channels):
            if not _reaches(channel, number, applicant, None):
                continue
            notice = _blank(channel, now)
            notice.reference, notice.event = f"{reference}:{channel}", event
            notice.agency_id, notice.applicant_id = agency_id, applicant.id
            notice.text_zh, notice.text_en = texts
            if channel is Channel.SMS:
                notice.mobile = number
                notice.next_at = now + dt.timedelta(minutes=applicant.id % SPREAD_MINUTES)
            session.add(notice)
            written += 1
    session.flush()
    return written


def render(text: str, language: str, placeholders: Mapping[str, Any]) -> str:
    """Fill in a template; only plain ``{name}`` is read, everything else is ``TemplateBroken``."""
    parts = []
    for literal, name, form, conversion in Formatter().parse(text):
        parts.append(literal)
        if name is None:
            continue
        if form or conversion or not name.isidentifier() or name not in placeholders:
            raise TemplateBroken(f"{{{name}}} cannot be filled in")
        parts.append(_words(placeholders[name], language))
    return "".join(parts)


def inbox(session: Session, applicant: Applicant, limit: int = 50) -> Sequence[Notice]:
    """Return the newest messages on an applicant's page."""
    return session.scalars(
        sa.select(Notice).where(*_of(applicant)).order_by(Notice.id.desc()).limit(limit)
    ).all()


def unread_count(session: Session, applicant: Applicant) -> int:
    """Return how many messages on the page were not read yet."""
    return session.scalar(
        sa.select(sa.func.count(Notice.id)).where(*_of(applicant), Notice.read_at.is_(None))
    ) or 0  # fmt: skip


def mark_read(session: Session, applicant: Applicant, *, now: dt.datetime) -> int:
    """Mark all messages on the page as read and return how many were new."""
    return changed_rows(
        session,
        sa.update(Notice)
        .where(*_of(applicant), Notice.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False),
    )


def due(session: Session, now: dt.datetime, limit: int = 200) -> Sequence[int]:
    """Return the keys of the text messages whose time has come, oldest first."""
    return session.scalars(
        sa.select(Notice.id)
        .where(
            Notice.status == NoticeStatus.QUEUED,
            Notice.next_at <= now,
            Notice.channel == Channel.SMS,
        )
        .order_by(Notice.next_at, Notice.id)
        .limit(limit)
    ).all()


def _template(session: Session, event: str) -> Template:
    found = remembered(
        session, ("template", event),
        lambda: session.execute(_BY_EVENT, {"event": event}).first(),
    )  # fmt: skip
    if found is None:
        raise TemplateBroken(f"no template for {event}")
    return Template(*found)


def _reaches(
    channel: Channel,
    number: str | None,
    applicant: Applicant | None,
    user_id: int | None,
) -> bool:
    if channel is Channel.SMS:
        return number is not None
    return channel is Channel.INBOX and (applicant is not None or user_id is not None)


def _blank(channel: Channel, now: dt.datetime) -> Notice:
    """Return a message that waits to be sent, or lies on the page already."""
    waits = channel is Channel.SMS
    return Notice(
        channel=channel,
        status=NoticeStatus.QUEUED if waits else NoticeStatus.SENT,
        next_at=now,
        created_at=now,
        sent_at=None if waits else now,
    )


def _known(session: Session, references: Sequence[str]) -> set[str]:
    return set(session.scalars(_TOLD, {"references": references}))


def _of(applicant: Applicant) -> tuple[sa.ColumnElement[bool], ...]:
    return Notice.applicant_id == applicant.id, Notice.channel == Channel.INBOX


def _words(value: Any, language: str) -> str:
    match value:
        case Words():
            return str(getattr(value, language))
        case dt.datetime():
            return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)
