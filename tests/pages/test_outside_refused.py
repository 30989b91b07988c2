"""Whatever a provider answers, or does not: a page that says what happened, and nobody let in."""

from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from app.domain.terms import Role
from app.models import LoginSession, OutsideIdentity
from tests.factories import make_staff
from tests.pages.outside import BACK, BEGIN, NAME, come_back, make_binding, set_out, whys

LEFT = "本大厅没有任何改动"


def check_page(page, rows, *, why, says):
    """The page says what happened, what is kept and what to do; the refusal is in the audit."""
    assert says in page.text
    assert LEFT in page.text
    assert "去登录页" in page.text
    assert whys(rows)[-1] == why
    with rows() as session:
        assert not session.scalar(sa.select(sa.func.count(LoginSession.id)))


def test_a_no_at_the_provider_is_no_error(browse, rows, provided, crooked):
    page = come_back(browse(), crooked, error="access_denied", error_description="<b>no</b>")

    check_page(page, rows, why="denied", says=f"未在{NAME}完成登录")
    assert "<b>no</b>" not in page.text


def test_a_no_without_the_state_is_a_no_and_lets_nobody_in(browse, rows, provided):
    page = browse().open(f"{BACK}?error=access_denied")

    check_page(page, rows, why="denied", says=f"未在{NAME}完成登录")


@pytest.mark.parametrize(
    ("answer", "why", "says"),
    [
        ({"state": "another"}, "no_attempt", "这次登录已失效"),
        ({"state": ""}, "no_attempt", "这次登录已失效"),
        ({"iss": "https://evil.example"}, "untrusted", "未通过校验"),
        ({"code": ""}, "untrusted", "未通过校验"),
    ],
    ids=str,
)
def test_an_answer_that_does_not_fit_is_refused(
    browse, rows, provided, crooked, answer, why, says
):
    page = come_back(browse(), crooked, 400, **answer)

    check_page(page, rows, why=why, says=says)


@pytest.mark.parametrize("claims", [{"nonce": "another"}, {"iss": "https://evil.example"}])
def test_a_token_that_does_not_fit_is_refused(browse, rows, provided, crooked, claims):
    crooked.claims = claims

    check_page(
        come_back(browse(), crooked, 400), rows, why="untrusted", says="未通过校验"
    )  # fmt: skip


def test_a_strangers_signature_is_refused(browse, rows, provided, crooked):
    crooked.signing = crooked.stranger

    check_page(
        come_back(browse(), crooked, 400), rows, why="untrusted", says="未通过校验"
    )  # fmt: skip


def test_a_code_used_before_is_told_apart(browse, rows, provided, crooked):
    crooked.answers["/token"], crooked.statuses["/token"] = b'{"error":"invalid_grant"}', 400

    check_page(come_back(browse(), crooked, 400), rows, why="spent", says="已经用过")


def test_an_answer_counts_once_in_its_own_browser_and_for_ten_minutes(
    browse, rows, provided, crooked, clock
):
    visitor, thief, late = browse(), browse(), browse()
    asked, slow = set_out(visitor), set_out(late)
    crooked.nonce = asked["nonce"]
    query = f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}"

    thief.open(query, 400)
    assert visitor.open(query).heading == "绑定账户"
    visitor.open(query, 400)
    clock.pass_by(minutes=10, seconds=1)
    late.open(f"{BACK}?{urlencode({'state': slow['state'], 'code': 'c'})}", 400)

    assert whys(rows) == ["no_attempt"] * 3


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/token", b"<html>oops", 502), ("/token", b"[[", 200), ("/keys", b"{}", 200)],
    ids=str,
)
def test_garbage_is_a_provider_that_cannot_be_reached(
    browse, rows, provided, crooked, path, body, status
):
    crooked.answers[path], crooked.statuses[path] = body, status

    page = come_back(browse(), crooked, 424)

    check_page(page, rows, why="unavailable", says=f"暂时无法连接{NAME}")


def test_a_provider_that_is_down_or_slow_costs_a_page_not_a_thread(
    browse, rows, provided, crooked
):
    provided(issuer="http://127.0.0.1:1")
    check_page(
        browse().open(BEGIN, 424), rows, why="unavailable", says=f"暂时无法连接{NAME}"
    )  # fmt: skip
    provided(seconds=0.1)
    crooked.delay = 0.4
    check_page(
        browse().open(BEGIN, 424), rows, why="unavailable", says=f"暂时无法连接{NAME}"
    )  # fmt: skip
    crooked.delay = 0


class TestStaff:
    """Members of staff come this way only by a provider that the settings open for them."""

    def test_a_provider_for_applicants_opens_no_desk(
        self, browse, rows, people, provided, crooked
    ):
        make_binding(rows, people["chen"])

        page = come_back(browse(), crooked, 403)

        check_page(page, rows, why="staff_not_outside", says="工作人员请使用用户名和密码登录")

    def test_the_second_factor_is_asked_all_the_same(
        self, app, browse, rows, people, provided, crooked
    ):
        provided(staff=True)
        make_binding(rows, people["chen"])
        kept, app.config["ANJU_SECOND_FACTOR"] = app.config["ANJU_SECOND_FACTOR"], "required"
        chen = browse()

        page = come_back(chen, crooked)
        app.config["ANJU_SECOND_FACTOR"] = kept

        assert page.url.startswith("/second-factor/")
        assert chen.client.get("/desk/").status_code == 302

    def test_the_second_factor_leads_on_to_the_page_that_was_wanted(
        self, app, browse, rows, people, provided, crooked
    ):
        provided(staff=True)
        make_binding(rows, people["chen"])
        kept, app.config["ANJU_SECOND_FACTOR"] = app.config["ANJU_SECOND_FACTOR"], "required"

        page = come_back(browse(), crooked, path=f"{BEGIN}?next=/desk/cases/")
        app.config["ANJU_SECOND_FACTOR"] = kept

        assert page.url.endswith("?next=/desk/cases/")

    def test_roles_that_must_not_meet_are_refused_with_a_page(
        self, browse, rows, people, provided, crooked
    ):
        provided(staff=True)
        make_binding(rows, people["chen"])
        with rows() as session:
            twin = make_staff(session, "twin", Role.SECOND_REVIEWER)
            twin.id_number_index = people["chen"].actor.identity_index

        page = come_back(browse(), crooked, 403)

        check_page(page, rows, why="login_barred", says="该账户已停用")

    def test_staff_connect_from_inside_only(self, browse, rows, people, provided, crooked):
        provided(staff=True)
        visitor, chen = browse(), people["chen"]
        page = come_back(visitor, crooked)

        page = visitor.press(page, "下一步", login=chen.login, password=chen.password)

        assert "工作人员请先用用户名和密码登录" in page.text


def test_a_log_in_that_was_switched_off_stays_off(browse, rows, people, provided, crooked):
    make_binding(rows, people["ana"])
    with rows() as session:
        row = session.scalars(sa.select(OutsideIdentity)).one()
        row.user.active = False

    page = come_back(browse(), crooked, 403)

    check_page(page, rows, why="login_barred", says="该账户已停用")


def test_wrong_passwords_on_the_binding_page_count_as_at_log_in(
    browse, people, provided, crooked
):
    visitor, ana = browse(), people["ana"]
    page = come_back(visitor, crooked)
    for _ in range(3):
        page = visitor.press(page, "下一步", login=ana.login, password="wrong")

    assert "图形验证码" in page.text
