"""The rows of the national data that every package shares."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from app.domain.terms import Channel, DayKind
from app.packages.cells import Blank, Code, Digits, Pattern
from app.packages.rows import Mark


@dataclass(frozen=True, slots=True)
class BankRow:
    """A receiving bank with its 行别代码."""

    bank_code: Code
    name_zh: str
    name_en: str
    short_name_zh: str
    short_name_en: str
    cnaps_bank_code: Annotated[str, Pattern(r"[0-9]{3}")]
    bank_kind: Literal["state", "joint_stock", "city", "rural", "postal"]
    debit_card_lengths: tuple[int, ...]
    cnaps_always_required: bool
    sort_order: int
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class BankBinRow:
    """A card prefix: cards that begin so are of this bank, length and kind."""

    bank_code: str
    bank_name_zh: str
    bank_name_en: str
    cnaps_bank_code: str
    card_length: int
    bin_prefix: Digits
    card_kind: Literal["debit", "credit"]
    card_subkind: Literal["debit", "credit", "quasi_credit"]
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class IdDocumentTypeRow:
    """A type of identity document with the form of its number and the checks on it."""

    code: Code
    name_zh: str
    name_en: str
    regex: str
    check_rule: str
    national_code: Digits
    birth_and_gender_in_number: bool
    used_by: str
    note: Blank
    enabled: bool
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class EthnicGroupRow:
    """One of the 56 ethnic groups, GB/T 3304-1991."""

    code: Annotated[str, Pattern(r"[0-9]{2}")]
    name_zh: str
    name_en: str
    letter_code: Annotated[str, Pattern(r"[A-Z]{2}")]


@dataclass(frozen=True, slots=True)
class NationalCodeRow:
    """A word of a national or published code table."""

    table_name: Code
    code: Annotated[str, Pattern(r"\w{1,12}")]
    name_zh: str
    name_en: str
    note: Blank
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A province, prefecture or county, GB/T 2260."""

    code: Annotated[str, Pattern(r"[0-9]{6}")]
    parent_code: Blank
    level: Literal["province", "prefecture", "county"]
    name_zh: str
    name_en: str
    cnaps_city_code: Blank


@dataclass(frozen=True, slots=True)
class MessageTemplateRow:
    """The text of a notice; its placeholders stand in braces."""

    event: Code
    audience: Literal["applicant", "staff"]
    channels: tuple[Channel, ...]
    text_zh: str
    text_en: str
    placeholders: tuple[str, ...]
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class WorkingDayRow:
    """A date that differs from its weekday: a holiday, or a weekend day worked instead."""

    date: dt.date
    kind: DayKind
    name_zh: str
    name_en: str
