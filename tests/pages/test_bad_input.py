"""What the pages say to bad input: beside its field, all at once, with nothing lost."""

from tests.pages.hall_walk import begin, give_account
from tests.pages.test_wizard_fund import NUMBER, own_house, to_the_house


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
