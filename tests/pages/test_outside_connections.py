"""Accounts elsewhere of somebody who is signed in: connected and ended with fresh proof only."""

from urllib.parse import parse_qs, urlencode, urlsplit

import sqlalchemy as sa

from app.models import AuditEvent, OutsideIdentity
from tests.factories import PASSWORD
from tests.pages.outside import BACK, NAME, bound, come_back, is_in, make_binding

PAGE, AGAIN = "/connections/", "请再次验证身份"


def connect(visitor, crooked, phone):
    """Press the button, prove again, go to the provider and come back."""
    page = visitor.press(visitor.open(PAGE), f"绑定 {NAME}", 403)
    assert page.heading == AGAIN
    page = visitor.press(page, "获取验证码")
    page = visitor.press(page, "确认并继续", again_password=PASSWORD, again_code=phone())
    link = next(tag for tag in page.soup.select("a.btn-primary") if NAME in tag.get_text())
    asked = {key: at[0] for key, at in parse_qs(urlsplit(link["href"]).query).items()}
    crooked.nonce = asked["nonce"]
    return f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}"


def test_connecting_takes_password_and_code_and_then_opens_the_hall(
    browse, rows, people, provided, crooked, phone
):
    ana = browse("ana")

    page = ana.open(connect(ana, crooked, phone))

    assert "账户绑定成功" in page.text
    assert bound(rows) == [people["ana"].actor.user_id]
    again = browse()
    come_back(again, crooked)
    assert is_in(again)
    assert NAME in again.open("/hall/profile/").text


def test_an_answer_begun_by_one_person_binds_no_other(
    browse, rows, people, provided, crooked, phone
):
    ana = browse("ana")
    answer = connect(ana, crooked, phone)
    with ana.client.session_transaction() as cookie:
        attempts = cookie["outside_attempts"]
    bo = browse("bo")
    with bo.client.session_transaction() as cookie:
        cookie["outside_attempts"] = attempts

    bo.open(answer, 400)

    assert not bound(rows)


def test_an_account_of_somebody_else_is_not_taken_over(
    browse, rows, people, provided, crooked, phone
):
    make_binding(rows, people["bo"])
    ana = browse("ana")

    page = ana.open(connect(ana, crooked, phone))

    assert "已绑定本大厅的其他用户" in page.text
    assert bound(rows) == [people["bo"].actor.user_id]


def test_a_disconnected_account_opens_nothing_any_more(
    browse, rows, people, provided, crooked, clock
):
    make_binding(rows, people["ana"])
    ana, later = browse("ana"), browse()
    clock.pass_by(minutes=11)
    page = ana.press(ana.open(PAGE), f"解除绑定 {NAME}", 403)
    assert page.heading == AGAIN
    assert bound(rows)

    page = ana.press(page, "确认并继续", again_password=PASSWORD)

    assert "已解除绑定" in page.text
    assert not bound(rows)
    assert come_back(later, crooked).heading == "绑定账户"
    with rows() as session:
        acts = session.scalars(sa.select(AuditEvent.act)).all()
    assert "outside_unbound" in acts


def test_nobody_ends_the_connection_of_another(browse, rows, people, provided):
    make_binding(rows, people["bo"])
    ana = browse("ana")
    token = ana.open(PAGE).soup.select_one("input[name=csrf_token]")["value"]
    with rows() as session:
        key = session.scalar(sa.select(OutsideIdentity.id))

    answer = ana.client.post(f"{PAGE}{key}/end/", data={"csrf_token": token})

    assert answer.status_code == 404
    assert bound(rows)


def test_staff_find_the_page_only_where_a_provider_is_for_staff(browse, provided):
    words = "其他登录方式"
    assert words not in browse("chen").open("/desk/").text

    provided(staff=True)

    assert words in browse("chen").open("/desk/").text


def test_log_out_offers_to_log_out_at_the_provider_too(browse, rows, people, provided, crooked):
    make_binding(rows, people["ana"])
    visitor = browse()
    come_back(visitor, crooked)

    page = visitor.press(visitor.open("/logout/"), "退出登录")

    assert page.heading == "已退出本大厅"
    link = page.soup.select_one("a.btn-primary")["href"]
    assert link.startswith(f"{crooked.address}/bye?client_id=anju")
    assert not is_in(visitor)
