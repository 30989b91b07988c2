"""The applicant's way through the fund, as manual B prints it."""

import sqlalchemy as sa

from app.domain.terms import Status
from app.models import Applicant, Application
from tests.factories import make_house
from tests.pages.hall_walk import begin, card, give_account, upload_all

NUMBER = "210199202600001"
ANSWERS = {
    "loan_principal": "600,000", "withdrawn_for_house": "0", "spouse_applies": "no",
    "family_applies": "no", "house_elsewhere": "no",
}  # fmt: skip


def own_house(rows, person, **columns):
    with rows() as session:
        applicant = session.get_one(Applicant, person.actor.applicant_id)
        house = make_house(session, NUMBER)
        house.house = house.house | {
            "owners": [{"name": applicant.name, "id_number": applicant.id_number, "share": "1"}]
        } | columns  # fmt: skip


def to_the_house(browser):
    page = begin(browser, "GMSPF")
    assert page.heading == "温馨提示"
    page = browser.press(page, "下一步")
    assert page.heading == "个人基本信息"
    page = browser.press(page, "下一步")
    assert page.heading == "房屋信息"
    return page


def test_a_purchase_goes_from_the_notice_to_the_success_page(browse, people, rows):
    give_account(rows, people["ana"], scheme="fund")
    own_house(rows, people["ana"])
    ana = browse("ana")

    page = ana.press(to_the_house(ana), "查询", house_no=NUMBER, loan_principal="600,000")
    assert "合肥市示例区安居路1号" in page.text
    assert page.soup.select_one("#loan_principal")["value"] == "600,000"
    asked = {key: value for key, value in ANSWERS.items() if page.soup.select(f"[name={key}]")}
    page = ana.press(page, "下一步", **asked)
    assert page.heading == "收款账户信息", [
        p.get_text() for p in page.soup.select(".aj-errsum")
    ]
    page = ana.press(page, "下一步", **card())
    assert page.heading == "承诺书"
    page = ana.press(page, "提交申请", agree="yes")
    assert page.heading == "影像上传"
    page = ana.press(upload_all(ana, page), "提交申请")

    assert page.heading == "提交成功，业务办理完毕"
    assert "待后台审核通过后，资金即可到账" in page.text
    with rows() as session:
        case = session.scalars(sa.select(Application)).one()
        assert case.status is Status.SUBMITTED
        assert case.house_key == NUMBER
