"""A browser without a screen: pages are opened and forms sent as a person does, and checked."""

import itertools
import re
from collections import Counter
from functools import cached_property
from typing import Any, ClassVar, Self
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.people import Person

LANGUAGES = ("zh", "en")
SESSION = "anju"
"""The cookie of a session."""

BUTTONS = "button, input[type=submit]"


class Page:
    """A page as it came: what it says and what can be done on it; read when it is asked for."""

    def __init__(self, url: str, response: TestResponse) -> None:
        self.url = url
        self.status = response.status_code
        self.body = response.data
        self.type = response.mimetype

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The tags of the page."""
        return BeautifulSoup(self.body, "lxml")

    @property
    def text(self) -> str:
        """The words on the page, blanks folded."""
        return words(self.soup.body or self.soup)

    @property
    def title(self) -> str:
        """The title of the window."""
        return words(self.soup.title) if self.soup.title else ""

    @property
    def heading(self) -> str:
        """The words of the first h1."""
        return words(self.soup.h1) if self.soup.h1 else ""

    @property
    def buttons(self) -> list[str]:
        """What can be pressed, in order."""
        return [label(button) for button in self.soup.select(BUTTONS)]

    def problems(self) -> list[str]:
        """Say what no page of the hall may have; the tree of lxml is read for it, as the faster."""
        page = html.document_fromstring(self.body)
        return list(filter(None, [
            heading_problem(page),
            language_problem(page),
            repeated_ids(page),
            empty_links(page),
            forms_without_token(page),
        ]))  # fmt: skip


def said(element: html.HtmlElement) -> str:
    """Return the words of an element, blanks folded."""
    return " ".join(str(element.text_content()).split())


def heading_problem(page: html.HtmlElement) -> str:
    """Say what is wrong with the title of the window and the one heading of the page."""
    titles, headings = page.findall(".//title"), page.findall(".//h1")
    if not titles or not said(titles[0]):
        return "no title"
    if len(headings) != 1:
        return f"{len(headings)} h1 instead of one"
    title, heading = said(titles[0]), said(headings[0])
    if subjects(heading) & subjects(title):
        return ""
    return f"title {title!r} and h1 {heading!r} disagree"


def language_problem(page: html.HtmlElement) -> str:
    """Say when the page names neither of the languages."""
    language = page.get("lang", "")
    return "" if language.startswith(LANGUAGES) else f"lang is {language!r}"


def repeated_ids(page: html.HtmlElement) -> str:
    """Say which ids stand more than once."""
    repeated = [name for name, times in Counter(page.xpath("//@id")).items() if times > 1]
    return f"repeated ids {repeated}" if repeated else ""


def empty_links(page: html.HtmlElement) -> str:
    """Say which links have neither words nor a name for readers nor a picture with one."""
    empty = [
        html.tostring(link, encoding="unicode")[:80]
        for link in page.iterfind(".//a[@href]")
        if not (said(link) or link.get("aria-label") or link.get("title"))
        and not any(image.get("alt") for image in link.iterfind(".//img"))
    ]
    return f"links without words {empty}" if empty else ""


def forms_without_token(page: html.HtmlElement) -> str:
    """Say which forms are sent without the token that proves they are ours."""
    bare = [
        form.get("action")
        for form in page.iterfind(".//form")
        if form.get("method", "").lower() == "post"
        and form.find(".//input[@name='csrf_token']") is None
    ]
    return f"POST forms without token {bare}" if bare else ""


class Browser:
    """One person's browser; keeps cookies, follows redirects, checks every page it opens."""

    first: ClassVar[tuple[str, dict[str, str]] | None] = None
    """The cookie and the form that the first visitor of the log-in page was given."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def sign_in(self, person: Person) -> Self:
        """Sign in by the form of the page as anybody does; the page after it is not opened."""
        form = self._log_in_form() | {"form_key": uuid4().hex}
        form |= {"login": person.login, "password": person.password}
        response = self.client.post("/login/", data=form)
        assert response.status_code == 302, f"{person.name} could not sign in"
        return self

    def _log_in_form(self) -> dict[str, str]:
        """Return what the log-in page has in its form; a newcomer takes the first newcomer's."""
        newcomer = self.client.get_cookie(SESSION) is None
        if newcomer and Browser.first:
            cookie, form = Browser.first
            self.client.set_cookie(SESSION, cookie)
            return form
        page = self.open("/login/")
        secret = page.soup.select_one("[type=password]")
        assert secret, "the log-in page has no place for a password"
        form = filled(owner(page, secret)).to_dict()
        if newcomer and (given := self.client.get_cookie(SESSION)):
            Browser.first = given.value, form
        return form

    def open(self, path: str, status: int = 200) -> Page:
        """Open an address and return the page it ends at."""
        return self._arrive(self.client.get(path), path, status)

    def follow(self, page: Page, words_of_link: str, status: int = 200) -> Page:
        """Follow the link with these words."""
        links = [link for link in page.soup.select("a[href]") if label(link) == words_of_link]
        assert links, f"no link {words_of_link!r} on {page.url}: {page.text[:300]}"
        return self.open(urljoin(page.url, str(links[0]["href"])), status)

    def press(self, page: Page, button: str, status: int = 200, **answers: Any) -> Page:
        """Fill in the form of a button and press it; a list is sent as several values."""
        pressed = [each for each in page.soup.select(BUTTONS) if label(each) == button]
        assert pressed, f"no button {button!r} on {page.url}, only {page.buttons}"
        form = owner(page, pressed[0])
        if name := pressed[0].get("name"):
            answers = {str(name): str(pressed[0].get("value", "")), **answers}
        target = pressed[0].get("formaction")
        return self.send(page, form, answers, status, str(target) if target else None)

    def send(
        self,
        page: Page,
        form: Tag,
        answers: dict[str, Any],
        status: int = 200,
        target: str | None = None,
    ) -> Page:
        """Send a form with what it holds and these answers."""
        values = filled(form)
        unknown = [name for name in answers if not takes(form, name)]
        assert not unknown, f"the form on {page.url} has no field {unknown}"
        for name, value in answers.items():
            values.setlist(name, value if isinstance(value, list) else [value])
        address = urljoin(page.url, target or str(form.get("action") or page.url))
        if str(form.get("method", "get")).lower() == "get":
            return self._arrive(self.client.get(address, query_string=values), address, status)
        return self._arrive(self.client.post(address, data=values), address, status, values)

    def _arrive(self, response: TestResponse, url: str, status: int, sent: Any = None) -> Page:
        for _ in range(10):
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            url = urljoin(url, response.headers["Location"])
            method = "GET" if response.status_code < 307 else response.request.method
            data = sent if method == "POST" else None
            response = self.client.open(url, method=method, data=data)
        parts = urlsplit(url)
        page = Page(parts.path + (f"?{parts.query}" if parts.query else ""), response)
        assert page.status == status, f"{page.url} answered {page.status}: {page.text[:500]}"
        if page.type == "text/html":
            assert not page.problems(), f"{page.url}: {page.problems()}"
        return page


