"""The first page of staff, by role, and the page of payments."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.terms import PayoutStatus, Role, Status
from app.models import AccountFile, Application, BankFile, ContributionFile, PayoutBatch
from app.services import ledger
from app.services.records.packing import pack
from app.services.review import decisions
from tests.factories import (
    NOON,
    SHANGHAI,
    make_account,
    make_applicant,
    make_application,
    make_staff,
)

PAYOUTS = "/desk/payouts/"


@pytest.fixture
def payout(rows, people, chen, dai):
    """Make a payment of an approved case in a status: ``payout(PayoutStatus.UNKNOWN)``."""

    def made(status):
        with rows() as session:
            account = make_account(session, make_applicant(session, "韩冰"))
            case = make_application(session, account, status=Status.SUBMITTED)
            ledger.hold(session, case, case.amount, now=NOON)
            decisions.take_up(session, case, actor=chen, now=NOON)
            decisions.pass_first(session, case, actor=chen, now=NOON)
            decisions.approve(session, case, actor=dai, now=NOON)
            [paid] = case.payouts
            if status is not PayoutStatus.APPROVED:
                ledger.into_transit(session, paid, now=NOON)
                paid.status, paid.claimed_at = status, NOON
                paid.bank_reference = "AJ2026111800000017"
            return paid.id

    return made


def begun_by(user_id, agency_id):
    """Return a batch, a bank's file, contributions and accounts that wait for somebody else."""
    batch = PayoutBatch(
        agency_id=agency_id, number="PC20261118009", prepared_by=user_id, prepared_at=NOON
    )
    answer = BankFile(
        agency_id=agency_id, direction="in", kind="answer", form="csv", name="hp.csv",
        message_id="HP1", sha256="0" * 64, size=1, actor_id=user_id, actor_name="-", at=NOON,
    )  # fmt: skip
    brought = {
        "agency_id": agency_id, "sha256": "0" * 64, "rows": 1, "total": 1,
        "brought_by": user_id, "brought_name": "-", "brought_at": NOON,
    }  # fmt: skip
    paid_in = ContributionFile(name="jc.csv", reference="JC1", **brought)
    opened = AccountFile(name="accounts.csv", **brought)
    answer.content = paid_in.content = opened.content = pack(b"-")
    return batch, answer, paid_in, opened


def tiles(page):
    """Return the numbers of a page with where they lead."""
    return {
        tile.span.get_text(): (tile.b.find(string=True).strip(), tile["href"])
        for tile in page.soup.select("a.aj-stat")
    }


def test_every_number_leads_to_its_list(rows, browse, people):
    with rows() as session:
        account = make_account(session, make_applicant(session))
        make_application(
            session, account, status=Status.SUBMITTED, due_on=dt.date(2026, 11, 16)
        )
    chen = browse("chen")

    found = tiles(chen.open("/desk/"))

    assert found["已超时"][0] == "1"
    listed = chen.open(found["已超时"][1])
    assert len(listed.soup.select("td.aj-lead-cell")) == 1


def test_the_chart_has_its_numbers_in_a_table(rows, browse, people):
    with rows() as session:
        make_application(session, status=Status.SUBMITTED)

    page = browse("chen").open("/desk/")

    days = page.soup.select("figure details tbody tr")
    assert len(days) == 14
    assert days[-1].get_text(" ").split() == ["11/18", "1", "0"]


@pytest.mark.parametrize(
    ("role", "sees", "misses"),
    [
        (Role.PAYER, "支付存疑", "待我处理"),
        (Role.SUPERVISOR, "待初审", "待我处理"),
        (Role.AUDITOR, "待初审", "处理下一件"),
    ],
)
def test_each_role_sees_its_own_numbers(staff, people, role, sees, misses):
    page = staff("vera", role).open("/desk/")

    assert sees in page.text
    assert misses not in page.text


def test_a_releaser_sees_what_colleagues_began(staff, people, rows):
    with rows() as session:
        pan = make_staff(session, "Pan", Role.PAYER)
        session.add_all(begun_by(pan.user_id, pan.agency_id))
        session.commit()

    page = staff("ren", Role.RELEASER).open("/desk/")

    assert {
        label: tiles(page)[label]
        for label in ("批次待放行", "银行文件待确认", "缴存文件待入账", "账户文件待入账")
    } == {
        "批次待放行": ("1", "/desk/payouts/"),
        "银行文件待确认": ("1", "/desk/bank-files/"),
        "缴存文件待入账": ("1", "/desk/contributions/"),
        "账户文件待入账": ("1", "/office/accounts-import/"),
    }
    assert "缴存文件待入账" not in staff("pia", Role.PAYER).open("/desk/").text


@pytest.mark.parametrize("role", [Role.USER_ADMIN, Role.PACKAGE_EDITOR, Role.SECURITY_OFFICER])
def test_administrators_see_no_case_numbers(staff, people, role):
    page = staff("adm", role).open("/desk/")

    assert "工作台" in page.heading
    assert not page.soup.select("a.aj-stat")


def test_a_missing_calendar_is_warned_of_from_mid_december(browse, people, clock):
    clock.set(dt.datetime(2026, 12, 14, 9, 0, tzinfo=SHANGHAI))
    assert "尚未导入" not in browse("chen").open("/desk/").text

    clock.set(dt.datetime(2026, 12, 15, 9, 0, tzinfo=SHANGHAI))

    assert "2027 年工作日历尚未导入" in browse("chen").open("/desk/").text


def test_payers_see_masked_names_and_four_digits_only(rows, staff, payout):
    payout(PayoutStatus.APPROVED)

    page = staff("pay", Role.PAYER).open(PAYOUTS)

    with rows() as session:
        [case] = session.scalars(sa.select(Application))
        assert f"**** {case.payee_last_four}" in page.text
        assert case.payee_card not in page.text
    assert "韩*" in page.text
    assert "韩冰" not in page.text


def test_another_agencys_payments_are_not_listed(staff, payout):
    payout(PayoutStatus.UNKNOWN)

    page = staff("liao", Role.PAYER, agency="liaoning").open(PAYOUTS)

    assert "韩" not in page.text
    assert "AJ2026111800000017" not in page.text


def test_reviewers_have_no_page_of_payments(browse, people):
    answer = browse("chen").client.get(PAYOUTS)

    assert answer.status_code in (302, 403)
