"""Where somebody is signed in: the own list, ending devices, colleagues looked after."""

import re

import pytest
import sqlalchemy as sa

from app.domain.terms import Role
from app.extensions import db
from app.models import Staff
from app.services.entry import sessions
from tests.authenticator import enrol
from tests.browser import Browser
from tests.factories import NOON, PASSWORD, Person, make_staff

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile MicroMessenger/8.0.50"


def is_in(visitor: Browser) -> bool:
    """Tell whether a page of a signed-in person opens."""
    return visitor.client.get("/devices/").status_code == 200


@pytest.mark.whole
@pytest.mark.parametrize("who", ["ana", "chen"])
def test_one_device_or_all_are_logged_out(browse, who):
    first, second, third = browse(who), browse(who), browse(who)
    page = first.open("/devices/")
    assert page.text.count("网络地址 127.0.0.1") == 3

    ends = [form["action"] for form in page.soup.select("form") if "/end" in form["action"]]
    first.client.post(ends[0], data={"csrf_token": token(page)})
    assert is_in(first)
    assert [is_in(second), is_in(third)].count(True) == 1

    page = first.press(first.open("/devices/"), "退出全部设备")

    assert page.heading == "登录"
    assert not any(is_in(one) for one in (first, second, third))


def token(page) -> str:
    return page.soup.select_one("[name=csrf_token]")["value"]


def test_nobody_ends_the_device_of_another(browse, people, rows):
    ana, bo = browse("ana"), browse("bo")
    with rows() as session:
        theirs = sessions.signed_in(session, people["bo"].actor.user_id, now=NOON, staff=False)[
            0
        ].id

    ana.client.post(f"/devices/{theirs}/end", data={"csrf_token": token(ana.open("/devices/"))})

    assert is_in(bo)


@pytest.mark.parametrize(
    ("agent", "words"), [(CHROME, "Windows 上的 Chrome"), (WECHAT, "Android 上的 微信")]
)
def test_the_kind_of_browser_is_said_in_words(app, browse, people, agent, words):
    visitor = browse()
    visitor.client.environ_base["HTTP_USER_AGENT"] = agent
    visitor.sign_in(people["ana"])

    assert words in visitor.open("/devices/").text


@pytest.mark.parametrize(("who", "minutes"), [("ana", 30), ("chen", 15)])
def test_an_idle_device_ends_at_its_minute(browse, clock, who, minutes):
    visitor = browse(who)
    clock.pass_by(minutes=minutes)
    assert is_in(visitor)
    clock.pass_by(minutes=minutes, seconds=1)

    assert not is_in(visitor)


@pytest.mark.whole
def test_no_device_outlives_twelve_hours_however_busy(browse, clock):
    ana = browse("ana")
    for _ in range(24):
        clock.pass_by(minutes=30)
        assert is_in(ana)
    clock.pass_by(seconds=1)

    assert not is_in(ana)


@pytest.fixture
def boss(staff):
    """The user administrator of the agency in Anhui."""
    return staff("boss", Role.USER_ADMIN, name="管理")


def colleague(rows, username="eve", agency="anhui") -> int:
    with rows() as session:
        return make_staff(session, username, Role.AUDITOR, agency=agency).id


def test_a_colleague_is_signed_out_by_the_user_administrator(boss, rows, browse):
    key = colleague(rows)
    eve = browse().sign_in(Person("eve", PASSWORD, None, "eve"))
    page = boss.open(f"/office/staff-access/{key}/")
    assert "127.0.0.1" in page.text

    boss.press(page, "退出其全部设备")

    assert not is_in(eve)


def test_a_lost_factor_is_taken_away_and_set_up_again(boss, rows, browse):
    key = colleague(rows)
    with rows() as session:
        enrol(session, session.get_one(Staff, key))
    page = boss.open(f"/office/staff-access/{key}/")

    page = boss.press(page, "解除绑定")

    assert "已解除绑定" in page.text
    assert "尚未绑定" in page.text


def test_staff_of_another_agency_are_not_there(boss, rows):
    key = colleague(rows, "li", "liaoning")

    assert boss.client.get(f"/office/staff-access/{key}/").status_code == 404
    page = boss.open("/devices/")
    answer = boss.client.post(
        f"/office/staff-access/{key}/reset", data={"csrf_token": token(page)}
    )
    assert answer.status_code == 404


def test_the_device_of_a_request_is_read_once(app, browse):
    ana = browse("ana")
    with app.app_context():
        engine = db.engine
    read = []

    def note(_connection, _cursor, statement, *_rest):
        read.extend(re.findall(r"FROM login_session", statement))

    sa.event.listen(engine, "before_cursor_execute", note)
    ana.client.get("/hall/messages/")
    sa.event.remove(engine, "before_cursor_execute", note)

    assert len(read) == 1
