"""Later and closing withdrawals of manual A, the failure page of manual B, heirs."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.terms import AccountState, Kind, Status
from app.models import Account, Applicant, Application, PaidHistory
from tests.factories import make_account
from tests.pages.hall_walk import begin, card, give_account, upload_all
from tests.pages.test_wizard_subsidy import RENT
from tests.people import make_applicant


def paid_before(rows, account_id, reason):
    with rows() as session:
        account = session.get_one(Account, account_id)
        session.add(
            PaidHistory(
                agency_id=account.agency_id, account_id=account.id, reason_code=reason,
                paid_on=dt.date(2026, 9, 1), amount=Decimal(2180),
            )
        )  # fmt: skip


def test_a_later_withdrawal_is_checked_and_submitted(browse, people, rows):
    paid_before(rows, give_account(rows, people["ana"]), "ZZZG")
    ana = browse("ana")

    page = begin(ana, "ZZZG")
    assert page.heading == "修改确认申请信息"
    assert "保存并提交申请" in page.buttons
    assert all(
        words in page.text for words in ("手机号", "银行账号", "开户行", "第二次及以后支取")
    )
    page = ana.press(page, "保存并提交申请", agree="yes", amount="2,180", **card())

    assert "房改办审核" in page.text
    with rows() as session:
        case = session.scalars(sa.select(Application)).one()
        assert (case.status, case.kind) == (Status.SUBMITTED, Kind.SUBSEQUENT)


def test_a_closing_takes_everything_and_asks_for_the_cause(browse, people, rows):
    give_account(rows, people["ana"], 5000)
    ana = browse("ana")

    page = begin(ana, "LTX")
    assert page.heading == "修改确认申请信息"
    assert "支取原因（销户原因）" in page.text
    page = ana.press(page, "保存并提交申请", **card())
    assert page.heading == "上传申请材料"
    ana.press(upload_all(ana, page), "提交支取申请", agree="yes")

    with rows() as session:
        case = session.scalars(sa.select(Application)).one()
        assert case.kind is Kind.CLOSING
        assert case.account.held == 5000


def test_a_reason_that_may_close_may_also_keep_the_account(browse, people, rows):
    give_account(rows, people["ana"])
    ana = browse("ana")
    page = ana.open("/hall/apply/")

    page = ana.press(page, "以此原因开始申请", **{"reason_code": "LTX", "closing-LTX": "no"})

    assert page.heading == "填写基本信息"
    assert "首次支取" in page.text


@pytest.mark.whole
def test_why_it_was_not_submitted_has_a_page(browse, people, rows):
    give_account(rows, people["ana"])
    ana = browse("ana")
    page = ana.press(begin(ana, "ZFFZ"), "保存确认", **card(), **RENT)
    page = upload_all(ana, page)
    with rows() as session:
        session.scalars(sa.select(Account)).one().state = AccountState.FROZEN

    page = ana.press(page, "提交支取申请", agree="yes")

    assert page.heading == "提交失败原因"
    assert "账户已冻结" in page.text
    with rows() as session:
        assert session.scalars(sa.select(Application.status)).one() is Status.DRAFT


def test_an_heir_sees_nothing_of_the_balance(browse, people, rows):
    with rows() as session:
        holder = make_applicant(session, "郑怀远", registered=False)
        make_account(session, holder, 43210)
        number = session.get_one(Applicant, holder.id).id_number
    ana = browse("ana")

    page = ana.open("/hall/apply/for-another")
    page = ana.press(page, "查找账户并开始", capacity="heir", holder_id_number=number,
                     holder_name="郑怀远")  # fmt: skip

    assert page.heading == "修改确认申请信息"
    assert "郑*远" in page.text
    assert "43,210" not in page.text


def test_the_fund_calls_its_page_withdrawal(browse, people, rows):
    give_account(rows, people["ana"], scheme="fund")

    page = browse("ana").open("/hall/apply/")

    assert page.heading == "提取"
    assert "购买商品住房提取" in page.text
