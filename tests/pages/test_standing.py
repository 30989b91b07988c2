"""The pages of the monthly withdrawal: agreed on by its holder, signed by two, stopped at once."""

import pytest
import sqlalchemy as sa

from app.domain.terms import OrderEnd, OrderState
from app.models import Account, Applicant, LoginSession, StandingOrder
from app.services.standing_orders import months
from tests.factories import NOON
from tests.money import PaperBank
from tests.standing import contribute, make_agreement, make_paid_before, next_month


@pytest.fixture
def account_id(rows, people, clock):
    """An account of Ana's whose first monthly withdrawal was paid."""
    with rows() as session:
        ana = session.get_one(Applicant, people["ana"].actor.applicant_id)
        chen, dai = people["chen"].actor, people["dai"].actor
        account = make_paid_before(session, chen, dai, PaperBank(clock), holder=ana)
        return account.id


@pytest.fixture
def order_id(rows, account_id):
    """An agreement on Ana's account that nobody has signed."""
    with rows() as session:
        return make_agreement(session, session.get_one(Applicant, 1).accounts[-1]).id


def only_order(rows):
    """State and end of the one agreement there is."""
    with rows() as session:
        order = session.scalars(sa.select(StandingOrder)).one()
        return order.state, order.ended_how, order.day_of_month


def form_to(page, ending):
    """The fields of the form that goes to an address with this ending."""
    [form] = [one for one in page.soup.select("form") if one.get("action", "").endswith(ending)]
    sent = {one["name"]: one.get("value", "") for one in form.select("input[type=hidden]")}
    for one in form.select("select"):
        sent[one["name"]] = one.select_one("option")["value"]
    return form["action"], sent


def test_a_holder_agrees_after_a_fresh_proof(browse, rows, account_id, clock):
    browser = browse("ana")
    action, typed = form_to(browser.open("/hall/monthly/"), "/agree")
    typed |= {"agree": "yes", "day_of_month": "12"}
    asked = browser.client.post(action, data=typed)
    with rows() as session:
        session.execute(
            sa.update(LoginSession).values(proven_at=clock(), sms_proven_at=clock())
        )
    done = browser.client.post(action, data=typed)

    assert (asked.status_code, done.status_code) == (403, 302)
    assert only_order(rows) == (OrderState.PROPOSED, None, 12)


def test_without_the_tick_nothing_is_agreed(browse, rows, account_id):
    browser = browse("ana")
    action, typed = form_to(browser.open("/hall/monthly/"), "/agree")
    answer = browser.client.post(action, data=typed)
    assert answer.status_code == 422
    with rows() as session:
        assert session.scalar(sa.select(sa.func.count(StandingOrder.id))) == 0


def test_one_click_stops_the_agreement(browse, rows, order_id):
    browser = browse("ana")
    action, typed = form_to(browser.open("/hall/monthly/"), f"/{order_id}/stop")
    assert browser.client.post(action, data=typed).status_code == 302
    assert only_order(rows)[:2] == (OrderState.ENDED, OrderEnd.APPLICANT)
    assert "约定提取" in browser.open("/hall/monthly/").text


def test_nobody_stops_the_agreement_of_another(browse, rows, order_id):
    stranger = browse("bo")
    token = stranger.open("/hall/cards/add/").soup.select_one("input[name=csrf_token]")
    typed = {"csrf_token": token["value"]}
    assert stranger.client.post(f"/hall/monthly/{order_id}/stop", data=typed).status_code == 404
    assert only_order(rows)[0] is OrderState.PROPOSED


def test_two_people_sign_at_the_desk(browse, rows, order_id):
    for who in ("chen", "dai"):
        browser = browse(who)
        action, typed = form_to(browser.open("/desk/monthly/"), f"/{order_id}/decide")
        answer = browser.client.post(action, data=typed | {"deed": "sign"})
        assert answer.status_code == 302
    assert only_order(rows)[0] is OrderState.ACTIVE


def test_staff_stop_with_a_reason_only(browse, rows, order_id):
    chen = browse("chen")
    action, typed = form_to(chen.open("/desk/monthly/"), f"/{order_id}/decide")
    chen.client.post(action, data=typed | {"deed": "sign"})
    dai = browse("dai")
    action, typed = form_to(dai.open("/desk/monthly/"), f"/{order_id}/decide")
    dai.client.post(action, data=typed | {"deed": "sign"})
    action, typed = form_to(dai.open("/desk/monthly/"), f"/{order_id}/stop")
    refused = dai.client.post(action, data=typed | {"reason": " "})
    done = dai.client.post(action, data=typed | {"reason": "离职"})
    assert (refused.status_code, done.status_code) == (422, 302)
    assert only_order(rows)[:2] == (OrderState.ENDED, OrderEnd.OFFICE)


@pytest.mark.whole
def test_a_case_made_by_an_agreement_is_read_like_any_other(browse, rows, people, account_id):
    with rows() as session:
        chen, dai = people["chen"].actor, people["dai"].actor
        account = session.get_one(Account, account_id)
        order = make_agreement(session, account, chen, dai)
        contribute(session, account, 900)
        case_id = months.make(session, order.id, now=next_month(NOON)).id
    ana, chen = browse("ana"), browse("chen")
    assert "按约定提取自动办理" in ana.open(f"/hall/progress/{case_id}/").text
    assert "按约定提取自动办理" in chen.open(f"/desk/case/{case_id}/").text
    assert "900.00" in ana.open("/hall/monthly/").text
