"""A fresh proof before a deed that moves money or the way to it; nothing typed is lost."""

import re

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.domain.terms import Role
from app.models import Applicant, AuditEvent, BankCard, PayoutBatch
from tests.browser import Browser, Page
from tests.factories import NOON, PASSWORD, actor_of, make_card_number, make_staff
from tests.money import make_approved, put_settings
from tests.pages.hall_walk import begin, card, give_account
from tests.pages.test_wizard_subsidy import RENT

AGAIN = "请再次验证身份"


def add_card(ana: Browser, number: str, status: int = 403) -> Page:
    """Type a card and press the button."""
    return ana.press(ana.open("/hall/cards/add/"), "保存银行卡", status, bank_account_no=number)


def test_a_card_takes_password_and_a_code_and_is_then_saved_as_typed(browse, rows, phone):
    ana, number = browse("ana"), make_card_number()

    page = add_card(ana, number)
    assert page.heading == AGAIN
    with rows() as session:
        assert session.scalar(sa.select(BankCard.id)) is None
    page = ana.press(page, "获取验证码")
    page = ana.press(page, "确认并继续", again_password=PASSWORD, again_code=phone())

    assert f"6217 **** **** {number[-4:]}" in page.text
    with rows() as session:
        acts = session.scalars(sa.select(AuditEvent.act)).all()
    assert {"proved_again", "card_changed"} <= set(acts)


@pytest.mark.whole
@pytest.mark.parametrize("wrong", ["again_password", "again_code"])
def test_half_a_proof_saves_nothing(browse, rows, phone, wrong):
    ana, number = browse("ana"), make_card_number()
    page = ana.press(add_card(ana, number), "获取验证码")
    typed = {"again_password": PASSWORD, "again_code": phone()} | {wrong: "000"}

    page = ana.press(page, "确认并继续", **typed)

    assert page.heading == AGAIN
    assert page.soup.select_one("[name=bank_account_no]")["value"] == number
    with rows() as session:
        assert session.scalar(sa.select(BankCard.id)) is None


def test_the_proof_holds_ten_minutes_in_this_session_only(browse, rows, phone, clock):
    ana, other = browse("ana"), browse("ana")
    page = ana.press(add_card(ana, make_card_number()), "获取验证码")
    ana.press(page, "确认并继续", again_password=PASSWORD, again_code=phone())

    assert "6217" in add_card(ana, make_card_number(), 200).text
    assert add_card(other, make_card_number()).heading == AGAIN
    clock.pass_by(minutes=11)
    assert add_card(ana, make_card_number()).heading == AGAIN


def test_a_new_mobile_needs_both_the_old_one_and_the_new(browse, rows, phone, clock):
    ana = browse("ana")
    page = ana.press(ana.open("/hall/profile/mobile/"), "获取验证码", mobile="13712341234")
    page = ana.press(page, "保存手机号码", 403, code=phone())
    assert page.heading == AGAIN

    page = ana.press(page, "获取验证码")
    page = ana.press(page, "确认并继续", again_password=PASSWORD, again_code=phone())

    assert "137****1234" in page.text


def test_five_wrong_passwords_shut_the_page(browse, people):
    ana = browse("ana")
    page = add_card(ana, make_card_number())
    for _ in range(5):
        page = ana.press(page, "确认并继续", again_password="wrong")

    page = ana.press(page, "确认并继续", again_password=PASSWORD)

    assert "15 分钟后再试" in page.text


def test_a_password_is_changed_only_soon_after_a_proof(browse, clock):
    ana = browse("ana")
    clock.pass_by(minutes=11)

    page = ana.open("/password/", 403)
    page = ana.press(page, "确认并继续", again_password=PASSWORD)

    assert page.heading == "修改密码"


@pytest.mark.whole
def test_a_session_alone_names_no_new_card_in_an_application(browse, people, rows, clock):
    give_account(rows, people["ana"])
    ana = browse("ana")
    page = begin(ana, "ZFFZ")
    clock.pass_by(minutes=11)

    page = ana.press(page, "保存确认", status=403, **card(), **RENT)
    assert page.heading == AGAIN
    with rows() as session:
        assert session.scalar(sa.select(BankCard.id)) is None
    page = ana.press(page, "确认并继续", again_password=PASSWORD)

    assert page.heading == "上传申请材料"
    with rows() as session:
        assert session.scalar(sa.select(BankCard.id)) is not None


def test_an_open_screen_is_no_reason_to_set_an_authenticator_up(staff, clock):
    eve = staff("eve", Role.SUPERVISOR)
    assert eve.open("/second-factor/enrol/").heading == "绑定双因素认证"
    clock.pass_by(minutes=11)

    assert eve.open("/second-factor/enrol/", 403).heading == AGAIN


def test_the_present_password_is_guessed_five_times_and_not_more(browse):
    ana = browse("ana")
    page = ana.open("/password/")
    for _ in range(5):
        page = ana.press(page, "修改密码", old_password="wrong", password="four horses eat")
        assert "当前密码不对" in page.text

    page = ana.press(page, "修改密码", old_password=PASSWORD, password="four horses eat")

    assert "15 分钟后再试" in page.text


def test_the_way_on_leads_nowhere_else(browse):
    ana = browse("ana")

    page = ana.open("/again/?again_to=//evil.example/")

    assert page.soup.select_one("[name=again_to]")["value"] == "/"


def test_money_is_released_after_a_fresh_proof_only(staff, rows, clock):
    with rows() as session:
        first, second, payer = (
            actor_of(session, make_staff(session, role.value, role))
            for role in (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.PAYER)
        )
        case = make_approved(session, first, second)
        batch = PayoutBatch(
            agency_id=case.agency_id, number="PC202611180001", prepared_at=NOON,
            prepared_by=payer.user_id, count=1, total=case.amount,
        )  # fmt: skip
        session.add(batch)
        session.flush()
        case.payouts[0].batch_id, key = batch.id, batch.id
    releaser = staff("lu", Role.RELEASER)
    clock.pass_by(minutes=11)
    page = releaser.open("/devices/")
    token = page.soup.select_one("input[name=csrf_token]")
    form = f'<form method="post" action="/desk/payouts/batch/{key}/release">{token}</form>'

    page = releaser.send(page, BeautifulSoup(form, "html.parser").form, {}, 403)
    assert page.heading == AGAIN
    releaser.press(page, "确认并继续", again_password=PASSWORD)

    with rows() as session:
        assert session.get_one(PayoutBatch, key).released_at is not None


def test_a_small_batch_leaves_after_a_fresh_proof_only(staff, rows, clock):
    payer = staff("pay", Role.PAYER)
    with rows() as session:
        first, second = (
            actor_of(session, make_staff(session, role.value, role))
            for role in (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER)
        )
        case = make_approved(session, first, second)
        put_settings(session, case, release_by_people="1", small_batch_limit="9000.00")
    clock.pass_by(minutes=11)

    page = payer.press(payer.open("/desk/payouts/"), "制单", 403)
    assert page.heading == AGAIN
    with rows() as session:
        assert session.scalar(sa.select(PayoutBatch.id)) is None
    payer.press(page, "确认并继续", again_password=PASSWORD)

    with rows() as session:
        assert session.scalars(sa.select(PayoutBatch)).one().released_at is not None


def test_a_stranger_proves_nothing(browse, people, rows):
    assert browse().client.get("/again/").status_code == 302
    with rows() as session:
        mobile = session.get_one(Applicant, people["ana"].actor.applicant_id).mobile
    assert not re.search(mobile, browse("ana").open("/again/?again_sms=1").text)
