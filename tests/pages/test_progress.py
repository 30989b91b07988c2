"""Following an application, taking it back, correcting it, changing the receiving account."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.terms import Status
from app.gateways.storage import LocalStorage
from app.models import Account, Application, MaterialPage
from app.services.review import decisions
from tests.factories import NOON, make_application, make_card_number
from tests.pages.hall_walk import card, give_account, upload
from tests.services import cases_walk


@pytest.fixture
def submitted(app, browse, people, rows):
    """Ana's browser; her rent case is submitted."""
    account = give_account(rows, people["ana"])
    with rows() as session:
        storage = LocalStorage(app.config["ANJU_HOME"] / "files")
        cases_walk.submitted(
            session, session.get_one(Account, account), people["ana"].actor, storage
        )
    return browse("ana")


@pytest.mark.whole
def test_the_opinion_on_the_account_stands_where_it_is_corrected(submitted, rows, people):
    chen = people["chen"].actor
    with rows() as session:
        case = session.scalars(sa.select(Application)).one()
        decisions.take_up(session, case, actor=chen, now=NOON)
        line = decisions.ReturnLine("R05")
        decisions.return_for_correction(session, case, [line], actor=chen, now=NOON)

    page = submitted.follow(submitted.open("/hall/progress/1/"), "去更正")

    assert page.heading == "填写基本信息"
    assert "退单意见 银行账户不符" in page.text


def returned(rows, people):
    """Send the case back for its bank card, framed on the picture."""
    chen = people["chen"].actor
    with rows() as session:
        case = session.scalars(sa.select(Application)).one()
        page = session.scalars(
            sa.select(MaterialPage).join(MaterialPage.material).where(
                MaterialPage.material.has(material_code="A2"))
        ).first()  # fmt: skip
        decisions.take_up(session, case, actor=chen, now=NOON)
        line = decisions.ReturnLine(
            "R01", "A2", page.id, {"x": 10, "y": 20, "width": 30, "height": 40}
        )
        decisions.return_for_correction(session, case, [line], actor=chen, now=NOON)


def test_a_submitted_case_is_with_the_office(submitted):
    page = submitted.open("/hall/progress/1/")

    assert "房改办审核" in page.text
    assert "您提交申请" in page.text
    assert "9,000.00" in page.text
    assert "11月23日 前审核完成" in page.text


def test_the_list_leads_to_the_case(submitted):
    page = submitted.follow(submitted.open("/hall/progress/"), "支付房租")

    assert page.url == "/hall/progress/1/"


def test_nobody_else_sees_it(submitted, browse):
    bo = browse("bo")

    bo.open("/hall/progress/1/", status=404)
    bo.open("/hall/progress/1/letter/", status=404)


def test_it_is_taken_back_and_the_money_is_free(submitted, rows):
    page = submitted.press(submitted.open("/hall/progress/1/"), "确认撤回")

    assert "已撤回" in page.text
    with rows() as session:
        assert session.scalars(sa.select(Account.held)).one() == 0


@pytest.mark.whole
def test_once_taken_up_it_cannot_be_taken_back(submitted, rows, people):
    page = submitted.open("/hall/progress/1/")
    with rows() as session:
        case = session.scalars(sa.select(Application)).one()
        decisions.take_up(session, case, actor=people["chen"].actor, now=NOON)

    page = submitted.press(page, "确认撤回")

    assert "已撤回" not in page.text
    assert "确认撤回" not in page.buttons


def test_a_returned_case_shows_the_opinion_and_opens_only_its_paper(submitted, rows, people):
    returned(rows, people)

    page = submitted.open("/hall/progress/1/")
    assert "退单意见" in page.text
    assert "本人银行卡（卡号面）：影像不清晰" in page.text
    assert page.soup.select_one(".aj-marks rect")["x"] == "10%"

    page = submitted.follow(page, "去更正")
    assert page.heading == "上传申请材料"
    assert [option["value"] for option in page.soup.select("#material_code option")] == ["A2"]


