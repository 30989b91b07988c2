"""What a page of the wizard asks and shows of person, account and house."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.display.prose import prose
from app.display.sentences import sentence
from app.display.words import is_chinese, localized
from app.domain import masking
from app.domain.errors import Invalid
from app.domain.facts import FactRow, FactType, Option, options_of
from app.domain.page_words import Flow, Page, Words
from app.domain.terms import Capacity, Kind
from app.hall import wording
from app.hall.applying.house_echo import house_rows
from app.hall.applying.page_place import PagePlace
from app.hall.applying.papers import Papers
from app.hall.wording import said
from app.models import Bank
from app.services import reference


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


class PageAsks(PagePlace):
    """The questions of a page and what is known already."""

    @cached_property
    def questions(self) -> list[Question]:
        """Return the questions of the page with the answers kept."""
        return [self._question(row) for row in self.asked]

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

    @cached_property
    def banks(self) -> list[Bank]:
        """Return the banks that may receive the money."""
        return reference.banks_for(self.session, self.application.reason)

    @cached_property
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
