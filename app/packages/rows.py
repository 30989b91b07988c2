"""The rows of a service package; a field is a column of the file of the same name."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from app.domain.terms import Closes, Kind, Need, Origin
from app.packages.cells import Blank, Code, Digits, Pattern

Mark = Literal["seed", "found", "assumed"]
"""Where a row comes from: a manual, a public source, or our own proposal."""

LookupKey = Literal["filing_contract_no", "title_archive_no"]
"""What a house is looked up by: 备案合同号, 房证新档案号."""


@dataclass(frozen=True, slots=True)
class PackageRow:
    """What the package is; it is loaded again when its version rises."""

    code: Code
    version: int
    scheme: Code
    title_zh: str
    title_en: str
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """The office or centre that offers the service; ``placeholder`` until it gives its own.

    ``pays_by`` is how it pays at first (a direct line, or files of one form), ``batch_limit``
    the most payments of a file.
    """

    code: Annotated[str, Pattern(r"[a-z][a-z0-9_]*")]
    name_zh: str
    name_en: str
    short_name_zh: str
    short_name_en: str
    hall_name_zh: str
    hall_name_en: str
    office_word_zh: str
    office_word_en: str
    seal: Annotated[str, Pattern(r"[a-z0-9-]+\.svg")]
    hotline: str
    hours_zh: str
    hours_en: str
    address_zh: str
    address_en: str
    payer_account: Digits
    payer_bank_code: str
    payer_name: str
    bank_opens: dt.time | None
    bank_closes: dt.time | None
    pays_by: Literal["simulator", "pain001", "csv"]
    batch_limit: int
    host_name: Blank
    number_prefix: Annotated[str, Pattern(r"[A-Z]{2}")]
    agreement_title_zh: str
    agreement_title_en: str
    agreement_version: str
    privacy_version: str
    placeholder: bool
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """The money withdrawn from; ``flow`` names the wizard, ``word`` is 支取 or 提取."""

    code: Code
    agency: str
    flow: Literal["subsidy", "fund"]
    name_zh: str
    name_en: str
    word_zh: str
    word_en: str
    commitment_version: str
    notice_version: str
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A withdrawal reason (支取原因); intervals in months, empty = no limit."""

    scheme: str
    seq: int
    code: Code
    name_zh: str
    name_en: str
    short_name_zh: str
    short_name_en: str
    group_zh: str
    group_en: str
    kinds: tuple[Kind, ...]
    default_kind: Kind
    closes_account: Closes
    national_code: Digits
    needs_subtype: bool
    subtypes: tuple[str, ...]
    needs_property_lookup: bool
    lookup_keys: tuple[LookupKey, ...]
    allowed_banks: tuple[str, ...]
    required_card_class: Annotated[str, Pattern("I|II|III")] | None
    payee_rule: Literal["own", "heir"]
    amount_rule: str
    amount_rule_zh: str
    amount_rule_en: str
    min_interval_months: int | None
    max_times_per_house: int | None
    approvals_required: int
    help_zh: str
    help_en: str
    enabled: bool
    valid_from: dt.date | None
    valid_to: dt.date | None
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material type; files are counted in pages, ``reusable_months`` 0 = never reused."""

    code: Code
    slug: Code
    category: Code
    name_zh: str
    name_en: str
    origin: Origin
    min_files: int
    max_files: int
    extensions: tuple[Literal["jpg", "jpeg", "png", "pdf", "heic"], ...]
    max_mb_per_file: int
    personal_data_class: Literal["personal", "sensitive"]
    data_share_source: Code
    reusable_months: int
    help_zh: str
    help_en: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One material asked for by a reason and kind; one of a group of alternatives is enough."""

    scheme: str
    reason_code: str
    kind: Kind
    material_code: str
    need: Need
    condition_key: Blank
    condition_zh: Blank
    condition_en: Blank
    alternative_group: Blank
    valid_from: dt.date | None
    valid_to: dt.date | None
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class ReturnReasonRow:
    """Why a case or a material is sent back or refused, and what may then be changed."""

    code: Code
    level: Literal["material", "case"]
    outcome: Literal["return", "not_accepted", "rejected", "lapsed"]
    label_zh: str
    label_en: str
    text_zh: str
    text_en: str
    reopens: tuple[
        Literal["materials", "profile", "payee", "house", "reason", "amount", "form", "none"],
        ...,
    ]
    needs_note: bool
    placeholders: tuple[str, ...]
    valid_from: dt.date | None
    valid_to: dt.date | None
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A number of the rules in the unit given; empty = no limit, where that is allowed."""

    key: Code
    value: Decimal | None
    unit: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    mark: Mark
    basis: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact that amounts or conditions depend on; ``options`` are value:zh:en, or 1..12."""

    key: Code
    source: Literal["registry", "asked", "derived", "staff"]
    type: Literal["money", "int", "bool", "choice", "date", "text"]
    unit: Blank
    options: tuple[str, ...]
    question_zh: str
    question_en: str
    hint_zh: Blank
    hint_en: Blank
    page: Literal["basic", "reason", "house", "payee"]
    used_by: tuple[str, ...]
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class SampleCaseRow:
    """Circumstances and what must follow from them; money in yuan, facts are key=value."""

    name: str
    reason: str
    kind: Kind
    facts: tuple[str, ...]
    available: Decimal
    expected_amount: Decimal | None
    expected_materials: tuple[str, ...]
