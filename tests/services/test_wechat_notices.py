"""Steps of a case told by WeChat: to who bound, without anything private, and never lost."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.policy import Actor
from app.domain.terms import Channel, NoticeStatus, Status
from app.gateways.sms import LocalSms, SmsFailed
from app.gateways.wechat import (
    Template,
    WechatAccount,
    WechatBusy,
    WechatFailed,
    WechatLine,
    WechatRefused,
)
from app.gateways.wechat.account import CASE_EVENTS
from app.jobs.notices import send_due
from app.models import MessageTemplate, Notice
from app.services import notices
from app.services.entry import outside_identities, wechat_people
from app.services.records import outbox
from app.services.review import case_notices
from tests.factories import NOON, find_agency, make_account, make_applicant, make_application

OPENID = "oAna"
EVENT = "application_submitted"
FIELDS = {
    "character_string1": "number",
    "thing2": "service",
    "phrase3": "status",
    "time4": "time",
}
ACCOUNT = WechatAccount(
    appid="wx49f0ab532d5d035a", secret="s", token="tok", aes_key="k" * 43,
    hall="https://hall.example.cn", templates={EVENT: Template("tm1", FIELDS)},
)  # fmt: skip


class Wechat:
    """An account that keeps what it was given, or answers with one fault."""

    def __init__(self, fault=None):
        self.fault, self.got = fault, []

    def send(self, message):
        if self.fault is not None:
            raise self.fault
        self.got.append(message)
        return "200000001"


@pytest.fixture
def phone(tmp_path):
    return LocalSms(tmp_path / "sms.jsonl")


@pytest.fixture
def case(session):
    """A case of Ana, who bound her WeChat."""
    ana = make_applicant(session)
    actor = Actor(ana.user_id, ana.name, frozenset(), applicant_id=ana.id)
    outside_identities.bind(
        session, ana.user, ACCOUNT.provider, OPENID, level="", actor=actor, now=NOON,
        keep_subject=True,
    )  # fmt: skip
    return make_application(session, make_account(session, ana), status=Status.SUBMITTED)


def tell(session, case, event=EVENT, **more):
    case_notices.about_case(session, event, case, now=NOON, **more)
    session.commit()


def send(phone, gateway, now=NOON, account=ACCOUNT):
    return send_due(phone, now=now, wechat={"anhui": WechatLine(account, gateway)})


def row(session):
    return session.scalars(
        sa.select(Notice)
        .where(Notice.channel != Channel.INBOX)
        .execution_options(populate_existing=True)
    ).one()


@pytest.mark.both
def test_who_bound_is_told_by_wechat_and_not_by_text(session, case, phone):
    tell(session, case)
    wechat = Wechat()

    assert send(phone, wechat) == {"sent": 1, "failed": 0}

    assert phone.messages() == []
    assert [message.openid for message in wechat.got] == [OPENID]
    kept = row(session)
    assert (kept.channel, kept.status, kept.outside_id) == (
        Channel.WECHAT, NoticeStatus.SENT, "200000001",
    )  # fmt: skip


def test_a_message_tells_the_step_and_leads_through_the_log_in(session, case, phone):
    tell(session, case)
    wechat = Wechat()
    send(phone, wechat)

    [message] = wechat.got
    assert message.fields == {
        "character_string1": case.number, "thing2": "住房货币化补贴", "phrase3": "已提交",
        "time4": "2026-11-18 12:00",
    }  # fmt: skip
    assert message.url == (
        f"https://hall.example.cn/wechat/anhui/login?next=/hall/progress/{case.id}/"
    )


def test_a_reader_of_english_gets_english_within_the_limits_of_a_field(session, case, phone):
    case.applicant.locale = "en"
    tell(session, case)
    wechat = Wechat()
    send(phone, wechat)

    assert wechat.got[0].fields["thing2"] == "Housing subsidy"
    assert wechat.got[0].fields["phrase3"] == "subm…"


def test_who_has_not_bound_is_told_by_text(session, phone):
    other = make_application(session, status=Status.SUBMITTED)
    tell(session, other)
    wechat = Wechat()

    send(phone, wechat)

    assert wechat.got == []
    assert [message["mobile"] for message in phone.messages()] == [other.applicant.mobile]


def test_a_step_without_a_template_is_told_by_text(session, case, phone):
    tell(session, case, "rejected", reason_short="材料不全")
    wechat = Wechat()

    send(phone, wechat)

    assert wechat.got == []
    assert len(phone.messages()) == 1


def test_what_happens_to_a_log_in_is_told_by_text_only(session, case, phone):
    account = WechatAccount(
        appid=ACCOUNT.appid, secret="s", token="tok", aes_key="k" * 43, hall=ACCOUNT.hall,
        templates={"password_changed": Template("tm2", FIELDS)},
    )  # fmt: skip
    notices.notify(
        session, "password_changed", applicant=case.applicant, reference="p:1", now=NOON,
        agency_id=find_agency(session).id, time=NOON, hotline="12345", application=case,
    )  # fmt: skip
    session.commit()
    wechat = Wechat()

    send(phone, wechat, account=account)

    assert wechat.got == []
    assert len(phone.messages()) == 1


def test_an_unbound_account_is_written_to_no_more(session, case, phone):
    [bound] = outside_identities.of_user(session, case.applicant.user_id)
    actor = Actor(case.applicant.user_id, "", frozenset())
    outside_identities.unbind(session, bound, actor=actor, now=NOON)
    tell(session, case)

    send(phone, Wechat())

    assert len(phone.messages()) == 1


def test_what_wechat_refuses_goes_as_text_at_once(session, case, phone):
    tell(session, case)

    assert send(phone, Wechat(WechatRefused("wechat", "43004"))) == {"sent": 1, "failed": 0}

    assert len(phone.messages()) == 1
    assert row(session).channel is Channel.SMS


def test_what_both_refuse_is_kept_for_later(session, case):
    class Broken:
        def send(self, *_):
            raise SmsFailed("sms", "time_out")

    tell(session, case)

    assert send(Broken(), Wechat(WechatRefused("wechat", "43004"))) == {"sent": 0, "failed": 1}
    assert row(session).status is NoticeStatus.QUEUED


@pytest.mark.parametrize(
    "fault", [WechatBusy("wechat", "45009"), WechatFailed("wechat", "time_out")]
)
def test_a_doubtful_wechat_is_asked_again_and_then_text_goes(session, case, phone, fault):
    tell(session, case)
    now = NOON

    for _ in range(outbox.WECHAT_TRIES):
        assert send(phone, Wechat(fault), now=now)["failed"] == 1
        assert phone.messages() == []
        now = row(session).next_at

    assert now - NOON < dt.timedelta(minutes=5)
    assert send(phone, Wechat(fault), now=now)["sent"] == 1
    assert len(phone.messages()) == 1


@pytest.mark.both
def test_what_was_taken_and_not_delivered_goes_as_text_once(session, case, phone):
    tell(session, case)
    wechat, agency_id = Wechat(), case.agency_id
    send(phone, wechat)

    assert outbox.undelivered(session, "200000001", agency_id=agency_id, now=NOON)
    session.commit()
    assert send(phone, wechat)["sent"] == 1
    assert outbox.undelivered(session, "200000001", agency_id=agency_id, now=NOON)
    session.commit()
    assert send(phone, wechat)["sent"] == 0

    assert (len(phone.messages()), len(wechat.got)) == (1, 1)


def test_a_number_of_another_agency_turns_nothing(session, case, phone):
    tell(session, case)
    send(phone, Wechat())

    assert not outbox.undelivered(
        session, "200000001", agency_id=find_agency(session, "liaoning").id, now=NOON
    )
    assert not outbox.undelivered(session, "9", agency_id=case.agency_id, now=NOON)


def test_every_step_that_wechat_may_tell_is_one_that_is_told(session):
    known = set(session.scalars(sa.select(MessageTemplate.event)))

    assert known >= CASE_EVENTS
    assert set(wechat_people.STEPS) == CASE_EVENTS


def test_words_of_a_step_fit_the_field_of_the_platform():
    assert all(
        len(words.zh) <= wechat_people.LIMITS["phrase"]
        for words in wechat_people.STEPS.values()
    )
