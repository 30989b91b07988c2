"""Every page of the hall, as each of its people meets it: complete, accessible, silent, narrow."""

import os
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.demo.cast import PASSWORD
from tests import browser
from tests.browser.client import SESSION
from tests.browser.pages import HEIGHTS, STARTS, Walker, walk

pytestmark = pytest.mark.browser

FULL = os.environ.get("ANJU_WALK") == "full"
SAMPLE = (("", "/?agency=anhui"), ("ana", "/hall/"), ("chen", "/desk/queue/"))
"""Which pages are looked at every day, and by whom."""


@pytest.mark.skipif(FULL, reason="the whole walk sees these pages too")
def test_pages_of_a_sample_are_complete_and_accessible(
    app: Flask, chromium: Browser, served: str, browse: Callable[..., browser.Browser]
) -> None:
    found = []
    for who, address in SAMPLE:
        walker = Walker(chromium, app, served)
        if who and (cookie := browse(who).client.get_cookie(SESSION)):
            walker.be(cookie.key, cookie.value)
        walker.open(address)
        found += [f"{who} {address} {said}" for said in walker.complaints((390,))]
        walker.close()

    assert not found, "\n".join(found)


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("who", STARTS if FULL else ())
def test_every_page_is_complete_and_accessible(
    app: Flask, chromium: Browser, served: str, who: str
) -> None:
    walker = Walker(chromium, app, served)
    if who:
        walker.log_in(who, PASSWORD)

    found = [
        f"{language} {address}: {said}"
        for language, address in walk(walker, STARTS[who], ("zh", "en"))
        for said in walker.complaints(tuple(HEIGHTS))
    ]

    walker.close()
    assert not found, "\n".join(found)
