"""Pictures of every page on contact sheets: ``python -m tests.browser.contact_sheets FOLDER``.

Sheets of nine pages a person and language, wide and narrow side by side; each page also stands
alone. A page that is the same for several people is on the sheets of the first of them.
"""

import argparse
import io
import logging
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

from app.demo.cast import PASSWORD
from tests.browser.conftest import CHROMIUM, SWITCHES
from tests.browser.pages import HEIGHTS, STARTS, Known, Walker, walk
from tests.browser.server import demonstration

ACROSS = 3
ON_A_SHEET = 9
CELL = {1280: (400, 520), 390: (170, 520)}
CAPTION = 22
TALL = 2600
"""Pixels of a page that are kept; what is below says nothing new on a sheet."""


def main() -> None:
    """Walk over the pages of the chosen people and keep pictures and sheets."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--people", nargs="*", default=list(STARTS))
    options.add_argument("--languages", nargs="+", default=["zh", "en"])
    chosen = options.parse_args()
    if not CHROMIUM:
        sys.exit("Chromium is needed for pictures and is not installed.")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        with demonstration(Path(home)) as (app, url):
            known = Known(Path(home) / "known")
            for who in chosen.people:
                walker = Walker(browser, app, url, known)
                if who:
                    walker.log_in(who, PASSWORD)
                go_over(walker, who, chosen)
                walker.close()
        browser.close()


def go_over(walker: Walker, who: str, chosen: argparse.Namespace) -> None:
    """Take the pictures of one person's pages, and put them on a sheet a language."""
    taken: dict[str, list[tuple[str, list[Image.Image]]]] = {}
    for language, address in walk(walker, STARTS[who], tuple(chosen.languages)):
        if not walker.is_new():
            continue
        pictures = [picture(walker, width) for width in CELL]
        keep(pictures, chosen.folder / "pages" / f"{name_of(who, address)}-{language}")
        taken.setdefault(language, []).append(
            (address, [small(one, w) for one, w in zip(pictures, CELL, strict=True)])
        )
    for language, pages in taken.items():
        for first in range(0, len(pages), ON_A_SHEET):
            name = f"{who or 'visitor'}-{language}-{first // ON_A_SHEET + 1}.png"
            sheet(pages[first : first + ON_A_SHEET]).save(chosen.folder / name)
        sys.stdout.write(f"{who or 'visitor'}, {language}: {len(pages)} pages\n")


def picture(walker: Walker, width: int) -> Image.Image:
    """Return the page that is open at a width, as far as it is kept."""
    walker.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    whole = Image.open(io.BytesIO(walker.page.screenshot(full_page=True))).convert("RGB")
    return whole.crop((0, 0, whole.width, min(whole.height, TALL)))


def small(whole: Image.Image, width: int) -> Image.Image:
    """Return a picture for its cell of the sheet."""
    across, down = CELL[width][0] - 8, CELL[width][1] - CAPTION - 8
    height = max(1, whole.height * across // whole.width)
    shrunk = whole.resize((across, height), Image.Resampling.LANCZOS)
    return shrunk.crop((0, 0, across, min(height, down)))


def keep(pictures: list[Image.Image], target: Path) -> None:
    """Keep a page's pictures for a closer look."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for one, width in zip(pictures, CELL, strict=True):
        one.save(f"{target}-{width}.jpg", quality=80)


def name_of(who: str, address: str) -> str:
    """Return a file's name for a page."""
    return re.sub(r"[^\w]+", "-", f"{who or 'visitor'}{address}").strip("-")


def sheet(pages: list[tuple[str, list[Image.Image]]]) -> Image.Image:
    """Put pages beside and under each other, each under its address."""
    across = sum(width for width, _ in CELL.values()) + 8
    down = CELL[390][1] + 8
    rows = -(-len(pages) // ACROSS)
    whole = Image.new("RGB", (ACROSS * across, rows * down), "#c9d1dc")
    pen = ImageDraw.Draw(whole)
    font = ImageFont.load_default(14)
    for place, (address, pictures) in enumerate(pages):
        left, top = place % ACROSS * across + 4, place // ACROSS * down + 4
        pen.text((left + 2, top), address, fill="#17212f", font=font)
        for one, width in zip(pictures, CELL, strict=True):
            whole.paste(one, (left, top + CAPTION))
            left += CELL[width][0]
    return whole


if __name__ == "__main__":
    main()
