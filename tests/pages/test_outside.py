"""Unified identity on the pages: to a provider and back, binding with proof, every refusal."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from app.models import Applicant, AuditEvent, LoginSession
from tests.factories import make_id_number
from tests.foreign.openid.servers import Wanderer, node_provider, python_provider
from tests.pages.outside import (
    BACK,
    BEGIN,
    HOME,
    NAME,
    bound,
    come_back,
    is_in,
    make_binding,
    prove,
    set_out,
    whys,
)  # fmt: skip


def test_the_question_is_bound_to_the_browser_and_the_way_back_is_fixed(browse, provided):
    visitor = browse()
    visitor.client.environ_base["HTTP_HOST"] = "evil.example"

    asked = set_out(visitor)

    assert asked["redirect_uri"] == HOME + BACK
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    assert set_out(visitor)["state"] != asked["state"]


def test_what_is_asked_beside_comes_from_the_settings(browse, provided):
    provided(params={"prompt": "login", "acr_values": "L3"})

    asked = set_out(browse())

    assert (asked["prompt"], asked["acr_values"]) == ("login", "L3")


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_on_never_leaves_the_hall(browse, people, rows, provided, crooked, page):
    make_binding(rows, people["ana"])
    visitor = browse()
    asked = set_out(visitor, f"{BEGIN}?{urlencode({'next': page})}")
    crooked.nonce = asked["nonce"]

    answer = visitor.client.get(f"{BACK}?{urlencode({'state': asked['state'], 'code': 'c'})}")

    assert answer.location in {"/", "/hall/"}


def test_a_log_in_begins_a_new_session_and_leaves_nothing_of_the_old(
    browse, people, rows, provided, crooked
):
    make_binding(rows, people["ana"])
    visitor = browse()
    set_out(visitor)
    with visitor.client.session_transaction() as cookie:
        cookie["device"] = cookie["planted"] = "by somebody else"

    come_back(visitor, crooked)

    with visitor.client.session_transaction() as cookie:
        assert cookie["device"] != "by somebody else"
        assert not {"planted", "outside_attempts", "outside_person"} & set(cookie)
    assert is_in(visitor)


def test_an_answer_to_one_provider_is_none_to_another(browse, rows, provided, app, crooked):
    provided()
    first = app.config["ANJU_OIDC"][0]
    app.config["ANJU_OIDC"] = (first, replace(first, code="other"))
    visitor = browse()
    asked = set_out(visitor)
    crooked.nonce = asked["nonce"]
    query = urlencode({"state": asked["state"], "code": "c"})

    visitor.open(f"{BACK.replace('province', 'other')}?{query}", 400)

    assert whys(rows) == ["no_attempt"]
    assert "/token" not in crooked.asked


def test_the_log_in_page_shows_the_providers_of_its_agency(browse, provided):
    assert browse().open("/login/?agency=liaoning").text.count(NAME) == 1

    provided(agencies=("anhui",))

    assert NAME not in browse().open("/login/?agency=liaoning").text
    assert NAME in browse().open("/login/?agency=anhui").text


def test_without_providers_the_page_explains_and_nothing_answers(browse):
    page = browse().open("/login/")

    assert "其他登录方式" in page.text
    browse().open(BEGIN, 404)
    browse().open(BACK, 404)


def test_who_proves_the_own_log_in_is_bound_and_known_from_then_on(
    browse, rows, people, provided, crooked, phone
):
    visitor, ana = browse(), people["ana"]

    page = prove(visitor, come_back(visitor, crooked), ana, phone)

    assert "账户绑定成功" in page.text
    assert bound(rows) == [ana.actor.user_id]
    again = browse()
    come_back(again, crooked, path=BEGIN + "?next=/hall/profile/")
    assert is_in(again)
    with rows() as session:
        ways = session.scalars(sa.select(LoginSession.how)).all()
        events = session.scalars(
            sa.select(AuditEvent).where(AuditEvent.act == "login", AuditEvent.details != {})
        ).all()
        assert ways == ["oidc:province"] * 2
        assert events[-1].details["provider"] == "province"


@pytest.mark.whole
@pytest.mark.filterwarnings("ignore")  # a provider's own use of old parts
@pytest.mark.parametrize("foreign", ["python", "node"])
def test_a_foreign_provider_opens_the_hall_once_it_is_bound(
    browse, people, provided, phone, foreign
):
    facts = {"name": people["ana"].name}
    running = (
        python_provider(ana=facts)
        if foreign == "python"
        else node_provider(HOME + BACK, ana=facts)
    )
    with running as issuer:
        provided(
            issuer=issuer, scopes="openid profile" if foreign == "python" else "openid realname"
        )
        for time in ("first", "second"):
            visitor, browser = browse(), Wanderer()
            url = visitor.client.get(BEGIN).location
            answer = browser.log_in(url, "ana", back=HOME + BACK)
            page = visitor.open(f"{BACK}?{urlencode(answer)}")
            if time == "first":
                prove(visitor, page, people["ana"], phone)
            assert is_in(visitor)
            replayed = visitor.open(f"{BACK}?{urlencode(answer)}", 400)
            assert "已失效" in replayed.text


def test_an_equal_mobile_binds_nobody(browse, rows, people, provided, crooked):
    crooked.claims = {"phone_number": people["ana"].login, "name": people["ana"].name}
    visitor = browse()

    page = come_back(visitor, crooked)

    assert page.heading == "绑定账户"
    assert not is_in(visitor)
    assert not bound(rows)


class TestVouchedFor:
    """A provider that vouches for document and name stands for the password, not for the code."""

    @pytest.fixture
    def vouching(self, provided):
        provided(verified="real-name", levels=("L3",))

    def facts(self, rows, person, **changes):
        with rows() as session:
            kept = session.get_one(Applicant, person.actor.applicant_id)
            said = {"name": kept.name, "cert_type": "10", "cert_no": kept.id_number.lower()}
        return said | {"auth_level": "L3"} | changes

    def test_the_code_to_the_mobile_on_file_is_enough(
        self, browse, rows, people, vouching, crooked, phone
    ):
        crooked.claims = self.facts(rows, people["ana"], phone_number="13012345678")
        visitor = browse()

        page = come_back(visitor, crooked)
        assert people["ana"].login[-4:] in page.text
        assert people["ana"].login not in page.text
        page = visitor.press(visitor.press(page, "获取验证码"), "绑定并登录", code=phone())

        assert is_in(visitor)
        assert bound(rows) == [people["ana"].actor.user_id]

    def test_a_log_in_that_was_switched_off_is_not_bound(
        self, browse, rows, people, vouching, crooked, phone
    ):
        crooked.claims = self.facts(rows, people["ana"])
        with rows() as session:
            person = session.get_one(Applicant, people["ana"].actor.applicant_id)
            person.user.active = False
        visitor = browse()

        page = visitor.press(come_back(visitor, crooked), "获取验证码")
        page = visitor.press(page, "绑定并登录", code=phone())

        assert "已停用" in page.text
        assert not bound(rows)

    def test_a_wrong_code_binds_nobody(self, browse, rows, people, vouching, crooked, phone):
        crooked.claims = self.facts(rows, people["ana"])
        visitor = browse()
        page = visitor.press(come_back(visitor, crooked), "获取验证码")
        wrong = f"{(int(phone()) + 1) % 1_000_000:06d}"

        page = visitor.press(page, "绑定并登录", code=wrong)

        assert "验证码不对" in page.text
        assert not bound(rows)

    @pytest.mark.parametrize(
        "changes", [{"name": "林知秋"}, {"auth_level": "L1"}, {"cert_type": "20"}], ids=str
    )
    def test_what_is_not_vouched_for_asks_for_the_password(
        self, browse, rows, people, vouching, crooked, changes
    ):
        crooked.claims = self.facts(rows, people["ana"], **changes)

        page = come_back(browse(), crooked)

        assert "下一步" in page.buttons
        assert "绑定并登录" not in page.buttons

    def test_nobody_binds_the_account_of_another_person(
        self, browse, rows, people, vouching, crooked
    ):
        crooked.claims = self.facts(rows, people["ana"], cert_no="340199198806150010")
        visitor, bo = browse(), people["bo"]
        page = come_back(visitor, crooked)

        page = visitor.press(page, "下一步", login=bo.login, password=bo.password)

        assert "不是同一人" in page.text
        assert not bound(rows)

    def test_a_bound_account_that_changes_hands_opens_nothing(
        self, browse, rows, people, vouching, crooked, phone
    ):
        crooked.claims = self.facts(rows, people["ana"])
        visitor = browse()
        page = visitor.press(come_back(visitor, crooked), "获取验证码")
        visitor.press(page, "绑定并登录", code=phone())
        crooked.claims = self.facts(rows, people["bo"])
        thief = browse()

        page = come_back(thief, crooked, 400)

        assert "不是同一人" in page.text
        assert not is_in(thief)
        assert whys(rows) == ["other_person"]


def test_who_registers_finds_what_is_known_and_is_bound(browse, rows, provided, crooked, phone):
    crooked.claims = {"name": "顾清嘉", "phone_number": "13711112222"}
    visitor = browse()

    page = visitor.follow(come_back(visitor, crooked), "实名注册")
    assert page.soup.select_one("#name")["value"] == "顾清嘉"
    typed = {"id_number": make_id_number(), "gender": "2", "ethnicity": "01"}
    page = visitor.press(page, "获取验证码", **typed)
    done = visitor.press(
        page, "实名注册", code=phone(), password="eleven quiet otters", agreement="yes",
        consent="yes",
    )  # fmt: skip

    assert f"您的{NAME}账户也可以登录本大厅" in done.text
    with rows() as session:
        person = session.scalars(sa.select(Applicant).where(Applicant.name == "顾清嘉")).one()
        assert bound(rows) == [person.user_id]
