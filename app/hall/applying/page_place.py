"""Where a page of the wizard stands: before and after it, its sections, its button."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from flask import url_for
from sqlalchemy.orm import Session

from app.domain import steps
from app.domain.facts import FactRow
from app.domain.page_words import Page
from app.domain.steps import Reopened
from app.domain.terms import Kind, Status
from app.domain.workdays import local_date
from app.hall.forms import Typed
from app.hall.wording import said
from app.models import Application
from app.services.applying import wizard

SECTIONS: Mapping[Page, tuple[str, ...]] = {
    Page.NOTICE: ("notice",),
    Page.BASIC: ("person", "payee", "reason", "house", "questions", "amount"),
    Page.CONFIRM: ("person", "payee", "reason", "house", "questions", "amount"),
    Page.PERSON: ("person", "reason"),
    Page.HOUSE: ("house", "questions"),
    Page.FACTS: ("questions",),
    Page.PAYEE: ("payee", "amount"),
    Page.COMMITMENT: ("letter",),
    Page.UPLOAD: ("papers",),
}
"""What stands on a page, from top to bottom."""


class PagePlace:
    """One page of one case: its place in the order, its sections, what is kept and typed."""

    def __init__(
        self, session: Session, application: Application, page: Page, *, now: dt.datetime,
        typed: Typed | None = None,
    ) -> None:  # fmt: skip
        """Take the case, the page and what was typed when the form came back."""
        self.session, self.application, self.page, self.now = session, application, page, now
        self.on = local_date(now)
        self.typed = typed or Typed()
        self.flow = wizard.flow_of(application)

    @cached_property
    def whole(self) -> tuple[Page, ...]:
        """Return all pages of the case, as if nothing had been returned."""
        return wizard.full_order(self.session, self.application, now=self.now)

    @cached_property
    def reopened(self) -> Reopened:
        """Return what a return opens for correction."""
        return wizard.reopened_in(self.application, self.whole)

    @cached_property
    def order(self) -> tuple[Page, ...]:
        """Return the pages to go through; a returned case has only what was reopened."""
        return self.reopened.pages if self.is_returned else self.whole

    @cached_property
    def asked(self) -> list[FactRow]:
        """Return the questions that the page asks."""
        return wizard.questions_on(self.session, self.application, self.page, on=self.on)

    @property
    def furthest(self) -> Page:
        """Return the first page that is still open."""
        return steps.furthest(self.order, wizard.done(self.application))

    @property
    def titles(self) -> list[str]:
        """Return the headings of all pages, for the step line."""
        return [said(steps.title(self.flow, page)) for page in self.order]

    @property
    def place(self) -> int:
        """Return which page this is, counted from 0."""
        return self.order.index(self.page)

    @property
    def title(self) -> str:
        """Return the heading."""
        return said(steps.title(self.flow, self.page))

    @property
    def button(self) -> str:
        """Return what the one button says."""
        return said(steps.button(self.flow, self.page, is_last=self.is_last))

    @property
    def is_last(self) -> bool:
        """Tell whether this page submits the case."""
        return self.page is self.order[-1]

    @property
    def is_returned(self) -> bool:
        """Tell whether the case was sent back for correction."""
        return self.application.status is Status.RETURNED

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """Return what stands on the page; the letter comes where the case is signed."""
        found = tuple(part for part in SECTIONS[self.page] if self.has(part))
        return (*found, "letter") if self.signs and "letter" not in found else found

    @cached_property
    def signs(self) -> bool:
        """Tell whether the commitment letter is ticked on this page."""
        if self.is_returned:
            if "form" not in self.reopened.parts:
                return False
        elif self.page is Page.CONFIRM and self.application.kind is Kind.SUBSEQUENT:
            return True
        return self.page is steps.signing_page(self.flow, self.whole)

    @property
    def back(self) -> str:
        """Return the address of the page before, of the choice of a reason on the first."""
        before = steps.preceding(self.order, self.page)
        if before is not None:
            return address_of(self.application, before)
        if self.is_returned:
            return url_for("ProgressView.show", key=self.application.id)
        return url_for("ApplyView.choose", account=self.application.account_id)

    @property
    def address(self) -> str:
        """Return this page's own address."""
        return address_of(self.application, self.page)

    def is_open(self, part: str) -> bool:
        """Tell whether a part of the case may be changed now."""
        if self.is_returned:
            return part in self.reopened.parts
        return wizard.may_change(self.session, self.application, part, now=self.now)

    def has(self, part: str) -> bool:
        """Tell whether a section has anything to show in this case."""
        if part == "house":
            return wizard.asks_house(self.application)
        if part != "questions":
            return True
        return bool(self.asked)


def address_of(application: Application, page: Page) -> str:
    """Return the address of a page of a case."""
    if page is Page.RESULT:
        return url_for("WizardView.result", key=application.id)
    return url_for("WizardView.show", key=application.id, word=page.value)
