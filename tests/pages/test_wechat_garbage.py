"""Whatever is handed over as a message, signed or not, the account answers calmly."""

import random
import time

import pytest

from tests.bars import FULL
from tests.pages.wechat_world import ACCOUNT, CRYPT, Follower

ROUNDS = 5_000 if FULL else 40
SEED = 20261122
WHOLE = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>oAna</FromUserName>"
    "<CreateTime>1348831860</CreateTime><MsgType>event</MsgType>"
    "<Event>CLICK</Event><EventKey>PROGRESS</EventKey><Content>进度</Content></xml>"
)
PIECES = (
    "<![CDATA[", "]]>", "<!DOCTYPE a>", "&lt;", "&#0;", "&#x110000;", "\0", "</xml>", "<xml>",
    "\ud7ff", "安居", "<a b='c'/>", "%00", "' OR 1=1 --", "{{7*7}}", "9" * 400,
)  # fmt: skip


def spoiled(chance: random.Random) -> str:
    """Return a message with a few things cut, repeated or put in."""
    text = WHOLE
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        put = chance.choice((*PIECES, text[at:to] * chance.randint(0, 3), ""))
        text = text[:at] + put + text[chance.choice((at, to)) :]
    return text[:20_000]


@pytest.mark.whole
@pytest.mark.bar
@pytest.mark.timeout(900)
def test_garbage_that_is_signed_is_answered_or_refused(app):
    app.config["ANJU_WECHAT"] = {"anhui": ACCOUNT}
    ana, chance, answers, slowest = Follower(app), random.Random(SEED), set(), 0.0

    for _ in range(ROUNDS):
        sealed = CRYPT.seal(spoiled(chance))
        cut = sealed[: chance.randrange(len(sealed))] if chance.random() < 0.2 else sealed
        began = time.perf_counter()
        answers.add(ana.post(cut).status_code)
        slowest = max(slowest, time.perf_counter() - began)
    app.config["ANJU_WECHAT"] = {}

    assert answers <= {200, 400, 403, 503}
    assert slowest < 5
