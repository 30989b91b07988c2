"""What the WeChat platform signs and seals, against vectors of others and by another cipher."""

import base64
import datetime as dt
import hashlib
import json
import struct
import subprocess

import pytest

from app.gateways.wechat import AccountWrong, CryptFailed, MessageCrypt, accounts
from app.gateways.wechat import messages as wire
from app.gateways.wechat.messages import MessageBroken
from app.gateways.wechat.signature import WINDOW, is_fresh, is_signed, signature

TOKEN, APPID = "123456", "wx49f0ab532d5d035a"
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
TIMESTAMP, NONCE = "1411525903", "461056294"
SEALED = (
    "RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu6IHC"
    "rsTyeDXzF6Bv283dGymzxh6ydJRvZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm7iTdaXpX"
    "aG4+BiYyolBug/gYNx410cvkKR2/nPwBiT+P4hIiOAQqGp/TywZBtDh1yCF2KOd0gpiMZ5jSw3e29mTvmUHzkVQi"
    "MS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdgpkHHqIrH/54SNdshoQgWYEvccTKe7FS709/5t6NMxuGhcUGAPOQi"
    "pvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnTbcX2e8K9QaNWHp91eBdCRxthuL0="
)
"""Signed message of the test vectors that wechatpy publishes (MIT), as its signature below."""

SEALED_SIGNATURE = "74d92dfeb87ba7c714f89d98870ae5eb62dff26d"
TEXT = (
    "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName>"
    "<CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[业务 <办理> & 其他]]></Content><MsgId>1234567890123456</MsgId></xml>"
)
NOW = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)


def sealed_by_openssl(plain: bytes, key: str = KEY) -> str:
    """Seal bytes with another implementation of the cipher; they are whole blocks already."""
    raw = base64.b64decode(key + "=")
    done = subprocess.run(
        ["openssl", "enc", "-aes-256-cbc", "-nopad", "-K", raw.hex(), "-iv", raw[:16].hex()],
        input=plain, capture_output=True, check=True,
    )  # fmt: skip
    return base64.b64encode(done.stdout).decode()


def padded(content: bytes, appid: bytes = APPID.encode(), length: int | None = None) -> bytes:
    plain = b"R" * 16 + struct.pack("!I", len(content) if length is None else length)
    plain += content + appid
    short = 32 - len(plain) % 32
    return plain + bytes([short]) * short


class TestSignature:
    def test_a_published_signature_is_right(self):
        assert is_signed(SEALED_SIGNATURE, TOKEN, TIMESTAMP, NONCE, SEALED)
        assert is_signed(
            "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96", TOKEN, "1411443780", "437374425",
            "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
        )  # fmt: skip

    @pytest.mark.parametrize("given", ["", "签名", SEALED_SIGNATURE[:-1], "0" * 40])
    def test_any_other_signature_is_wrong(self, given):
        assert not is_signed(given, TOKEN, TIMESTAMP, NONCE, SEALED)

    def test_parts_are_sorted_as_the_guide_says(self):
        joined = "".join(sorted([TOKEN, TIMESTAMP, NONCE]))

        assert signature(TOKEN, TIMESTAMP, NONCE) == hashlib.sha1(joined.encode()).hexdigest()

    def test_only_a_moment_near_now_is_fresh(self):
        at = int(NOW.timestamp())
        edge = int(WINDOW.total_seconds())

        assert is_fresh(str(at - edge), NOW)
        assert is_fresh(str(at + edge), NOW)
        assert not is_fresh(str(at - edge - 1), NOW)
        assert not is_fresh(str(at + edge + 1), NOW)

    @pytest.mark.parametrize("odd", ["", "now", "-1", "1e9", "９９９", "9" * 400])
    def test_what_is_no_moment_is_not_fresh(self, odd):
        assert not is_fresh(odd, NOW)


class TestCrypt:
    crypt = MessageCrypt(KEY, APPID)

    def test_a_published_message_opens(self):
        found = wire.elements(self.crypt.open(SEALED).encode())

        assert (found["Content"], found["FromUserName"]) == ("test", "messense")

    def test_a_published_answer_is_sealed_byte_by_byte(self):
        reply = (
            "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[test]]></Content>\n"
            "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n"
            "<ToUserName><![CDATA[messense]]></ToUserName>\n<AgentID>1</AgentID>\n"
            "<CreateTime>1411525903</CreateTime>\n</xml>"
        )

        sealed = self.crypt.seal(reply, random=b"1234567890123456")

        assert signature(TOKEN, TIMESTAMP, NONCE, sealed) == (
            "407518b7649e86ef23978113f92d27afa9296533"
        )

    @pytest.mark.parametrize("length", [0, 11, 12, 500])
    def test_another_cipher_opens_and_seals_the_same(self, length):
        text = "安" * length

        assert self.crypt.open(sealed_by_openssl(padded(text.encode()))) == text
        assert self.crypt.seal(text, random=b"R" * 16) == sealed_by_openssl(
            padded(text.encode())
        )

    def test_equal_messages_are_sealed_differently(self):
        assert self.crypt.seal("one") != self.crypt.seal("one")

    @pytest.mark.parametrize(
        "plain",
        [
            padded(b"x", appid=b"wx0000000000000000"),
            padded(b"x", appid=b""),
            padded(b"x", length=10_000),
            padded(b"x", length=0xFFFFFFFF),
            padded(b"\xff\xfe"),
            b"\0" * 32,
            b"\x21" * 64,
            b"A" * 31 + b"\x02",
        ],
    )
    def test_what_was_not_sealed_for_this_account_does_not_open(self, plain):
        with pytest.raises(CryptFailed):
            self.crypt.open(sealed_by_openssl(plain))

    @pytest.mark.parametrize("sealed", ["", "!", "AAAA", "安居", SEALED[:-8], SEALED[4:]])
    def test_garbage_does_not_open(self, sealed):
        with pytest.raises(CryptFailed):
            self.crypt.open(sealed)

    def test_a_key_has_43_characters(self):
        with pytest.raises(ValueError, match="43"):
            MessageCrypt(KEY[:-1], APPID)


