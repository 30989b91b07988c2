"""Log-in by WeChat: through the platform and back, in the browser that asked, once."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from app.gateways.wechat.stand_in import Platform, serving
from app.models import Applicant, AuditEvent, LoginSession, OutsideIdentity
from tests.databases import clock
from tests.factories import PASSWORD, make_applicant
from tests.pages.wechat_world import ACCOUNT, bind

PAGE = "/sns/oauth2/access_token"


@pytest.fixture(scope="module")
def served():
    with serving(Platform()) as platform:
        yield platform


@pytest.fixture
def platform(served):
    vars(served).update(vars(Platform(url=served.url, secret=ACCOUNT.secret)))
    return served


@pytest.fixture
def app(app, platform):
    account = replace(ACCOUNT, api=platform.url, open=platform.url)
    app.config["ANJU_WECHAT"] = {"anhui": account, "liaoning": account}
    app.extensions.pop("anju-wechat", None)
    yield app
    app.config["ANJU_WECHAT"] = {}
    app.extensions.pop("anju-wechat", None)


@pytest.fixture
def ana(rows):
    """Ana's mobile; her WeChat is bound."""
    with rows() as session:
        person = make_applicant(session)
        bind(session, person, Platform.visitor)
        return person.mobile


def ask(client, wanted="/hall/progress/"):
    """Set out for the platform; return the state that its answer must carry."""
    answer = client.get("/wechat/anhui/login", query_string={"next": wanted})
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["redirect_uri"] == ["http://localhost/wechat/anhui/callback"]
    return asked["state"][0]


def come_back(client, agency="anhui", **answer):
    return client.get(f"/wechat/{agency}/callback", query_string=answer)


def test_who_bound_is_in_without_a_password(app, rows, browse, platform, ana):
    browser = browse()
    state = ask(browser.client)
    code = platform.code_for(platform.visitor)

    page = browser.open(f"/wechat/anhui/callback?code={code}&state={state}")

    assert page.url == "/hall/progress/"
    with rows() as session:
        assert session.scalars(sa.select(LoginSession.how)).all() == ["wechat"]


def test_the_session_is_a_new_one(browse, platform, ana):
    client = browse().client
    state = ask(client)
    with client.session_transaction() as kept:
        kept["left behind"] = "by somebody before"

    come_back(client, code=platform.code_for(platform.visitor), state=state)

    with client.session_transaction() as kept:
        assert "left behind" not in kept
        assert kept["agency"] == "anhui"


def test_to_hold_the_telephone_is_no_fresh_proof(rows, browse, platform, ana):
    client = browse().client

    come_back(client, code=platform.code_for(platform.visitor), state=ask(client))

    with rows() as session:
        assert session.scalars(sa.select(LoginSession.proven_at)).all() == [None]


def test_who_is_signed_in_goes_on_at_once(browse, platform):
    answer = browse("ana").client.get("/wechat/anhui/login?next=/hall/messages/")

    assert answer.location == "/hall/messages/"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/hall/",
        "/\\evil",
        "javascript:alert(1)",
        "/desk/",
        "",
    ],
)
def test_only_a_page_of_the_hall_is_gone_to(browse, platform, ana, wanted):
    client = browse().client
    state = ask(client, wanted)

    answer = come_back(client, code=platform.code_for(platform.visitor), state=state)

    assert answer.location == "/hall/"


class TestBinding:
    def test_who_is_not_bound_proves_the_own_log_in_and_is_in_from_then_on(
        self, browse, rows, platform, phone
    ):
        with rows() as session:
            mobile = make_applicant(session, "林知夏").mobile
        browser = browse()
        state = ask(browser.client)
        code = platform.code_for(platform.visitor)

        page = browser.open(f"/wechat/anhui/callback?code={code}&state={state}")
        assert page.url == "/login/bind/"
        assert "微信" in page.text
        page = browser.press(page, "下一步", login=mobile, password=PASSWORD)
        page = browser.press(page, "获取验证码")
        page = browser.press(page, "绑定并登录", code=phone())

        assert page.url == "/hall/progress/"
        with rows() as session:
            row = session.scalars(sa.select(OutsideIdentity)).one()
            assert (row.provider, row.subject) == (ACCOUNT.provider, platform.visitor)

    def test_an_openid_alone_binds_nobody(self, browse, rows, platform, people):
        browser = browse()
        state = ask(browser.client)
        code = platform.code_for(platform.visitor)
        browser.open(f"/wechat/anhui/callback?code={code}&state={state}")

        assert browser.open("/hall/").url.startswith("/login/")
        with rows() as session:
            assert session.scalars(sa.select(OutsideIdentity)).all() == []


