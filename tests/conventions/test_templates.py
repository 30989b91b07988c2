"""Pages come from the hall alone, in the reader's language, in the common frame."""

import hashlib
import re
from pathlib import Path

import flask_appbuilder
import pytest

from app import translations
from app.display.labels import TABLE
from tests.conventions.sources import STATIC, TEMPLATES, name_of, python_files, templates

FRAMES = {"layout.html"}
QUOTES = {"bases.po"}
"""Bases of rules name documents by their Chinese titles."""

PARTS = ("components", "messages", "mail")
SIGNS = {"安居", "English", "中文", "Anju", "简体中文", "A"}
SHADOWED: dict[str, str] = {
    "appbuilder/general/alert.html": (
        "a1d8f674dcdba29725488ee3557c0e0e7aea635f39012613c9284be38da2a31f"
    ),
    "appbuilder/general/confirm.html": (
        "b40fa102c061f75bc43de5b65b90f4858d1b5fe8d223ad49c99c0e894125c062"
    ),
    "appbuilder/general/lib.html": (
        "d91fc4025d4fc213f0b3f62190af4157bf392b0db5b650fc6231fc2df98f5129"
    ),
    "appbuilder/general/model/edit.html": (
        "a10db10430c6aa9fe27f160900d700ab1a2f7443b714e0c2550acb4f66fe3a66"
    ),
    "appbuilder/general/model/show.html": (
        "67a574db1dc124a2216ff7a685718044bfe0f78f85d67116915e09aee522a1ea"
    ),
    "appbuilder/general/widgets/list.html": (
        "2a0fad48fe42239c756dbc963dcefa3cba1181c6d699378bc811dd081ebdb662"
    ),
    "appbuilder/general/widgets/show.html": (
        "babd5b80d4e383c4a0a2a6d535f3aaf17285eb4e9d76e1bbf8f0cfe85586358a"
    ),
    "appbuilder/init.html": (
        "63cd58ec542d996fa33839b677cbe2c089da35a0085222ad01b2bfcb8a119cb8"
    ),
}
"""The SHA-256 of each template of Flask-AppBuilder that one of ours takes the place of."""

ELSEWHERE = re.compile(
    r"""(?:src|href|action|poster)\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//"""
    r"""|@import|fetch\(\s*["']https?:|from\s+["']https?:""",
    re.IGNORECASE,
)


def visible_words(text):
    """Return the words of a template that stand outside of expressions and tags."""
    for pattern in (
        r"(?s){#.*?#}",
        r"(?s){%\s*raw.*?endraw\s*%}",
        r"(?s){%.*?%}",
        r"(?s){{.*?}}",
    ):
        text = re.sub(pattern, " ", text)
    text = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", text)
    text = re.sub(r"(?s)<!.*?>|<[^>]*>|&\w+;", " ", text)
    return set(re.findall(r"[^\W\d_]{2,}", text)) - SIGNS


def read(path):
    return path.read_text(encoding="utf-8")


def test_every_word_of_a_page_is_marked_for_translation():
    bare = {
        name_of(path): words for path in templates() if (words := visible_words(read(path)))
    }

    assert not bare


def test_a_page_stands_in_the_common_frame():
    included = {
        name
        for path in templates()
        for name in re.findall(r"""include ["'](.+?)["']""", read(path))
    }
    widgets = {
        name
        for path in python_files("app")
        for name in re.findall(r'^    template = "(.+?)"', read(path), re.MULTILINE)
    }
    alone = [
        name_of(path)
        for path in templates()
        if path.relative_to(TEMPLATES).parts[0] not in (*PARTS, *FRAMES)
        and str(path.relative_to(TEMPLATES)) not in widgets | included
        and path.parent.name != "parts"
        and "{% extends" not in read(path)
        and "{% macro" not in read(path)
    ]

    assert not alone


def test_a_page_keeps_to_the_content_policy():
    inline = r"\sstyle\s*=\s*[\"']|\son(?:click|change|submit|load)\s*=|<script(?![^>]*(?:src=|nonce=))"
    loose = {
        name_of(path): found
        for path in templates()
        if (found := re.findall(inline, read(path)))
    }

    assert not loose


def test_nothing_is_loaded_from_the_internet():
    files = [*TEMPLATES.rglob("*"), *STATIC.rglob("*")]
    loaded = {
        name_of(path): found
        for path in sorted(files)
        if path.suffix in (".html", ".css", ".js", ".svg")
        and (found := ELSEWHERE.findall(read(path)))
    }

    assert not loaded


def test_a_shadowed_template_of_the_framework_is_the_one_we_read():
    originals = Path(flask_appbuilder.__file__).parent / "templates"
    found = {
        str(path.relative_to(TEMPLATES)): originals / path.relative_to(TEMPLATES)
        for path in sorted((TEMPLATES / "appbuilder").rglob("*.html"))
    }
    hashes = {
        name: hashlib.sha256(original.read_bytes()).hexdigest()
        for name, original in found.items()
        if original.exists()
    }

    assert hashes == SHADOWED


@pytest.mark.whole
def test_every_message_is_put_into_chinese():
    assert not translations.untranslated()


def test_an_english_sentence_holds_no_chinese():
    parts = Path(translations.__file__).parent / "parts"
    mixed = [
        line
        for path in parts.glob("*.po")
        if path.name not in QUOTES
        for line in read(path).splitlines()
        if re.match("msgid.*[\u4e00-\u9fff]", line)
    ]

    assert not mixed


def test_every_icon_of_a_page_is_in_the_cut_font():
    cut = set(re.findall(r"\.fa-([\w-]+):before", read(STATIC / "icons" / "icons.css")))
    marks = {"solid", "fw", "spin"}
    used = {
        name
        for path in [*templates(), *(TEMPLATES / "appbuilder").rglob("*.html")]
        for name in re.findall(r"\bfa-([a-z][a-z0-9-]*[a-z0-9])", read(path))
    }

    given = {
        name
        for path in templates()
        for name in re.findall(r"""\bempty\(["']([a-z-]+)["']""", read(path))
    }

    assert not (used | given) - cut - marks, (
        "add them to static/icons/names.txt and run python -m app.display.icons"
    )
    assert {row.icon for row in TABLE.values()} <= cut


def test_the_stylesheet_keeps_to_its_weight():
    assert (STATIC / "anju.css").stat().st_size <= 80 * 1024
    assert (STATIC / "icons" / "icons.woff").stat().st_size <= 60 * 1024
