"""Every page of the hall, as each of its people meets it: complete, accessible, silent, narrow."""

import datetime as dt
import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app.demo.cast import PASSWORD
from tests import browser
from tests.browser.client import SESSION
from tests.browser.pages import HEIGHTS, STARTS, Known, Walker, walk

pytestmark = pytest.mark.browser

FIGURES = Path(__file__).parents[2] / "benchmarks" / "results" / "walk.json"
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


@pytest.mark.parametrize("who", STARTS if FULL else ())
def test_every_page_is_complete_and_accessible(
    chromium: Browser, shown: tuple[Flask, str], known: Known, who: str
) -> None:
    walker = Walker(chromium, *shown, known)
    began = time.monotonic()
    if who:
        walker.log_in(who, PASSWORD)

    found = [
        f"{language} {address}: {said}"
        for language, address in walk(walker, STARTS[who], ("zh", "en"))
        for said in walker.complaints(tuple(HEIGHTS))
    ]

    walker.close()
    keep(who or "nobody", walker, len(found), time.monotonic() - began)
    assert not found, "\n".join(found)


def keep(who: str, walker: Walker, findings: int, seconds: float) -> None:
    """Merge what one person's walk was into the figures."""
    figures = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "pages_in_two_languages": walker.opened,
        "examined_at_two_widths": walker.examined,
        "findings": findings,
        "seconds": round(seconds),
        "load": round(os.getloadavg()[1], 1),
    }
    with FIGURES.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = json.loads(FIGURES.read_text() or "{}") | {who: figures}
        FIGURES.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
