"""Registration as a person does it: the page, the code on the telephone, the log-in after it."""

import datetime as dt
import json

import sqlalchemy as sa

from app.gateways.sms import LocalSms
from app.models import Agency, Applicant
from tests.browser import Browser, Page
from tests.factories import PASSWORD, make_account, make_applicant, make_id_number

MOBILE = "13812345678"
RIGHT = {
    "name": "林知夏", "gender": "2", "ethnicity": "01", "mobile": MOBILE, "password": PASSWORD,
    "agreement": "yes", "consent": "yes",
}  # fmt: skip


def ask_code(visitor: Browser, **answers: str) -> Page:
    """Fill the form in and press the button that sends the code, without the script."""
    return visitor.press(visitor.open("/register/"), "获取验证码", **(RIGHT | answers))


def register(visitor: Browser, phone, **answers: str) -> Page:
    """Register as far as the answers allow."""
    page = ask_code(visitor, **answers)
    typed = {"code": phone(), "password": PASSWORD} | answers
    return visitor.press(page, "实名注册", **typed)


def test_a_newcomer_registers_and_logs_in(browse, phone):
    visitor, number = browse(), make_id_number()

    done = register(visitor, phone, id_number=number)
    assert done.heading == "注册成功"
    assert "暂未查到您的账户" in done.text
    page = visitor.follow(done, "去登录")
    visitor.press(page, "登录", login=number, password=PASSWORD)

    assert visitor.open("/hall/profile/").heading == "个人基本信息"


def test_a_person_known_by_import_finds_the_accounts(browse, phone, rows):
    with rows() as session:
        known = make_applicant(session, registered=False, mobile=None)
        make_account(session, known, balance=0)
        number = known.id_number

    done = register(browse(), phone, id_number=number)

    assert "查到的账户（个） 1" in done.text
    assert "暂未查到" not in done.text


def test_all_labels_of_the_manual_stand_on_the_page(browse):
    text = browse().open("/register/").text

    for label in (
        "实名认证信息", "证件类型", "身份证号码", "姓名", "性别", "民族", "相关账号信息", "密码",
        "手机号码", "短信验证码", "实名注册", "用户注册协议", "身份证",
    ):  # fmt: skip
        assert label in text


def test_every_problem_is_told_beside_its_field_and_nothing_typed_is_lost(browse):
    visitor = browse()
    page = visitor.open("/register/")

    page = visitor.press(
        page, "实名注册", id_number="340199198803120327", name="林知夏", mobile="12"
    )

    assert "8 处需要改正" in page.text
    beside = {tag["id"]: tag.get_text() for tag in page.soup.select(".aj-error")}
    assert set(beside) == {
        "id_number-e", "gender-e", "mobile-e", "code-e", "password-e", "ethnicity-e",
        "agreement-e", "consent-e",
    }  # fmt: skip
    assert "前 17 位相符" in beside["id_number-e"]
    assert page.soup.select_one("#name")["value"] == "林知夏"
    assert page.soup.select_one("#password")["value"] == ""


def test_another_document_asks_for_the_birth_date_and_keeps_what_was_typed(browse):
    visitor = browse()

    page = visitor.press(
        visitor.open("/register/"), "实名注册", id_type="passport", id_number="E12345678",
        name="Li Lei", gender="1", birth_date="1990-02-30",
    )  # fmt: skip

    beside = {tag["id"]: tag.get_text() for tag in page.soup.select(".aj-error")}
    assert "请按年月日" in beside["birth_date-e"]
    assert not {"id_number-e", "name-e", "ethnicity-e"} & set(beside)
    assert page.soup.select_one("#id_type option[selected]")["value"] == "passport"
    assert page.soup.select_one("#birth_date")["value"] == "1990-02-30"
    assert page.soup.select_one("[name=gender][checked]")["value"] == "1"


def test_every_kind_of_document_can_be_chosen_and_has_an_example(browse):
    page = browse().open("/register/")

    kinds = [option["value"] for option in page.soup.select("#id_type option")]
    told = json.loads(page.soup.select_one("[data-documents]")["data-documents"])
    assert set(kinds) == set(told) == {
        "resident_id_card", "hmt_residence_permit", "hm_travel_permit", "tw_travel_permit",
        "foreign_pr_id_2023", "foreign_pr_card_2017", "passport", "other",
    }  # fmt: skip
    assert len(page.soup.select("#ethnicity option")) == 57


def test_the_agreement_of_the_page_must_be_the_present_one(browse, phone, rows):
    visitor = browse()
    page = ask_code(visitor, id_number=make_id_number())
    with rows() as session:
        for agency in session.scalars(sa.select(Agency)):
            agency.agreement_version = "2.0"

    page = visitor.press(page, "实名注册", code=phone(), password=PASSWORD)

    assert "协议刚刚更新" in page.text


