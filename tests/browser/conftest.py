"""A real hall for a real browser: pages served on a port, the bank simulator beside it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from app.gateways.bank.process import SimulatorProcess
from tests.browser.hall import Hall
from tests.browser.pages import Known
from tests.browser.server import demonstration, serving
from tests.conftest import Rows
from tests.factories import Clock

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip

PATIENCE = 30_000
"""Milliseconds that a page may take to show what is expected: other tests run beside."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser; without Chromium the test is skipped, on CI it fails."""
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("Chromium is needed here and is not installed")
        pytest.skip("Chromium is not installed")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
    yield browser
    browser.close()


@pytest.fixture
def hall(
    app: Flask, chromium: Browser, clock: Clock, rows: Rows, tmp_path: Path
) -> Iterator[Hall]:
    """A hall that serves pages, with a bank; its worker is the test."""
    with SimulatorProcess(tmp_path / "bank.db") as bank, serving(app) as url:
        app.config["ANJU_BANK_URL"] = bank.url
        opened = Hall(app, url, chromium, clock, bank, rows)
        yield opened
        opened.close()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address of a hall without a bank and without a worker."""
    with serving(app) as url:
        yield url


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """The hall that ``make run`` shows, and its address; nobody changes anything in it."""
    with demonstration(tmp_path_factory.mktemp("shown")) as (app, url):
        yield app, url


@pytest.fixture
def known(shared: Path) -> Known:
    """The pages that this run has looked at."""
    return Known(shared / "known")
