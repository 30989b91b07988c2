"""What a page of the wizard shows and asks, made ready for its template."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.display.prose import prose
from app.display.sentences import sentence
from app.display.words import is_chinese, localized
from app.domain import masking, steps
from app.domain.amounts.labels import line_label
from app.domain.entitlement import Entitlement, prefilled_amount
from app.domain.errors import Invalid, RuleBroken
from app.domain.facts import FactRow, FactType, Option, options_of
from app.domain.page_words import Flow, Page, Words
from app.domain.terms import Capacity, Kind, Status
from app.domain.workdays import local_date
from app.hall import wording
from app.hall.forms import Typed, lines_of, told
from app.hall.house_echo import house_rows
from app.hall.papers import Papers
from app.hall.wording import said
from app.models import Application, Bank
from app.services import circumstances, reference, wizard
from app.services.relations import may_show_money

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


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a page with the answer that is kept."""

    key: str
    type: str
    label: str
    hint: str
    kept: str
    options: tuple[tuple[str, str], ...]
    unit: str


class WizardPage:
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
        self.order = wizard.pages_of(session, application, now=now)
        self.key = secrets.token_urlsafe(16)

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

    @property
    def sections(self) -> tuple[str, ...]:
        """Return what stands on the page; the letter comes where the case is signed."""
        found = tuple(part for part in SECTIONS[self.page] if self._has(part))
        return (*found, "letter") if self.signs and "letter" not in found else found

    @property
    def signs(self) -> bool:
        """Tell whether the commitment letter is ticked on this page."""
        if self.is_returned:
            parts = wizard.reopened(self.session, self.application, now=self.now).parts
            if "form" not in parts:
                return False
        elif self.page is Page.CONFIRM and self.application.kind is Kind.SUBSEQUENT:
            return True
        order = wizard.full_order(self.session, self.application, now=self.now)
        return self.page is steps.signing_page(self.flow, order)

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
        return wizard.may_change(self.session, self.application, part, now=self.now)

    def _has(self, part: str) -> bool:
        if part == "house":
            return wizard.asks_house(self.application)
        return part != "questions" or bool(self.questions)

    # --- what is asked -----------------------------------------------------------------------

    @property
    def questions(self) -> list[Question]:
        """Return the questions of the page with the answers kept."""
        rows = wizard.questions_on(self.session, self.application, self.page, on=self.on)
        return [self._question(row) for row in rows]

    def _question(self, row: FactRow) -> Question:
        kept = self.application.answers.get(row.key)
        if row.key == "subtype":
            kept = self.application.subtype
        allowed = self.application.reason.subtypes if row.key == "subtype" else ()
        options = _choices(row, allowed)
        return Question(
            key=row.key, type=row.type.value, label=localized(row, "question"),
            hint=localized(row, "hint"), kept=_shown(kept), options=options, unit=row.unit,
        )  # fmt: skip

    @property
    def reason_label(self) -> str:
        """Return what the reason is called on this page (SA13, SA23)."""
        if self.flow is Flow.SUBSIDY and self.application.kind is Kind.CLOSING:
            return said(wording.CLOSING_REASON)
        return said(wording.REASON[self.flow])

    @property
    def kind(self) -> str:
        """Return what the kind of withdrawal is called."""
        return wording.kind_words(self.flow, self.application.kind)

    @property
    def payee_labels(self) -> tuple[str, str]:
        """Return the labels of number and bank."""
        number, bank = wording.PAYEE.get(self.page, wording.PAYEE[Page.PAYEE])
        return said(number), said(bank)

    @property
    def banks(self) -> list[Bank]:
        """Return the banks that may receive the money."""
        return reference.banks_for(self.session, self.application.reason)

    @property
    def bank_options(self) -> list[tuple[str, str]]:
        """Return the banks as a list to choose from."""
        return [(bank.code, localized(bank, "short_name")) for bank in self.banks]

    @property
    def bank_hint(self) -> str:
        """Return which banks a fund pays to (SB14); the subsidy pays to any."""
        if self.flow is not Flow.FUND:
            return ""
        names = "、" if is_chinese() else ", "
        mark = "：" if is_chinese() else ": "
        return (
            said(wording.BANK_CLASS) + mark + names.join(name for _, name in self.bank_options)
        )

    @property
    def is_proxy(self) -> bool:
        """Tell whether somebody acts for the holder, whose card is then paid."""
        return self.application.capacity is Capacity.PROXY

    @property
    def card_masked(self) -> str:
        """Return the receiving account as its holder sees it."""
        card = self.application.payee_card
        return masking.mask_card(card) if card else ""

    # --- who and where -----------------------------------------------------------------------

    @property
    def notice(self) -> Markup:
        """Return what is to be read before beginning (温馨提示, 注意事项)."""
        agency = self.application.agency
        words = {"hotline": agency.hotline, "office_word": localized(agency, "office_word"),
                 "office_name": localized(agency, "name")}  # fmt: skip
        return prose(localized(self.application.scheme, "notice"), words)

    @property
    def person(self) -> list[tuple[str, str]]:
        """Return what is on file of the person (SA11)."""
        applicant = self.application.applicant
        account = self.application.account
        rows = [
            (gettext("Name"), applicant.name),
            (gettext("Document number"), masking.mask_id(applicant.id_number)),
        ]
        if self.application.capacity is not Capacity.SELF:
            return [*rows, (gettext("Acts for"), masking.mask_name(account.applicant.name))]
        return [
            *rows,
            (gettext("Account"), account.number),
            (gettext("Employer"), account.employer),
        ]

    @property
    def mobile_label(self) -> str:
        """Return the label of the mobile (SA12, SA20)."""
        return said(wording.MOBILE)

    @property
    def mobile_masked(self) -> str:
        """Return the mobile of the case as it is shown."""
        mobile = self.application.mobile
        return masking.mask_mobile(mobile) if mobile else ""

    @property
    def lookup_options(self) -> list[tuple[str, str]]:
        """Return the numbers a house may be looked up by."""
        keys = self.application.reason.lookup_keys or tuple(wording.HOUSE_NUMBERS)
        return [(key, said(wording.HOUSE_NUMBERS[key])) for key in keys]

    @property
    def lookup_kept(self) -> str:
        """Return the number that was looked up by, or the usual one."""
        return str(self.application.answers.get("lookup_by") or self.lookup_options[0][0])

    @property
    def house_label(self) -> str:
        """Return the label of the number: one or the other (SB06)."""
        return " / ".join(name for _, name in self.lookup_options)

    @property
    def house_rows(self) -> list[tuple[str, Any]]:
        """Return what the registry says of the house (返显), owners masked (EL16)."""
        return house_rows(self.application.house or {})

    @property
    def house_warnings(self) -> list[str]:
        """Return what a reviewer will look at more closely."""
        house = self.application.house or {}
        return [sentence(Invalid(code=code)) for code in house.get("warnings", ())]

    def upload_options(self, papers: Papers) -> list[tuple[str, str]]:
        """Return the kinds of picture to choose from (SA16)."""
        return [(paper.code, paper.name) for paper in papers.uploads]

    # --- money -------------------------------------------------------------------------------

    @property
    def shows_money(self) -> bool:
        """Tell whether balance and calculation may be shown."""
        return may_show_money(self.application)

    @property
    def entitled(self) -> Entitlement:
        """Return the most that may be taken."""
        return circumstances.calculation(self.session, self.application, now=self.now)

    @property
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

    # --- what went wrong ---------------------------------------------------------------------

    @property
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


def address_of(application: Application, page: Page) -> str:
    """Return the address of a page of a case."""
    if page is Page.RESULT:
        return url_for("WizardView.result", key=application.id)
    return url_for("WizardView.show", key=application.id, word=page.value)


def _choices(row: FactRow, allowed: Sequence[str]) -> tuple[tuple[str, str], ...]:
    options: Sequence[Option] = options_of(row, allowed)
    if row.type is FactType.BOOL and not options:
        options = (Option("yes", "是", "Yes"), Option("no", "否", "No"))
    return tuple((option.code, said(Words(option.zh, option.en))) for option in options)


def _shown(kept: object) -> str:
    if kept is None:
        return ""
    if isinstance(kept, bool):
        return "yes" if kept else "no"
    return str(kept)