@pytest.mark.whole
def test_a_corrected_case_is_submitted_again(submitted, rows, people):
    returned(rows, people)
    page = submitted.open("/hall/apply/1/upload/")

    page = upload(submitted, page, "A2", seed=77)
    submitted.press(page, "提交支取申请")

    with rows() as session:
        assert session.scalars(sa.select(Application.status)).one() is Status.SUBMITTED
    assert "您更正后重新提交" in submitted.open("/hall/progress/1/").text


def test_my_hall_says_whose_turn_it_is(submitted, rows, people):
    returned(rows, people)

    page = submitted.open("/hall/")

    assert "轮到您：更正 1 处" in page.text
    assert submitted.follow(page, "去更正 支付房租").url == "/hall/progress/1/"


class TestPayee:
    @pytest.fixture
    def refused(self, browse, people, rows):
        account_id = give_account(rows, people["ana"])
        with rows() as session:
            account = session.get_one(Account, account_id)
            make_application(session, account, status=Status.PAYEE_FIX)
        return browse("ana")

    def test_the_page_asks_for_another_account(self, refused):
        page = refused.follow(refused.open("/hall/progress/1/"), "修改收款账户")

        assert page.heading == "请修改收款账户"

    def test_a_new_card_is_kept_and_told(self, refused, rows, prove):
        page = refused.open("/hall/progress/1/payee/")
        number = make_card_number()

        typed = {"bank_code": "CCB", "bank_account_no": number}
        page = prove(refused, refused.press(page, "保存新账户", 403, **typed))

        assert "新账户已保存" in page.text
        with rows() as session:
            assert session.scalars(sa.select(Application)).one().payee_card == number

    @pytest.mark.whole
    def test_after_the_change_it_is_nobodys_turn_but_the_offices(self, refused, prove):
        assert "轮到您：修改收款账户" in refused.open("/hall/").text
        page = refused.open("/hall/progress/1/payee/")

        page = prove(refused, refused.press(page, "保存新账户", 403, **card()))

        assert "您不用再做什么" in page.text
        assert "轮到您" not in refused.open("/hall/").text

    def test_a_wrong_card_is_told_beside_its_field(self, refused):
        page = refused.open("/hall/progress/1/payee/")

        page = refused.press(page, "保存新账户", bank_code="CCB", bank_account_no="123")

        assert page.soup.select_one("#bank_account_no-e")
        assert page.soup.select_one("#bank_account_no")["value"] == "123"


class TestWithoutLogIn:
    def ask(self, browser, number, end):
        page = browser.open("/progress/")
        return browser.press(page, "查询状态", number=number, mobile_end=end)

    def test_number_and_mobile_show_the_state_only(self, submitted, browse, rows, people):
        with rows() as session:
            case = session.scalars(sa.select(Application)).one()
            number, end = case.number, case.mobile_last_four

        page = self.ask(browse(), number, end)

        assert "房改办审核" in page.text
        assert "9,000.00" not in page.text

    @pytest.mark.whole
    def test_ten_misses_an_hour_and_no_more(self, submitted, browse, rows, clock):
        with rows() as session:
            case = session.scalars(sa.select(Application)).one()
            number, end = case.number, case.mobile_last_four
        somebody = browse()

        for _ in range(10):
            assert "没有与这个编号" in self.ask(somebody, number, "xxxx").text
        assert "一小时后再试" in self.ask(somebody, number, end).text
        clock.pass_by(minutes=61)
        assert "房改办审核" in self.ask(somebody, number, end).text


@pytest.mark.usefixtures("submitted")
def test_the_days_of_both_sides_are_shown(browse, rows, people, clock):
    returned(rows, people)
    clock.set(NOON + dt.timedelta(days=1))

    page = browse("ana").open("/hall/progress/1/")

    assert "您更正材料" in page.text
    assert "/ 10 个工作日" in page.text
