"""From registration to money on the progress page: the housing fund, as its manual goes."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hall import WIDTHS, Hall, look, upload_everything
from tests.browser.steps import (
    decide,
    log_in,
    make_newcomer,
    register,
    see_paid,
    submitted_number,
)
from tests.factories import make_card_number, make_house

pytestmark = pytest.mark.browser

CONTRACT = "SY2026090909"
NO_TO_ALL = ("house_elsewhere", "spouse_applies", "family_applies")


@pytest.mark.whole
@pytest.mark.parametrize("width", WIDTHS)
def test_a_purchase_goes_from_registration_to_paid(hall: Hall, width: int) -> None:
    someone = make_newcomer(hall, 902, "fund", "liaoning")
    with hall.rows() as session:
        make_house(session, CONTRACT, owner=(someone.name, someone.id_number))
    page = hall.window(width)

    register(hall, page, someone)
    log_in(page, someone)
    number = apply(page)
    decide(hall, number)
    hall.work()

    see_paid(page, "购买商品住房提取", "50,000.00")


def apply(page: Page) -> str:
    """Apply for a purchase by the seven pages of the manual; return the case's number."""
    page.goto("/hall/apply/")
    page.locator("label", has_text="购买商品住房提取").first.click()
    page.get_by_role("button", name="以此原因开始申请").click()
    go_on(page, "温馨提示")
    go_on(page, "个人基本信息")
    look_up_house(page)
    give_payee(page)
    look(page, "承诺书")
    page.locator("[name=agree]").check(force=True)
    page.get_by_role("button", name="提交申请").click()
    look(page, "影像上传")
    upload_everything(page)
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("提交成功，业务办理完毕")
    expect(page.locator("main")).to_contain_text("待后台审核通过后，资金即可到账")
    return submitted_number(page, "GJ")


def go_on(page: Page, title: str) -> None:
    """Read a page and press 下一步."""
    look(page, title)
    page.get_by_role("button", name="下一步").click()


def look_up_house(page: Page) -> None:
    """Enter the filed contract's number and see the house shown back."""
    look(page, "房屋信息")
    page.locator("[name=lookup_by][value=filing_contract_no]").check(force=True)
    page.locator("[name=house_no]").fill(CONTRACT)
    page.get_by_role("button", name="查询").click()
    expect(page.locator("main")).to_contain_text("1,200,000.00")
    expect(page.locator("main")).to_contain_text("孙*梅")
    page.locator("[name=loan_principal]").fill("1,000,000")
    page.locator("[name=withdrawn_for_house]").fill("0")
    for name in NO_TO_ALL:
        page.locator(f"[name={name}][value=no]").check(force=True)
    page.get_by_role("button", name="下一步").click()


def give_payee(page: Page) -> None:
    """Choose one of the three banks and enter the own card; take less than there is."""
    look(page, "收款账户信息")
    banks = page.locator("[name=bank_code] option").all_inner_texts()
    assert [bank for bank in banks if "银行" in bank] == ["建设银行", "工商银行", "盛京银行"]
    page.locator("[name=bank_code]").select_option(label="建设银行")
    page.locator("[name=bank_account_no]").fill(make_card_number(902))
    page.locator("[name=amount]").fill("50000")
    page.get_by_role("button", name="下一步").click()
