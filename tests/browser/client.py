"""A browser without a screen: pages are opened and forms sent as a person does, and checked."""

import itertools
import re
from collections import Counter
from functools import cached_property
from typing import Any, NamedTuple, Self
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.people import Person

LANGUAGES = ("zh", "en")
BUTTONS = "button, input[type=submit]"


class Found(NamedTuple):
    """What is looked at on every page, from one walk over its tags."""

    ids: list[str]
    headings: list[Tag]
    links: list[Tag]
    forms: list[Tag]


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
        """Say what no page of the hall may have."""
        found = self._found()
        return list(filter(None, [
            "" if self.title else "no title",
            self._heading_problem(found.headings),
            self._language_problem(),
            repeated_ids(found.ids),
            empty_links(found.links),
            forms_without_token(found.forms),
        ]))  # fmt: skip

    def _found(self) -> Found:
        found = Found([], [], [], [])
        for tag in self.soup.find_all(True):
            if "id" in tag.attrs:
                found.ids.append(str(tag["id"]))
            if tag.name == "h1":
                found.headings.append(tag)
            elif tag.name == "form":
                found.forms.append(tag)
            elif tag.name == "a" and "href" in tag.attrs:
                found.links.append(tag)
        return found

    def _heading_problem(self, headings: list[Tag]) -> str:
        if len(headings) != 1:
            return f"{len(headings)} h1 instead of one"
        if subjects(self.heading) & subjects(self.title):
            return ""
        return f"title {self.title!r} and h1 {self.heading!r} disagree"

    def _language_problem(self) -> str:
        language = str(self.soup.html.get("lang", "")) if self.soup.html else ""
        return "" if language.startswith(LANGUAGES) else f"lang is {language!r}"


def repeated_ids(ids: list[str]) -> str:
    """Say which ids stand more than once."""
    repeated = [name for name, times in Counter(ids).items() if times > 1]
    return f"repeated ids {repeated}" if repeated else ""


def empty_links(links: list[Tag]) -> str:
    """Say which links have no words."""
    empty = [str(link)[:80] for link in links if not label(link)]
    return f"links without words {empty}" if empty else ""


def forms_without_token(forms: list[Tag]) -> str:
    """Say which forms are sent without the token that proves they are ours."""
    bare = [
        str(form.get("action"))
        for form in forms
        if str(form.get("method", "")).lower() == "post"
        and form.find("input", attrs={"name": "csrf_token"}) is None
    ]
    return f"POST forms without token {bare}" if bare else ""


class Browser:
    """One person's browser; keeps cookies, follows redirects, checks every page it opens."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def sign_in(self, person: Person) -> Self:
        """Sign in on the page as anybody does; the page after it is not opened."""
        page = self.open("/login/")
        form = next(
            form for form in page.soup.select("form") if form.select_one("[type=password]")
        )
        name = form.select_one("input[type=text], input[type=tel], input:not([type])")
        secret = form.select_one("[type=password]")
        assert name, "the log-in page has no place for a name"
        assert secret, "the log-in page has no place for a password"
        answers = filled(form)
        answers[str(name["name"])] = person.login
        answers[str(secret["name"])] = person.password
        address = urljoin(page.url, str(form.get("action") or page.url))
        response = self.client.post(address, data=filled(form).to_dict() | answers)
        assert response.status_code == 302, f"{person.name} could not sign in"
        return self

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