class TestXml:
    def test_a_text_is_read(self):
        read = wire.incoming(TEXT.encode())

        assert (read.account, read.openid, read.kind) == ("gh_1", "oA", "text")
        assert read.text == "业务 <办理> & 其他"
        assert read.name == "oA:1234567890123456"

    def test_an_event_is_known_by_who_did_what_when(self):
        body = TEXT.replace("text]", "event]").replace(
            "</xml>", "<Event>CLICK</Event><EventKey>SERVICES</EventKey></xml>"
        )

        read = wire.incoming(body.encode())

        assert (read.event, read.key) == ("click", "SERVICES")
        assert read.name == "oA:1348831860:click:SERVICES"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{}",
            b"<xml>",
            b"<xml></xml>",
            b"\xff\xfe<",
            b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
            b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>',
            b"<xml>" + b"<a>" * 9 + b"</a>" * 9 + b"</xml>",
            b"<xml>" + b" " * wire.MOST_BYTES + b"</xml>",
            b'<?xml version="1.0" encoding="no-such"?><xml/>',
            b"<xml><ToUserName>a</ToUserName><CreateTime>1</CreateTime></xml>",
        ],
    )
    def test_anything_else_is_refused(self, body):
        with pytest.raises(MessageBroken):
            wire.incoming(body)

    def test_what_somebody_wrote_stays_text_in_the_answer(self):
        to = wire.incoming(TEXT.encode())
        nasty = "a ]]> <b>&amp;</b> ]]]]>>\0\x1f\nend"

        found = wire.elements(wire.text_answer(to, nasty, now=NOW).encode())

        assert found["Content"] == "a ]]> <b>&amp;</b> ]]]]>>\nend"
        assert (found["ToUserName"], found["FromUserName"]) == ("oA", "gh_1")
        assert found["CreateTime"] == str(int(NOW.timestamp()))

    def test_a_long_answer_is_cut_between_lines(self):
        to = wire.incoming(TEXT.encode())

        found = wire.elements(wire.text_answer(to, "安居\n" * 900, now=NOW).encode())

        assert len(found["Content"].encode()) <= wire.MOST_TEXT
        assert found["Content"].endswith("安居\n…")

    def test_an_envelope_is_signed(self):
        found = wire.elements(
            wire.envelope(SEALED, token=TOKEN, timestamp=TIMESTAMP, nonce=NONCE).encode()
        )

        assert found["MsgSignature"] == SEALED_SIGNATURE
        assert found["Encrypt"] == SEALED


class TestSettings:
    good = {
        "appid": APPID, "secret": "s", "token": "tok123", "aes_key": KEY,
        "hall": "https://hall.example.cn/",
        "templates": {"paid_partial": {"id": "tm1", "fields": {"phrase1": "status"}}},
    }  # fmt: skip

    def read(self, production=True, **changes):
        row = {
            name: value for name, value in (self.good | changes).items() if value is not None
        }
        return accounts(json.dumps({"anhui": row}), production=production)["anhui"]

    def test_an_account_is_read(self):
        made = self.read()

        assert made.hall == "https://hall.example.cn"
        assert made.provider == f"wechat:{APPID}"
        assert made.templates["paid_partial"].fields == {"phrase1": "status"}
        assert accounts("") == {}

    def test_an_account_that_names_no_hall_has_the_installations(self):
        row = {name: value for name, value in self.good.items() if name != "hall"}

        made = accounts(json.dumps({"anhui": row}), hall="https://other.example.cn/")

        assert made["anhui"].hall == "https://other.example.cn"

    def test_secrets_are_not_printed(self):
        assert KEY not in repr(self.read())
        assert "tok123" not in repr(self.read())

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"secret": None}, "needs"),
            ({"appid": "gh_1"}, "appid"),
            ({"token": "a b"}, "token"),
            ({"aes_key": KEY[:-1]}, "aes_key"),
            ({"aes_key": "*" * 43}, "aes_key"),
            ({"hall": "hall.example.cn"}, "address"),
            ({"hall": "http://hall.example.cn"}, "https"),
            ({"api": "ftp://x"}, "address"),
            ({"spare": 1}, "unknown"),
            ({"templates": {"sms_code": {"id": "t", "fields": {}}}}, "no step of a case"),
            ({"templates": {"paid_partial": {"fields": {}}}}, "id and fields"),
            (
                {"templates": {"paid_partial": {"id": "t", "fields": {"a": "balance"}}}},
                "cannot say",
            ),
        ],
    )
    def test_a_mistake_is_named(self, changes, why):
        with pytest.raises(AccountWrong, match=why):
            self.read(**changes)

    @pytest.mark.parametrize("text", ["{", "[]", '{"anhui": 1}'])
    def test_what_is_no_object_is_refused(self, text):
        with pytest.raises(AccountWrong):
            accounts(text)
