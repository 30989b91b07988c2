"""The frame of every page: whose hall, language, title, landmarks, ways out of an error."""

import re

import pytest

from app.navigation import local_path


@pytest.fixture
def visitor(app):
    """A browser that nobody is signed in with."""
    return app.test_client()


def text_of(visitor, path):
    return visitor.get(path).get_data(as_text=True)


def test_a_visitor_of_two_agencies_chooses_one(visitor):
    page = text_of(visitor, "/")

    assert "安徽省直房改办" in page
    assert "辽宁省直住房资金管理中心" in page
    assert "<title>住房资金网上办事大厅 - 安居</title>" in page


def test_the_chosen_agency_stays_on_the_pages_that_follow(visitor):
    visitor.get("/?agency=liaoning")

    page = text_of(visitor, "/help/")

    assert "024-12345" in page
    assert "0551-12345" not in page
    assert "<title>帮助手册 - 辽宁省直住房资金管理中心</title>" in page


def test_an_unknown_agency_is_not_kept(visitor):
    assert "0551-12345" not in text_of(visitor, "/help/?agency=nowhere")


def test_the_language_is_said_and_changed_with_the_way_back(visitor):
    assert '<html lang="zh-CN">' in text_of(visitor, "/help/")

    answer = visitor.get("/lang/en?next=/help/")

    assert answer.location == "/help/"
    page = text_of(visitor, "/help/")
    assert '<html lang="en">' in page
    assert "How an application goes" in page


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/hall/?a=1", "/hall/?a=1"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("//[", "/"),
    ],
)
def test_the_way_back_never_leaves_the_site(target, kept):
    assert local_path(target) == kept


@pytest.mark.parametrize("path", ["/", "/?agency=anhui", "/help/", "/accessibility/", "/nope"])
def test_a_page_has_one_heading_one_main_and_a_skip_link(visitor, path):
    page = text_of(visitor, path)

    assert len(re.findall("<h1[ >]", page)) == 1
    assert len(re.findall("<main ", page)) == 1
    assert '<a class="aj-skip" href="#main">' in page
    assert len(re.findall('aria-current="page"', page)) <= 1


def test_the_front_page_promises_the_days_of_the_settings(visitor):
    page = text_of(visitor, "/?agency=anhui")

    assert "审核最多 3 个工作日" in page
    assert "支取原因共 13 项" in page


def test_the_calculator_uses_the_rules_of_the_fund(visitor):
    page = text_of(
        visitor,
        "/?agency=anhui&reason=GMZF&balance=286,412.37&house_price=1680000"
        "&loan_principal=1176000&withdrawn_for_house=317700",
    )

    assert "186,300.00" in page
    assert "本房剩余额度" in page


def test_the_calculator_says_what_is_no_sum(visitor):
    page = text_of(visitor, "/?agency=anhui&reason=GMZF&balance=lots")

    assert "请填写金额，例如 1680000.00。" in page
    assert 'value="lots"' in page


def test_every_reason_has_a_guide_with_its_papers(visitor):
    front = text_of(visitor, "/?agency=liaoning")
    guides = set(re.findall(r'href="(/guide/liaoning/\w+)"', front))

    assert len(guides) == 15
    for guide in guides:
        assert "申请材料" in text_of(visitor, guide)


@pytest.mark.parametrize("path", ["/guide/anhui/NONE", "/guide/none/GMZF", "/privacy/none"])
def test_what_is_not_offered_is_not_found(visitor, path):
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("agency", ["anhui", "liaoning"])
def test_agreement_and_privacy_name_the_agency_and_leave_no_gap(visitor, agency):
    for path in (f"/agreement/{agency}", f"/privacy/{agency}"):
        page = text_of(visitor, path)
        body = page[page.index("<main") : page.index("</main>")]
        assert "12345" in body
        assert "{" not in body


def test_an_address_that_is_none_says_what_to_do_and_a_number(visitor):
    answer = visitor.get("/nope")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 404
    assert "找不到这个页面" in page
    assert "您填写的内容不受影响" in page
    assert re.search(r'aj-number">[0-9A-F]{12}<', page)


def test_a_form_that_is_too_old_may_be_sent_again(visitor):
    answer = visitor.post("/login/", data={"username": "a"})

    assert answer.status_code == 400
    assert "可以再次提交" in answer.get_data(as_text=True)


def test_a_fault_shows_the_number_that_the_log_has(visitor, app, monkeypatch, caplog):
    def broken(**_values):
        raise ValueError("a fault of ours")

    monkeypatch.setitem(app.view_functions, "HelpView.index", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = visitor.get("/help/")
    [number] = re.findall(r'aj-number">([0-9A-F]{12})<', answer.get_data(as_text=True))

    assert answer.status_code == 500
    assert number in caplog.text
    assert "系统出错了，不是您的问题" in answer.get_data(as_text=True)


def test_every_generated_page_keeps_to_the_content_policy(visitor):
    answer = visitor.get("/login/")

    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|\son\w+=", answer.get_data(as_text=True))


def test_a_guide_leads_holders_to_the_form_visitors_to_the_log_in_and_staff_nowhere(
    visitor, browse
):
    guide = "/guide/anhui/GMZF"

    assert "立即登录并申请" in text_of(visitor, guide)
    assert browse("ana").open(guide).soup.select_one("a[href='/hall/apply/'].btn-primary")
    assert browse("ana").open("/?agency=anhui").soup.select_one("a[href='/hall/apply/'].btn-lg")
    assert not browse("chen").open(guide).soup.select(".aj-pagehead a")
