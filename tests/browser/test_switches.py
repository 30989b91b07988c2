"""The switches of the page: dark as the system or by hand, large type, read aloud; every mode."""

import os

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app.demo.cast import PASSWORD
from tests.browser.pages import AXE_SCRIPT, Walker, view_problems

pytestmark = pytest.mark.browser

FULL = os.environ.get("ANJU_WALK") == "full"

VOICE = """
window.said = [];
Object.defineProperty(window, 'speechSynthesis', {value: {
  speak: function (one) { window.said.push([one.lang, one.text]); },
  cancel: function () { window.said.push('stop'); }
}});
"""
"""A voice that keeps what it is to say; the machines of tests have none."""

MODES = (
    {"theme": "dark"},
    {"contrast": "high"},
    {"theme": "dark", "contrast": "high"},
    {"size": "large"},
)
NARROW = (320, 360)
APPLICANTS = ("/hall/", "/hall/apply/", "/hall/progress/", "/hall/profile/", "/my-cards/list/")


def pressed(page: Page, switch: str) -> str | None:
    """Return whether a switch of the header says that it is on."""
    return page.locator(f".aj-head {switch}").get_attribute("aria-pressed")


def test_switches_are_kept_and_the_page_is_read_aloud(
    app: Flask, chromium: Browser, served: str
) -> None:
    walker = Walker(chromium, app, served)
    page = walker.page
    page.add_init_script(VOICE)
    page.emulate_media(color_scheme="dark")
    page.goto("/accessibility/")
    dark = "document.documentElement.getAttribute('data-theme')"

    assert page.evaluate(dark) == "dark"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#main"
    page.locator(".aj-head [data-menu]").first.focus()
    page.keyboard.press("Enter")
    page.locator(".aj-head [data-set=theme]").click()
    page.locator(".aj-head [data-read]").click()
    said = page.evaluate("window.said")
    assert said[:2] == ["stop", ["zh-CN", page.locator("h1").inner_text()]]
    assert pressed(page, "[data-read]") == "true"
    page.locator(".aj-head [data-read]").click()
    assert (page.evaluate("window.said")[-1], pressed(page, "[data-read]")) == ("stop", "false")
    page.goto("/help/")
    assert (page.evaluate(dark), pressed(page, "[data-set=theme]")) == ("light", "false")
    assert walker.heard == []
    walker.close()


@pytest.mark.skipif(not FULL, reason="`make walk` looks at every mode")
def test_every_component_is_accessible_in_every_mode(
    chromium: Browser, shown: tuple[Flask, str]
) -> None:
    walker = Walker(chromium, *shown)
    walker.log_in("anhui-first", PASSWORD)
    found = []
    for mode in MODES:
        walker.open("/office/style/")
        for key, value in mode.items():
            walker.page.evaluate(f"document.documentElement.dataset.{key} = '{value}'")
        walker.page.evaluate(AXE_SCRIPT)
        found += [f"{mode} {said}" for said in view_problems(walker.page, 1280)]

    walker.close()
    assert not found, "\n".join(found)


@pytest.mark.skipif(not FULL, reason="`make walk` looks at the narrowest phones")
@pytest.mark.parametrize("size", ["", "large"])
def test_nothing_sticks_out_on_the_narrowest_phones(
    chromium: Browser, shown: tuple[Flask, str], size: str
) -> None:
    walker = Walker(chromium, *shown)
    walker.log_in("13900010003", PASSWORD)
    found = []
    for language in ("zh", "en"):
        walker.speak(language)
        for address in APPLICANTS:
            walker.open(address)
            walker.page.evaluate(f"document.documentElement.dataset.size = '{size}'")
            for width in NARROW:
                walker.page.set_viewport_size({"width": width, "height": 640})
                wide = walker.page.evaluate("document.documentElement.scrollWidth")
                found += [f"{language} {address} {width}: {wide}"] if wide > width else []

    walker.close()
    assert not found, "\n".join(found)