def test_a_wrong_and_a_used_code_are_told(browse, phone):
    visitor, number = browse(), make_id_number()
    page = ask_code(visitor, id_number=number)
    code = phone()
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    page = visitor.press(page, "实名注册", code=wrong, password=PASSWORD)
    assert "验证码不对" in page.text
    token = page.soup.select_one("#code-token")["value"]
    visitor.press(page, "实名注册", code=code, password=PASSWORD)

    typed = RIGHT | {"id_number": make_id_number(), "code": code, "token": token}
    used = visitor.press(visitor.open("/register/"), "实名注册", **typed)
    assert "验证码已使用过" in used.text


def test_the_code_of_one_browser_is_wrong_in_another(browse, phone):
    asked = ask_code(browse(), id_number=make_id_number())
    typed = RIGHT | {
        "id_number": make_id_number(), "code": phone(),
        "token": asked.soup.select_one("#code-token")["value"],
    }  # fmt: skip
    thief = browse()

    page = thief.press(thief.open("/register/"), "实名注册", **typed)

    assert "验证码不对" in page.text


def test_an_expired_code_is_told(browse, phone, clock):
    visitor = browse()
    page = ask_code(visitor, id_number=make_id_number())
    clock.pass_by(minutes=5)

    page = visitor.press(page, "实名注册", code=phone(), password=PASSWORD)

    assert "验证码已过期" in page.text


def test_a_second_code_within_a_minute_is_refused(browse):
    visitor = browse()
    page = visitor.press(ask_code(visitor), "重新获取", **RIGHT)

    assert "60 秒后再获取" in page.text


def test_a_taken_card_is_told_with_the_way_to_recover(browse, phone, people, rows):
    with rows() as session:
        number = session.get_one(Applicant, people["ana"].actor.applicant_id).id_number
    visitor = browse()

    page = register(visitor, phone, id_number=number)

    assert "身份证被占用" in page.text
    assert visitor.follow(page, "找回密码").url == "/recover/"


def test_without_the_code_nobody_learns_who_is_known(browse, people, rows):
    with rows() as session:
        number = session.get_one(Applicant, people["ana"].actor.applicant_id).id_number
    visitor = browse()

    page = visitor.press(visitor.open("/register/"), "实名注册", **RIGHT, id_number=number)

    assert "占用" not in page.text


def test_another_name_leads_to_the_counter(browse, phone, rows):
    with rows() as session:
        number = make_applicant(session, "周一鸣", registered=False, mobile=None).id_number

    assert "到窗口核对" in register(browse(), phone, id_number=number).text


def test_what_the_identity_service_does_not_know_is_told(browse, phone, rows):
    page = register(browse(), phone, id_number=make_id_number(), mobile="13812349999")

    assert "未通过实名核验" in page.text
    with rows() as session:
        assert session.scalars(sa.select(Applicant.id)).all() == []


def test_a_taken_mobile_is_told(browse, phone, people):
    page = register(browse(), phone, id_number=make_id_number(), mobile=people["ana"].login)

    assert "已注册其他账号" in page.text


def test_the_script_gets_the_token_or_the_problem(browse, app):
    visitor = browse()
    page = visitor.open("/register/")
    csrf = page.soup.select_one("[name=csrf_token]")["value"]

    def ask(mobile: str) -> dict[str, str]:
        return visitor.client.post(
            "/register/code/", data={"mobile": mobile, "csrf_token": csrf},
            headers={"Accept": "application/json"},
        ).json  # fmt: skip

    assert set(ask(MOBILE)) == {"token", "message"}
    assert ask("123")["problem"] == "手机号码为 11 位数字，以 1 开头。"


def test_the_code_is_sent_at_once_and_not_kept(browse, app, rows):
    ask_code(browse())

    assert len(LocalSms(app.config["ANJU_SMS_FILE"]).messages()) == 1
    with rows() as session:
        status = session.execute(sa.text("SELECT status FROM notice")).scalars().all()
    assert status == ["sent"]


def test_the_code_goes_out_at_once_while_the_clock_runs(browse, app, clock, monkeypatch):
    def running() -> dt.datetime:
        clock.pass_by(milliseconds=1)
        return clock()

    monkeypatch.setitem(app.config, "ANJU_CLOCK", running)

    ask_code(browse())

    assert len(LocalSms(app.config["ANJU_SMS_FILE"]).messages()) == 1


def test_the_page_reads_in_english(browse):
    visitor = browse()
    visitor.open("/lang/en?next=/register/")

    assert visitor.open("/register/").heading == "Real-name registration"


def test_the_development_page_shows_the_message(browse):
    visitor = browse()
    ask_code(visitor)

    assert MOBILE in visitor.open("/dev/sms").text
