"""The way in by page and interface: picture codes, locks, known devices, the second factor."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.domain.terms import Role
from app.models import AuditEvent, LoginSession, Notice, SecondFactor
from app.services.entry import picture_codes
from tests.authenticator import Phone
from tests.browser import Browser, Page
from tests.factories import NOON, PASSWORD, make_staff


def log_in(visitor: Browser, login: str, password: str = PASSWORD, **more: str) -> Page:
    """Try to log in on the page."""
    page = visitor.open("/login/")
    return visitor.press(page, "登录", login=login, password=password, **more)


def digits(visitor: Browser, page: Page) -> str:
    """Read the picture code of a page, as its person does."""
    token = page.soup.select_one("[name=picture_token]")["value"]
    with visitor.client.session_transaction() as cookie:
        return picture_codes.digits_of(token, cookie["visit"], now=NOON)


def told(page: Page) -> str:
    """Return what stands above the form."""
    return page.soup.select_one(".aj-errsum").get_text()


class TestPictures:
    """After three wrong tries digits are asked; the typed name stays."""

    def wrong(self, visitor: Browser, login: str, times: int) -> Page:
        page = visitor.open("/login/")
        for _ in range(times):
            more = {"picture": digits(visitor, page)} if "换一张" in page.buttons else {}
            page = visitor.press(page, "登录", login=login, password="wrong", **more)
        return page

    @pytest.mark.whole
    @pytest.mark.parametrize("known", [True, False])
    def test_five_wrong_tries_lock_and_the_page_says_how_to_go_on(self, browse, people, known):
        visitor, login = browse(), people["ana"].login if known else "13000000000"
        page = self.wrong(visitor, login, 3)
        assert "登录名或密码不对" in told(page)
        assert page.soup.select_one("[name=login]")["value"] == login

        page = visitor.press(page, "登录", login=login, password=PASSWORD)
        assert "图形验证码" in told(page)
        page = visitor.press(page, "登录", login=login, password=PASSWORD, picture="1")
        assert "图形验证码不对" in told(page)
        page = self.wrong(visitor, login, 5)

        assert "15 分钟" in told(page)
        assert "找回密码" in told(page)

    def test_the_right_digits_let_the_owner_in(self, browse, people):
        visitor = browse()
        page = self.wrong(visitor, people["ana"].login, 3)

        page = visitor.press(
            page, "登录", login=people["ana"].login, password=PASSWORD,
            picture=digits(visitor, page),
        )  # fmt: skip

        assert "林知夏" in page.text

    def test_another_picture_keeps_the_name_and_counts_nothing(self, browse, people):
        visitor = browse()
        page = self.wrong(visitor, people["ana"].login, 3)
        before = digits(visitor, page)

        for _ in range(3):
            page = visitor.press(page, "换一张", login="张三")

        assert page.soup.select_one("[name=login]")["value"] == "张三"
        assert digits(visitor, page) != before
        assert not page.soup.select(".aj-errsum")

    def test_the_picture_is_seen_and_heard_by_its_browser_only(self, browse, people):
        visitor = browse()
        page = self.wrong(visitor, people["ana"].login, 3)
        seen = page.soup.select_one(".aj-picture img")["src"]
        heard = page.soup.select_one("audio")["src"]

        assert visitor.client.get(seen).mimetype == "image/png"
        assert visitor.client.get(heard).data.startswith(b"RIFF")
        assert browse().client.get(seen).status_code == 404

    def test_the_owners_browser_is_not_barred_by_others(self, browse, people):
        ana = browse("ana")
        ana.press(ana.open("/logout/"), "退出登录")
        self.wrong(browse(), people["ana"].login, 6)

        page = log_in(ana, people["ana"].login)

        assert "林知夏" in page.text


@pytest.mark.whole
def test_an_address_that_asks_for_many_codes_meets_the_picture(browse, people, phone):
    visitor = browse()
    page = visitor.open("/register/")
    for last in range(5):
        page = visitor.press(
            page, "获取验证码" if last == 0 else "重新获取", mobile=f"1391111000{last}"
        )
    assert not page.soup.select("[name=picture]")

    page = visitor.press(page, "重新获取", mobile="13911110006")
    assert "图形验证码" in told(page)
    assert page.soup.select_one("[name=mobile]")["value"] == "13911110006"
    page = visitor.press(page, "重新获取", picture=digits(visitor, page))

    assert "验证码已发送" in page.text
    assert phone()


def test_a_new_device_is_told_to_the_owner_and_the_first_one_is_not(browse, rows, people):
    def letters() -> list[str]:
        with rows() as session:
            events = sa.select(Notice.channel).where(Notice.event == "new_device_login")
            return sorted(session.scalars(events))

    first = browse("ana")
    assert letters() == []
    first.press(first.open("/logout/"), "退出登录")
    log_in(first, people["ana"].login)
    assert letters() == []

    log_in(browse(), people["ana"].login)

    assert letters() == ["inbox", "sms"]


def test_a_log_in_gets_a_new_session_and_the_old_cookie_opens_nothing(browse, people, rows):
    visitor = browse()
    visitor.open("/login/")
    planted = visitor.client.get_cookie("anju").value
    log_in(visitor, people["ana"].login)
    mine = visitor.client.get_cookie("anju").value

    assert planted != mine
    visitor.client.set_cookie("anju", planted)
    assert visitor.client.get("/hall/profile/").status_code != 200
    with rows() as session:
        assert session.scalar(sa.select(sa.func.count(LoginSession.id))) == 1


@pytest.fixture
def strict(app: Flask):
    """A hall in which staff need a second factor, as in production."""
    kept, app.config["ANJU_SECOND_FACTOR"] = app.config["ANJU_SECOND_FACTOR"], "required"
    yield app
    app.config["ANJU_SECOND_FACTOR"] = kept


class TestSecondFactor:
    """Staff come in with password and phone; without one nothing opens."""

    def enrolled(self, browse) -> tuple[Browser, Phone, list[str]]:
        """Log Chen in for the first time and set up the phone."""
        chen = browse()
        page = log_in(chen, "chen")
        phone = Phone(page.soup.select_one("#secret").get_text())
        page = chen.press(page, "完成绑定", factor=phone.code())
        return chen, phone, [one.get_text() for one in page.soup.select("#recovery-codes li")]

    def test_nothing_opens_before_the_phone_is_set_up(self, strict, browse, people):
        chen = browse()
        page = log_in(chen, "chen")

        assert page.heading == "绑定双因素认证"
        assert page.soup.select_one("svg.aj-qr path")
        for path in ("/desk/", "/desk/payouts/", "/password/", "/users/list/"):
            assert chen.client.get(path).status_code in (302, 308, 404), path
        page = chen.press(page, "完成绑定", factor="000000")
        assert "动态口令不对" in told(page)

    def test_the_first_right_code_opens_and_gives_ten_codes(self, strict, browse, people):
        chen, _, codes = self.enrolled(browse)

        assert len(set(codes)) == 10
        assert chen.open("/password/").heading == "修改密码"

    def test_later_log_ins_ask_for_a_code_that_was_not_used(
        self, strict, browse, people, clock
    ):
        _, phone, _ = self.enrolled(browse)
        chen = browse()
        page = log_in(chen, "chen")
        assert page.heading == "双因素认证"
        assert chen.client.get("/password/").status_code == 302

        page = chen.press(page, "登录", factor=phone.code())
        assert "动态口令不对" in told(page)
        clock.pass_by(seconds=30)
        half = chen.client.get_cookie("anju").value
        chen.press(page, "登录", factor=phone.code(clock()))

        assert chen.open("/password/").heading == "修改密码"
        chen.client.set_cookie("anju", half)
        assert chen.client.get("/password/").status_code == 302

    def test_a_recovery_code_stands_in_once(self, strict, browse, people):
        _, _, codes = self.enrolled(browse)
        first, second = browse(), browse()

        first.press(log_in(first, "chen"), "登录", factor=codes[3].upper())
        assert first.open("/password/").heading == "修改密码"
        page = second.press(log_in(second, "chen"), "登录", factor=codes[3])

        assert "动态口令不对" in told(page)

    def test_five_wrong_codes_shut_the_way(self, strict, browse, people):
        _, phone, _ = self.enrolled(browse)
        chen = browse()
        page = log_in(chen, "chen")
        for _ in range(5):
            page = chen.press(page, "登录", factor="123456")

        page = chen.press(page, "登录", factor=phone.code())

        assert "15 分钟后再试" in told(page)

    def test_the_half_way_device_waits_ten_minutes_only(self, strict, browse, people, clock):
        _, phone, _ = self.enrolled(browse)
        chen = browse()
        page = log_in(chen, "chen")
        clock.pass_by(minutes=11)

        page = chen.press(page, "登录", factor=phone.code(clock()))

        assert page.heading == "登录"

    def test_the_secret_is_sealed(self, strict, browse, people, rows):
        chen = browse()
        page = log_in(chen, "chen")
        secret = page.soup.select_one("#secret").get_text()
        chen.press(page, "完成绑定", factor=Phone(secret).code())

        with rows() as session:
            row = session.scalars(sa.select(SecondFactor)).one()
            assert secret.replace(" ", "") not in row.secret_sealed
            assert row.secret == secret.replace(" ", "")

    def test_applicants_need_none(self, strict, browse, people):
        assert "林知夏" in log_in(browse(), people["ana"].login).text

    def test_the_interface_follows_the_same_rule(self, strict, browse, people):
        client = strict.test_client()
        typed = {"username": "chen", "password": PASSWORD}

        def answer(**more: str):
            return client.post("/api/v1/security/login", json=typed | more)

        assert answer().json["message"] == "factor_missing"
        _, _, codes = self.enrolled(browse)
        assert answer().json["message"] == "factor_needed"
        assert answer(factor="000000").json["message"] == "factor_wrong"
        assert "access_token" in answer(factor=codes[0]).json


class TestInterface:
    """The interface is no way round: same pictures, same locks, same known devices."""

    def ask(self, app: Flask, **typed: str):
        device = {"Anju-Device": typed.pop("device")} if "device" in typed else {}
        return app.test_client().post("/api/v1/security/login", json=typed, headers=device)

    def test_pictures_and_locks_are_the_same(self, app, people):
        typed = {"username": people["ana"].login, "password": "wrong"}
        codes = [self.ask(app, **typed).status_code for _ in range(4)]
        assert codes == [401, 401, 401, 403]

        for expected in (401, 401, 429):
            asked = self.ask(app, **typed).json
            if "picture" not in asked:
                break
            token = asked["picture"]["token"]
            assert app.test_client().get(asked["picture"]["image"]).status_code == 200
            right = picture_codes.digits_of(token, "address:127.0.0.1", now=NOON)
            answer = self.ask(app, **typed, picture_token=token, picture=right)
            assert answer.status_code == expected
        last = self.ask(app, **typed)

        assert last.status_code == 429
        assert last.json["minutes"] == 15

    @pytest.mark.parametrize("name", ["half a sign \ud800", "nul\0"])
    def test_signs_that_nothing_holds_are_a_wrong_name(self, app, name):
        assert self.ask(app, username=name, password=name, picture="é").status_code == 401

    def test_a_device_that_was_in_is_not_barred(self, app, people):
        typed = {"username": people["ana"].login, "password": PASSWORD}
        device = self.ask(app, **typed).json["device"]
        for _ in range(4):
            self.ask(app, **typed | {"password": "wrong"})

        assert self.ask(app, **typed).status_code == 403
        assert self.ask(app, **typed, device=device).status_code == 200


def test_wrong_codes_and_new_devices_are_in_the_audit(strict, browse, rows):
    with rows() as session:
        make_staff(session, "eve", Role.AUDITOR)
    eve = browse()
    page = log_in(eve, "eve")
    secret = re.sub(r"\s", "", page.soup.select_one("#secret").get_text())
    eve.press(page, "完成绑定", factor=Phone(secret).code())
    other = browse()
    other.press(log_in(other, "eve"), "登录", factor="111111")

    with rows() as session:
        acts = session.scalars(sa.select(AuditEvent.act)).all()
    assert sorted(acts) == ["factor_enrolled", "factor_failed", "login", "login"]
