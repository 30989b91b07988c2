"""The applicant's way through the subsidy, as manual A prints it."""

import pytest
import sqlalchemy as sa

from app.domain.terms import Kind, Status
from app.models import Application
from tests.pages.hall_walk import begin, card, give_account, upload_all

RENT = {
    "lease_filed": "no", "rent_months": "6", "marital_status": "single", "multi_child": "no",
    "spouse_applies": "no",
}  # fmt: skip


def the_case(rows):
    with rows() as session:
        return session.scalars(sa.select(Application)).one()


@pytest.mark.whole
def test_a_first_application_goes_from_reason_to_review(browse, people, rows):
    give_account(rows, people["ana"])
    ana = browse("ana")

    page = begin(ana, "ZFFZ")
    assert page.heading == "填写基本信息"
    page = ana.press(page, "保存确认", **card(), **RENT)
    assert page.heading == "上传申请材料", [
        p.get_text() for p in page.soup.select(".aj-errsum")
    ]
    page = upload_all(ana, page)
    page = ana.press(page, "提交支取申请", agree="yes")

    assert "房改办审核" in page.text
    with rows() as session:
        case = session.scalars(sa.select(Application)).one()
        assert (case.status, case.kind) == (Status.SUBMITTED, Kind.FIRST)
        assert case.amount == 9000
        assert case.account.held == 9000
