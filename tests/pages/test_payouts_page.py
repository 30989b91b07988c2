"""Payers and releasers at their pages: the run, one payment, the switch, the reconciliation."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa

from app.domain.terms import Action, PayoutStatus, Role, Status
from app.jobs.housekeeping import prove_books
from app.models import (
    Agency,
    Applicant,
    Application,
    BankStatement,
    Payout,
    PayoutProof,
    PayoutResolution,
    StatementFinding,
    StatementLine,
)  # fmt: skip
from app.services import cases, ledger, payouts
from app.services.paying.bank_files import STOP_CLASH
from tests.factories import NOON, make_account, make_applicant
from tests.money import make_approved
from tests.pictures import make_picture

RUNS = "/desk/payouts/"
DISCARD = {"outcome": "discard", "proof": "misread the letter"}


@pytest.fixture
def payout(rows, people, chen, dai):
    """Make a payment of an approved case in a status, with the bank's code."""

    def made(status, code=""):
        with rows() as session:
            account = make_account(session, make_applicant(session, "韩冰"), 10_000)
            case = make_approved(session, chen, dai, account=account)
            [paid] = case.payouts
            if status is not PayoutStatus.APPROVED:
                paid.bank_reference, paid.claimed_at = "AJ2026111800000017", NOON
                paid.status, paid.bank_code_answer = status, code
            if status is PayoutStatus.UNKNOWN:
                ledger.into_transit(session, paid, now=NOON)
            return paid.id

    return made


@pytest.fixture
def payer(staff, people):
    """Sign in the payer."""
    return staff("pay", Role.PAYER)


@pytest.fixture
def releaser(staff, people):
    """Sign in the releaser."""
    return staff("rel", Role.RELEASER)


@pytest.mark.whole
def test_a_doubt_is_ended_by_two_people_with_a_paper(rows, payer, releaser, payout):
    payout_id = payout(PayoutStatus.UNKNOWN)

    page = payer.follow(payer.open(RUNS), "凭据处理")
    letter = (io.BytesIO(make_picture()), "letter.jpg")
    said = payer.press(
        page, "提交第二人确认", outcome="rejected", code="AC04", proof="银行来函 3 号",
        paper=letter,
    )  # fmt: skip
    assert "等另一位工作人员确认" in said.text
    page = releaser.follow(releaser.open(RUNS), "查看并确认")
    assert "AC04 收款账户已销户" in page.text
    assert releaser.client.get(page.soup.select_one("a[href*=paper]")["href"]).data[:2] == (
        b"\xff\xd8"
    )
    releaser.press(page, "确认：银行已拒绝")

    with rows() as session:
        assert session.get_one(Payout, payout_id).status is PayoutStatus.REJECTED
        assert session.scalar(sa.select(Application.status)) is Status.PAYEE_FIX
        assert session.scalar(sa.select(sa.func.count(PayoutProof.id))) == 1


def test_a_doubt_without_proof_stays_open(rows, payer, payout):
    payout_id = payout(PayoutStatus.UNKNOWN)

    page = payer.press(payer.open(f"{RUNS}{payout_id}/"), "提交第二人确认", 422, outcome="paid")

    assert "凭据" in page.text
    with rows() as session:
        assert not session.scalars(sa.select(PayoutResolution)).all()


def test_nothing_is_discarded_where_nobody_said_anything(rows, payer, payout):
    page = payer.open(f"{RUNS}{payout(PayoutStatus.UNKNOWN)}/")

    said = payer.send(page, page.soup.select_one("form[action$=settle]"), DISCARD, 422)

    assert "已记录" not in said.text


def test_a_doubt_near_its_day_is_red(rows, payer, payout):
    payout_id = payout(PayoutStatus.UNKNOWN)
    with rows() as session:
        session.get_one(Payout, payout_id).due_on = NOON.date() + dt.timedelta(days=5)
    assert "临近或超过到账时限" not in payer.open(RUNS).text
    with rows() as session:
        session.get_one(Payout, payout_id).due_on = NOON.date()
    assert "临近或超过到账时限" in payer.open(RUNS).text


@pytest.mark.whole
def test_what_the_office_puts_right_is_a_task_of_two(rows, payer, releaser, payout):
    payout_id = payout(PayoutStatus.REJECTED, "RC01")

    page = payer.follow(payer.open(RUNS), "去处理")
    assert "联行号错误" in page.text
    payer.press(page, "提交第二人确认", outcome="approved", proof="已更正联行号")
    releaser.press(releaser.open(f"{RUNS}{payout_id}/"), "确认：已处理好，用新流水号重新支付")

    with rows() as session:
        found = session.scalars(sa.select(Payout).order_by(Payout.id)).all()
        assert [one.status for one in found] == [PayoutStatus.REJECTED, PayoutStatus.APPROVED]


def test_a_payment_that_was_called_paid_and_never_booked_is_open_to_two(rows, payer, payout):
    payout_id = payout(PayoutStatus.PAID)
    address = f"{RUNS}{payout_id}/"
    assert "提交第二人确认" not in payer.open(address).buttons
    with rows() as session:
        paid = session.get_one(Payout, payout_id)
        paid.paid_at = NOON
        session.add_all(
            BankStatement(
                agency_id=paid.agency_id, on_date=NOON.date() + dt.timedelta(days=ahead),
                lines=0, total=0, read_at=NOON,
            )
            for ahead in range(2)
        )  # fmt: skip

    page = payer.open(address)
    said = payer.press(page, "提交第二人确认", outcome="returned", proof="银行来函 11 号")

    assert "次日在内的对账单都没有这一笔" in page.text
    assert "等另一位工作人员确认" in said.text


