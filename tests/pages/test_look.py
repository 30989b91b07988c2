"""One look for every page: the living page of components, the switches of the header."""

import re
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).parents[2] / "app" / "templates" / "components"
SHOWN = ("case", "charts", "data", "field", "form", "materials", "page")
"""Files of components that the living page shows."""

PARTS = {
    "described", "words", "remarks", "token", "status_tag", "clock_side", "numbers",
    "marked_picture", "thumbs", "heads",
}  # fmt: skip
"""Macros that only serve another one, or need a picture of somebody."""


def macros():
    """Return the name of every component of those files."""
    texts = [(COMPONENTS / f"{name}.html").read_text() for name in SHOWN]
    return {name for text in texts for name in re.findall(r"macro (\w+)\(", text)} - PARTS


@pytest.mark.whole
def test_the_living_page_shows_every_component_in_both_languages(browse):
    chen = browse("chen")

    chinese, english = chen.open("/office/style/"), chen.open("/lang/en?next=/office/style/")

    assert chinese.heading == "页面组件"
    assert english.heading == "Components of the pages"
    for part in ("aj-steps", "aj-line", "aj-clock", "aj-bar__frozen", "aj-mat--fix", "aj-drop"):
        assert chinese.soup.select_one(f".{part}"), part
    assert len(chinese.soup.select("progress")) == 3
    assert len(chinese.soup.select(".aj-notice")) == len(chinese.soup.select(".alert")) + 1
    pages = COMPONENTS.parent / "office" / "style"
    asked = " ".join(
        page.read_text() for page in [*pages.glob("*.html"), pages.with_suffix(".html")]
    )
    assert not {name for name in macros() if not re.search(rf"\b{name}\(", asked)}


def test_applicants_do_not_see_the_living_page(browse):
    browse("ana").open("/office/style/", status=403)


def test_every_page_has_the_switches_twice_once_for_phones(browse):
    page = browse().open("/help/")

    for where in (".aj-head", "#nav"):
        switches = page.soup.select(f"{where} [data-set]")
        assert {each["data-set"] for each in switches} == {"size", "contrast", "theme"}
        assert {each["aria-pressed"] for each in switches} == {"false"}
        [aloud] = page.soup.select(f"{where} [data-read]")
        assert aloud.parent.has_attr("hidden")
