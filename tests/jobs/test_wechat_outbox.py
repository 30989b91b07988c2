"""Whatever the platform does, every step of a case reaches its person once, one way or the other."""

import random
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.domain.terms import Channel, NoticeStatus, Status
from app.gateways.sms import LocalSms
from app.gateways.wechat import Template, WechatLine, WechatPlatform
from app.gateways.wechat.stand_in import Platform, serving
from app.jobs.notices import send_due
from app.models import Notice
from app.services.review import case_notices
from tests.bars import FULL
from tests.factories import NOON, Clock, make_account, make_applicant, make_application
from tests.pages.wechat_world import ACCOUNT, bind

SEND, TOKEN = "/cgi-bin/message/template/send", "/cgi-bin/stable_token"
EVENT = "application_submitted"
PEOPLE = 8
SEEDS = range(200 if FULL else 2)
FAULTS = (
    40001, 42001, 40014, 43004, 40003, 45009, 45011, -1, 47003, "garbage", "list", "down",
)  # fmt: skip


@pytest.fixture
def told(session):
    """Eight people who bound WeChat, each told of a case; four follow the account."""
    for number in range(PEOPLE):
        person = make_applicant(session)
        bind(session, person, f"o{number}")
        account = make_account(session, person, 0)
        case = make_application(session, account, status=Status.SUBMITTED)
        case_notices.about_case(session, EVENT, case, now=NOON)
    session.commit()


@pytest.mark.whole
@pytest.mark.bar
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_is_told_twice(session, told, tmp_path, seed):
    chance, clock, phone = random.Random(seed), Clock(), LocalSms(tmp_path / "sms.jsonl")
    followers = {f"o{number}" for number in range(PEOPLE // 2)}
    with serving(Platform(secret=ACCOUNT.secret, followers=followers)) as platform:
        account = replace(
            ACCOUNT, api=platform.url,
            templates={EVENT: Template("tm", {"phrase1": "status"})},
        )  # fmt: skip
        line = WechatLine(account, WechatPlatform(account, clock=lambda: clock().timestamp()))

        for _ in range(25):
            platform.faults += [
                (chance.choice((SEND, SEND, TOKEN)), chance.choice(FAULTS)) for _ in range(3)
            ]
            if chance.random() < 0.3:
                platform.expire()
            send_due(phone, now=clock(), wechat={"anhui": line})
            clock.pass_by(seconds=chance.choice((5, 40, 90)))

    rows = session.execute(
        sa.select(Notice.channel, Notice.status, sa.func.count())
        .where(Notice.channel != Channel.INBOX)
        .group_by(Notice.channel, Notice.status)
    ).all()
    by_channel = {
        channel: count for channel, status, count in rows if status is NoticeStatus.SENT
    }
    texts = [message["reference"] for message in phone.messages(100)]
    assert sum(by_channel.values()) == PEOPLE
    assert by_channel.get(Channel.WECHAT, 0) == len(platform.sent)
    assert len(texts) == len(set(texts)) == by_channel.get(Channel.SMS, 0)
    assert {each["touser"] for each in platform.sent} <= followers
