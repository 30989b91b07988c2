"""Log-in and log-out by the page, locks, idle devices, forgotten passwords, the API's door."""

import re

import pytest
import sqlalchemy as sa

from app import current, outside
from app.gateways.sms import LocalSms
from app.jobs import notices as outbox
from app.models import Applicant, AuditEvent, LoginSession
from tests.browser import Browser, Page
from tests.factories import PASSWORD, make_card_number

NEW = "eleven quiet otters"


def log_in(visitor: Browser, login: str, password: str = PASSWORD) -> Page:
    """Try to log in on the page."""
    return visitor.press(visitor.open("/login/"), "登录", login=login, password=password)


def is_in(visitor: Browser) -> bool:
    """Tell whether the own data can be read."""
    return visitor.client.get("/hall/profile/").status_code == 200


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_applicants_log_in_by_mobile_or_number(browse, people, rows, who):
    with rows() as session:
        number = session.get_one(Applicant, people[who].actor.applicant_id).id_number
    by_mobile, by_number = browse(), browse()

    log_in(by_mobile, people[who].login)
    log_in(by_number, number)

    assert is_in(by_mobile)
    assert is_in(by_number)


def test_staff_log_in_on_the_same_page_and_see_no_applicants_page(browse, people):
    chen = browse()

    log_in(chen, "chen")

    assert chen.client.get("/hall/profile/").status_code == 403
    assert chen.open("/password/").heading == "修改密码"


def test_unknown_names_and_wrong_passwords_look_alike(browse, people):
    wrong = log_in(browse(), people["ana"].login, "wrong")
    unknown = log_in(browse(), "13000000000", "wrong")

    def told(page: Page) -> str:
        return page.soup.select_one(".aj-errsum").get_text()

    assert told(wrong) == told(unknown)
    assert "登录名或密码不对" in told(wrong)


def test_empty_fields_are_told(browse):
    page = log_in(browse(), "", "")

    assert [tag.get_text() for tag in page.soup.select(".aj-error")] == [
        "请输入手机号或证件号码。", "请输入密码。",
    ]  # fmt: skip


def test_log_out_asks_first_and_ends_the_device(browse):
    ana = browse("ana")
    cookie = ana.client.get_cookie("anju").value

    page = ana.open("/logout/")
    assert is_in(ana)
    ana.press(page, "退出登录")

    assert not is_in(ana)
    ana.client.set_cookie("anju", cookie)
    assert not is_in(ana)


def test_an_idle_device_is_logged_out_and_told(browse, clock):
    ana = browse("ana")
    clock.pass_by(minutes=31)

    page = ana.open("/hall/profile/")

    assert page.heading == "登录"
    assert "登录已失效" in page.text


def test_a_used_device_stays(browse, clock, rows):
    ana = browse("ana")
    for _ in range(3):
        clock.pass_by(minutes=20)
        assert is_in(ana)

    with rows() as session:
        row = session.scalars(sa.select(LoginSession)).one()
        assert row.last_seen_at == clock()


def test_the_page_that_was_wanted_comes_after_log_in_but_none_of_others(browse, people):
    ana = browse()
    page = ana.open("/hall/messages/")
    assert (
        ana.press(page, "登录", login=people["ana"].login, password=PASSWORD).heading == "消息"
    )

    bo = browse()
    bo.press(
        bo.open("/login/?next=https://example.com/"), "登录", login=people["bo"].login,
        password=PASSWORD,
    )  # fmt: skip
    assert is_in(bo)


def test_a_new_device_gets_a_new_cookie(browse, people):
    visitor = browse()
    visitor.open("/login/")
    with visitor.client.session_transaction() as cookie:
        cookie["planted"] = "yes"

    log_in(visitor, people["ana"].login)

    with visitor.client.session_transaction() as cookie:
        assert "planted" not in cookie


class TestRecover:
    """A forgotten password, by a code to the mobile on file."""

    def ask(self, visitor: Browser, login: str) -> Page:
        return visitor.press(visitor.open("/recover/"), "获取验证码", login=login)

    def code(self, app) -> str:
        with app.app_context():
            outbox.send_due(outside.sms(), now=current.now())
        newest = LocalSms(app.config["ANJU_SMS_FILE"]).messages(1)[0]
        return re.findall(r"\d{6}", newest["text"])[0]

    def test_the_new_password_is_the_only_one(self, browse, people, app):
        visitor, login = browse(), people["ana"].login
        page = self.ask(visitor, login)

        page = visitor.press(page, "设置新密码", code=self.code(app), password=NEW)

        assert page.heading == "登录"
        assert "登录名或密码不对" in log_in(browse(), login).text
        log_in(visitor, login, NEW)
        assert is_in(visitor)

    def test_known_and_unknown_names_get_the_same_page(self, browse, people, app):
        known = self.ask(browse(), people["ana"].login)
        unknown = self.ask(browse(), "13000000000")

        def bare(page: Page) -> str:
            return re.sub(r'value="[^"]*"', "", str(page.soup.main))

        assert bare(known) == bare(unknown)
        assert self.code(app)
        assert len(LocalSms(app.config["ANJU_SMS_FILE"]).messages()) == 1

    def test_a_wrong_code_sets_nothing(self, browse, people, app):
        visitor = browse()
        page = self.ask(visitor, people["ana"].login)
        wrong = f"{(int(self.code(app)) + 1) % 10**6:06d}"

        page = visitor.press(page, "设置新密码", code=wrong, password=NEW)

        assert "验证码不对" in page.text
        log_in(visitor, people["ana"].login)
        assert is_in(visitor)

    def test_a_code_without_name_is_asked_for_in_vain(self, browse):
        assert "请输入手机号或证件号码" in self.ask(browse(), "").text


