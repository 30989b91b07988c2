"""What a page of the wizard shows of money, and how it comes back with its problems."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from app.domain.amounts.labels import line_label
from app.domain.entitlement import Entitlement, prefilled_amount
from app.domain.errors import RuleBroken
from app.hall import wording
from app.hall.applying.page_asks import PageAsks
from app.hall.applying.page_place import address_of
from app.hall.forms import Typed, lines_of, told
from app.hall.wording import said
from app.services.applying import circumstances
from app.services.applying.relations import may_show_money

__all__ = ["WizardPage", "address_of", "with_problems"]


class WizardPage(PageAsks):
    """One page of one case, ready for its template."""

    @property
    def shows_money(self) -> bool:
        """Tell whether balance and calculation may be shown."""
        return may_show_money(self.application)

    @cached_property
    def entitled(self) -> Entitlement:
        """Return the most that may be taken."""
        return circumstances.calculation(self.session, self.application, now=self.now)

    @cached_property
    def lines(self) -> list[tuple[str, Any, str]]:
        """Return the lines of the calculation in words."""
        return [
            (said(line_label(self.flow, key)), amount, kind)
            for key, amount, kind in lines_of(self.entitled)
        ]

    @property
    def amount_kept(self) -> str:
        """Return the amount kept, or the one proposed."""
        if self.application.amount:
            return f"{self.application.amount:,.2f}"
        entitled = self.entitled
        if entitled.unknown or not self.shows_money:
            return ""
        known = circumstances.known(self.session, self.application, on=self.on)
        rule = self.application.reason.amount_rule
        return f"{prefilled_amount(rule, entitled, known):,.2f}"

    @property
    def sum_label(self) -> str:
        """Return the heading over the amount."""
        return said(wording.SUM[self.flow])

    @property
    def amount_label(self) -> str:
        """Return the label of the amount."""
        return said(wording.AMOUNT[self.flow])

    @cached_property
    def fields(self) -> list[str]:
        """Return the fields of the page, to which the summary leads."""
        found = ["mobile", "bank_code", "bank_account_no", "amount", "agree", "house_no"]
        return [*found, "lookup_by", "subtype", *(question.key for question in self.questions)]

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Return all problems for the top of the page, each with the question it is about."""
        labels = {one.key: one.label for one in self.questions} | {"mobile": self.mobile_label}
        return [
            (field, f"{labels[field]} {problem}" if field in labels else problem)
            for field, problem in self.typed.summary(self.fields)
        ]


def with_problems(page: WizardPage, posted: Mapping[str, str], broken: RuleBroken) -> Typed:
    """Return what was typed with the sentences of what was wrong."""
    return Typed(posted, told(page.session, page.application, broken))
