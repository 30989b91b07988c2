"""An official account for page tests: the platform's side of the line."""

import time
from dataclasses import dataclass
from itertools import count

from flask import Flask
from werkzeug.test import TestResponse

from app.domain.policy import Actor
from app.gateways.wechat import MessageCrypt, WechatAccount
from app.gateways.wechat.messages import elements
from app.gateways.wechat.signature import signature
from app.models import Applicant
from app.services.entry import outside_identities
from tests.databases import clock
from tests.factories import NOON

ACCOUNT = WechatAccount(
    appid="wx49f0ab532d5d035a",
    secret="s",
    token="tok123",
    aes_key="kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    hall="http://localhost",
    name="示例公众号",
    qr="http://weixin.qq.com/r/example",
)
CRYPT = MessageCrypt(ACCOUNT.aes_key, ACCOUNT.appid)
numbers = count(int(time.time() * 1000))


@dataclass
class Follower:
    """Somebody with a WeChat, and the platform between the person and the hall."""

    app: Flask
    openid: str = "oAna"
    agency: str = "anhui"

    def says(self, text: str, number: int = 0) -> str:
        """Send a text and return what is answered."""
        body = f"<Content><![CDATA[{text}]]></Content><MsgId>{number or next(numbers)}</MsgId>"
        return self.read(self.send("text", body))

    def does(self, event: str, key: str = "", more: str = "") -> str:
        """Do something and return what is answered."""
        inner = f"<Event>{event}</Event><EventKey>{key}</EventKey>{more}"
        return self.read(self.send("event", inner))

    def send(self, kind: str, inner: str) -> TestResponse:
        """Hand a message over as the platform does in its secure mode."""
        text = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{self.openid}</FromUserName>"
            f"<CreateTime>{next(numbers)}</CreateTime><MsgType>{kind}</MsgType>{inner}</xml>"
        )
        return self.post(CRYPT.seal(text))

    def post(self, sealed: str, **changes: str) -> TestResponse:
        """Post a sealed message, signed, or with something changed."""
        query = self.signed(sealed) | changes
        body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
        return self.app.test_client().post(
            f"/wechat/{self.agency}/", query_string=query, data=body, content_type="text/xml"
        )

    def signed(self, sealed: str = "") -> dict[str, str]:
        """Return the query of a request that the platform signed now."""
        timestamp, nonce = str(int(clock().timestamp())), f"n{next(numbers)}"
        query = {
            "signature": signature(ACCOUNT.token, timestamp, nonce),
            "timestamp": timestamp, "nonce": nonce,
        }  # fmt: skip
        if sealed:
            query |= {
                "encrypt_type": "aes",
                "msg_signature": signature(ACCOUNT.token, timestamp, nonce, sealed),
            }
        return query

    def read(self, response: TestResponse) -> str:
        """Return the text of a sealed answer, or the platform's plain word."""
        assert response.status_code == 200, response.status_code
        if response.mimetype == "text/plain":
            return response.text
        kept = elements(response.data)
        parts = (kept["TimeStamp"], kept["Nonce"], kept["Encrypt"])
        assert kept["MsgSignature"] == signature(ACCOUNT.token, *parts)
        answer = elements(CRYPT.open(kept["Encrypt"]).encode())
        assert (answer["ToUserName"], answer["MsgType"]) == (self.openid, "text")
        return answer["Content"]


def bind(session, person: Applicant, openid: str = "oAna") -> None:
    """Bind a person's WeChat, the proofs given."""
    actor = Actor(person.user_id, person.name, frozenset(), applicant_id=person.id)
    outside_identities.bind(
        session, person.user, ACCOUNT.provider, openid, level="", actor=actor, now=NOON,
        keep_subject=True,
    )  # fmt: skip
