"""Text messages: kept on this machine, or handed to Tencent Cloud."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.gateways.sms import AbsentSms, LocalSms, SmsFailed, TencentAccount, TencentSms
from app.gateways.sms.tencent import authorization
from app.gateways.wechat import LocalWechat, TemplateMessage, WechatFailed

MOBILE = "13812345678"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ACCOUNT = TencentAccount("AKIDtest", "secret", "1400000001", "安居", "2000001")
TAKEN = {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "1"}], "RequestId": "r"}}


def test_a_message_is_kept_and_read_newest_first(tmp_path):
    sms = LocalSms(tmp_path / "new" / "sms.jsonl", clock=lambda: NOW)

    for number in range(5):
        sms.send(MOBILE, f"验证码 {number}\n5 分钟内有效", f"notice-{number}")

    assert [message["reference"] for message in sms.messages(2)] == ["notice-4", "notice-3"]
    assert sms.messages(1) == [
        {
            "at": "2026-11-22T08:00:00+00:00",
            "mobile": MOBILE,
            "text": "验证码 4\n5 分钟内有效",
            "reference": "notice-4",
        }
    ]


def test_the_log_tells_four_digits_and_no_text(tmp_path, caplog):
    with caplog.at_level(logging.DEBUG):
        LocalSms(tmp_path / "sms.jsonl").send(MOBILE, "验证码 493817", "notice-1")

    assert "5678" in caplog.text
    assert "notice-1" in caplog.text
    assert MOBILE not in caplog.text
    assert "493817" not in caplog.text


def test_the_file_is_for_its_owner_only(tmp_path):
    LocalSms(tmp_path / "sms.jsonl").send(MOBILE, "text", "1")

    assert (tmp_path / "sms.jsonl").stat().st_mode & 0o077 == 0


def test_no_file_yet_means_no_messages(tmp_path):
    assert LocalSms(tmp_path / "sms.jsonl").messages() == []


def test_a_torn_last_line_is_left_out(tmp_path):
    path = tmp_path / "sms.jsonl"
    sms = LocalSms(path)
    sms.send(MOBILE, "whole", "1")
    with path.open("a") as file:
        file.write('{"at": "2026')

    assert [message["text"] for message in sms.messages(10)] == ["whole"]


def test_a_file_that_cannot_be_written_fails_the_sending(tmp_path):
    (tmp_path / "place").write_text("a file where the folder should be")

    with pytest.raises(SmsFailed):
        LocalSms(tmp_path / "place" / "sms.jsonl").send(MOBILE, "text", "1")


def test_the_signature_equals_tencents_published_example():
    # The worked example of Tencent's signature method v3 (cvm, DescribeInstances), whose
    # published keys end in EXAMPLE and whose payload is written as there, byte by byte.
    body = (
        b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"],'
        b' "Name": "instance-name"}]}'
    )

    said = authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        service="cvm",
        signed={
            "content-type": "application/json; charset=utf-8",
            "host": "cvm.tencentcloudapi.com",
        },
        body=body,
        now=datetime.fromtimestamp(1551113065, UTC),
    )

    assert said == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/"
        "tc3_request, SignedHeaders=content-type;host, Signature="
        "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_tencent_gets_number_template_and_a_signature_over_what_was_sent(stand_in):
    stand_in.body = json.dumps(TAKEN).encode()

    TencentSms(ACCOUNT, endpoint=stand_in.url, clock=lambda: NOW).send(MOBILE, "已到账", "n-7")

    [(path, headers, body)] = stand_in.asked
    order = json.loads(body)
    assert path == "/"
    assert order["PhoneNumberSet"] == ["+8613812345678"]
    assert order["TemplateParamSet"] == ["已到账"]
    assert (headers["x-tc-action"], headers["x-tc-version"]) == ("SendSms", "2021-01-11")
    signed = {
        "content-type": headers["content-type"],
        "host": headers["host"],
        "x-tc-action": "sendsms",
    }
    assert headers["authorization"] == authorization(
        "AKIDtest", "secret", service="sms", signed=signed, body=body, now=NOW
    )


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (
            b'{"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}',
            "AuthFailure.SignatureFailure",
        ),
        (
            b'{"Response": {"SendStatusSet": [{"Code": "LimitExceeded.DailyLimit"}]}}',
            "LimitExceeded.DailyLimit",
        ),
        (b'{"Response": {"SendStatusSet": []}}', "unreadable"),
        (b"<html>", "unreadable"),
        (b"[]", "unreadable"),
    ],
)
def test_a_message_tencent_does_not_take_fails_with_its_code(stand_in, answer, code):
    stand_in.body = answer

    with pytest.raises(SmsFailed) as failure:
        TencentSms(ACCOUNT, endpoint=stand_in.url).send(MOBILE, "text", "1")

    assert failure.value.code == code
    assert MOBILE not in str(failure.value)


def test_tencent_out_of_reach_fails_the_sending():
    with pytest.raises(SmsFailed):
        TencentSms(ACCOUNT, endpoint="http://127.0.0.1:1").send(MOBILE, "text", "1")


def test_a_wechat_message_is_kept_with_its_fields(tmp_path):
    wechat = LocalWechat(tmp_path / "wechat.jsonl", clock=lambda: NOW)
    message = TemplateMessage("o6_bmj", "T1", {"first": "已到账"}, "https://anju/case/1", "n-9")

    wechat.send(message)

    [kept] = wechat.messages()
    assert (kept["openid"], kept["fields"], kept["reference"]) == (
        "o6_bmj",
        {"first": "已到账"},
        "n-9",
    )


def test_a_wechat_file_that_cannot_be_written_fails_the_sending(tmp_path: Path):
    (tmp_path / "place").write_text("")

    with pytest.raises(WechatFailed):
        LocalWechat(tmp_path / "place" / "w.jsonl").send(TemplateMessage("o", "T", {}, "", "1"))


def test_a_hall_without_a_sender_keeps_no_message(caplog):
    with pytest.raises(SmsFailed, match="not_set_up"):
        AbsentSms().send("13812345678", "验证码 123456", "r1")

    assert "13812345678" not in caplog.text
    assert "123456" not in caplog.text
