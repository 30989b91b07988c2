"""What the wizard says to wrong, missing and repeated input; nothing typed is lost."""

import pytest
import sqlalchemy as sa

from app.domain.terms import AccountState, Status
from app.models import Account, Application
from tests.factories import make_application, make_card_number
from tests.pages.hall_walk import begin, card, give_account, upload, upload_all
from tests.pages.test_wizard_fund import NUMBER, own_house, to_the_house
from tests.pages.test_wizard_subsidy import RENT


def on_the_basic_page(browse, people, rows, **account):
    give_account(rows, people["ana"], **account)
    ana = browse("ana")
    return ana, begin(ana, "ZFFZ")


def beside(page, field):
    found = page.soup.select_one(f"#{field}-e")
    return " ".join(found.get_text().split()) if found else ""


class TestBasicPage:
    def test_every_problem_is_told_at_once_and_nothing_typed_is_lost(
        self, browse, people, rows
    ):
        ana, page = on_the_basic_page(browse, people, rows)

        page = ana.press(page, "保存确认", mobile="123", bank_code="CCB", rent_months="13",
                         bank_account_no="6217000000000000000", amount="abc")  # fmt: skip

        assert "11 位" in beside(page, "mobile")
        assert beside(page, "bank_account_no")
        assert "1 到 12" in beside(page, "rent_months")
        assert "数字填写金额" in beside(page, "amount")
        assert beside(page, "lease_filed")
        assert page.soup.select_one("#mobile")["value"] == "123"
        assert page.soup.select_one("#bank_account_no")["value"] == "6217000000000000000"
        assert page.soup.select_one("#rent_months")["value"] == "13"

    @pytest.mark.whole
    def test_the_sentences_are_there_in_english_too(self, browse, people, rows):
        ana, page = on_the_basic_page(browse, people, rows)
        ana.open("/lang/en")
        page = ana.open(page.url)

        page = ana.press(page, "Save and confirm", mobile="123")

        assert "A mobile number has 11 digits" in beside(page, "mobile")
        assert "Please answer this." in beside(page, "lease_filed")

    def test_a_credit_card_is_refused(self, browse, people, rows):
        ana, page = on_the_basic_page(browse, people, rows)

        page = ana.press(page, "保存确认", bank_code="CCB", bank_account_no="4367450000000014")

        assert "信用卡" in beside(page, "bank_account_no")

    def test_more_than_the_entitlement_is_refused_with_the_most(self, browse, people, rows):
        ana, page = on_the_basic_page(browse, people, rows)

        page = ana.press(page, "保存确认", **card(), **RENT, amount="9,000.01")

        assert "9,000.00" in beside(page, "amount")
        assert page.soup.select_one("#amount")["value"] == "9,000.01"

    def test_the_amount_is_worked_out_before_anything_is_saved(self, browse, people, rows):
        ana, page = on_the_basic_page(browse, people, rows)

        page = ana.press(page, "计算", **RENT)

        assert page.soup.select_one("#amount")["value"] == "9,000.00"
        with rows() as session:
            assert session.scalars(sa.select(Application.answers)).one() == {}

    def test_a_draft_goes_on_where_it_stopped_also_elsewhere(self, browse, people, rows):
        ana, page = on_the_basic_page(browse, people, rows)
        ana.press(page, "保存确认", **card(), **RENT)

        page = browse("ana").open("/hall/apply/1/")

        assert page.heading == "上传申请材料"

    def test_a_later_page_leads_to_the_first_open_one(self, browse, people, rows):
        ana, _page = on_the_basic_page(browse, people, rows)

        assert ana.open("/hall/apply/1/upload/").heading == "填写基本信息"

    def test_nobody_else_sees_the_draft(self, browse, people, rows):
        on_the_basic_page(browse, people, rows)
        bo = browse("bo")

        for path in ("", "basic/", "result/"):
            bo.open(f"/hall/apply/1/{path}", status=404)


class TestStart:
    def test_a_second_open_application_is_refused_with_its_number(self, browse, people, rows):
        account_id = give_account(rows, people["ana"])
        with rows() as session:
            account = session.get_one(Account, account_id)
            number = make_application(session, account, status=Status.SUBMITTED).number

        page = browse("ana").open("/hall/apply/")

        assert f"您有一笔申请（{number}）正在办理" in page.text
        assert "以此原因开始申请" not in page.buttons

    def test_a_frozen_account_is_told(self, browse, people, rows):
        give_account(rows, people["ana"], state=AccountState.FROZEN)

        assert "账户已冻结" in browse("ana").open("/hall/apply/").text

    def test_a_closed_account_is_told(self, browse, people, rows):
        give_account(rows, people["ana"], 0, state=AccountState.CLOSED_BY_WITHDRAWAL)

        assert "账户已销户" in browse("ana").open("/hall/apply/").text

    def test_choosing_nothing_is_told(self, browse, people, rows):
        give_account(rows, people["ana"])
        ana = browse("ana")

        page = ana.press(ana.open("/hall/apply/"), "以此原因开始申请")

        assert "请选择一项原因" in page.text

    def test_another_persons_account_cannot_be_named(self, browse, people, rows):
        account_id = give_account(rows, people["ana"])
        give_account(rows, people["bo"])
        bo = browse("bo")
        page = bo.open("/hall/apply/")
        form = page.soup.select_one("form[action='/hall/apply/start']")

        bo.send(page, form, {"account_id": str(account_id), "reason_code": "ZFFZ"}, status=404)

    def test_a_holder_who_is_not_found_is_one_sentence(self, browse, people, rows):
        give_account(rows, people["ana"])
        bo = browse("bo")
        page = bo.open("/hall/apply/for-another")

        page = bo.press(page, "查找账户并开始", holder_id_number="34019919900101011X",
                        holder_name="林知夏", capacity="heir")  # fmt: skip

        assert "没有与这个号码和姓名相符的账户" in page.text


