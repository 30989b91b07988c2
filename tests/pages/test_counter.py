"""A lost mobile and an open identity, from the page of the person to the desk of two staff."""

import re

import pytest
import sqlalchemy as sa

from app.domain.terms import IdentityState, Role
from app.models import Agency, Applicant, ContactChange, IdentityTask
from tests.factories import PASSWORD, make_account, make_id_number
from tests.pages.test_register import register

NEW = "13955556666"


@pytest.fixture
def number(rows, people):
    """The document number of Ana, who has an account in Anhui."""
    with rows() as session:
        ana = session.get_one(Applicant, people["ana"].actor.applicant_id)
        make_account(session, ana, 0)
        return ana.id_number


def ask(browse, phone, people, number, **typed):
    """Ask for a number as somebody who has lost the mobile."""
    visitor = browse()
    who = {
        "id_type": "resident_id_card", "id_number": number, "name": people["ana"].actor.name,
        "mobile": NEW,
    } | typed  # fmt: skip
    page = visitor.press(visitor.open("/contact-change/"), "获取验证码", **who)
    return visitor.press(page, "获取窗口受理编号", code=phone())


def test_a_lost_mobile_is_changed_by_two_people(browse, phone, people, number, rows, staff):
    asked = ask(browse, phone, people, number)
    assert asked.heading == "请携带证件到窗口办理"
    ticket = re.search(r"HB\d{12}", asked.text)[0]

    first = staff("counter1", Role.FIRST_REVIEWER)
    page = first.follow(first.open("/desk/counter/"), ticket)
    page = first.press(page, "证件无误", 422, id_number=make_id_number(), reason="")
    beside = {tag["id"] for tag in page.soup.select(".aj-error")}
    assert beside == {"id_number-e", "reason-e"}
    first.press(page, "证件无误", id_number=number, reason="换号，照片一致")
    assert "须由另一人确认" in first.follow(first.open("/desk/counter/"), ticket).text

    second = staff("counter2", Role.SUPERVISOR)
    page = second.follow(second.open("/desk/counter/"), ticket)
    page = second.press(page, "更换手机号码", 422)
    assert "请勾选已见本人" in page.text
    done = second.press(page, "更换手机号码", seen="yes")

    assert "暂无申请" in done.text
    with rows() as session:
        assert session.get_one(Applicant, people["ana"].actor.applicant_id).mobile == NEW
        assert session.scalars(sa.select(ContactChange.old_mobile_sealed)).one()


def test_known_and_unknown_people_see_the_same_page(browse, phone, people, number, clock):
    known = ask(browse, phone, people, number)
    clock.pass_by(minutes=2)
    unknown = ask(browse, phone, people, make_id_number(), mobile="13955557777")

    def bare(page):
        return re.sub(r"HB\d{12}", "HB", re.sub(r'value="[^"]*"', "", str(page.soup.main)))

    assert bare(known) == bare(unknown)


@pytest.mark.whole
def test_what_is_wrong_in_a_request_stands_beside_its_field(browse):
    visitor = browse()

    page = visitor.press(
        visitor.open("/contact-change/"), "获取窗口受理编号", id_type="passport",
        id_number="x", name="9", mobile="1",
    )  # fmt: skip

    beside = {tag["id"] for tag in page.soup.select(".aj-error")}
    assert beside == {"id_number-e", "name-e", "mobile-e", "code-e"}
    assert page.soup.select_one("#id_number")["value"] == "x"
    assert page.soup.select_one("#id_type option[selected]")["value"] == "passport"


@pytest.mark.whole
def test_an_open_identity_is_settled_with_a_reason(browse, phone, rows, staff):
    done = register(browse(), phone, id_number=make_id_number(), mobile="13812340000")
    assert "身份核验中" in done.text

    clerk = staff("counter1", Role.FIRST_REVIEWER)
    page = clerk.follow(clerk.open("/desk/counter/"), "林*夏")
    page = clerk.press(page, "核验通过", 422, note=" ")
    done = clerk.press(page, "核验不通过", note="照片不符")

    assert "照片不符" in done.text
    with rows() as session:
        [task] = session.scalars(sa.select(IdentityTask)).all()
        assert task.state is task.applicant.identity_state is IdentityState.REFUSED
    page = clerk.follow(clerk.open("/desk/counter/"), "林*夏")
    clerk.press(page, "核验通过", note="补验原件一致")
    with rows() as session:
        assert session.scalars(sa.select(Applicant.identity_state)).first() == "verified"


def test_another_agency_opens_no_page_of_the_counter(
    browse, phone, people, number, staff, rows
):
    ask(browse, phone, people, number)
    with rows() as session:
        key = session.scalars(sa.select(ContactChange.id)).one()

    far = staff("far", Role.SUPERVISOR, agency="liaoning")

    assert far.client.get(f"/desk/counter/contact/{key}").status_code == 404


@pytest.mark.whole
def test_a_newer_agreement_is_asked_for_once(browse, phone, rows):
    visitor, number = browse(), make_id_number()
    register(visitor, phone, id_number=number)
    with rows() as session:
        session.scalars(
            sa.select(Agency).where(Agency.code == "anhui")
        ).one().agreement_version = "2.0"
    page = visitor.press(visitor.open("/login/"), "登录", login=number, password=PASSWORD)

    assert page.heading == "用户注册协议已更新"
    assert "请阅读用户注册协议" in visitor.press(page, "同意并继续").text
    visitor.press(page, "同意并继续", agreement="yes")

    assert visitor.open("/hall/profile/").heading != "用户注册协议已更新"
