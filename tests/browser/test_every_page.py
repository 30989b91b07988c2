"""Every page of the hall, as each of its people meets it: complete, accessible, silent, narrow."""

import os
from collections.abc import Iterator
from itertools import islice

import pytest
from flask import Flask

from app.demo.cast import PASSWORD
from tests.browser.hall import Hall
from tests.browser.pages import STARTS, complaints_about, kinds_of_pages

pytestmark = pytest.mark.browser

FULL = os.environ.get("ANJU_WALK") == "full"
SAMPLE = {"": 2, "anhui-first": 3}
"""How many pages of whom are walked over every day."""

WIDTHS = (390, 1280) if FULL else (390,)
LOCALES = ("zh", "en") if FULL else ("zh",)


@pytest.fixture
def demonstration(app: Flask) -> None:
    """The people, houses and cases that ``make run`` shows."""
    outcome = app.test_cli_runner().invoke(args=["anju", "demo-people"])
    assert outcome.exit_code == 0, outcome.output


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_complete_and_accessible(hall: Hall, width: int, locale: str) -> None:
    found = {
        f"{who or 'visitor'} {address}": complaints
        for who in (STARTS if FULL else SAMPLE)
        for address, complaints in walked(hall, who, width, locale)
        if complaints
    }

    assert not found, "\n".join(f"{address}: {said}" for address, said in found.items())


def walked(hall: Hall, who: str, width: int, locale: str) -> Iterator[tuple[str, list[str]]]:
    """Walk over the pages of one person; give what is wrong with each."""
    page = hall.sign_in(who, width, PASSWORD) if who else hall.window(width)
    page.goto(f"/lang/{locale}")
    addresses = kinds_of_pages(hall, page, STARTS[who])
    for address in islice(addresses, None if FULL else SAMPLE[who]):
        yield address, complaints_about(page, width)
