"""Reliability bar 22: a provider that hangs costs its own people a page, nobody else anything."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bars import FULL
from tests.pages.outside import BACK, BEGIN, come_back, set_out

HANGS, PATIENCE, REST, OTHERS = (30.0, 8.0, 10.5, 200) if FULL else (1.0, 0.4, 0.0, 12)
THREADS = 4
"""Of one process, as deployed."""

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results" / "provider-hangs.json"


def timed(app, path):
    """Open a page; return its status and how long it took from being asked for."""
    asked = time.monotonic()

    def opened():
        status = app.test_client().get(path).status_code
        return status, time.monotonic() - asked

    return opened


@pytest.mark.whole
@pytest.mark.bar
@pytest.mark.timeout(0 if FULL else 60)
def test_a_provider_that_hangs_leaves_threads_for_everybody_else(
    app, browse, provided, crooked
):
    provided(seconds=PATIENCE)
    crooked.delay = HANGS
    with ThreadPoolExecutor(THREADS) as pool:
        stuck = [pool.submit(timed(app, BEGIN)) for _ in range(2 * THREADS)]
        others = [pool.submit(timed(app, "/login/")) for _ in range(OTHERS)]
        served = [future.result() for future in others]
        told = [future.result() for future in stuck]

    assert {status for status, _ in told} == {424}
    assert {status for status, _ in served} == {200}
    longest = max(seconds for _, seconds in told)
    meanwhile = sum(seconds < longest for _, seconds in served)
    assert len(crooked.asked) <= THREADS, "a provider that hangs is not asked again and again"
    if FULL:
        assert longest < PATIENCE + 4
        assert meanwhile > OTHERS / 2
    crooked.delay = 0
    time.sleep(REST)
    if not FULL:
        app.extensions["anju-openid"].clear()
    assert set_out(browse())["state"]
    if FULL:
        figures = {
            "hangs_seconds": HANGS, "log_ins": len(told), "longest_log_in": round(longest, 2),
            "others": len(served), "others_answered_meanwhile": meanwhile,
        }  # fmt: skip
        RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


@pytest.mark.bar
@pytest.mark.parametrize("path", ["/token", "/keys", "/.well-known/openid-configuration"])
@pytest.mark.parametrize("fault", ["garbage", "broken", "endless"])
def test_no_fault_of_a_provider_is_a_fault_of_the_hall(browse, provided, crooked, path, fault):
    body = {"garbage": b"\x00\xff<html>", "broken": b'{"error":', "endless": b"[" * 600_000}
    visitor = browse()
    if path.startswith("/.well"):
        crooked.answers[path] = body[fault]
        visitor.open(BEGIN, 424)
    else:
        crooked.answers[path] = body[fault]
        come_back(visitor, crooked, 424)
    assert visitor.client.get(BACK).status_code == 400
