"""What the pages say to bad input: beside its field, all at once, with nothing lost."""

import pytest

from app.domain.terms import AccountState, Status
from app.models import Account, Applicant
from tests.factories import PASSWORD, make_application, make_card_number, make_id_number
from tests.pages.hall_walk import begin, card, give_account
from tests.pages.test_register import RIGHT
from tests.pages.test_wizard_faults import beside
from tests.pages.test_wizard_fund import ANSWERS, NUMBER, own_house, to_the_house


class TestWayBack:
    def test_a_page_that_came_back_from_a_form_opens_again(self, browse, people, rows):
        give_account(rows, people["ana"], scheme="fund")
        own_house(rows, people["ana"])
        ana = browse("ana")
        page = ana.press(to_the_house(ana), "查询", house_no=NUMBER)
        assert page.url.endswith("/house-lookup/")

        page = browse("ana").open(page.url)

        assert page.heading == "房屋信息"
        assert page.soup.select_one("#house_no")["value"] == NUMBER

    def test_an_address_that_only_takes_a_form_leads_to_its_page(self, browse, people, rows):
        give_account(rows, people["ana"])
        ana = browse("ana")
        begin(ana, "ZFFZ")

        assert ana.open("/hall/apply/1/basic/calculate/").heading == "填写基本信息"
        assert ana.open("/hall/apply/start").url == "/hall/apply/"
        assert browse().open("/register/code/").heading == "实名注册"

    def test_the_other_language_stays_on_a_page_that_came_back(self, browse, people, rows):
        give_account(rows, people["ana"])
        ana = browse("ana")
        page = ana.press(begin(ana, "ZFFZ"), "保存确认", mobile="123")

        page = ana.follow(page, "English")

        assert page.heading == "Fill in basic information"


REFUSED_CARDS = {
    ("CCB", "6217000000000000000"): ("校验位不符", "last digit does not fit"),
    ("CCB", "4367450000000014"): ("信用卡", "credit card"),
    ("ABC", "6228480402564890018"): ("不付到这家银行", "not paid to this bank"),
    ("CCB", "62170000"): ("19 位", "19 digits"),
    ("ICBC", make_card_number()): ("不属于所选", "another bank than you chose"),
    ("", make_card_number()): ("请选择", "Choose the bank"),
}


class TestPayee:
    def test_bank_and_card_and_amount_are_told_at_once(self, browse, people, rows):
        ana, page = on_the_payee_page(browse, people, rows)

        page = ana.press(page, "下一步", bank_code="ABC", bank_account_no="6217000000000000000",
                         amount="99,999,999")  # fmt: skip

        assert "不付到这家银行" in beside(page, "bank_code")
        assert "校验位不符" in beside(page, "bank_account_no")
        assert "本次最多" in beside(page, "amount")
        assert page.soup.select_one("#bank_account_no")["value"] == "6217000000000000000"
        assert page.soup.select_one("#amount")["value"] == "99,999,999"

    @pytest.mark.whole
    def test_an_emptied_card_number_is_asked_for_again(self, browse, people, rows):
        ana, page = on_the_payee_page(browse, people, rows)
        ana.press(page, "下一步", **card())

        page = ana.press(ana.open(page.url), "下一步", bank_account_no="")

        assert page.heading == "收款账户信息"
        assert "请填写" in beside(page, "bank_account_no")

    @pytest.mark.whole
    def test_a_card_is_refused_in_both_languages(self, browse, people, rows):
        ana, page = on_the_payee_page(browse, people, rows)

        for button, language in (("下一步", 0), ("Next", 1)):
            for (bank, number), sentences in REFUSED_CARDS.items():
                page = ana.press(page, button, bank_code=bank, bank_account_no=number)
                said = beside(page, "bank_code") + beside(page, "bank_account_no")
                assert sentences[language] in said
            page = page if language else ana.follow(page, "English")


class TestFront:
    def test_the_form_of_the_front_page_asks_for_the_progress(self, browse, people, rows):
        account_id = give_account(rows, people["ana"])
        with rows() as session:
            account = session.get_one(Account, account_id)
            case = make_application(session, account, status=Status.SUBMITTED)
            case.mobile_last_four = "0001"
            number = case.number
        visitor = browse()
        page = visitor.open("/?agency=anhui")

        found = visitor.press(page, "查询进度", number=number, mobile_end="0001")
        missed = visitor.press(page, "查询进度", number=number, mobile_end="0000")

        assert "房改办审核" in found.text
        assert "没有与这个编号" in missed.text
        assert missed.soup.select_one("#number")["value"] == number


