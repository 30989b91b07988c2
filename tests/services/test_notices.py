"""Notices: written with the deed, sealed, told once, sent by the outbox."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.page_words import Words
from app.domain.terms import Channel, NoticeStatus
from app.gateways.sms import SmsFailed
from app.jobs import notices as job
from app.models import Applicant, MessageTemplate, Notice
from app.services import notices
from app.services.notices import TemplateBroken
from app.services.records import outbox
from tests.factories import NOON, find_agency, make_applicant

EVENT = "application_submitted"


class Telephone:
    """A sender that keeps what it got, or takes nothing while it is broken."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.got: list[tuple[str, str, str]] = []

    def send(self, mobile: str, text: str, reference: str) -> None:
        if self.broken:
            raise SmsFailed("sms", "time_out")
        self.got.append((mobile, text, reference))


def tell(session: Session, person: Applicant, **changes: object) -> list[Notice]:
    """Tell somebody that the application has come in."""
    told = {
        "applicant": person, "agency_id": find_agency(session).id, "reference": "case:1:submitted",
        "now": NOON, "application_no": "BT1", "status_label": Words("房改办审核", "under review"),
    } | changes  # fmt: skip
    return notices.notify(session, EVENT, **told)


@pytest.mark.both
def test_one_message_a_channel_in_both_languages(session):
    person = make_applicant(session)

    by_channel = {notice.channel: notice for notice in tell(session, person)}

    assert set(by_channel) == {Channel.SMS, Channel.INBOX}
    assert "房改办审核" in by_channel[Channel.INBOX].text_zh
    assert "under review" in by_channel[Channel.SMS].text_en
    assert by_channel[Channel.SMS].mobile == person.mobile
    assert by_channel[Channel.INBOX].mobile is None


def test_a_deed_is_told_once(session):
    person = make_applicant(session)
    tell(session, person)

    assert tell(session, person) == []
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 2


def test_texts_and_mobiles_are_sealed(session):
    person = make_applicant(session)
    notice, *_ = tell(session, person)

    assert "房改办" not in notice.text_zh_sealed
    assert person.mobile not in str(notice.mobile_sealed)


def test_nobody_is_told_by_a_mobile_that_is_not_there(session):
    person = make_applicant(session, registered=False, mobile=None)

    assert [notice.channel for notice in tell(session, person)] == [Channel.INBOX]


@pytest.mark.parametrize(
    "text",
    ["{unknown}", "{application_no.real}", "{application_no!r}", "{application_no:>9}", "{}"],
)
def test_a_template_reads_known_names_only(text):
    with pytest.raises(TemplateBroken):
        notices.render(text, "zh", {"application_no": "BT1"})


def test_a_deed_that_says_too_little_tells_nothing(session):
    with pytest.raises(TemplateBroken):
        notices.notify(
            session, EVENT, applicant=make_applicant(session), reference="x", now=NOON,
            agency_id=find_agency(session).id, application_no="BT1",
        )  # fmt: skip


def test_every_template_can_be_filled_by_its_own_placeholders(session):
    for template in session.scalars(sa.select(MessageTemplate)):
        words = dict.fromkeys(template.placeholders, "x")
        for language in ("zh", "en"):
            assert notices.render(getattr(template, f"text_{language}"), language, words)


def test_days_and_moments_are_shown_as_in_shanghai():
    moment = dt.datetime(2026, 11, 18, 17, 30, tzinfo=dt.UTC)

    assert notices.render("{a} {b}", "zh", {"a": moment, "b": moment.date()}) == (
        "2026-11-19 01:30 2026-11-18"
    )


def test_the_inbox_counts_what_was_not_read(session):
    ana, bo = make_applicant(session), make_applicant(session)
    tell(session, ana)
    tell(session, ana, reference="case:2")
    tell(session, bo, reference="case:3")

    assert notices.unread_count(session, ana) == 2
    assert notices.mark_read(session, ana, now=NOON) == 2

    assert (notices.unread_count(session, ana), notices.unread_count(session, bo)) == (0, 1)
    assert len(notices.inbox(session, ana)) == 2


class TestOutbox:
    """Text messages leave once; what fails is tried again with growing pauses."""

    @pytest.mark.both
    def test_what_is_due_is_sent_once(self, session):
        person, phone = make_applicant(session), Telephone()
        tell(session, person)
        session.commit()

        assert job.send_due(phone, now=NOON) == {"sent": 1, "failed": 0}
        assert job.send_due(phone, now=NOON) == {"sent": 0, "failed": 0}
        assert [(mobile, reference) for mobile, _, reference in phone.got] == [
            (person.mobile, "case:1:submitted:sms")
        ]

    def test_a_reader_of_english_gets_english(self, session):
        phone = Telephone()
        tell(session, make_applicant(session, locale="en"))
        session.commit()

        job.send_due(phone, now=NOON)

        assert phone.got[0][1].startswith("[Anju]")

    def test_a_failure_is_tried_again_later_and_then_given_up(self, session):
        tell(session, make_applicant(session))
        session.commit()
        broken, now = Telephone(broken=True), NOON

        assert job.send_due(broken, now=now) == {"sent": 0, "failed": 1}
        assert job.send_due(broken, now=now + dt.timedelta(seconds=29))["failed"] == 0
        pauses = []
        for _ in range(outbox.MOST_TRIES - 1):
            pauses.append(self.next_pause(session, now))
            now += pauses[-1]
            assert job.send_due(broken, now=now)["failed"] == 1

        assert pauses == sorted(pauses)
        assert self.row(session).status is NoticeStatus.FAILED

    def test_a_sender_that_dies_leaves_the_message_to_the_next(self, session):
        tell(session, make_applicant(session))
        key = self.row(session).id
        assert outbox.take(session, key, now=NOON) is not None

        assert outbox.take(session, key, now=NOON) is None
        assert outbox.take(session, key, now=NOON + outbox.LEASE) is not None

    def test_a_code_is_not_sent_late_and_not_kept(self, session):
        notices.notify(
            session, "sms_code", agency_id=find_agency(session).id, reference="code:1", now=NOON,
            mobile="13900000001", code="123456", minutes=5, purpose=Words("注册", "it"),
        )  # fmt: skip
        session.commit()
        phone = Telephone()

        job.send_due(phone, now=NOON + dt.timedelta(minutes=6))

        assert phone.got == []
        assert self.row(session).text_zh == "******"

    def test_one_deed_can_be_told_at_once(self, session):
        tell(session, make_applicant(session))
        tell(session, make_applicant(session), reference="case:2")
        session.commit()
        phone = Telephone()

        job.send_now(phone, "case:2", now=NOON)

        assert [reference for _, _, reference in phone.got] == ["case:2:sms"]

    def row(self, session: Session) -> Notice:
        return session.scalars(
            sa.select(Notice).where(Notice.channel == Channel.SMS)
            .execution_options(populate_existing=True)
        ).one()  # fmt: skip

    def next_pause(self, session: Session, now: dt.datetime) -> dt.timedelta:
        return self.row(session).next_at - now