def words(tag: Tag) -> str:
    """Return the words of a tag, blanks folded."""
    return " ".join(tag.get_text(" ").split())


def subjects(sentence: str) -> set[str]:
    """Return what a heading speaks of: words of four letters and pairs of Chinese characters."""
    return {word.lower() for word in re.findall(r"[A-Za-z]{4,}", sentence)} | {
        a + b for a, b in itertools.pairwise(sentence) if a > "\u3400" and b > "\u3400"
    }


def label(tag: Tag) -> str:
    """Return what a link or button says: words, name for readers, picture, value or title."""
    if said := words(tag):
        return said
    pictures = " ".join(str(image.get("alt", "")) for image in tag.find_all("img"))
    others = (tag.get("aria-label"), pictures, tag.get("value"), tag.get("title"))
    return next((str(each).strip() for each in others if each and str(each).strip()), "")


def owner(page: Page, button: Tag) -> Tag:
    """Return the form a button belongs to, also by its ``form`` attribute."""
    named = page.soup.find("form", id=str(button["form"])) if button.get("form") else None
    form = named or button.find_parent("form")
    assert isinstance(form, Tag), f"the button {label(button)!r} on {page.url} has no form"
    return form


def takes(form: Tag, name: str) -> bool:
    """Tell whether a form has a field of this name."""
    return form.select_one(f'[name="{name}"]') is not None


def filled(form: Tag) -> "MultiDict[str, Any]":
    """Return what a form would send as it stands."""
    values: MultiDict[str, Any] = MultiDict()
    for tag in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(tag["name"]), str(tag.get("type", ""))
        if tag.has_attr("disabled") or kind in ("submit", "file", "button", "image", "reset"):
            continue
        if tag.name == "select":
            for value in chosen(tag):
                values.add(name, value)
        elif tag.name == "textarea":
            values.add(name, tag.get_text().removeprefix("\n"))
        elif kind not in ("checkbox", "radio") or tag.has_attr("checked"):
            values.add(name, str(tag.get("value", "on" if kind == "checkbox" else "")))
    return values


def chosen(select: Tag) -> list[str]:
    """Return the chosen options of a select; a single one shows its first when none is."""
    options = select.select("option")
    marked = [option for option in options if option.has_attr("selected")]
    if not marked and options and not select.has_attr("multiple"):
        marked = options[:1]
    return [str(option.get("value", words(option))) for option in marked]
