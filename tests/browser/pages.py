"""Going over the pages of a hall: from link to link, each kind of page once for each person."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from werkzeug.exceptions import HTTPException

from tests.browser.client import subjects

VISITOR = (
    "/", "/?agency=anhui", "/login/", "/register/", "/recover/", "/help/", "/progress/",
    "/app/anhui/zh/offline/",
)  # fmt: skip
STAFF = (
    "anhui-first", "anhui-second", "anhui-supervisor", "anhui-payer", "anhui-releaser",
    "anhui-auditor", "anhui-packages", "anhui-publisher", "anhui-users", "anhui-security",
    "liaoning-first", "root",
)  # fmt: skip
HOLDERS = ("13900010001", "13900010002", "13900010003")
STARTS = {
    "": VISITOR,
    **dict.fromkeys(HOLDERS, ("/hall/",)),
    **dict.fromkeys(STAFF, ("/desk/",)),
}
"""Where each of the demonstration's people begins; nobody first."""

LEAVE = ("/logout/", "/lang/", "/static/", "/api/", "/hall/page/", "/desk/page/")
FILES = ("/receipt", "/copy", "/chain", "/export", ".xlsx", ".csv", ".pdf", ".json", ".xml")
"""Ends of addresses that give a file to keep, not a page."""

ALIKE = 6
"""How many pages of one rule are opened, when words in the address tell them apart."""

HEIGHTS = {390: 844, 1280: 900}

AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
  one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.target[0]).join(', '))"""
"""What axe finds at any level: each rule with the first places that break it."""

TITLES = (
    "() => [document.title, ...[...document.querySelectorAll('h1')].map(h1 => h1.innerText)]"
)
MAIN = "() => [document.documentElement.lang, document.querySelector('main').outerHTML]"
TOKEN = re.compile(r'value="[\w.-]{30,}"')
"""What alone differs when one page is given twice."""


class Known:
    """The pages somebody has looked at already, of all processes: an empty file each."""

    def __init__(self, folder: Path) -> None:
        """Remember in a folder."""
        folder.mkdir(exist_ok=True)
        self.folder = folder

    def is_new(self, page: str) -> bool:
        """Tell whether nobody has looked at this page; from now on somebody has."""
        try:
            (self.folder / sha256(page.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


class Walker:
    """One person's window, whose every complaint is kept for the page it came from."""

    def __init__(
        self, chromium: Browser, app: Flask, url: str, known: Known | None = None
    ) -> None:
        """Open a window; what it asks of other hosts is told."""
        self.app, self.url, self.known = app, url, known
        self.heard: list[str] = []
        self.framed: set[str] = set()
        self.opened = self.examined = 0
        self.context: BrowserContext = chromium.new_context(
            base_url=url, locale="zh-CN", service_workers="block"
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))

    def _watch(self, request: Request) -> None:
        """Tell of whatever the page asks another host for; the browser finds none."""
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.heard.append(f"asks for {request.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        """Keep what the console says in red; a broken rule of the policy is said there too."""
        if message.type == "error":
            self.heard.append(message.text)

    def be(self, name: str, value: str) -> None:
        """Be who the cookie of a session says."""
        self.context.add_cookies([{"name": name, "value": value, "url": self.url}])

    def log_in(self, login: str, password: str) -> None:
        """Log in by the real page."""
        self.page.goto("/login/")
        self.page.locator("[name=login]").fill(login)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("main button[type=submit]").last.click()
        self.page.wait_for_url(re.compile(r"/(hall|desk)/"))

    def addresses(self, starts: tuple[str, ...]) -> Iterator[str]:
        """Open every page that links lead to, one of each kind, and yield its address."""
        waiting, seen, times = list(starts), set(), dict[str, int]()
        while waiting:
            address = waiting.pop(0)
            endpoint, kind = kind_of(self.app, address)
            if kind in seen or address.startswith(LEAVE) or times.get(endpoint, 0) >= ALIKE:
                continue
            if not endpoint or address.partition("?")[0].endswith(FILES):
                continue
            seen.add(kind)
            times[endpoint] = times.get(endpoint, 0) + 1
            self.open(address)
            yield address
            links = self.page.eval_on_selector_all(
                "a[href^='/']", "all => all.map(a => a.href)"
            )
            waiting += [path_of(link) for link in links]

    def open(self, address: str) -> None:
        """Open an address; it must answer."""
        self.opened += 1
        answer = self.page.goto(address)
        if answer is None or answer.status != 200:
            self.heard.append(f"answered {answer and answer.status}")

    def speak(self, language: str) -> None:
        """Change the language."""
        self.page.goto(f"/lang/{language}")

    def complaints(self, widths: tuple[int, ...]) -> list[str]:
        """Return what is wrong with the page that is open, at each width.

        What others have been given word for word is not examined again.
        """
        found, self.heard = self.heard, []
        found += frame_problems(self.page)
        if self.is_new():
            self.examined += 1
            self.page.evaluate(AXE_SCRIPT)
            for width in widths:
                self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
                found += [f"{width}: {one}" for one in view_problems(self.page, width)]
        return found

    def is_new(self) -> bool:
        """Tell whether the page is one to examine: its main part, or this person's frame."""
        language, main = self.page.evaluate(MAIN)
        frame_is_new = language not in self.framed
        self.framed.add(language)
        main_is_new = not self.known or self.known.is_new(language + TOKEN.sub("", main))
        return main_is_new or frame_is_new

    def close(self) -> None:
        """Close the window."""
        self.context.close()


def frame_problems(page: Page) -> list[str]:
    """Say what is wrong whatever the width: title and heading that agree, language."""
    title, *headings = page.evaluate(TITLES)
    found = []
    if len(headings) != 1:
        found.append(f"{len(headings)} headings of the first level")
    said = headings[0].strip() if headings else ""
    if not said or not (said in title or subjects(said) & subjects(title)):
        found.append(f"title {title!r} and heading {headings[:1]} disagree")
    return found


def view_problems(page: Page, width: int) -> list[str]:
    """Say what is wrong at this width: what sticks out, what axe finds at any level."""
    found = []
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        found.append(f"{wide} pixels wide")
    return found + page.evaluate(AXE)


def walk(
    walker: Walker, starts: tuple[str, ...], languages: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Open every page of one person in every language; yield language and address."""
    first, *others = languages
    walker.speak(first)
    known = []
    for address in walker.addresses(starts):
        known.append(address)
        yield first, address
    for language in others:
        walker.speak(language)
        for address in known:
            walker.open(address)
            yield language, address


def path_of(link: str) -> str:
    """Return the part of a link after the host."""
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_of(app: Flask, address: str) -> tuple[str, str]:
    """Return which view answers an address, and with which words; numbers make no difference."""
    parts = urlsplit(address)
    try:
        endpoint, values = app.url_map.bind("127.0.0.1").match(parts.path, method="GET")
    except HTTPException:
        return "", ""
    words = [str(value) for value in values.values() if not str(value).isdigit()]
    if endpoint == "FrontView.index":
        words.append(str(bool(parts.query)))
    return endpoint, " ".join([endpoint, *words])
