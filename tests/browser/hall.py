"""What the browser tests do with a hall: open windows, read messages, let the worker run."""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from app.gateways.bank.process import SimulatorProcess
from app.jobs.notices import send_due
from app.jobs.paying import pay_all
from app.models import Counter
from tests.conftest import Rows
from tests.factories import Clock
from tests.people import PASSWORD
from tests.pictures import make_picture

HEIGHTS = {390: 844, 1280: 900}
WIDTHS = [390, 1280] if os.environ.get("ANJU_WALK") == "full" else [390]
"""How wide the window is that a walk begins in; every page of it is seen at both widths."""


@dataclass
class Hall:
    """A running hall, the browser, the clock and the bank."""

    app: Flask
    url: str
    chromium: Browser
    clock: Clock
    bank: SimulatorProcess
    rows: Rows
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def window(self, width: int, locale: str = "zh-CN") -> Page:
        """Open a window of its own, as on another device; its console must stay silent."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]}, locale=locale,
            base_url=self.url, has_touch=width == 390,
        )  # fmt: skip
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def sign_in(self, login: str, width: int, password: str = PASSWORD) -> Page:
        """Open a window and sign in by the real page."""
        page = self.window(width)
        page.goto("/login/")
        page.get_by_label("手机号或身份证号").fill(login)
        page.get_by_label("密码", exact=True).fill(password)
        page.locator("main").get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(re.compile(r"/(hall|desk)/"))
        return page

    def last_code(self) -> str:
        """Return the six digits of the newest short message, as the phone shows it."""
        lines = Path(self.app.config["ANJU_SMS_FILE"]).read_text().splitlines()
        found = re.search(r"\d{6}", json.loads(lines[-1])["text"])
        assert found, lines[-1]
        return found[0]

    def work(self) -> None:
        """Do what the worker does in a few minutes: pay, ask the bank, send messages."""
        from app import outside

        for _ in range(3):
            with self.app.app_context():
                pay_all(now=self.clock())
            with self.app.app_context():
                send_due(outside.sms(), now=self.clock())
            self.clock.pass_by(minutes=2)

    def policy_reports(self) -> list[str]:
        """Return which rules of the content policy browsers reported as broken."""
        with self.rows() as session:
            series = sa.select(Counter.series).where(Counter.series.startswith("csp:"))
            return list(session.scalars(series))

    def close(self) -> None:
        """Close every window; no console complained, no browser reported a broken policy."""
        for context in self.contexts:
            context.close()
        assert not self.complaints, self.complaints
        assert not self.policy_reports()


def look(page: Page, title: str = "") -> None:
    """See the page at both widths: it has this title, and nothing sticks out."""
    heading = page.locator("h1")
    expect(heading).to_contain_text(title)
    here = page.viewport_size or {"width": 390, "height": 844}
    for width in sorted(HEIGHTS, key=lambda each: each == here["width"]):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        expect(heading).to_be_in_viewport()
        out = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert out <= 0, f"{page.url} sticks out by {out} pixels at {width}"


def upload_everything(page: Page) -> None:
    """Give every paper on the page the pictures it asks for, by the form with the list."""
    choices = page.locator("select[name=material_code] option").evaluate_all(
        "all => all.map(one => one.value).filter(value => value)"
    )
    for place, code in enumerate(choices):
        form = page.locator("form", has=page.locator("select[name=material_code]"))
        form.locator("select[name=material_code]").select_option(code)
        form.locator("input[type=file]").set_input_files(
            [
                {
                    "name": f"{code}-{number}.jpg",
                    "mimeType": "image/jpeg",
                    "buffer": make_picture(10 * place + number + 1),
                }
                for number in range(2)
            ]
        )
        form.get_by_role("button", name="上传图片").click()
        page.wait_for_load_state()
