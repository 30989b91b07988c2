"""The wizard: which pages a case has, in which order, and where somebody may go on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from app.domain.page_words import (
    BUTTONS,
    NEXT,
    SAVE_AND_SUBMIT,
    TITLES,
    Flow,
    Page,
    Words,
)
from app.domain.terms import Kind

__all__ = [
    "Flow",
    "Page",
    "Reopened",
    "ToCorrect",
    "Words",
    "button",
    "following",
    "furthest",
    "pages",
    "preceding",
    "reopened_pages",
    "signing_page",
    "title",
]


def pages(
    flow: Flow, kind: Kind, *, asks_house: bool, asks_facts: bool, has_upload: bool
) -> tuple[Page, ...]:
    """Return the pages of a case in order; the result page stands outside of them.

    ``asks_house``: the reason looks up a house. ``asks_facts``: another fact of the reason is
    asked. ``has_upload``: the requirements yield at least one material to upload. The subsidy
    asks for house and facts on its one page of information, the fund on a page of their own.
    """
    upload = (Page.UPLOAD,) if has_upload else ()
    if flow is Flow.SUBSIDY:
        return (Page.BASIC if kind is Kind.FIRST else Page.CONFIRM, *upload)
    about: tuple[Page, ...] = ()
    if asks_house:
        about = (Page.HOUSE,)
    elif asks_facts:
        about = (Page.FACTS,)
    return (Page.NOTICE, Page.PERSON, *about, Page.PAYEE, Page.COMMITMENT, *upload)


def furthest(order: Sequence[Page], answered: Collection[Page]) -> Page:
    """Return the first page not yet answered, or the last page when all are."""
    return next((page for page in order if page not in answered), order[-1])


def following(order: Sequence[Page], page: Page) -> Page:
    """Return the page after this one; after the last comes the result."""
    place = order.index(page) + 1
    return order[place] if place < len(order) else Page.RESULT


def preceding(order: Sequence[Page], page: Page) -> Page | None:
    """Return the page before this one, None on the first."""
    place = order.index(page)
    return order[place - 1] if place else None


def title(flow: Flow, page: Page) -> Words:
    """Return the heading of a page."""
    return TITLES[flow][page]


def button(flow: Flow, page: Page, *, is_last: bool = False) -> Words:
    """Return what the page's one button says; the last page of a case submits it."""
    if is_last and page is Page.BASIC:
        return SAVE_AND_SUBMIT
    return BUTTONS[flow].get(page, NEXT)


def signing_page(flow: Flow, order: Sequence[Page]) -> Page:
    """Return the page that shows the commitment letter to be ticked.

    The fund has a page for it; the subsidy signs where it submits.
    """
    return Page.COMMITMENT if flow is Flow.FUND else order[-1]


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """One line of a return: what its reason ``reopens``, and which material it is about."""

    reopens: frozenset[str]
    material_code: str = ""


@dataclass(frozen=True, slots=True)
class Reopened:
    """What a returned case opens again, and nothing else (WF04).

    ``parts`` are the words of ``reopens``: profile, payee, house, reason, amount, form,
    materials. ``materials`` are the codes to upload again; when a line reopens materials
    without naming one, ``any_material`` lets all be changed.
    """

    pages: tuple[Page, ...]
    parts: frozenset[str]
    materials: frozenset[str]
    any_material: bool


def reopened_pages(flow: Flow, order: Sequence[Page], items: Iterable[ToCorrect]) -> Reopened:
    """Return the pages, parts and materials that a return opens, with the page that submits."""
    items = list(items)
    parts = frozenset(part for item in items for part in item.reopens) - {"none"}
    about_materials = [item for item in items if "materials" in item.reopens]
    whole = order
    if about_materials and Page.UPLOAD not in order:
        whole = (*order, Page.UPLOAD)
    opened = {_page_of(flow, part, whole) for part in parts} | {whole[-1]}
    return Reopened(
        pages=tuple(page for page in whole if page in opened),
        parts=parts,
        materials=frozenset(
            item.material_code for item in about_materials if item.material_code
        ),
        any_material=any(not item.material_code for item in about_materials),
    )


def _page_of(flow: Flow, part: str, order: Sequence[Page]) -> Page:
    """Return the page on which a part of the application is changed."""
    if part == "materials":
        return Page.UPLOAD
    if part == "form":
        return signing_page(flow, order)
    if flow is Flow.SUBSIDY:
        return order[0]
    if part in ("payee", "amount"):
        return Page.PAYEE
    if part in ("house", "reason"):
        about = (Page.HOUSE, Page.FACTS, Page.PERSON)
        return next(page for page in about if page in order)
    return Page.PERSON
