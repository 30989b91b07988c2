"""Static files: lasting names, compressed copies, kept for ever, the same headers as pages."""

import gzip
import re

import pytest
from flask import url_for
from werkzeug.test import Client

from app import assets
from app.gatekeeping import HEADERS, ONLY_TLS, headers


def asked(client, name, **headers):
    return client.get(assets.address(name), headers={"Accept-Encoding": "gzip", **headers})


def test_a_file_comes_compressed_with_a_name_for_ever(app):
    browser = app.test_client()

    with asked(browser, "anju.css") as sheet, asked(browser, "icons/icons.woff") as font:
        assert re.fullmatch(r"/static/anju\.[0-9a-f]{12}\.css", sheet.request.path)
        assert sheet.headers["Content-Encoding"] == "gzip"
        assert sheet.headers["Content-Type"] == 'text/css; charset="utf-8"'
        assert gzip.decompress(sheet.data) == (assets.OWN / "anju.css").read_bytes()
        assert "Accept-Encoding" in sheet.headers["Vary"]
        for answer in (sheet, font):
            kept = answer.cache_control
            assert kept.public
            assert kept.immutable
            assert kept.max_age > 300 * 24 * 3600
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
            assert "Set-Cookie" not in answer.headers
        assert font.headers.get("Content-Encoding") is None


def test_who_cannot_unpack_gets_the_file_as_it_is(app):
    with app.test_client().get(assets.address("anju.js")) as script:
        assert script.headers.get("Content-Encoding") is None
        assert script.data == (assets.OWN / "anju.js").read_bytes()


def test_a_file_that_has_not_changed_is_not_sent_again(app):
    browser = app.test_client()
    with asked(browser, "anju.css") as first:
        seen = first.headers["Last-Modified"]

    with asked(browser, "anju.css", **{"If-Modified-Since": seen}) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_links_of_pages_and_of_stylesheets_carry_the_lasting_names(app):
    with app.test_request_context():
        borrowed = url_for("appbuilder.static", filename="css/bootstrap.min.css")
        unknown = url_for("static", filename="nothing.css")
    sheets = assets.collection()

    assert borrowed == assets.address("appbuilder/css/bootstrap.min.css")
    assert unknown == "/static/nothing.css"
    for sheet in ("icons/icons.css", "appbuilder/css/bootstrap.min.css"):
        fonts = re.findall(rb"url\(['\"]?([^'\")?#]+\.woff2?)", sheets[sheet][1])
        assert fonts
        assert all(assets.FOR_EVER.search(font.decode()) for font in fonts)


@pytest.mark.parametrize("digest", ["0" * 12, "abcdef012345"])
def test_the_name_of_another_release_gives_the_present_file_uncached(app, digest):
    with app.test_client().get(f"/static/anju.{digest}.css") as sheet:
        assert sheet.status_code == 200
        assert sheet.cache_control.no_cache
        assert not sheet.cache_control.immutable
    assert app.test_client().get(f"/static/nothing.{digest}.css").status_code == 404


def test_files_are_written_once_and_earlier_ones_stay(tmp_path):
    earlier = tmp_path / "anju.000000000000.css"
    earlier.write_text("a{}")

    assert assets.write(tmp_path) == len(assets.collection())
    assert assets.write(tmp_path) == 0
    assert earlier.exists()
    assert not list(tmp_path.rglob("*.part"))


def test_in_production_files_too_are_asked_for_over_tls_alone(app, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "ANJU_PRODUCTION", True)
    front = Client(assets.Front(app, tmp_path, headers(app).items()))

    with asked(front, "anju.css") as sheet:
        assert sheet.headers["Strict-Transport-Security"] == ONLY_TLS
