"""Statements, year bills, their files; contributions by file; reversals by two: on the pages."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from app.domain.terms import Role
from app.models import Account, JournalEntry, LedgerReversal
from app.services import ledger
from app.services.accounting import reversals
from tests import paid_in
from tests.factories import (
    NOON,
    make_account,
    make_applicant,
    make_application,
)  # fmt: skip

MARCH = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)


@pytest.fixture
def accounts(rows, people):
    """Make an account of Ana with a contribution, and one of somebody else."""
    with rows() as session:
        ana = session.get_one(
            Account.applicant.property.mapper.class_, people["ana"].actor.applicant_id
        )
        own, other = (
            make_account(session, ana, 1000),
            make_account(session, make_applicant(session)),
        )
        paid_in.pay_in(
            session, own, Decimal("200.50"), now=MARCH, value_date=MARCH.date(), reference="=c1"
        )
        session.commit()
        return own.id, other.id, own.number


def test_holders_read_their_own_statement_and_bill(browse, accounts):
    ana, (own, other, _) = browse("ana"), accounts
    page = ana.open(f"/hall/accounts/{own}/")
    assert "200.50" in page.text
    assert "1,200.50" in page.text
    assert "5 日内书面答复" in page.text
    ana.open(f"/hall/accounts/{other}/", status=404)
    ana.open(f"/hall/accounts/{other}/export?form=csv", status=404)
    ana.open(f"/hall/accounts/{other}/year/2026/", status=404)
    bill = ana.follow(page, "2026 年度账单")
    assert [sum_ in bill.text for sum_ in ("1,000.00", "200.50", "1,200.50")] == [True] * 3
    ana.open(f"/hall/accounts/{own}/year/2031/", status=404)


def test_the_days_are_kept_and_foolish_ones_are_said(browse, accounts):
    ana, own = browse("ana"), accounts[0]
    page = ana.open(f"/hall/accounts/{own}/?from=2026-04-01&to=2026-04-30")
    assert "这段时间没有收支" in page.text
    assert "1,200.50" in page.text
    assert "晚于" in ana.open(f"/hall/accounts/{own}/?from=2026-05-01&to=2026-04-30").text
    for foolish in ("from=tomorrow", "from=0001-01-01", "to=9999-12-31"):
        assert "2026-09-20" in ana.open(f"/hall/accounts/{own}/?{foolish}").text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_to_keep_holds_no_formula_and_no_name(sign_in, accounts, form):
    payer, own = sign_in(Role.PAYER), accounts[0]
    data = payer.client.get(f"/desk/accounts/{own}/export?form={form}").data
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        cells = [cell for line in sheet.iter_rows(values_only=True) for cell in line]
    else:
        cells = data.decode("utf-8-sig").replace("\r\n", ",").split(",")
    assert "'=c1" in cells
    assert not [
        one for one in cells if isinstance(one, str) and one.startswith(("=", "+", "@", "-"))
    ]
    assert "安娜" not in str(cells)


def test_reviewers_have_no_statement(browse, accounts):
    browse("chen").open(f"/desk/accounts/{accounts[0]}/", status=403)


@pytest.mark.whole
def test_a_payer_asks_and_a_releaser_confirms_a_reversal(sign_in, accounts, rows):
    payer = sign_in(Role.PAYER)
    page = payer.open("/desk/reversals/")
    found = payer.press(page, "打开", number=accounts[2])
    assert "=c1" in found.text
    refused = payer.press(page, "提交第二人确认", status=422, reference="=c1", proof="")
    assert refused.heading
    asked = payer.press(page, "提交第二人确认", reference="=c1", proof="单位来函第 3 号")
    assert "单位来函第 3 号" in asked.text
    assert "确认红冲" not in asked.buttons
    releaser = sign_in(Role.RELEASER)
    done = releaser.press(releaser.open("/desk/reversals/"), "确认红冲")
    assert "已红冲" in done.text
    with rows() as session:
        assert session.get_one(Account, accounts[0]).available == 1000
        assert session.query(LedgerReversal).one().twin_id is not None


def test_what_cannot_be_reversed_is_said_in_a_sentence(sign_in, accounts, rows):
    with rows() as session:
        case = make_application(session, session.get_one(Account, accounts[0]))
        ledger.hold(session, case, Decimal(5), now=NOON)
        session.commit()
        kinds = JournalEntry.kind.not_in(reversals.KINDS)
        fixed = session.query(JournalEntry).filter(kinds).first().reference
    payer = sign_in(Role.PAYER)

    page = payer.press(
        payer.open("/desk/reversals/"), "提交第二人确认", status=422, reference=fixed,
        proof="单位来函第 4 号",
    )  # fmt: skip

    assert "这笔分录不能红冲" in page.text


def test_a_payer_brings_a_file_and_a_releaser_posts_it(sign_in, accounts, rows):
    payer, releaser = sign_in(Role.PAYER), sign_in(Role.RELEASER)
    text = (
        "agency,scheme,account_number,amount,value_date\n"
        f"anhui,subsidy,{accounts[2]},88.00,2026-11-01\n#TRAILER,1,88.00,B-7\n"
    )
    file = (io.BytesIO(text.encode()), "november.csv")
    looked = payer.press(payer.open("/desk/contributions/"), "预览", file=file)
    brought = payer.press(looked, "提交第二人入账")
    assert "B-7" in brought.text
    assert "确认入账" not in brought.buttons
    again = payer.press(looked, "提交第二人入账")
    assert "请重新" in again.text
    waiting = releaser.open("/desk/contributions/")
    assert "B-7" in releaser.press(waiting, "确认入账").text
    with rows() as session:
        assert session.get_one(Account, accounts[0]).available == Decimal("1288.50")


def test_a_bad_file_names_its_lines(sign_in, accounts):
    payer = sign_in(Role.PAYER)
    text = (
        "agency,scheme,account_number,amount,value_date\nanhui,subsidy,1,x,y\n#TRAILER,1,0,B\n"
    )
    file = (io.BytesIO(text.encode()), "bad.csv")
    looked = payer.press(payer.open("/desk/contributions/"), "预览", file=file)
    assert "没有这个账号" in looked.text
    assert "确认入账" not in looked.buttons


def test_money_that_came_late_is_said_to_its_holder(browse, accounts, rows):
    with rows() as session:
        account = session.get_one(Account, accounts[0])
        account.closing = True
        paid_in.pay_in_late(
            session, account, Decimal(70), now=NOON, value_date=NOON.date(), reference="l1"
        )
        session.commit()
    assert "70.00" in browse("ana").open(f"/hall/accounts/{accounts[0]}/").text