class TestHouse:
    def test_an_unknown_number_is_told_and_kept(self, browse, people, rows):
        give_account(rows, people["ana"], scheme="fund")
        ana = browse("ana")

        page = ana.press(to_the_house(ana), "查询", house_no="2026-0000", loan_principal="5")

        assert "没有查到 2026-0000" in beside(page, "house_no")
        assert page.soup.select_one("#house_no")["value"] == "2026-0000"
        assert page.soup.select_one("#loan_principal")["value"] == "5"

    @pytest.mark.whole
    def test_the_next_page_waits_for_the_look_up(self, browse, people, rows):
        give_account(rows, people["ana"], scheme="fund")
        ana = browse("ana")

        page = ana.press(to_the_house(ana), "下一步")

        assert "请先查询房屋" in beside(page, "house_no")

    @pytest.mark.whole
    def test_a_number_changed_after_the_look_up_is_told(self, browse, people, rows):
        give_account(rows, people["ana"], scheme="fund")
        own_house(rows, people["ana"])
        ana = browse("ana")
        page = ana.press(to_the_house(ana), "查询", house_no=NUMBER)

        page = ana.press(page, "下一步", house_no="210199202600009")

        assert "再按一次" in beside(page, "house_no")

    def test_buyers_are_masked(self, browse, people, rows):
        give_account(rows, people["ana"], scheme="fund")
        own_house(rows, people["ana"])
        ana = browse("ana")

        page = ana.press(to_the_house(ana), "查询", house_no=NUMBER)

        assert "林*夏 (100%)" in page.soup.select_one("[aria-labelledby=echo]").get_text()

    @pytest.mark.whole
    def test_a_bank_the_fund_does_not_pay_to_is_refused(self, browse, people, rows):
        give_account(rows, people["ana"], scheme="fund")
        ana = browse("ana")
        page = begin(ana, "HDTQ")
        page = ana.press(ana.press(page, "下一步"), "下一步")
        page = ana.press(page, "下一步", **{
            key: value for key, value in
            {"repaid_12m": "20000", "loan_settled": "no", "spouse_applies": "no",
             "family_applies": "no", "loan_contract_changed": "no"}.items()
            if page.soup.select(f"[name={key}]")
        })  # fmt: skip
        assert page.heading == "收款账户信息", page.text

        page = ana.press(page, "下一步", bank_code="", bank_account_no=make_card_number())

        assert "选择" in beside(page, "bank_code")


class TestPapers:
    def on_the_upload_page(self, browse, people, rows):
        ana, page = on_the_basic_page(browse, people, rows)
        return ana, ana.press(page, "保存确认", **card(), **RENT)

    def test_what_is_missing_is_red_and_nothing_is_submitted(self, browse, people, rows):
        ana, page = self.on_the_upload_page(browse, people, rows)

        page = ana.press(page, "提交支取申请", agree="yes")

        assert "还缺必传材料：身份证件（正反面）" in page.text
        assert page.soup.select(".aj-errsum a[href^='#material-']")
        with rows() as session:
            assert session.scalars(sa.select(Application.status)).one() is Status.DRAFT

    @pytest.mark.whole
    def test_without_the_tick_nothing_is_submitted(self, browse, people, rows):
        ana, page = self.on_the_upload_page(browse, people, rows)

        page = ana.press(upload_all(ana, page), "提交支取申请")

        assert "请先阅读承诺书并打勾" in page.text
        with rows() as session:
            assert session.scalars(sa.select(Application.status)).one() is Status.DRAFT

    @pytest.mark.whole
    def test_the_same_form_twice_leads_to_the_same_place_once(self, browse, people, rows):
        ana, page = self.on_the_upload_page(browse, people, rows)
        page = upload_all(ana, page)

        first = ana.press(page, "提交支取申请", agree="yes")
        second = ana.press(page, "提交支取申请", agree="yes")

        assert first.url == second.url == "/hall/apply/1/result/"
        with rows() as session:
            assert session.scalars(sa.select(Account.held)).one() == 9000

    @pytest.mark.whole
    def test_the_english_page_has_no_missing_word(self, browse, people, rows):
        ana, page = self.on_the_upload_page(browse, people, rows)
        ana.open("/lang/en")

        page = ana.press(ana.open(page.url), "Submit application", agree="yes")

        assert "A required paper is missing: Identity document" in page.text


def test_a_wrong_word_in_the_address_is_not_found(browse, people, rows):
    ana, _page = on_the_basic_page(browse, people, rows)

    ana.open("/hall/apply/1/nonsense/", status=404)
    ana.open("/hall/apply/999/", status=404)


def test_an_upload_that_is_no_picture_is_told(browse, people, rows):
    ana, page = on_the_basic_page(browse, people, rows)
    page = ana.press(page, "保存确认", **card(), **RENT)

    page = upload(ana, page, "A1", data=b"%!PS not a picture", name="a.jpg")

    assert "不是图片，也不是 PDF" in page.text
