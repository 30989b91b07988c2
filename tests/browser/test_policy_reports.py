"""What a page may not do is not done, and the browser tells the hall of the try."""

import time

import pytest
import sqlalchemy as sa

from app.models import Counter
from tests.browser.hall import Hall

pytestmark = pytest.mark.browser

INJECTED = """document.body.insertAdjacentHTML('beforeend',
  '<p id="put-in" style="color: rgb(1, 2, 3)">x</p><img src="x" onerror="window.ran = 1">')"""
PATIENCE = 5.0
STYLE = "csp:style-src-attr"


def test_what_is_put_into_a_page_does_nothing_and_is_reported(hall: Hall) -> None:
    page = hall.window(390)
    page.goto("/help/")

    page.evaluate(INJECTED)

    colour = page.evaluate("getComputedStyle(document.getElementById('put-in')).color")
    assert colour != "rgb(1, 2, 3)"
    until = time.monotonic() + PATIENCE
    while STYLE not in hall.policy_reports() and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert STYLE in hall.policy_reports()
    assert page.evaluate("window.ran") is None
    page.wait_for_timeout(300)
    hall.complaints.clear()
    with hall.rows() as session:
        session.execute(sa.delete(Counter).where(Counter.series.startswith("csp:")))
