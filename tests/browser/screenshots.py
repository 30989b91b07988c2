"""The README's pictures and contact sheets of all pages, from the real pages: ``make screenshots``."""

import argparse
import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.cast import PASSWORD
from tests.browser.conftest import CHROMIUM, SWITCHES
from tests.browser.server import demonstration

TARGET = Path(__file__).parents[2] / "docs" / "pictures"
SCALE = 0.75
SHEET_COLUMNS = 4
THUMB = (320, 480)

PICTURES = (
    ("front", "", "/?agency=anhui", 1280),
    ("front-phone", "", "/?agency=anhui", 390),
    ("hall-phone", "13900010003", "/hall/", 390),
    ("progress", "13900010002", "/hall/progress/1/", 1280),
    ("queue", "anhui-first", "/desk/queue/", 1280),
    ("case", "anhui-first", "/desk/case/3/", 1280),
    ("generated-list", "anhui-packages", "/reasons/list/", 1280),
)
"""Name, who looks (nobody when empty), address, width in pixels."""


def main() -> None:
    """Take the pictures in the chosen languages."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--languages", nargs="+", default=["zh", "en"])
    chosen = options.parse_args()
    if not CHROMIUM:
        sys.exit("Chromium is needed for pictures and is not installed.")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        with demonstration(Path(folder)) as (_, url):
            for language in chosen.languages:
                taken = [
                    (name, shot(browser, url, who, address, width, language))
                    for name, who, address, width in PICTURES
                ]
                for name, picture in taken:
                    keep(picture, TARGET / f"{name}-{language}.png")
                contact_sheet([picture for _, picture in taken], language)
        browser.close()


def shot(
    browser: Browser, url: str, who: str, address: str, width: int, language: str
) -> bytes:
    """Return a picture of the whole page as somebody sees it."""
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > 600 else 844}, base_url=url
    )
    page = context.new_page()
    page.goto(f"/lang/{language}")
    if who:
        log_in(page, who)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    picture: bytes = page.screenshot(full_page=True)
    context.close()
    return picture


def log_in(page: Page, who: str) -> None:
    """Log in by the real page."""
    page.goto("/login/")
    page.locator("[name=login]").fill(who)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").last.click()
    page.wait_for_load_state()


def keep(picture: bytes, target: Path) -> None:
    """Keep a picture small enough for a README."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    size = (int(image.width * SCALE), int(image.height * SCALE))
    small = image.resize(size, Image.Resampling.LANCZOS).quantize(256, kmeans=1)
    small.save(target, optimize=True)
    sys.stdout.write(f"{os.path.relpath(target)}\n")


def contact_sheet(pictures: list[bytes], language: str) -> None:
    """Put all pictures on one sheet."""
    rows = -(-len(pictures) // SHEET_COLUMNS)
    sheet = Image.new("RGB", (SHEET_COLUMNS * THUMB[0], rows * THUMB[1]), "#e9edf2")
    for place, picture in enumerate(pictures):
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        image.thumbnail((THUMB[0] - 16, 10_000))
        image = image.crop((0, 0, image.width, min(image.height, THUMB[1] - 16)))
        column, row = place % SHEET_COLUMNS, place // SHEET_COLUMNS
        sheet.paste(image, (column * THUMB[0] + 8, row * THUMB[1] + 8))
    target = TARGET / f"contact-sheet-{language}.png"
    sheet.quantize(256, kmeans=1).save(target, optimize=True)
    sys.stdout.write(f"{os.path.relpath(target)}\n")


if __name__ == "__main__":
    main()