@pytest.mark.both
def test_signs_and_numbers_that_no_column_holds_are_no_fault(browse, people, kind):
    ana, visitor = browse("ana"), browse()
    token = visitor.open("/login/").soup.select_one("input[name=csrf_token]")["value"]
    typed = {"csrf_token": token, "login": "nul\0", "password": PASSWORD}

    assert visitor.client.post("/login/", data=typed).status_code in {200, 400}
    assert visitor.client.get("/?agency=%00").status_code in {200, 404}
    assert ana.client.get("/lang/en?next=//[").status_code == 302
    assert ana.client.get(f"/hall/progress/{10**30}/").status_code == 404


class TestRegistration:
    def test_a_password_that_is_not_kept_is_asked_for_again(self, browse):
        visitor = browse()

        page = visitor.press(visitor.open("/register/"), "实名注册", password="four horses eat")

        assert page.soup.select_one("#password")["value"] == ""
        assert "密码没有保留，请重新填写" in page.text

    def test_a_wrong_and_a_used_code_are_told_in_english(self, browse, phone):
        visitor = in_english(browse)
        page = visitor.press(visitor.open("/register/"), "Get code", **RIGHT,
                             id_number=make_id_number())  # fmt: skip
        code = phone()
        token = page.soup.select_one("#code-token")["value"]

        wrong = f"{(int(code) + 1) % 10**6:06d}"
        page = visitor.press(page, "Register", code=wrong, password=PASSWORD)
        assert "The code is not right" in beside(page, "code")
        assert page.soup.select_one("#name")["value"] == RIGHT["name"]
        visitor.press(page, "Register", code=code, password=PASSWORD)

        used = visitor.press(visitor.open("/register/"), "Register", **RIGHT, code=code,
                             id_number=make_id_number(), token=token)  # fmt: skip
        assert "used already" in beside(used, "code")

    def test_an_expired_code_is_told_in_english(self, browse, phone, clock):
        visitor = in_english(browse)
        page = visitor.press(visitor.open("/register/"), "Get code", **RIGHT,
                             id_number=make_id_number())  # fmt: skip
        clock.pass_by(minutes=5)

        page = visitor.press(page, "Register", code=phone(), password=PASSWORD)

        assert "The code has expired" in beside(page, "code")

    def test_a_taken_number_and_mobile_are_told_in_english(self, browse, phone, people, rows):
        with rows() as session:
            taken = session.get_one(Applicant, people["ana"].actor.applicant_id).id_number
        visitor = in_english(browse)
        typed = RIGHT | {"id_number": taken, "mobile": people["bo"].login}
        page = visitor.press(visitor.open("/register/"), "Get code", **typed)

        page = visitor.press(page, "Register", code=phone(), password=PASSWORD)

        assert "already taken" in beside(page, "id_number")
        assert "another account" in beside(page, "mobile")
        assert visitor.follow(page, "Recover the password").url == "/recover/"


class TestAccount:
    @pytest.mark.parametrize(
        ("state", "zh", "en"),
        [
            (AccountState.FROZEN, "账户已冻结", "The account is frozen"),
            (AccountState.CLOSED_BY_WITHDRAWAL, "账户已销户", "The account is closed"),
        ],
    )
    def test_what_bars_the_account_is_told(self, browse, people, rows, state, zh, en):
        give_account(rows, people["ana"], 0, state=state)
        ana = browse("ana")

        page = ana.open("/hall/apply/")
        assert zh in page.text
        assert "以此原因开始申请" not in page.buttons
        assert en in ana.follow(page, "English").text

    def test_a_second_open_application_is_told_in_english(self, browse, people, rows):
        account_id = give_account(rows, people["ana"])
        with rows() as session:
            account = session.get_one(Account, account_id)
            number = make_application(session, account, status=Status.SUBMITTED).number

        page = in_english(browse, "ana").open("/hall/apply/")

        assert number in page.text
        assert "See that application" in page.text

    def test_an_unknown_house_is_told_in_english_and_its_number_kept(
        self, browse, people, rows
    ):
        give_account(rows, people["ana"], scheme="fund")
        ana = browse("ana")
        page = ana.follow(to_the_house(ana), "English")

        page = ana.press(page, "Look up", house_no="SY0000", loan_principal="600,000")

        assert "No house was found under SY0000" in beside(page, "house_no")
        assert page.soup.select_one("#house_no")["value"] == "SY0000"
        assert page.soup.select_one("#loan_principal")["value"] == "600,000"


def in_english(browse, *name):
    visitor = browse(*name)
    visitor.open("/lang/en?next=/help/")
    return visitor


def on_the_payee_page(browse, people, rows):
    give_account(rows, people["ana"], scheme="fund")
    own_house(rows, people["ana"])
    ana = browse("ana")
    page = ana.press(to_the_house(ana), "查询", house_no=NUMBER)
    asked = {key: value for key, value in ANSWERS.items() if page.soup.select(f"[name={key}]")}
    return ana, ana.press(page, "下一步", **asked)
