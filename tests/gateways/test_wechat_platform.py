"""The account on the platform: one token for all calls, each fault told apart."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from app.gateways.wechat import (
    LocalWechat,
    TemplateMessage,
    WechatAccount,
    WechatBusy,
    WechatFailed,
    WechatPlatform,
    WechatRefused,
)
from app.gateways.wechat.platform import EARLY, REST
from app.gateways.wechat.stand_in import LASTS, Platform, serving

SEND, TOKEN, PAGE = (
    "/cgi-bin/message/template/send",
    "/cgi-bin/stable_token",
    "/sns/oauth2/access_token",
)
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"


@pytest.fixture(scope="module")
def served():
    with serving(Platform()) as platform:
        yield platform


@pytest.fixture
def platform(served):
    vars(served).update(vars(Platform(url=served.url, seconds=0.6)))
    return served


@pytest.fixture
def account(platform):
    return WechatAccount(
        appid=platform.appid, secret=platform.secret, token="tok", aes_key=KEY,
        hall="https://hall.example.cn", api=platform.url, open=platform.url,
    )  # fmt: skip


@pytest.fixture
def wechat(account):
    return WechatPlatform(account, seconds=0.3)


def message(reference="paid:1:2", openid="oVisitor"):
    return TemplateMessage(openid, "tm1", {"phrase1": "已到账"}, "https://hall/", reference)


def test_a_message_arrives_as_the_platform_documents_it(wechat, platform):
    number = wechat.send(message())

    [got] = platform.sent
    assert number == "200000001"
    assert (got["touser"], got["template_id"], got["url"]) == (
        "oVisitor",
        "tm1",
        "https://hall/",
    )
    assert got["data"] == {"phrase1": {"value": "已到账"}}


def test_the_same_reference_is_sent_once(wechat, platform):
    assert wechat.send(message()) == wechat.send(message())
    assert wechat.send(message("paid:1:3")) == "200000002"

    assert len(platform.sent) == 2


def test_the_token_is_asked_for_once_until_it_ends(account, platform):
    moment = [0.0]
    wechat = WechatPlatform(account, clock=lambda: moment[0])

    wechat.send(message("1"))
    moment[0] = LASTS - EARLY - 1.0
    wechat.send(message("2"))
    assert platform.tokens_given == 1

    moment[0] += 2
    wechat.send(message("3"))
    assert platform.tokens_given == 2


@pytest.mark.parametrize("number", REST)
def test_used_up_calls_are_left_alone_for_a_while(account, platform, number):
    moment = [0.0]
    wechat = WechatPlatform(account, clock=lambda: moment[0])
    platform.faults = [(SEND, number)]

    for _ in range(3):
        with pytest.raises(WechatBusy):
            wechat.send(message())
        moment[0] += REST[number] / 4
    assert platform.sent == []

    moment[0] = REST[number] + 1.0
    wechat.send(message())
    assert len(platform.sent) == 1


def test_many_senders_at_once_share_one_token(wechat, platform):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: wechat.send(message(str(number))), range(24)))

    assert (platform.tokens_given, len(platform.sent)) == (1, 24)


@pytest.mark.parametrize("number", [40001, 40014, 42001])
def test_a_token_that_ended_early_is_renewed_once(wechat, platform, number):
    wechat.send(message("1"))
    platform.faults = [(SEND, number)]

    wechat.send(message("2"))

    assert (platform.tokens_given, len(platform.sent)) == (2, 2)


def test_a_token_that_another_process_replaced_is_renewed(wechat, platform):
    wechat.send(message("1"))
    platform.expire()

    wechat.send(message("2"))

    assert len(platform.sent) == 2


def test_a_token_that_is_refused_for_ever_ends_the_try(wechat, platform):
    platform.faults = [(SEND, 40001), (SEND, 40001)]

    with pytest.raises(WechatFailed) as fault:
        wechat.send(message())

    assert fault.type is WechatFailed
    assert platform.sent == []


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (43004, WechatRefused, "43004"),
        (40003, WechatRefused, "40003"),
        (40037, WechatRefused, "40037"),
        (47003, WechatRefused, "47003"),
        (45009, WechatBusy, "45009"),
        (45011, WechatBusy, "45011"),
        (-1, WechatFailed, "-1"),
        ("slow", WechatFailed, "time_out"),
        ("garbage", WechatFailed, "unreadable"),
        ("list", WechatFailed, "unreadable"),
        ("down", WechatFailed, "http_502"),
    ],
)
def test_each_fault_is_told_apart(wechat, platform, fault, kind, code):
    platform.faults = [(SEND, fault)]

    with pytest.raises(WechatFailed) as raised:
        wechat.send(message())

    assert (raised.type, raised.value.code) == (kind, code)


@pytest.mark.parametrize("fault", ["garbage", "list", -1])
def test_without_a_token_nothing_is_sent_and_the_next_try_asks_again(wechat, platform, fault):
    platform.faults = [(TOKEN, fault)]

    with pytest.raises(WechatFailed):
        wechat.send(message())
    wechat.send(message())

    assert len(platform.sent) == 1


def test_who_does_not_follow_is_refused(wechat):
    with pytest.raises(WechatRefused):
        wechat.send(message(openid="oStranger"))


def test_a_fault_tells_no_secret(wechat, platform):
    platform.faults = [(PAGE, "down")]

    with pytest.raises(WechatFailed) as fault:
        wechat.openid_of("c")

    assert platform.secret not in f"{fault.value} {fault.value.__cause__}"


def test_a_code_stands_for_somebody_once(wechat, platform):
    code = platform.code_for("oVisitor")

    assert wechat.openid_of(code) == "oVisitor"
    with pytest.raises(WechatRefused) as used:
        wechat.openid_of(code)
    assert used.value.code == "40163"
    with pytest.raises(WechatRefused):
        wechat.openid_of("never given & odd")


def test_an_answer_without_openid_is_unreadable(wechat, platform):
    platform.faults = [(PAGE, 0)]

    with pytest.raises(WechatFailed) as fault:
        wechat.openid_of(platform.code_for("oVisitor"))

    assert fault.value.code == "unreadable"


def test_the_page_of_the_platform_is_asked_in_its_own_order(wechat, platform):
    address = wechat.sign_in_address("https://hall.example.cn/wechat/anhui/callback", "abc123")
    parts = urlsplit(address)

    assert [pair.split("=")[0] for pair in parts.query.split("&")] == [
        "appid", "redirect_uri", "response_type", "scope", "state",
    ]  # fmt: skip
    assert parse_qs(parts.query)["redirect_uri"] == [
        "https://hall.example.cn/wechat/anhui/callback"
    ]
    assert "redirect_uri=https%3A%2F%2F" in parts.query
    assert parts.fragment == "wechat_redirect"


def test_the_menu_is_replaced(wechat, platform):
    buttons = [{"type": "click", "name": "业务办理", "key": "SERVICES"}]

    wechat.set_menu(buttons)

    assert platform.menu == buttons
    with pytest.raises(WechatRefused):
        wechat.set_menu([])


def test_the_local_account_plays_the_whole_way(tmp_path):
    local = LocalWechat(tmp_path / "wechat.jsonl")

    back = parse_qs(urlsplit(local.sign_in_address("http://hall/back", "s1")).query)

    assert local.openid_of(back["code"][0]) == "oLocalVisitor"
    assert back["state"] == ["s1"]
    assert local.send(message()) == "paid:1:2"
    with pytest.raises(WechatRefused):
        local.openid_of("forged")