class TestRefusals:
    def refused(self, client, rows, status, words, **answer):
        page = come_back(client, **answer)
        assert page.status_code == status
        assert words in page.text
        with rows() as session:
            assert session.scalars(sa.select(LoginSession)).all() == []
            last = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
            assert (last.act, last.object_id) == ("outside_refused", ACCOUNT.provider)

    def test_who_says_no_is_told_so(self, browse, rows, platform, ana):
        client = browse().client

        self.refused(client, rows, 200, "取消", state=ask(client))

    @pytest.mark.parametrize("state", ["", "0" * 32, "状态"])
    def test_an_answer_to_another_question_is_refused(self, browse, rows, platform, ana, state):
        client = browse().client
        ask(client)
        code = platform.code_for(platform.visitor)

        self.refused(client, rows, 400, "只接受一次", code=code, state=state)
        assert platform.codes[code] == platform.visitor

    def test_an_answer_nobody_asked_for_is_refused(self, browse, rows, platform, ana):
        code = platform.code_for(platform.visitor)

        self.refused(browse().client, rows, 400, "只接受一次", code=code, state="x")

    def test_an_answer_in_another_browser_is_refused(self, browse, rows, platform, ana):
        state = ask(browse().client)
        code = platform.code_for(platform.visitor)

        self.refused(browse().client, rows, 400, "只接受一次", code=code, state=state)

    def test_an_answer_to_another_agency_is_refused(self, browse, rows, platform, ana):
        client = browse().client
        state = ask(client)
        code = platform.code_for(platform.visitor)

        self.refused(client, rows, 400, "只接受一次", agency="liaoning", code=code, state=state)

    def test_an_answer_after_ten_minutes_is_refused(self, browse, rows, platform, ana, clock):
        client = browse().client
        state = ask(client)
        clock.pass_by(minutes=11)
        code = platform.code_for(platform.visitor)

        self.refused(client, rows, 400, "只接受一次", code=code, state=state)

    def test_an_answer_is_taken_once(self, browse, rows, platform, ana):
        client = browse().client
        answer = {"code": platform.code_for(platform.visitor), "state": ask(client)}
        assert come_back(client, **answer).location == "/hall/progress/"

        again = come_back(client, **answer)

        assert again.status_code == 400

    @pytest.mark.parametrize("code", ["wrong", "x" * 4000, "' OR 1=1"])
    def test_a_code_that_is_not_the_platforms_is_refused(
        self, browse, rows, platform, ana, code
    ):
        client = browse().client

        self.refused(client, rows, 400, "已经用过", code=code, state=ask(client))

    @pytest.mark.parametrize("fault", ["garbage", "list", "down", -1])
    def test_a_platform_that_fails_is_a_page(self, browse, rows, platform, ana, fault):
        client = browse().client
        platform.faults = [(PAGE, fault)]
        code = platform.code_for(platform.visitor)

        self.refused(client, rows, 424, "无法连接", code=code, state=ask(client))

    def test_a_log_in_that_was_switched_off_stays_shut(self, browse, rows, platform, ana):
        with rows() as session:
            session.scalars(sa.select(Applicant)).one().user.active = False
        client = browse().client
        code = platform.code_for(platform.visitor)

        self.refused(client, rows, 403, "停用", code=code, state=ask(client))

    @pytest.mark.parametrize("path", ["/wechat/nowhere/login", "/wechat/nowhere/callback"])
    def test_an_agency_without_an_account_is_not_there(self, app, path):
        assert app.test_client().get(path).status_code == 404


class TestConnecting:
    """Somebody who is signed in inside WeChat connects it by a button, with fresh proof."""

    @pytest.fixture
    def inside(self, browse):
        """Ana's browser within WeChat."""
        browser = browse("ana")
        browser.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 MicroMessenger/8.0.50"
        return browser

    def test_wechat_is_offered_inside_wechat_only(self, inside, browse, platform):
        assert "微信" in inside.open("/connections/?agency=anhui").text
        assert "微信" not in browse("bo").open("/connections/?agency=anhui").text

    def test_with_fresh_proof_it_is_connected(self, inside, rows, platform, prove):
        page = inside.open("/connections/?agency=anhui")
        page = inside.press(page, "绑定 微信", 403)
        with inside.client.session_transaction() as kept:
            assert "wechat_asked" not in kept

        page = prove(inside, page)
        [there] = [a["href"] for a in page.soup.select("a[href]") if platform.url in a["href"]]
        state = parse_qs(urlsplit(there).query)["state"][0]
        code = platform.code_for(platform.visitor)
        page = inside.open(f"/wechat/anhui/callback?code={code}&state={state}")

        assert page.url == "/connections/"
        with rows() as session:
            assert session.scalars(sa.select(OutsideIdentity.provider)).all() == [
                ACCOUNT.provider
            ]

    def test_an_answer_for_somebody_else_connects_nothing(self, browse, rows, platform):
        ana, bo = browse("ana").client, browse("bo").client
        state = "f" * 32
        with ana.session_transaction() as kept:
            owner = int(kept["_user_id"])
        with bo.session_transaction() as kept:
            at = clock().timestamp()
            kept["wechat_asked"] = [state, "anhui", "", at, owner]

        answer = come_back(bo, code=platform.code_for(platform.visitor), state=state)

        assert answer.status_code == 400
        with rows() as session:
            assert session.scalars(sa.select(OutsideIdentity)).all() == []


def test_the_help_shows_name_and_code_and_inside_wechat_the_button(browse, platform):
    page = browse().open("/help/wechat/?agency=anhui")
    assert ACCOUNT.name in page.text
    assert page.soup.select_one("img[src^='data:image/svg']")["alt"]

    inside = browse()
    inside.client.environ_base["HTTP_USER_AGENT"] = "MicroMessenger"
    page = inside.open("/help/wechat/?agency=anhui")
    assert page.soup.select_one("a[href='/wechat/anhui/login']")


def test_the_log_in_page_offers_wechat_inside_wechat_and_goes_back_where_it_was(
    browse, platform
):
    inside = browse()
    assert not inside.open("/login/?agency=anhui").soup.select("a[href^='/wechat/']")

    inside.client.environ_base["HTTP_USER_AGENT"] = "MicroMessenger"
    page = inside.open("/login/?next=/hall/messages/")

    assert page.soup.select_one("a[href='/wechat/anhui/login?next=/hall/messages/']")


def test_several_accounts_are_told_apart_by_name(app, browse):
    app.config["ANJU_WECHAT"]["liaoning"] = replace(ACCOUNT, appid="wx0001", name="另一公众号")
    inside = browse()
    inside.client.environ_base["HTTP_USER_AGENT"] = "MicroMessenger"

    assert "微信（另一公众号）" in inside.open("/login/?agency=liaoning").text
