"""How soon pages stand before people's eyes: paints, movement, bytes and requests in Chromium.

``python -m benchmarks.paint`` opens the pages of the demonstration as a phone (390 px) and as a
desk computer (1280 px), over a fast line and over a slow one (1.6 Mbit/s, 150 ms), with nothing
kept from before, and keeps the figures in ``benchmarks/results/paint.json``.
"""

import argparse
import datetime as dt
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks import machine
from tests.browser.conftest import CHROMIUM, SWITCHES
from tests.browser.line import SLOW, figures, slow_down, watch
from tests.browser.screenshots import log_in
from tests.browser.server import demonstration

RESULTS = Path(__file__).parent / "results" / "paint.json"
WIDTHS = {390: 844, 1280: 900}
PAGES = (
    ("front", "", "/?agency=anhui"),
    ("login", "", "/login/"),
    ("my hall", "13900010002", "/hall/"),
    ("wizard: reasons", "13900010001", "/hall/apply/"),
    ("wizard: a page", "13900010003", "/hall/apply/2/payee/"),
    ("wizard: materials", "13900010003", "/hall/apply/2/upload/"),
    ("progress", "13900010002", "/hall/progress/1/"),
    ("desk queue", "anhui-first", "/desk/queue/"),
    ("case page", "anhui-first", "/desk/case/3/"),
)
"""Name, who looks (nobody when empty), address."""


def main() -> None:
    """Measure every page at both widths over both lines; print a table, keep the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        with demonstration(Path(folder)) as (_, url):
            for row in measured(browser, url, chosen.rounds):
                rows.append(row)
                print(" ".join(f"{value!s:>12}" for value in row.values()), flush=True)
        version = browser.version
        browser.close()
    kept = {
        "machine": {**machine.describe(), "chromium": version},
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "load": round(os.getloadavg()[0], 1),
        "slow_line": SLOW,
        "rounds": chosen.rounds,
        "pages": rows,
    }
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def measured(browser: Browser, url: str, rounds: int) -> Iterator[dict[str, Any]]:
    """Yield the figures of each page: of several rounds the one painted at the median."""
    for width, height in WIDTHS.items():
        for name, who, address in PAGES:
            context = browser.new_context(
                viewport={"width": width, "height": height}, base_url=url, locale="zh-CN",
                service_workers="block",
            )  # fmt: skip
            page = context.new_page()
            if who:
                log_in(page, who)
            watch(page)
            for line in ("fast", "slow"):
                tries = []
                for _ in range(rounds):
                    if line == "slow":
                        slow_down(page)
                    else:
                        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
                    answer = page.goto(address)
                    if answer is None or answer.status != 200:
                        raise RuntimeError(f"{address} did not answer")
                    tries.append({"at": page.url.removeprefix(url), **figures(page)})
                tries.sort(key=lambda one: one["largest_paint_ms"])
                yield {"page": name, "width": width, "line": line, **tries[rounds // 2]}
            context.close()


if __name__ == "__main__":
    main()
