"""An operator sets the accounts up: settings that are checked at the start, the menu pushed."""

import json
from dataclasses import asdict, replace

import pytest

from app.gateways.wechat.stand_in import Platform, serving
from config import SettingMissing, settings
from tests.pages.wechat_world import ACCOUNT

KEYS = ["appid", "secret", "token", "aes_key", "hall"]


def written(**changes):
    return json.dumps({"anhui": {key: asdict(ACCOUNT)[key] for key in KEYS} | changes})


@pytest.fixture
def command(app):
    with serving(Platform(secret=ACCOUNT.secret)) as platform:
        app.config["ANJU_WECHAT"] = {"anhui": replace(ACCOUNT, api=platform.url)}
        app.extensions.pop("anju-wechat", None)
        yield lambda *words: (app.test_cli_runner().invoke(args=["anju", *words]), platform)
    app.config["ANJU_WECHAT"] = {}
    app.extensions.pop("anju-wechat", None)


def test_the_menu_is_that_of_the_manual(command):
    outcome, platform = command("wechat-menu", "anhui")

    assert outcome.exit_code == 0, outcome.output
    assert [button["name"] for button in platform.menu] == ["业务办理", "进度查询", "我的大厅"]
    under = platform.menu[2]["sub_button"]
    assert under[0] == {
        "type": "view", "name": "立即登录", "url": f"{ACCOUNT.hall}/wechat/anhui/login?next=/hall/",
    }  # fmt: skip
    assert all(len(button["name"]) <= 4 for button in platform.menu)
    assert all(len(button["name"]) <= 8 for button in under)


def test_a_menu_can_be_looked_at_first(command):
    outcome, platform = command("wechat-menu", "anhui", "--print")

    assert json.loads(outcome.output)["button"][0]["key"] == "SERVICES"
    assert platform.menu == []


def test_a_platform_that_refuses_is_a_sentence(command):
    _, platform = command("wechat-menu", "anhui", "--print")
    platform.faults = [("/cgi-bin/menu/create", 40018)]

    outcome, _ = command("wechat-menu", "anhui")

    assert outcome.exit_code == 1
    assert "40018" in outcome.output


def test_an_agency_without_an_account_is_a_sentence(command):
    outcome, _ = command("wechat-menu", "liaoning")

    assert outcome.exit_code == 1
    assert "ANJU_WECHAT" in outcome.output


def test_the_setting_is_json_or_a_file_of_it(monkeypatch, tmp_path):
    monkeypatch.setenv("ANJU_WECHAT", written())
    assert settings(ANJU_HOME=tmp_path)["ANJU_WECHAT"]["anhui"].appid == ACCOUNT.appid

    (tmp_path / "wechat.json").write_text(written(), encoding="utf-8")
    monkeypatch.setenv("ANJU_WECHAT", str(tmp_path / "wechat.json"))
    assert settings(ANJU_HOME=tmp_path)["ANJU_WECHAT"]["anhui"].appid == ACCOUNT.appid


@pytest.mark.parametrize(
    "text", ["{", "/nowhere/wechat.json", written(aes_key="short"), written(secrets="s")]
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(monkeypatch, tmp_path, text):
    monkeypatch.setenv("ANJU_WECHAT", text)

    with pytest.raises(SettingMissing, match="ANJU_WECHAT"):
        settings(ANJU_HOME=tmp_path)
