"""Going over the pages of a hall: from link to link, each kind of page once for each person."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from tests.browser.hall import Hall

STARTS = {
    "": ("/", "/?agency=anhui", "/login/", "/register/", "/recover/", "/help/", "/progress/"),
    "13900010001": ("/hall/",),
    "13900010003": ("/hall/",),
    "anhui-first": ("/desk/",),
    "anhui-second": ("/desk/",),
    "anhui-supervisor": ("/desk/",),
    "anhui-payer": ("/desk/",),
    "anhui-auditor": ("/desk/",),
    "anhui-packages": ("/desk/",),
    "anhui-users": ("/desk/",),
    "liaoning-first": ("/desk/",),
    "root": ("/desk/",),
}
"""Where each of the demonstration's people begins; nobody first."""

AXE = Axe()
LEAVE = ("/logout/", "/lang/", "/static/", "/api/", "/hall/page/", "/desk/page/")
FILES = ("/receipt", "/copy", "/chain", "/export")
"""Ends of addresses that give a file to keep, not a page."""


def kinds_of_pages(hall: Hall, page: Page, starts: tuple[str, ...]) -> Iterator[str]:
    """Open every page that links lead to, one of each address rule, and yield its address."""
    waiting, seen = list(starts), set()
    while waiting:
        address = waiting.pop(0)
        rule = rule_of(hall.app, address)
        if rule is None or rule in seen or address.startswith(LEAVE):
            continue
        if address.partition("?")[0].endswith(FILES):
            continue
        seen.add(rule)
        answer = page.goto(address)
        assert answer is not None, address
        assert answer.status == 200, f"{address} answered {answer.status}"
        yield address
        links = page.locator("a[href^='/']").evaluate_all("all => all.map(a => a.href)")
        waiting += [path_of(link) for link in links]


def path_of(link: str) -> str:
    """Return the part of a link after the host."""
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def rule_of(app: Flask, address: str) -> str | None:
    """Return which rule of the application answers an address by GET."""
    parts = urlsplit(address)
    try:
        endpoint, _ = app.url_map.bind("127.0.0.1").match(parts.path, method="GET")
    except HTTPException:
        return None
    return f"{endpoint}{'?' if parts.query and endpoint == 'FrontView.index' else ''}"


def complaints_about(page: Page, width: int) -> list[str]:
    """Return what is wrong with the page that is open: title, heading, width, axe."""
    found = []
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} headings of the first level")
    if not page.title().strip():
        found.append("no title")
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        found.append(f"{wide} pixels wide")
    for violation in AXE.run(page).response["violations"]:
        places = [node["target"][0] for node in violation["nodes"]]
        found.append(f"{violation['id']}: {', '.join(map(str, places[:3]))}")
    return found