def test_why_the_hall_stopped_payouts_is_read_in_chinese_wherever_it_stands(
    rows, browse, payer
):
    with rows() as session:
        agency = session.scalar(sa.select(Agency).where(Agency.code == "anhui"))
        payouts.stop(session, agency.id, STOP_CLASH, now=NOON)
        address = f"/office/agencies/show/{agency.id}"

    for page in (payer.open("/desk/payout-switch/"), browse("root").open(address)):
        assert "发件箱里批次文件的位置上已有另一个文件" in page.text


def test_what_the_hall_wrote_of_a_payment_is_read_in_chinese(rows, payer, payout):
    payout_id = payout(PayoutStatus.APPROVED)
    for kept, shown in (("restart", "银行的答复未及保存"), ("<b>退</b>", "&lt;b&gt;退")):
        with rows() as session:
            session.get_one(Payout, payout_id).bank_text = kept
        assert shown in payer.open(f"/payouts/show/{payout_id}").body.decode()


def test_the_next_run_and_its_caps_are_shown(payer, payout):
    payout(PayoutStatus.APPROVED)
    page = payer.open(RUNS)
    assert "1 笔将付出" in page.text
    assert "25000" in page.text


def test_one_click_with_a_reason_stops_and_two_people_resume(rows, payer, releaser, payout):
    payout(PayoutStatus.APPROVED)
    payer.press(payer.open(RUNS), "停止全部支付", 422)
    page = payer.press(payer.open(RUNS), "停止全部支付", reason="银行答复异常")
    assert "银行答复异常" in page.text
    page = payer.press(page, "提交第二人确认", reason="银行已说明")
    assert "正在核验账簿" in page.text
    assert "确认恢复支付" not in releaser.open("/desk/payout-switch/").buttons
    with rows():
        prove_books(now=NOON)

    releaser.press(releaser.open("/desk/payout-switch/"), "确认恢复支付")

    with rows() as session:
        assert set(session.scalars(sa.select(Agency.payouts_stopped))) == {""}


def test_the_installations_administrator_stops_all_and_sees_no_payment(
    rows, browse, people, payout
):
    payout(PayoutStatus.APPROVED)
    root = browse("root")
    page = root.press(
        root.open("/desk/payout-switch/"), "停止所有机构的支付", reason="系统异常"
    )
    assert page.text.count("系统异常") == 2
    assert "韩" not in page.text
    assert root.client.get(RUNS).status_code in (302, 403)
    with rows() as session:
        assert set(session.scalars(sa.select(Agency.payouts_stopped))) == {"系统异常"}


@pytest.fixture
def strange(rows, payout):
    """Make a line of the bank that could be a payment in doubt."""
    payout_id = payout(PayoutStatus.UNKNOWN)
    with rows() as session:
        paid = session.get_one(Payout, payout_id)
        session.add(
            StatementLine(
                agency_id=paid.agency_id, on_date=NOON.date(), line_no=1, reference="0001",
                amount=paid.amount, direction="out", bucket="only_theirs", read_at=NOON,
                payee_tail=paid.payee_last_four,
            )
        )  # fmt: skip
    return payout_id


@pytest.mark.whole
def test_two_people_say_which_payment_a_line_is(rows, payer, releaser, strange):
    page = payer.open("/desk/reconciliation/")
    assert "可能是：AJ2026111800000017" in page.text
    page = payer.press(page, "提交第二人确认", payout_id=str(strange), why="回单 17 号")
    assert "等另一位工作人员确认" in page.text
    releaser.press(releaser.open("/desk/reconciliation/"), "确认")

    with rows() as session:
        assert session.get_one(Payout, strange).status is PayoutStatus.SETTLED
        assert session.scalar(sa.select(StatementFinding.confirmed_at)) is not None


def test_a_payer_takes_back_what_was_said_by_mistake(rows, payer, strange):
    said = payer.press(
        payer.open("/desk/reconciliation/"), "提交第二人确认", payout_id=str(strange),
        why="回单 17 号",
    )  # fmt: skip

    payer.press(said, "认定有误，作废")

    with rows() as session:
        assert session.scalar(sa.select(StatementFinding.id)) is None


def test_auditors_read_the_reconciliation_and_press_nothing(staff, strange):
    page = staff("aud", Role.AUDITOR).open("/desk/reconciliation/")
    assert "0001" in page.text
    assert "提交第二人确认" not in page.buttons


def test_an_address_with_a_number_that_is_none_shows_the_page(payer):
    for address in (f"{RUNS}?below=²&batch=²", "/desk/bank-files/?below=²"):
        assert payer.open(address).soup.h1


def test_another_agencys_lines_are_not_listed(staff, strange):
    page = staff("liao", Role.PAYER, agency="liaoning").open("/desk/reconciliation/")
    assert "0001" not in page.text


def test_the_applicant_reads_which_account_was_refused_and_what_to_do(
    rows, browse, people, chen, dai, ana
):
    with rows() as session:
        holder = make_account(session, session.get_one(Applicant, ana.applicant_id), 10_000)
        case = make_approved(session, chen, dai, account=holder)
        [paid] = case.payouts
        paid.status, paid.bank_code_answer = PayoutStatus.REJECTED, "AC04"
        paid.bank_reference = "AJ2026111800000017"
        session.flush()
        worker = cases.policy.WORKER
        cases.move(session, case, Action.BANK_REFUSED, actor=worker, now=NOON)
        case_id, tail, card = case.id, paid.payee_last_four, paid.payee_card

    page = browse("ana").open(f"/hall/progress/{case_id}/")

    assert f"**** {tail}" in page.text
    assert card not in page.text
    assert "收款账户已销户" in page.text
    assert "请换一个本人账户" in page.text
