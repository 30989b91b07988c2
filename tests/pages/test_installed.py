"""The hall as an app of the phone: names, icons, a worker that keeps nothing personal."""

import io
import json
import re

import pytest
from PIL import Image, ImageChops

from app import assets
from app.display import app_icons
from app.domain.android import read_android_apps
from app.hall.installed import SHELL

PRINT = ":".join(["0A"] * 32)


@pytest.mark.parametrize(
    ("address", "name", "short", "language"),
    [
        ("anhui/zh", "房改办网上办事大厅", "安徽省直房改办", "zh-CN"),
        ("anhui/en", "Online Hall of the Housing Reform Office", "Anhui Housing Reform Office", "en"),
        ("anju/zh", "安居 住房资金网上办事大厅", "安居", "zh-CN"),
    ],
)  # fmt: skip
def test_the_app_has_the_names_of_the_agency(app, address, name, short, language):
    browser = app.test_client()
    answer = browser.get(f"/app/{address}/manifest.webmanifest")
    told = answer.get_json(force=True)

    assert answer.mimetype == "application/manifest+json"
    assert (told["name"], told["short_name"], told["lang"]) == (name, short, language)
    assert (told["scope"], told["display"]) == ("/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        with browser.get(icon["src"]) as picture:
            assert Image.open(io.BytesIO(picture.data)).size == (int(icon["sizes"][:3]),) * 2
    for place in (told["start_url"], *(one["url"] for one in told["shortcuts"])):
        assert browser.get(place).status_code in (200, 302)


def test_an_agency_that_is_not_there_has_no_app(app):
    browser = app.test_client()

    for part in ("manifest.webmanifest", "worker.js", "offline/"):
        assert browser.get(f"/app/nobody/zh/{part}").status_code == 404
        assert browser.get(f"/app/anhui/fr/{part}").status_code == 404


def test_pages_of_applicants_name_the_app_and_those_of_staff_do_not(app, browse):
    mine = browse("ana").open("/hall/").soup
    script = mine.select_one("script[data-worker]")

    assert mine.select_one("link[rel=manifest]")
    assert script["data-worker"].endswith("/zh/worker.js")
    assert script.has_attr("data-somebody")
    front = browse().open("/?agency=anhui").soup
    assert front.select_one("script[data-worker]")["data-worker"] == "/app/anhui/zh/worker.js"
    assert not front.select_one("script[data-somebody]")
    assert not browse("chen").open("/desk/").soup.select("link[rel=manifest], [data-worker]")


def shell_of(script):
    """Return what stands before the worker's own lines: name, files, the page without a line."""
    return json.loads(re.match(r"const SHELL = (.*);\n", script)[1])


def test_the_worker_keeps_the_shell_and_one_page_for_everybody(app, browse):
    ana = browse("ana")
    answer = ana.client.get("/app/anhui/zh/worker.js")
    script = answer.get_data(as_text=True)
    shell = shell_of(script)

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert shell["files"] == [assets.address(name) for name in SHELL]
    assert all(re.search(r"\.(css|js|svg|woff)$", name) for name in shell["files"])
    assert shell["offline"] == "/app/anhui/zh/offline/"
    assert app.test_client().get("/app/anhui/zh/worker.js").get_data(as_text=True) == script
    assert shell_of(ana.client.get("/app/anhui/en/worker.js").text)["name"] != shell["name"]


def test_the_worker_has_no_other_way_to_keep_anything():
    code = (assets.OWN / "worker.js").read_text(encoding="utf-8")

    assert re.findall(r"\.(addAll|add|put)\(", code) == ["addAll"]
    assert "addAll(asked)" in code
    assert "[...SHELL.files, SHELL.offline].map" in code
    assert "credentials: 'omit'" in code
    assert "indexedDB" not in code


def test_what_is_kept_in_a_window_ends_with_the_window():
    code = (assets.OWN / "line.js").read_text(encoding="utf-8")

    assert "localStorage" not in code
    assert re.search(r"hidden\|password\|file", code)


def test_the_page_without_a_line_is_the_same_for_everybody_and_helps(app, browse):
    ana = browse("ana")
    page = ana.open("/app/anhui/zh/offline/")
    stranger = browse().open("/app/anhui/zh/offline/")

    assert page.text == stranger.text
    assert "安娜" not in page.body.decode()
    assert page.soup.select_one("a[href='tel:055112345']")
    assert page.buttons == ["重试"]
    assert not page.soup.select("nav, form, [data-somebody] [href]")
    assert page.soup.html["lang"] == "zh-CN"
    assert browse().open("/app/anju/en/offline/").soup.html["lang"] == "en"
    assert ana.client.get("/hall/").cache_control.no_store


def test_icons_are_drawn_from_the_seal():
    kept = Image.open(app_icons.FOLDER / "maskable-192.png").convert("RGB")
    drawn = app_icons.draw(192, filled=True)

    assert ImageChops.difference(kept, drawn).getbbox() is None
    assert app_icons.path("M1 2l3 4h5V9L0 0") == [(1, 2), (4, 6), (9, 6), (9, 9), (0, 0)]


def test_an_android_package_is_trusted_when_the_operator_names_it(app, monkeypatch):
    browser = app.test_client()
    assert browser.get("/.well-known/assetlinks.json").status_code == 404

    apps = read_android_apps(f"org.example.hall {PRINT.lower()}; org.example.other {PRINT}")
    monkeypatch.setitem(app.config, "ANJU_ANDROID", apps)
    told = browser.get("/.well-known/assetlinks.json").get_json()

    assert [one["target"]["package_name"] for one in told] == [
        "org.example.hall", "org.example.other",
    ]  # fmt: skip
    assert told[0]["target"]["sha256_cert_fingerprints"] == [PRINT]
    assert told[0]["relation"] == ["delegate_permission/common.handle_all_urls"]


@pytest.mark.parametrize(
    "text", ["hall", f"hall {PRINT}", "org.example.hall", "org.example.hall 0A:0B", "org..x " + PRINT]
)  # fmt: skip
def test_a_package_that_is_not_written_right_is_refused(text):
    with pytest.raises(ValueError, match=r"package|fingerprint"):
        read_android_apps(text)