class TestProfile:
    """Own data: masked, changed by the person only."""

    def test_number_and_mobile_are_masked(self, browse, people, rows):
        with rows() as session:
            number = session.get_one(Applicant, people["ana"].actor.applicant_id).id_number

        text = browse("ana").open("/hall/profile/").text

        assert number not in text
        assert people["ana"].login not in text
        assert f"{number[:4]}**********{number[-4:]}" in text
        assert "林知夏" in text

    def test_an_address_is_changed(self, browse):
        ana = browse("ana")

        page = ana.press(
            ana.open("/hall/profile/address/"), "保存地址", address="合肥市示例路 1 号"
        )

        assert "合肥市示例路 1 号" in page.text

    @pytest.mark.parametrize(
        ("number", "bank", "told"),
        [
            (make_card_number(1)[:-1] + "x", "", "只能是数字"),
            ("6217000000000000000", "", "校验位不符"),
            (make_card_number(1, prefix="436745", length=16), "", "信用卡"),
            (make_card_number(1), "ICBC", "不属于所选的开户银行"),
            ("", "", "请填写银行卡号码"),
        ],
    )
    def test_a_card_that_cannot_be_is_told_why(self, browse, number, bank, told):
        ana = browse("ana")

        page = ana.press(
            ana.open("/hall/cards/add/"), "保存银行卡", bank_account_no=number, bank_code=bank
        )

        assert told in page.soup.select_one(".aj-error").get_text()
        assert page.soup.select_one("#bank_account_no")["value"] == number

    def test_a_card_is_added_and_removed(self, browse, prove):
        ana, number = browse("ana"), make_card_number()

        page = ana.open("/hall/cards/add/")
        page = prove(ana, ana.press(page, "保存银行卡", 403, bank_account_no=number))
        assert f"6217 **** **** {number[-4:]}" in page.text
        button = next(label for label in page.buttons if label.startswith("移除"))
        page = ana.press(page, button)

        assert "还没有登记银行卡" in page.text

    def test_the_password_is_changed_by_who_knows_it(self, browse, people):
        ana = browse("ana")
        page = ana.press(
            ana.open("/password/"), "修改密码", old_password="wrong", password="short"
        )
        assert "当前密码不对" in page.text
        assert "至少 8 位" in page.text

        ana.press(page, "修改密码", old_password=PASSWORD, password=NEW)

        assert is_in(ana)
        assert "登录名或密码不对" in log_in(browse(), people["ana"].login).text

    def test_other_devices_are_logged_out(self, browse):
        first, second = browse("ana"), browse("ana")

        second.press(second.open("/hall/profile/"), "退出其他设备")

        assert is_in(second)
        assert not is_in(first)

    def test_messages_are_read(self, browse):
        ana = browse("ana")
        ana.press(ana.open("/hall/profile/address/"), "保存地址", address="合肥市")

        page = ana.open("/hall/messages/")
        assert "联系地址" in page.text
        page = ana.press(page, "全部标为已读")

        assert "全部标为已读" not in page.buttons


class TestApi:
    """The interface has the same door: same locks, same devices."""

    def token(self, app, login: str, password: str = PASSWORD):
        client = app.test_client()
        typed = {"username": login, "password": password}
        return client, client.post("/api/v1/security/login", json=typed)

    def test_a_token_ends_with_its_device(self, app, people):
        client, answer = self.token(app, people["ana"].login)
        asked = {"Authorization": f"Bearer {answer.json['access_token']}"}

        assert client.post("/api/v1/security/logout", headers=asked).status_code == 200
        assert client.post("/api/v1/security/logout", headers=asked).status_code == 401

    def test_what_is_no_log_in_is_refused(self, app):
        client = app.test_client()

        assert client.post("/api/v1/security/login", json=["x"]).status_code == 400
        assert client.post("/api/v1/security/login", data="x").status_code == 400


def test_log_ins_are_in_the_audit_trail(browse, rows):
    browse("ana")

    with rows() as session:
        assert session.scalars(sa.select(AuditEvent.act)).all() == ["login"]
