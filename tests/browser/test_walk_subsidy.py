"""From registration to money on the progress page: the housing subsidy, as its manual goes."""

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
from tests.factories import make_card_number

pytestmark = pytest.mark.browser


@pytest.mark.whole
@pytest.mark.parametrize("width", WIDTHS)
def test_rent_goes_from_registration_to_paid(hall: Hall, width: int) -> None:
    someone = make_newcomer(hall, 901, "subsidy", "anhui")
    page = hall.window(width)

    register(hall, page, someone)
    log_in(page, someone)
    number = apply(page)
    decide(hall, number)
    hall.work()

    see_paid(page, "支付房租", "18,000.00")
    expect(page.locator("main")).to_contain_text("房改办审核完成")


def apply(page: Page) -> str:
    """Apply for rent by the two pages of a first withdrawal; return the case's number."""
    page.goto("/hall/apply/")
    page.locator("label", has_text="支付房租").first.click()
    page.get_by_role("button", name="以此原因开始申请").click()
    look(page, "填写基本信息")
    page.get_by_label("开户银行").select_option(label="建设银行")
    page.get_by_label("银行账号").fill(make_card_number(901))
    for name, answer in {
        "spouse_applies": "no", "lease_filed": "no", "marital_status": "single",
        "multi_child": "no",
    }.items():  # fmt: skip
        page.locator(f"[name={name}][value={answer}]").check(force=True)
    page.locator("[name=rent_months]").fill("12")
    page.get_by_role("button", name="保存确认").click()
    look(page, "上传申请材料")

    page.get_by_role("button", name="提交支取申请").click()
    expect(page.locator("main")).to_contain_text("身份证件")
    expect(page.get_by_role("alert").first).to_be_visible()

    upload_everything(page)
    expect(page.locator("main")).to_contain_text("已符合要求")
    page.locator("[name=agree]").check(force=True)
    page.get_by_role("button", name="提交支取申请").click()
    expect(page.locator("main")).to_contain_text("房改办审核")
    return submitted_number(page, "BT")
