"""Pages read inside WeChat: a way back on each, no link that leads nowhere, the menu's way in."""

import pytest

from app.cli.wechat import menu
from app.hall.wechat.wechat_answers import SERVICES
from app.hall.wechat.wechat_files import ASKED, FILES

WECHAT = "Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile MicroMessenger/8.0.49"


@pytest.fixture
def inside(browse):
    """Open a window of WeChat."""

    def opened(who=""):
        window = browse(who)
        window.client.environ_base["HTTP_USER_AGENT"] = WECHAT
        return window

    return opened


def test_every_page_but_home_leads_back_inside_wechat_only(inside, browse):
    phone = inside("ana")

    assert phone.open("/hall/apply/").soup.select_one(".aj-return a[data-back][href='/hall/']")
    assert not phone.open("/hall/").soup.select(".aj-return")
    assert not browse("ana").open("/hall/apply/").soup.select(".aj-return")


def test_a_file_asked_for_inside_wechat_is_told_how_to_get(inside):
    phone = inside("ana")

    for address in (
        "/hall/papers/1/receipt",
        "/hall/papers/dossier/1",
        "/hall/accounts/1/export",
    ):
        page = phone.open(address)
        assert page.heading == "请在浏览器里保存文件"
        assert "在浏览器打开" in page.text
    page = phone.open("/hall/my-data/")
    token = phone.open("/password/").soup.select_one("[name=csrf_token]")["value"]
    answer = phone.client.post("/hall/my-data/copy/1", data={"csrf_token": token})
    assert answer.location == "/hall/my-data/"
    assert "微信里不能保存文件" in phone.open("/hall/my-data/").text


def test_every_file_of_applicants_is_known(app):
    given = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/hall/")
        and rule.rule.rstrip("/").endswith(
            ("receipt", "export", "dossier/<int:dossier_id>", "copy/<int:key>")
        )
    }

    assert given == {*FILES, ASKED}


def test_the_menu_leads_to_the_services_and_into_the_wizard():
    services, _progress, hall = menu("/wechat/anhui/login?next=")

    assert services["key"] == SERVICES
    assert "/wechat/anhui/login?next=/hall/apply/" in {one["url"] for one in hall["sub_button"]}
