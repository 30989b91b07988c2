"""Corrections through the generated forms: kept by services, told beside the field."""

import pytest
import sqlalchemy as sa

from app.domain.terms import AccountState, Role
from app.models import Account, Applicant, PolicySetting, ReturnReason, Staff
from tests.factories import (
    PASSWORD,
    Person,
    actor_of,
    find_scheme,
    make_account,
    make_applicant,
    make_id_number,
    make_staff,
)  # fmt: skip


@pytest.fixture
def sign_in(rows, browse):
    """Sign in a member of staff made for the test."""

    def signed_in(*roles):
        with rows() as session:
            member = make_staff(session, "eve", *roles)
            person = Person("eve", PASSWORD, actor_of(session, member), member.name)
        return browse().sign_in(person)

    return signed_in


def test_a_return_reason_is_changed_from_today(sign_in, rows):
    browser = sign_in(Role.PACKAGE_EDITOR)
    page = browser.open("/return-reasons/edit/1")

    after = browser.press(page, "保存", label_zh="照片不清楚")

    assert "照片不清楚" in after.text
    with rows() as session:
        old, new = session.scalars(
            sa.select(ReturnReason)
            .where(ReturnReason.code == session.get_one(ReturnReason, 1).code)
            .where(ReturnReason.agency_id == session.get_one(ReturnReason, 1).agency_id)
            .order_by(ReturnReason.id)
        ).all()
        assert old.valid_to is not None
        assert (new.label_zh, new.reopens) == ("照片不清楚", old.reopens)


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(sign_in):
    browser = sign_in(Role.PACKAGE_EDITOR)
    page = browser.open("/return-reasons/edit/1")

    after = browser.press(page, "保存", label_zh="新名称", begins="2020-01-01", text_zh="")

    field = after.soup.select_one("#begins").find_parent(class_="aj-field")
    text = after.soup.select_one("#text_zh").find_parent(class_="aj-field")
    assert "请填写" in text.get_text()
    assert after.soup.select_one("#label_zh")["value"] == "新名称"
    again = browser.press(after, "保存", text_zh="新的话")
    field = again.soup.select_one("#begins").find_parent(class_="aj-field")
    assert "只能从今天或以后生效" in field.get_text()
    assert again.soup.select_one("#begins")["aria-invalid"] == "true"


def test_a_return_reason_is_added(sign_in):
    browser = sign_in(Role.PACKAGE_EDITOR)
    page = browser.open("/return-reasons/add")

    after = browser.press(
        page, "保存", code="R88", level="case", outcome="return", label_zh="其他缺陷",
        label_en="Other", text_zh="请补充。", text_en="Please add.",
    )  # fmt: skip

    assert "R88" in after.heading


def test_a_number_that_is_none_is_said_beside_its_field(sign_in, rows):
    with rows() as session:
        wanted = sa.select(PolicySetting.id).where(
            PolicySetting.key == "interest_rate",
            PolicySetting.scheme_id == find_scheme(session).id,
        )
        key = session.scalar(wanted)
    browser = sign_in(Role.PACKAGE_EDITOR)

    page = browser.press(browser.open(f"/policy-settings/edit/{key}"), "保存", value="1.5%")

    assert "1.5% 填 0.015" in page.soup.select_one("#value-e").get_text()
    assert page.soup.select_one("#value")["value"] == "1.5%"


def test_a_reader_gets_no_form(sign_in):
    browser = sign_in(Role.FIRST_REVIEWER)

    assert not browser.open("/return-reasons/list/").soup.find("a", string="修改")
    assert browser.client.get("/return-reasons/edit/1").status_code == 403


def test_a_supervisor_freezes_a_part_of_an_account(sign_in, rows):
    with rows() as session:
        key = make_account(session, make_applicant(session)).id
    browser = sign_in(Role.SUPERVISOR)
    page = browser.open(f"/accounts/edit/{key}")

    refused = browser.press(page, "保存", frozen_amount="500", reason="法院")
    after = browser.press(refused, "保存", freeze_order="(2026)皖01执5号")

    assert "请填写文书号" in refused.text
    assert "500.00" in after.text
    with rows() as session:
        row = session.get_one(Account, key)
        assert (row.frozen_amount, row.state) == (500, AccountState.NORMAL)


@pytest.mark.parametrize(
    ("until", "fraud", "kept"),
    [
        ("2029-11-18", "", True),
        ("2029-11-19", "", False),
        ("2031-11-18", "y", True),
        ("2031-11-19", "y", False),
    ],
)
def test_a_bar_is_no_longer_than_the_fund_lets_it_be(sign_in, rows, until, fraud, kept):
    with rows() as session:
        key = make_account(session, make_applicant(session)).id
    browser = sign_in(Role.SUPERVISOR)
    page = browser.open(f"/accounts/edit/{key}")
    ticked = {"loan_fraud": fraud} if fraud else {}

    after = browser.press(
        page, "保存", ban_until=until, ban_reason="虚假材料", ban_order="(2026)1号",
        reason="处理决定", **ticked,
    )  # fmt: skip

    assert "2029-11-18" in page.text
    assert "2031-11-18" in page.text
    assert ("限制支取最长至" in after.text) is not kept
    with rows() as session:
        assert (session.get_one(Account, key).ban_until is not None) is kept


def test_a_supervisor_corrects_a_name(sign_in, rows):
    with rows() as session:
        person = make_applicant(session, "林之夏")
        make_account(session, person)
        key = person.id
    browser = sign_in(Role.SUPERVISOR)
    page = browser.open(f"/applicants/edit/{key}")

    browser.press(page, "保存", name="林知夏", reason="身份证")

    with rows() as session:
        assert session.get_one(Applicant, key).name == "林知夏"


def test_a_user_administrator_takes_somebody_on(sign_in, rows):
    browser = sign_in(Role.USER_ADMIN)
    page = browser.open("/users/add")

    clash = browser.press(
        page, "保存", username="fresh", name="新人", id_number=make_id_number(),
        roles=["first_reviewer", "payer"], password="a long first password 1",
    )  # fmt: skip
    after = browser.press(clash, "保存", roles=["payer"], password="a long first password 1")

    assert "不能由同一人担任" in clash.text
    assert "支付制单员" in after.text
    with rows() as session:
        assert session.query(Staff).filter_by(number="fresh").count() == 1


def test_applicants_are_no_users_of_the_office(sign_in, people):
    page = sign_in(Role.USER_ADMIN).open("/users/list/")

    assert people["ana"].name not in page.text


def test_rights_of_others_are_changed_and_own_are_not(sign_in, rows):
    with rows() as session:
        key = make_staff(session, "payer-1", Role.PAYER).id
    browser = sign_in(Role.USER_ADMIN)

    after = browser.press(browser.open(f"/users/edit/{key}"), "保存", roles=["auditor"])
    own = browser.press(browser.open(f"/users/edit/{key + 1}"), "保存", roles=["auditor"])

    assert "审计员" in after.text
    assert "不能修改本人的权限" in own.text
