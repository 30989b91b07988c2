"""The tables of the hall: columns, relations, what a row can say of itself. No rules."""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.columns import Codes, Moment, Money, Sealed, SealedJson, Word, new_seal_id
from app.domain import lifecycle
from app.domain.feedback import Rating
from app.domain.terms import (
    AccountState,
    Capacity,
    Channel,
    ClockHolder,
    Closes,
    ContactState,
    DayKind,
    ExportStatus,
    Gender,
    IdentityState,
    Kind,
    LedgerCode,
    Need,
    NoticeStatus,
    OrderEnd,
    OrderState,
    Origin,
    PayoutStatus,
    Role,
    Status,
    Verdict,
)  # fmt: skip

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = dict[str, Any]


def refers_to(target: str, **kw: Any) -> Any:
    """Return an indexed foreign key."""
    return mapped_column(sa.ForeignKey(target), index=True, **kw)


def two_hands(*, waits_once: str, people: str) -> tuple[sa.Index, sa.CheckConstraint]:
    """Return what guards a ``BroughtFile``: it waits once, and two people settle it."""
    open_ = sa.text("settled_at IS NULL")
    return (
        sa.Index(
            waits_once, "agency_id", "sha256", unique=True,
            sqlite_where=open_, postgresql_where=open_,
        ),
        sa.CheckConstraint("settled_by <> brought_by", name=people),
    )  # fmt: skip


class HasSeal:
    """A row with sealed values: they are bound to its random name."""

    seal_id: Mapped[str] = mapped_column(sa.String(16), default=new_seal_id)


class OfAgency:
    """A row that belongs to one agency; staff of another never see it."""

    @declared_attr
    def agency_id(cls) -> Mapped[int]:
        """Return the agency's key."""
        return mapped_column(sa.ForeignKey("agency.id"), index=True)


class BroughtFile(HasSeal, OfAgency):
    """A file with money that one person brought, until another posts or refuses it; sealed."""

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    rows: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Money)
    content_sealed: Mapped[str] = mapped_column(sa.Text)
    brought_by: Mapped[int] = refers_to("ab_user.id")
    brought_name: Mapped[str] = mapped_column(sa.String(100))
    brought_at: Mapped[dt.datetime] = mapped_column(Moment)
    settled_by: Mapped[int | None] = refers_to("ab_user.id")
    settled_name: Mapped[str] = mapped_column(sa.String(100), default="")
    settled_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    refused_why: Mapped[str] = mapped_column(sa.String(200), default="")

    content = Sealed()

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Dated:
    """A reference row with the days it is in force and the package version it came with."""

    valid_from: Mapped[dt.date] = mapped_column(default=dt.date(1999, 1, 1))
    valid_to: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1)
    mark: Mapped[str] = mapped_column(sa.String(16), default="")
    basis: Mapped[str] = mapped_column(sa.Text, default="")


# --- agencies and what they offer -------------------------------------------------------------


class Agency(Model):
    """An organisation that runs withdrawals: name, seal, hotline, bank, hours are its data."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    short_name_zh: Mapped[str] = mapped_column(sa.String(50))
    short_name_en: Mapped[str] = mapped_column(sa.String(100))
    hall_name_zh: Mapped[str] = mapped_column(sa.String(100))
    hall_name_en: Mapped[str] = mapped_column(sa.String(200))
    office_word_zh: Mapped[str] = mapped_column(sa.String(20))
    office_word_en: Mapped[str] = mapped_column(sa.String(50))
    seal: Mapped[str] = mapped_column(sa.String(100))
    hotline: Mapped[str] = mapped_column(sa.String(40))
    hours_zh: Mapped[str] = mapped_column(sa.String(200))
    hours_en: Mapped[str] = mapped_column(sa.String(200))
    address_zh: Mapped[str] = mapped_column(sa.String(200))
    address_en: Mapped[str] = mapped_column(sa.String(200))
    payer_account: Mapped[str] = mapped_column(sa.String(40))
    payer_bank_code: Mapped[str] = mapped_column(sa.String(16))
    payer_name: Mapped[str] = mapped_column(sa.String(100))
    bank_opens: Mapped[dt.time | None]
    bank_closes: Mapped[dt.time | None]
    host_name: Mapped[str] = mapped_column(sa.String(100), default="")
    number_prefix: Mapped[str] = mapped_column(sa.String(4), unique=True)
    agreement_title_zh: Mapped[str] = mapped_column(sa.String(100))
    agreement_title_en: Mapped[str] = mapped_column(sa.String(200))
    agreement_zh: Mapped[str] = mapped_column(sa.Text)
    agreement_en: Mapped[str] = mapped_column(sa.Text)
    agreement_version: Mapped[str] = mapped_column(sa.String(16))
    privacy_zh: Mapped[str] = mapped_column(sa.Text, default="")
    privacy_en: Mapped[str] = mapped_column(sa.Text, default="")
    placeholder: Mapped[bool] = mapped_column(default=True)
    pays_by: Mapped[str] = mapped_column(
        sa.String(16), default="simulator", server_default="simulator"
    )
    batch_limit: Mapped[int] = mapped_column(default=10000, server_default="10000")
    payouts_stopped: Mapped[str] = mapped_column(sa.String(200), default="")

    schemes: Mapped[list["Scheme"]] = relationship(back_populates="agency")

    def __str__(self) -> str:
        """Return the short name."""
        return self.short_name_zh


class Scheme(OfAgency, Model):
    """A service of an agency: the subsidy (支取) or the fund (提取)."""

    __tablename__ = "scheme"
    __table_args__ = (sa.UniqueConstraint("agency_id", "code", name="one_scheme_a_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(32))
    flow: Mapped[str] = mapped_column(sa.String(16))
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    word_zh: Mapped[str] = mapped_column(sa.String(20))
    word_en: Mapped[str] = mapped_column(sa.String(50))
    notice_zh: Mapped[str] = mapped_column(sa.Text, default="")
    notice_en: Mapped[str] = mapped_column(sa.Text, default="")
    package_code: Mapped[str] = mapped_column(sa.String(64))

    agency: Mapped[Agency] = relationship(back_populates="schemes")

    def __str__(self) -> str:
        """Return the name."""
        return self.name_zh


class OfScheme(OfAgency):
    """A row of one scheme of one agency."""

    @declared_attr
    def scheme_id(cls) -> Mapped[int]:
        """Return the scheme's key."""
        return mapped_column(sa.ForeignKey("scheme.id"), index=True)

    @declared_attr
    def scheme(cls) -> Mapped[Scheme]:
        """Return the scheme."""
        return relationship(Scheme)


class PackageVersion(Model):
    """A service package that was loaded: which, which version, when, by whom."""

    __tablename__ = "package_version"
    __table_args__ = (sa.UniqueConstraint("code", "version", name="one_load_a_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    loaded_at: Mapped[dt.datetime] = mapped_column(Moment)
    counts: Mapped[Json] = mapped_column(sa.JSON, default=dict)


class WithdrawalReason(OfScheme, Dated, Model):
    """One of the reasons for which a scheme pays (支取原因)."""

    __tablename__ = "withdrawal_reason"
    __table_args__ = (
        sa.UniqueConstraint(
            "agency_id", "scheme_id", "code", "valid_from", name="one_reason_a_day"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(32), index=True)
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    short_name_zh: Mapped[str] = mapped_column(sa.String(50), default="")
    group_zh: Mapped[str] = mapped_column(sa.String(50), default="")
    group_en: Mapped[str] = mapped_column(sa.String(100), default="")
    kinds: Mapped[tuple[str, ...]] = mapped_column(Codes)
    default_kind: Mapped[Kind] = mapped_column(Word(Kind))
    closes_account: Mapped[Closes] = mapped_column(Word(Closes))
    national_code: Mapped[str] = mapped_column(sa.String(4))
    subtypes: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    needs_property_lookup: Mapped[bool] = mapped_column(default=False)
    lookup_keys: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    allowed_banks: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    required_card_class: Mapped[str] = mapped_column(sa.String(8), default="")
    payee_rule: Mapped[str] = mapped_column(sa.String(8), default="own")
    amount_rule: Mapped[str] = mapped_column(sa.String(40))
    amount_rule_zh: Mapped[str] = mapped_column(sa.Text)
    amount_rule_en: Mapped[str] = mapped_column(sa.Text)
    min_interval_months: Mapped[int | None]
    max_times_per_house: Mapped[int | None]
    approvals_required: Mapped[int] = mapped_column(default=2)
    help_zh: Mapped[str] = mapped_column(sa.Text, default="")
    help_en: Mapped[str] = mapped_column(sa.Text, default="")
    enabled: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        """Return the name."""
        return self.name_zh


class MaterialType(OfScheme, Dated, Model):
    """A kind of paper that may be asked for (材料)."""

    __tablename__ = "material_type"
    __table_args__ = (
        sa.UniqueConstraint(
            "agency_id", "scheme_id", "code", "valid_from", name="one_material_type_a_day"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(16), index=True)
    slug: Mapped[str] = mapped_column(sa.String(64))
    category: Mapped[str] = mapped_column(sa.String(32))
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    min_files: Mapped[int] = mapped_column(default=1)
    max_files: Mapped[int] = mapped_column(default=10)
    extensions: Mapped[tuple[str, ...]] = mapped_column(Codes)
    max_mb_per_file: Mapped[int] = mapped_column(default=5)
    personal_data_class: Mapped[str] = mapped_column(sa.String(16), default="personal")
    data_share_source: Mapped[str] = mapped_column(sa.String(32), default="none")
    reusable_months: Mapped[int] = mapped_column(default=0)
    help_zh: Mapped[str] = mapped_column(sa.Text, default="")
    help_en: Mapped[str] = mapped_column(sa.Text, default="")

    def __str__(self) -> str:
        """Return the name."""
        return self.name_zh


class MaterialRequirement(OfScheme, Dated, Model):
    """Which paper a reason asks for in a kind of withdrawal, and when."""

    __tablename__ = "material_requirement"
    __table_args__ = (
        sa.UniqueConstraint(
            "agency_id", "scheme_id", "reason_code", "kind", "material_code", "condition_key",
            "valid_from", name="one_requirement_a_day",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    reason_code: Mapped[str] = mapped_column(sa.String(32), index=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    material_code: Mapped[str] = mapped_column(sa.String(16))
    need: Mapped[Need] = mapped_column(Word(Need))
    condition_key: Mapped[str] = mapped_column(sa.String(64), default="")
    condition_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    condition_en: Mapped[str] = mapped_column(sa.String(200), default="")
    alternative_group: Mapped[str] = mapped_column(sa.String(64), default="")

    def __str__(self) -> str:
        """Return reason, kind and paper."""
        return f"{self.reason_code} {self.kind} {self.material_code}"


class ReturnReason(OfScheme, Dated, Model):
    """Why staff send a case back, do not take it in, or refuse it."""

    __tablename__ = "return_reason"
    __table_args__ = (
        sa.UniqueConstraint(
            "agency_id", "scheme_id", "code", "valid_from", name="one_return_reason_a_day"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(8), index=True)
    level: Mapped[str] = mapped_column(sa.String(16))
    outcome: Mapped[str] = mapped_column(sa.String(16))
    label_zh: Mapped[str] = mapped_column(sa.String(100))
    label_en: Mapped[str] = mapped_column(sa.String(200))
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    reopens: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    needs_note: Mapped[bool] = mapped_column(default=False)
    placeholders: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())

    def __str__(self) -> str:
        """Return code and label."""
        return f"{self.code} {self.label_zh}"


class FactDefinition(OfScheme, Dated, Model):
    """A fact on which amounts and papers depend, and the question that asks for it."""

    __tablename__ = "fact_definition"
    __table_args__ = (
        sa.UniqueConstraint(
            "agency_id", "scheme_id", "key", "valid_from", name="one_fact_a_day"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    source: Mapped[str] = mapped_column(sa.String(16))
    type: Mapped[str] = mapped_column(sa.String(16))
    unit: Mapped[str] = mapped_column(sa.String(16), default="")
    options: Mapped[str] = mapped_column(sa.Text, default="")
    question_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    question_en: Mapped[str] = mapped_column(sa.String(300), default="")
    hint_zh: Mapped[str] = mapped_column(sa.Text, default="")
    hint_en: Mapped[str] = mapped_column(sa.Text, default="")
    page: Mapped[str] = mapped_column(sa.String(16), default="")
    used_by: Mapped[str] = mapped_column(sa.Text, default="")

    def __str__(self) -> str:
        """Return the question."""
        return self.question_zh


class PolicySetting(OfScheme, Dated, Model):
    """A number of the fund with the days it is in force: caps, days, rates."""

    __tablename__ = "policy_setting"
    __table_args__ = (
        sa.UniqueConstraint(
            "agency_id", "scheme_id", "key", "valid_from", name="one_setting_a_day"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    value: Mapped[str] = mapped_column(sa.String(64))
    unit: Mapped[str] = mapped_column(sa.String(32), default="")

    def __str__(self) -> str:
        """Return key and value."""
        return f"{self.key} = {self.value}"


class Commitment(OfScheme, Model):
    """A version of the commitment letter (承诺书); the Chinese text decides."""

    __tablename__ = "commitment"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "scheme_id", "version", name="one_letter_a_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(16))
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    valid_from: Mapped[dt.date] = mapped_column(default=dt.date(1999, 1, 1))


# --- national data ----------------------------------------------------------------------------


class Bank(Model):
    """A bank that may receive a payout."""

    __tablename__ = "bank"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    name_en: Mapped[str] = mapped_column(sa.String(100))
    short_name_zh: Mapped[str] = mapped_column(sa.String(50))
    short_name_en: Mapped[str] = mapped_column(sa.String(50))
    cnaps_bank_code: Mapped[str] = mapped_column(sa.String(3))
    bank_kind: Mapped[str] = mapped_column(sa.String(16))
    allowed_schemes: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    debit_card_lengths: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    cnaps_always_required: Mapped[bool] = mapped_column(default=False)
    sort_order: Mapped[int] = mapped_column(default=1000)

    def __str__(self) -> str:
        """Return the short name."""
        return self.short_name_zh


class BankBin(Model):
    """A card prefix: which bank, which length, which kind of card (CD01)."""

    __tablename__ = "bank_bin"
    __table_args__ = (sa.UniqueConstraint("prefix", "card_length", name="one_bank_a_prefix"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(sa.String(12))
    card_length: Mapped[int]
    bank_code: Mapped[str] = mapped_column(sa.String(16), index=True)
    card_kind: Mapped[str] = mapped_column(sa.String(16))

    def __str__(self) -> str:
        """Return the prefix."""
        return self.prefix


class IdDocumentType(Model):
    """A kind of identity document with its pattern and check."""

    __tablename__ = "id_document_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(50))
    name_en: Mapped[str] = mapped_column(sa.String(100))
    regex: Mapped[str] = mapped_column(sa.String(200))
    check_rule: Mapped[str] = mapped_column(sa.String(64))
    national_code: Mapped[str] = mapped_column(sa.String(4))
    birth_and_gender_in_number: Mapped[bool]
    enabled: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        """Return the name."""
        return self.name_zh


class NationalCode(Model):
    """A row of a national code table: provinces, regions, ethnic groups, account states."""

    __tablename__ = "national_code"
    __table_args__ = (sa.UniqueConstraint("table_name", "code", name="one_name_a_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str] = mapped_column(sa.String(12))
    parent_code: Mapped[str] = mapped_column(sa.String(12), default="")
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    seq: Mapped[int] = mapped_column(default=0)

    def __str__(self) -> str:
        """Return the name."""
        return self.name_zh


class WorkingDay(Model):
    """A date that differs from its weekday: public holiday or working day by swap."""

    __tablename__ = "working_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    date: Mapped[dt.date] = mapped_column(unique=True)
    kind: Mapped[DayKind] = mapped_column(Word(DayKind))
    name_zh: Mapped[str] = mapped_column(sa.String(50))
    name_en: Mapped[str] = mapped_column(sa.String(100))

    def __str__(self) -> str:
        """Return date and name."""
        return f"{self.date} {self.name_zh}"


class MessageTemplate(Model):
    """The text of a notice, by event."""

    __tablename__ = "message_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(sa.String(40), unique=True)
    audience: Mapped[str] = mapped_column(sa.String(16))
    channels: Mapped[tuple[str, ...]] = mapped_column(Codes)
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    placeholders: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())

    def __str__(self) -> str:
        """Return the event."""
        return self.event


class FrontNotice(Model):
    """What an office tells everybody on its front page; without an agency it is for all."""

    __tablename__ = "front_notice"
    __table_args__ = (sa.Index("front_notices_by_day", "valid_from", "valid_to"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = refers_to("agency.id")
    title_zh: Mapped[str] = mapped_column(sa.String(100))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime] = mapped_column(Moment)

    agency: Mapped[Agency | None] = relationship(Agency)

    def __str__(self) -> str:
        """Return the title."""
        return self.title_zh


# --- people -----------------------------------------------------------------------------------


class Applicant(HasSeal, Model):
    """A natural person known to the hall; registered when ``user`` is set."""

    __tablename__ = "applicant"
    __table_args__ = (
        sa.UniqueConstraint("id_number_index", name="one_person_a_number"),
        sa.UniqueConstraint("mobile_index", name="one_person_a_mobile"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"), unique=True)
    id_type: Mapped[str] = mapped_column(sa.String(32))
    id_number_sealed: Mapped[str] = mapped_column(sa.Text)
    id_number_index: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(100), index=True)
    gender: Mapped[Gender | None] = mapped_column(Word(Gender))
    ethnicity: Mapped[str] = mapped_column(sa.String(2), default="")
    birth_date: Mapped[dt.date | None]
    mobile_sealed: Mapped[str | None] = mapped_column(sa.Text)
    mobile_index: Mapped[str | None] = mapped_column(sa.String(32))
    address_sealed: Mapped[str | None] = mapped_column(sa.Text)
    verified_how: Mapped[str] = mapped_column(sa.String(32), default="")
    verified_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    identity_state: Mapped[IdentityState | None] = mapped_column(Word(IdentityState))
    payee_rests_until: Mapped[dt.datetime | None] = mapped_column(Moment)
    agreement_version: Mapped[str] = mapped_column(sa.String(16), default="")
    agreement_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    locale: Mapped[str] = mapped_column(sa.String(8), default="zh")
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    id_number = Sealed(index=True)
    mobile = Sealed(index=True)
    address = Sealed()

    user: Mapped[User | None] = relationship(User)
    accounts: Mapped[list["Account"]] = relationship(back_populates="applicant")
    cards: Mapped[list["BankCard"]] = relationship(back_populates="applicant")

    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Staff(HasSeal, OfAgency, Model):
    """A member of an agency's staff; the sealed identity number bars the own case."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    number: Mapped[str] = mapped_column(sa.String(20), default="")
    id_number_sealed: Mapped[str | None] = mapped_column(sa.Text)
    id_number_index: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    toured_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    id_number = Sealed(index=True)

    user: Mapped[User] = relationship(User)
    agency: Mapped[Agency] = relationship(Agency)
    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="staff", order_by="RoleGrant.id"
    )

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class RoleGrant(Model):
    """A role that a member of staff was given: from and until which day, by whom and why."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = refers_to("staff.id")
    role: Mapped[Role] = mapped_column(Word(Role))
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date | None] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(sa.String(200), default="")
    given_by: Mapped[int | None] = refers_to("ab_user.id")
    given_name: Mapped[str] = mapped_column(sa.String(100), default="")
    given_at: Mapped[dt.datetime] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    reminded_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    staff: Mapped["Staff"] = relationship(back_populates="grants")


class BankCard(HasSeal, Model):
    """A receiving account that an applicant stated as the own one."""

    __tablename__ = "bank_card"
    __table_args__ = (
        sa.UniqueConstraint("applicant_id", "number_index", name="one_row_a_card"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applicant_id: Mapped[int] = refers_to("applicant.id")
    number_sealed: Mapped[str] = mapped_column(sa.Text)
    number_index: Mapped[str] = mapped_column(sa.String(32), index=True)
    last_four: Mapped[str] = mapped_column(sa.String(4))
    bank_code: Mapped[str] = mapped_column(sa.String(16))
    card_class: Mapped[str] = mapped_column(sa.String(4), default="I")
    card_class_checked: Mapped[bool] = mapped_column(default=False)
    holder_check: Mapped[str] = mapped_column(sa.String(16), default="unknown")
    in_use: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)

    number = Sealed(index=True)

    applicant: Mapped[Applicant] = relationship(back_populates="cards")

    def __str__(self) -> str:
        """Return bank and last four digits."""
        return f"{self.bank_code} **** {self.last_four}"


class LoginSession(Model):
    """One signed-in device; ended by log-out, by time, or from another device."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = refers_to("ab_user.id")
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    last_seen_at: Mapped[dt.datetime] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    agent: Mapped[str] = mapped_column(sa.String(200), default="")
    how: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    waits_for: Mapped[str] = mapped_column(sa.String(16), default="", server_default="")
    proven_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    sms_proven_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class KnownDevice(Model):
    """A browser that a person logged in with before: its secret is hashed here."""

    __tablename__ = "known_device"
    __table_args__ = (sa.UniqueConstraint("secret_hash", "user_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = refers_to("ab_user.id")
    secret_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    last_seen_at: Mapped[dt.datetime] = mapped_column(Moment, index=True)


class SecondFactor(HasSeal, Model):
    """The authenticator app of a person (TOTP): its sealed secret and the last step used."""

    __tablename__ = "second_factor"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id"), unique=True)
    secret_sealed: Mapped[str] = mapped_column(sa.Text)
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)

    secret = Sealed()


class RecoveryCode(Model):
    """A code that stands in for a lost authenticator, once; kept as a keyed hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.UniqueConstraint("code_hash"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = refers_to("ab_user.id")
    code_hash: Mapped[str] = mapped_column(sa.String(32))
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class SpentPicture(Model):
    """A picture code that was answered, rightly or wrongly: it is of no use any more."""

    __tablename__ = "spent_picture"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    picture_hash: Mapped[str] = mapped_column(sa.String(32), unique=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)


class OneTimeCode(Model):
    """A code sent by SMS: hashed, bound to its request, single use, few tries, minutes."""

    __tablename__ = "one_time_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_token: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(32))
    mobile_index: Mapped[str] = mapped_column(sa.String(32), index=True)
    asked_index: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    sent_index: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(128))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    expires_at: Mapped[dt.datetime] = mapped_column(Moment)
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(sa.String(45), default="")


class AgreementConsent(OfAgency, Model):
    """That a person agreed to an agency's text: which version of it, its hash, when, from where."""

    __tablename__ = "agreement_consent"
    __table_args__ = (
        sa.UniqueConstraint(
            "applicant_id", "agency_id", "version", name="one_consent_a_version"
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applicant_id: Mapped[int] = refers_to("applicant.id")
    version: Mapped[str] = mapped_column(sa.String(16))
    text_sha256: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[dt.datetime] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(sa.String(45), default="")


class IdentityTask(OfAgency, Model):
    """Somebody whose identity waits for the service or for a person (身份待核验)."""

    __tablename__ = "identity_task"
    __table_args__ = (
        sa.Index(
            "one_open_identity_task", "applicant_id", unique=True,
            sqlite_where=sa.text("state = 'unknown'"),
            postgresql_where=sa.text("state = 'unknown'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applicant_id: Mapped[int] = refers_to("applicant.id")
    state: Mapped[IdentityState] = mapped_column(
        Word(IdentityState), default=IdentityState.UNKNOWN
    )
    why: Mapped[str] = mapped_column(sa.String(32))
    tries: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment)
    next_at: Mapped[dt.datetime | None] = mapped_column(Moment, index=True)
    decided_by: Mapped[int | None] = refers_to("ab_user.id")
    decided_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(sa.String(500), default="")

    applicant: Mapped[Applicant] = relationship()


class ContactChange(HasSeal, OfAgency, Model):
    """A lost mobile: asked for on a page, checked at the counter, confirmed by a second person."""

    __tablename__ = "contact_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    applicant_id: Mapped[int | None] = refers_to("applicant.id")
    id_number_index: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[ContactState] = mapped_column(Word(ContactState), index=True)
    mobile_sealed: Mapped[str] = mapped_column(sa.Text)
    mobile_index: Mapped[str] = mapped_column(sa.String(32), index=True)
    old_mobile_sealed: Mapped[str | None] = mapped_column(sa.Text)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment)
    ends_at: Mapped[dt.datetime] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    checked_by: Mapped[int | None] = refers_to("ab_user.id")
    checked_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = refers_to("ab_user.id")
    decided_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    mobile = Sealed(index=True)
    old_mobile = Sealed()

    applicant: Mapped[Applicant | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        """Return the number that is shown at the counter."""
        return self.number


class LoginFailure(Model):
    """A failed log-in: counted per name typed (hashed) and per address, never shown.

    ``pending``: the password is being compared; until then it counts as wrong.
    """

    __tablename__ = "login_failure"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login_index: Mapped[str] = mapped_column(sa.String(32), index=True)
    address: Mapped[str] = mapped_column(sa.String(45), index=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    pending: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class OutsideIdentity(HasSeal, Model):
    """What another provider knows somebody as: bound with proof, ended by unbinding."""

    __tablename__ = "outside_identity"
    __table_args__ = (
        sa.Index(
            "one_person_a_subject", "provider", "subject_index", unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index(
            "one_subject_a_person", "user_id", "provider", unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(sa.String(32))
    subject_index: Mapped[str] = mapped_column(sa.String(32))
    subject_sealed: Mapped[str | None] = mapped_column(sa.Text)
    user_id: Mapped[int] = refers_to("ab_user.id")
    level: Mapped[str] = mapped_column(sa.String(32), default="")
    bound_at: Mapped[dt.datetime] = mapped_column(Moment)
    last_used_at: Mapped[dt.datetime] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    subject = Sealed()

    user: Mapped[User] = relationship(User)


# --- accounts ---------------------------------------------------------------------------------


class Account(OfScheme, Model):
    """A holder's account in a scheme; its balance is derived from the ledger and kept for lists."""

    __tablename__ = "account"
    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "number", name="one_account_a_number"),
        sa.CheckConstraint("available >= 0 AND held >= 0", name="account_not_negative"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applicant_id: Mapped[int] = refers_to("applicant.id")
    number: Mapped[str] = mapped_column(sa.String(32))
    employer: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[AccountState] = mapped_column(Word(AccountState), default=AccountState.NORMAL)
    opened_on: Mapped[dt.date]
    sealed_on: Mapped[dt.date | None]
    frozen_amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    freeze_order: Mapped[str] = mapped_column(sa.String(64), default="")
    ban_until: Mapped[dt.date | None]
    ban_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    ban_order: Mapped[str] = mapped_column(sa.String(64), default="")
    in_flight: Mapped[bool] = mapped_column(default=False)
    available: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    held: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    closing: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    applicant: Mapped[Applicant] = relationship(back_populates="accounts")
    agency: Mapped[Agency] = relationship(Agency)

    @property
    def balance(self) -> Decimal:
        """Return available and held together, yuan."""
        return self.available + self.held

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class PaidHistory(OfAgency, Model):
    """A withdrawal paid before this hall, imported: it makes the next one a later one."""

    __tablename__ = "paid_history"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = refers_to("account.id")
    reason_code: Mapped[str] = mapped_column(sa.String(32))
    paid_on: Mapped[dt.date]
    amount: Mapped[Decimal] = mapped_column(Money)
    house_key: Mapped[str] = mapped_column(sa.String(64), default="")


class ImportBatch(OfAgency, Model):
    """A file of accounts that was imported: declared and counted rows and total."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    rows: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Money)
    actor_id: Mapped[int | None] = refers_to("ab_user.id")
    at: Mapped[dt.datetime] = mapped_column(Moment)


class AccountFile(BroughtFile, Model):
    """Such a file as one person brought it, until another posts or refuses it; sealed."""

    __tablename__ = "account_file"
    __table_args__ = two_hands(waits_once="one_waiting_account_file", people="two_people_open")

    batch_id: Mapped[int | None] = refers_to("import_batch.id")


class PropertyRecord(HasSeal, Model):
    """A house as the registry knows it; the local stand-in of the property registry."""

    __tablename__ = "property_record"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    filing_contract_no: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    title_archive_no: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    house_sealed: Mapped[str] = mapped_column(sa.Text)

    house = SealedJson()

    def __str__(self) -> str:
        """Return the number under which it is found."""
        return self.filing_contract_no or self.title_archive_no or str(self.id)


# --- cases ------------------------------------------------------------------------------------

OPEN_SQL = "status IN ({})".format(
    ", ".join(f"'{status}'" for status in sorted(lifecycle.OPEN - {Status.PAYEE_FIX}))
)
"""Money may come back from the bank after the next case began: that must always be written."""

BARRING_SQL = f"{OPEN_SQL} AND (capacity = 'self' OR relation_confirmed_at IS NOT NULL)"
"""Somebody who only says to be an heir or proxy keeps the holder from nothing."""


class Application(HasSeal, OfScheme, Model):
    """One request to withdraw from one account on one reason (支取申请); in speech a *case*."""

    __tablename__ = "application"
    __table_args__ = (
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.Index(
            "one_open_case_an_account", "account_id", unique=True,
            sqlite_where=sa.text(BARRING_SQL), postgresql_where=sa.text(BARRING_SQL),
        ),
        sa.Index(
            "one_open_case_a_person", "account_id", "applicant_id", unique=True,
            sqlite_where=sa.text(OPEN_SQL), postgresql_where=sa.text(OPEN_SQL),
        ),
        sa.Index(
            "one_draft_a_reason", "account_id", "applicant_id", "reason_code", unique=True,
            sqlite_where=sa.text("status = 'draft'"), postgresql_where=sa.text("status = 'draft'"),
        ),
        sa.Index(
            "cases_by_queue", "agency_id", "status", "due_on", "id", "assignee_id", "on_hold",
            "investigating", "amount",
        ),
        sa.Index("cases_by_amount", "amount", "id"),
        sa.Index("cases_by_submission", "submitted_at", "id"),
        sa.Index("cases_by_mobile", "agency_id", "mobile_last_four"),
        sa.Index("cases_by_arrival", "agency_id", "submitted_at", "status"),
        sa.Index("cases_by_decision", "agency_id", "decided_at", "status"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    applicant_id: Mapped[int] = refers_to("applicant.id")
    account_id: Mapped[int] = refers_to("account.id")
    capacity: Mapped[Capacity] = mapped_column(Word(Capacity), default=Capacity.SELF)
    relation_confirmed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    reason_id: Mapped[int] = refers_to("withdrawal_reason.id")
    reason_code: Mapped[str] = mapped_column(sa.String(32))
    subtype: Mapped[str] = mapped_column(sa.String(32), default="")
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    status: Mapped[Status] = mapped_column(Word(Status), default=Status.DRAFT, index=True)
    answers: Mapped[Json] = mapped_column(sa.JSON, default=dict)
    pages_done: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    reopened: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    amount_allowed: Mapped[Decimal | None] = mapped_column(Money)
    interest: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    calculation: Mapped[list[Json]] = mapped_column(sa.JSON, default=list)
    payee_name: Mapped[str] = mapped_column(sa.String(100), default="")
    payee_bank_code: Mapped[str] = mapped_column(sa.String(16), default="")
    payee_card_sealed: Mapped[str | None] = mapped_column(sa.Text)
    payee_card_index: Mapped[str | None] = mapped_column(sa.String(32))
    payee_last_four: Mapped[str] = mapped_column(sa.String(4), default="")
    card_check: Mapped[str] = mapped_column(sa.String(16), default="unknown")
    mobile_sealed: Mapped[str | None] = mapped_column(sa.Text)
    mobile_last_four: Mapped[str] = mapped_column(sa.String(4), default="")
    house_key: Mapped[str] = mapped_column(sa.String(64), default="", index=True)
    house_sealed: Mapped[str | None] = mapped_column(sa.Text)
    commitment_id: Mapped[int | None] = refers_to("commitment.id")
    commitment_sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    signed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    signature: Mapped[Json | None] = mapped_column(sa.JSON)
    rule_version: Mapped[int] = mapped_column(default=1)
    approvals_required: Mapped[int] = mapped_column(default=2)
    decision_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    on_hold: Mapped[bool] = mapped_column(default=False)
    hold_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    investigating: Mapped[bool] = mapped_column(default=False)
    assignee_id: Mapped[int | None] = refers_to("ab_user.id")
    channel: Mapped[str] = mapped_column(sa.String(8), default="web")
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    updated_at: Mapped[dt.datetime] = mapped_column(Moment)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    decided_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    paid_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    due_on: Mapped[dt.date | None]
    due_estimated: Mapped[bool] = mapped_column(default=False)
    correction_due_on: Mapped[dt.date | None]
    pay_by: Mapped[dt.date | None]
    scrubbed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    payee_card = Sealed(index=True)
    mobile = Sealed()
    house = SealedJson()

    applicant: Mapped[Applicant] = relationship(Applicant)
    account: Mapped[Account] = relationship(Account)
    agency: Mapped[Agency] = relationship(Agency)
    reason: Mapped[WithdrawalReason] = relationship(WithdrawalReason)
    assignee: Mapped[User | None] = relationship(User)
    materials: Mapped[list["Material"]] = relationship(
        back_populates="application", order_by="Material.id"
    )
    events: Mapped[list["CaseEvent"]] = relationship(
        back_populates="application", order_by="CaseEvent.id"
    )
    return_items: Mapped[list["ReturnItem"]] = relationship(
        back_populates="application", order_by="ReturnItem.id"
    )
    payouts: Mapped[list["Payout"]] = relationship(
        back_populates="application", order_by="Payout.id"
    )
    clocks: Mapped[list["ClockInterval"]] = relationship(order_by="ClockInterval.id")

    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        """Return the number."""
        return self.number or ""


class Material(OfAgency, Model):
    """One kind of paper of a case: its pages and what the reviewer says of it."""

    __tablename__ = "material"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "material_code", name="one_row_a_paper"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = refers_to("application.id")
    material_type_id: Mapped[int] = refers_to("material_type.id")
    material_code: Mapped[str] = mapped_column(sa.String(16))
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    source: Mapped[str] = mapped_column(sa.String(32), default="upload")
    verdict: Mapped[Verdict] = mapped_column(Word(Verdict), default=Verdict.OPEN)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)

    application: Mapped[Application] = relationship(back_populates="materials")
    material_type: Mapped[MaterialType] = relationship(MaterialType)
    pages: Mapped[list["MaterialPage"]] = relationship(
        back_populates="material", order_by="MaterialPage.id"
    )

    def __str__(self) -> str:
        """Return the code of the paper."""
        return self.material_code


class MaterialPage(HasSeal, OfAgency, Model):
    """One page of a paper: a picture made safe, sealed in the storage under ``storage_key``."""

    __tablename__ = "material_page"
    __table_args__ = (sa.Index("pages_by_source", "source_sha256", "agency_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    material_id: Mapped[int] = refers_to("material.id")
    original_name_sealed: Mapped[str | None] = mapped_column(sa.Text)
    storage_key: Mapped[str] = mapped_column(sa.String(100), unique=True)
    source_sha256: Mapped[str] = mapped_column(sa.String(64))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    quality: Mapped[Json] = mapped_column(sa.JSON, default=dict)
    uploaded_at: Mapped[dt.datetime] = mapped_column(Moment)
    removed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    purged_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    original_name = Sealed()

    material: Mapped[Material] = relationship(back_populates="pages")


class CaseEvent(OfAgency, Model):
    """One row of a case's history (办理记录); never changed, never deleted."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = refers_to("application.id")
    actor_id: Mapped[int | None] = refers_to("ab_user.id")
    actor_name: Mapped[str] = mapped_column(sa.String(100), default="")
    action: Mapped[str] = mapped_column(sa.String(32))
    from_status: Mapped[Status | None] = mapped_column(Word(Status))
    to_status: Mapped[Status] = mapped_column(Word(Status))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    public: Mapped[bool] = mapped_column(default=True)
    decision_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    """What was signed, with the step that lets the case be paid; it never changes here."""
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)

    application: Mapped[Application] = relationship(back_populates="events")


class ReviewNote(OfAgency, Model):
    """A note for colleagues and the file; the applicant never sees it."""

    __tablename__ = "review_note"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = refers_to("application.id")
    actor_id: Mapped[int] = refers_to("ab_user.id")
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime] = mapped_column(Moment)


class ReturnItem(OfAgency, Model):
    """One line of the return opinion (退单意见): what is wrong, on which paper, where."""

    __tablename__ = "return_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = refers_to("application.id")
    round: Mapped[int]
    return_reason_id: Mapped[int] = refers_to("return_reason.id")
    code: Mapped[str] = mapped_column(sa.String(8))
    material_code: Mapped[str] = mapped_column(sa.String(16), default="")
    page_id: Mapped[int | None] = refers_to("material_page.id")
    mark: Mapped[Json | None] = mapped_column(sa.JSON)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime] = mapped_column(Moment)
    settled_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    application: Mapped[Application] = relationship(back_populates="return_items")
    return_reason: Mapped[ReturnReason] = relationship(ReturnReason)


class ClockInterval(OfAgency, Model):
    """A stretch of time in which one side had the case in hand."""

    __tablename__ = "clock_interval"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = refers_to("application.id")
    holder: Mapped[ClockHolder] = mapped_column(Word(ClockHolder))
    started_at: Mapped[dt.datetime] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)


# --- money ------------------------------------------------------------------------------------


class LedgerAccount(OfAgency, Model):
    """An account of the double-entry ledger: three a holder's account, four an agency."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        sa.Index(
            "one_ledger_account_a_code", "agency_id", "code", unique=True,
            sqlite_where=sa.text("account_id IS NULL"),
            postgresql_where=sa.text("account_id IS NULL"),
        ),
        sa.UniqueConstraint("account_id", "code", name="one_ledger_account_a_holder"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    code: Mapped[LedgerCode] = mapped_column(Word(LedgerCode))


class JournalEntry(OfAgency, Model):
    """One movement of money: postings that sum to zero; never changed, corrected by a new one."""

    __tablename__ = "journal_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    reference: Mapped[str] = mapped_column(sa.String(64), unique=True)
    application_id: Mapped[int | None] = refers_to("application.id")
    payout_id: Mapped[int | None] = refers_to("payout.id")
    value_date: Mapped[dt.date]
    at: Mapped[dt.datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(sa.String(200), default="")

    postings: Mapped[list["Posting"]] = relationship(back_populates="entry")


class Posting(OfAgency, Model):
    """One side of a journal entry: a signed sum on one ledger account."""

    __tablename__ = "posting"
    __table_args__ = (sa.CheckConstraint("amount <> 0", name="posting_not_empty"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = refers_to("journal_entry.id")
    ledger_account_id: Mapped[int] = refers_to("ledger_account.id")
    amount: Mapped[Decimal] = mapped_column(Money)

    entry: Mapped[JournalEntry] = relationship(back_populates="postings")
    ledger_account: Mapped[LedgerAccount] = relationship(LedgerAccount)


class ContributionBatch(OfAgency, Model):
    """A file of money paid in (缴存入账批次) that was posted: what was declared and counted."""

    __tablename__ = "contribution_batch"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "reference", name="one_batch_a_reference"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(64))
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    rows: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Money)
    late: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    actor_id: Mapped[int | None] = refers_to("ab_user.id")
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[dt.datetime] = mapped_column(Moment)

    def __str__(self) -> str:
        """Return the sender's reference."""
        return self.reference


class ContributionFile(BroughtFile, Model):
    """Such a file as one person brought it, until another posts or refuses it; sealed."""

    __tablename__ = "contribution_file"
    __table_args__ = two_hands(waits_once="one_waiting_file", people="two_people_post")

    reference: Mapped[str] = mapped_column(sa.String(64))
    batch_id: Mapped[int | None] = refers_to("contribution_batch.id")


class ContributionLine(OfAgency, Model):
    """One line of such a file and the entry it became."""

    __tablename__ = "contribution_line"
    __table_args__ = (sa.UniqueConstraint("batch_id", "line", name="one_entry_a_file_line"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = refers_to("contribution_batch.id")
    line: Mapped[int]
    account_id: Mapped[int] = refers_to("account.id")
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("journal_entry.id"), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money)


class InterestRun(OfScheme, Model):
    """The yearly settlement of interest (年度结息) of a service: how far it is, what it posted."""

    __tablename__ = "interest_run"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "year", name="one_settlement_a_year"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    year: Mapped[int]
    last_account_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    accounts: Mapped[int] = mapped_column(default=0)
    posted: Mapped[int] = mapped_column(default=0)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    left_out: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[dt.datetime] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class LedgerReversal(OfAgency, Model):
    """The reversal of an entry (红冲): one person asks for it, with proof, another confirms."""

    __tablename__ = "ledger_reversal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("journal_entry.id"), unique=True)
    account_id: Mapped[int] = refers_to("account.id")
    proof: Mapped[str] = mapped_column(sa.Text)
    proposed_by: Mapped[int] = refers_to("ab_user.id")
    proposed_name: Mapped[str] = mapped_column(sa.String(100))
    proposed_at: Mapped[dt.datetime] = mapped_column(Moment)
    confirmed_by: Mapped[int | None] = refers_to("ab_user.id")
    confirmed_name: Mapped[str] = mapped_column(sa.String(100), default="")
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    twin_id: Mapped[int | None] = mapped_column(sa.ForeignKey("journal_entry.id"), unique=True)

    entry: Mapped[JournalEntry] = relationship(JournalEntry, foreign_keys=[entry_id])
    account: Mapped[Account] = relationship(Account)


class Supplement(OfAgency, Model):
    """A supplementary case (补充支取): late money of a closed account on its way to the same card."""

    __tablename__ = "supplement"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), unique=True)
    closing_id: Mapped[int] = refers_to("application.id")
    account_id: Mapped[int] = refers_to("account.id")
    opened_by: Mapped[int | None] = refers_to("ab_user.id")
    opened_at: Mapped[dt.datetime] = mapped_column(Moment)


class PayoutBatch(OfAgency, Model):
    """Payouts that go to the bank together."""

    __tablename__ = "payout_batch"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    count: Mapped[int] = mapped_column(default=0)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    prepared_by: Mapped[int | None] = refers_to("ab_user.id")
    prepared_at: Mapped[dt.datetime] = mapped_column(Moment)
    released_by: Mapped[int | None] = refers_to("ab_user.id")
    released_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    def __str__(self) -> str:
        """Return the number."""
        return self.number


LIVE_SQL = "status IN ({})".format(
    ", ".join(f"'{word}'" for word in sorted(lifecycle.PAYOUT_LIVE))
)


class Payout(HasSeal, OfAgency, Model):
    """One payment of one case (拨付); its bank reference is set once and never changes."""

    __tablename__ = "payout"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "attempt", name="one_payout_an_attempt"),
        sa.CheckConstraint("amount > 0", name="payout_is_positive"),
        sa.Index("payouts_by_status", "status", "due_on", "id"),
        sa.Index("payouts_by_claim", "agency_id", "claimed_at"),
        sa.Index("payouts_by_payment", "agency_id", "paid_at"),
        sa.Index("payouts_of_agency", "agency_id", "status"),
        sa.Index(
            "one_live_payout_a_case", "application_id", unique=True,
            sqlite_where=sa.text(LIVE_SQL), postgresql_where=sa.text(LIVE_SQL),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = refers_to("application.id")
    attempt: Mapped[int] = mapped_column(default=1)
    bank_reference: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    status: Mapped[PayoutStatus] = mapped_column(
        Word(PayoutStatus), default=PayoutStatus.APPROVED
    )
    fence: Mapped[int] = mapped_column(default=0)
    amount: Mapped[Decimal] = mapped_column(Money)
    payee_name: Mapped[str] = mapped_column(sa.String(100))
    payee_bank_code: Mapped[str] = mapped_column(sa.String(16))
    payee_card_sealed: Mapped[str] = mapped_column(sa.Text)
    payee_last_four: Mapped[str] = mapped_column(sa.String(4))
    decision_hash: Mapped[str] = mapped_column(sa.String(64))
    purpose: Mapped[str] = mapped_column(sa.String(200), default="")
    batch_id: Mapped[int | None] = refers_to("payout_batch.id")
    bank_file_id: Mapped[int | None] = refers_to("bank_file.id")
    due_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    claimed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    sent_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    paid_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    queries: Mapped[int] = mapped_column(default=0)
    next_query_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    bank_code_answer: Mapped[str] = mapped_column(sa.String(16), default="")
    bank_text: Mapped[str] = mapped_column(sa.String(200), default="")
    not_found_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    payee_card = Sealed()

    application: Mapped[Application] = relationship(back_populates="payouts")
    batch: Mapped[PayoutBatch | None] = relationship(PayoutBatch)
    agency: Mapped[Agency] = relationship(Agency)

    def __str__(self) -> str:
        """Return the bank reference."""
        return self.bank_reference or ""


class BankMessage(HasSeal, OfAgency, Model):
    """Every byte sent to a bank or got from it, sealed."""

    __tablename__ = "bank_message"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payout_id: Mapped[int | None] = refers_to("payout.id")
    kind: Mapped[str] = mapped_column(sa.String(16))
    request_sealed: Mapped[str | None] = mapped_column(sa.Text)
    answer_sealed: Mapped[str | None] = mapped_column(sa.Text)
    outcome: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[dt.datetime] = mapped_column(Moment)

    request = Sealed()
    answer = Sealed()


class BankFile(HasSeal, OfAgency, Model):
    """A file sent to a bank or got from it, every byte sealed: who, when, hash, count and sum."""

    __tablename__ = "bank_file"
    __table_args__ = (
        sa.Index(
            "one_file_a_hash", "agency_id", "direction", "sha256", unique=True,
            sqlite_where=sa.text("problem = ''"), postgresql_where=sa.text("problem = ''"),
        ),
        sa.Index(
            "one_file_a_number", "agency_id", "direction", "kind", "message_id", unique=True,
            sqlite_where=sa.text("problem = ''"), postgresql_where=sa.text("problem = ''"),
        ),
        sa.Index("files_by_day", "agency_id", "kind", "on_date"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    direction: Mapped[str] = mapped_column(sa.String(4))
    kind: Mapped[str] = mapped_column(sa.String(16))
    form: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(100))
    message_id: Mapped[str] = mapped_column(sa.String(40), default="")
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    rows: Mapped[int] = mapped_column(default=0)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    account: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    on_date: Mapped[dt.date | None]
    opening: Mapped[Decimal | None] = mapped_column(Money)
    closing: Mapped[Decimal | None] = mapped_column(Money)
    batch_id: Mapped[int | None] = refers_to("payout_batch.id")
    about_id: Mapped[int | None] = refers_to("bank_file.id")
    content_sealed: Mapped[str] = mapped_column(sa.Text)
    actor_id: Mapped[int | None] = refers_to("ab_user.id")
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[dt.datetime] = mapped_column(Moment)
    confirmed_by: Mapped[int | None] = refers_to("ab_user.id")
    confirmed_name: Mapped[str] = mapped_column(sa.String(100), default="")
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    done_rows: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(sa.String(200), default="")
    aside_by: Mapped[int | None] = refers_to("ab_user.id")
    aside_name: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")
    aside_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    aside_why: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")

    content = Sealed()

    batch: Mapped[PayoutBatch | None] = relationship(PayoutBatch)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class PayoutResolution(OfAgency, Model):
    """How a payment in doubt was ended by two people: what one said, with proof, another confirmed."""

    __tablename__ = "payout_resolution"
    __table_args__ = (
        sa.Index(
            "one_open_resolution_a_payout", "payout_id", unique=True,
            sqlite_where=sa.text("confirmed_at IS NULL"),
            postgresql_where=sa.text("confirmed_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payout_id: Mapped[int] = refers_to("payout.id")
    outcome: Mapped[PayoutStatus] = mapped_column(Word(PayoutStatus))
    proof: Mapped[str] = mapped_column(sa.Text)
    proposed_by: Mapped[int] = refers_to("ab_user.id")
    proposed_name: Mapped[str] = mapped_column(sa.String(100))
    proposed_at: Mapped[dt.datetime] = mapped_column(Moment)
    confirmed_by: Mapped[int | None] = refers_to("ab_user.id")
    confirmed_name: Mapped[str] = mapped_column(sa.String(100), default="")
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    code: Mapped[str] = mapped_column(sa.String(16), default="", server_default="")

    payout: Mapped[Payout] = relationship(Payout)


class PayoutStop(OfAgency, Model):
    """Why payouts of an agency stand still, and the two people who let them go on."""

    __tablename__ = "payout_stop"
    __table_args__ = (
        sa.Index(
            "one_open_stop_a_reason", "agency_id", "reason", unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    by_installation: Mapped[bool] = mapped_column(default=False)
    stopped_by: Mapped[int | None] = refers_to("ab_user.id")
    stopped_name: Mapped[str] = mapped_column(sa.String(100), default="")
    stopped_at: Mapped[dt.datetime] = mapped_column(Moment)
    again_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    """When the same reason was said again last."""
    proposed_by: Mapped[int | None] = refers_to("ab_user.id")
    proposed_name: Mapped[str] = mapped_column(sa.String(100), default="")
    proposed_why: Mapped[str] = mapped_column(sa.String(200), default="")
    proposed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[int | None] = refers_to("ab_user.id")
    lifted_name: Mapped[str] = mapped_column(sa.String(100), default="")
    lifted_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    agency: Mapped[Agency] = relationship(Agency)


class PayoutUsage(OfAgency, Model):
    """What payments have taken of a scheme's caps on a day; counted with every claim."""

    __tablename__ = "payout_usage"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "on_date", name="one_usage_a_day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    scheme_id: Mapped[int] = refers_to("scheme.id")
    on_date: Mapped[dt.date]
    count: Mapped[int] = mapped_column(default=0)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    small_total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))


class BooksProof(Model):
    """That the books were proven: when, and how many rows broke a rule; never changed."""

    __tablename__ = "books_proof"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    violations: Mapped[int]
    first: Mapped[str] = mapped_column(sa.String(200), default="")


class PayoutProof(OfAgency, Model):
    """A paper that proves what became of a payment or of a line (bank letter); never changed."""

    __tablename__ = "payout_proof"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payout_id: Mapped[int | None] = refers_to("payout.id")
    line_id: Mapped[int | None] = refers_to("statement_line.id")
    name: Mapped[str] = mapped_column(sa.String(200))
    storage_key: Mapped[str] = mapped_column(sa.String(100))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    uploaded_by: Mapped[int] = refers_to("ab_user.id")
    uploaded_name: Mapped[str] = mapped_column(sa.String(100))
    uploaded_at: Mapped[dt.datetime] = mapped_column(Moment)


class StatementFinding(OfAgency, Model):
    """What a line that the bank alone has really is: one said it, another confirmed it.

    A payment goes out by one line and comes back by one: ``direction`` is that of the line.
    """

    __tablename__ = "statement_finding"
    __table_args__ = (
        sa.UniqueConstraint("line_id", name="one_finding_a_line"),
        sa.UniqueConstraint("payout_id", "direction", name="one_finding_a_payout"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("statement_line.id"))
    payout_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payout.id"))
    direction: Mapped[str] = mapped_column(sa.String(8), default="out", server_default="out")
    why: Mapped[str] = mapped_column(sa.Text)
    proposed_by: Mapped[int] = refers_to("ab_user.id")
    proposed_name: Mapped[str] = mapped_column(sa.String(100))
    proposed_at: Mapped[dt.datetime] = mapped_column(Moment)
    confirmed_by: Mapped[int | None] = refers_to("ab_user.id")
    confirmed_name: Mapped[str] = mapped_column(sa.String(100), default="")
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    line: Mapped["StatementLine"] = relationship("StatementLine")


class DayEnd(OfAgency, Model):
    """An agency's money day as it was closed: ledger, payments, bank and pages; never changed.

    Sums of the day in yuan, out and back; ``differences`` names every sum in which they differ.
    """

    __tablename__ = "day_end"
    __table_args__ = (sa.UniqueConstraint("agency_id", "on_date", name="one_end_a_day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    on_date: Mapped[dt.date]
    count_out: Mapped[int]
    ledger_out: Mapped[Decimal] = mapped_column(Money)
    ledger_back: Mapped[Decimal] = mapped_column(Money)
    payouts_out: Mapped[Decimal] = mapped_column(Money)
    payouts_back: Mapped[Decimal] = mapped_column(Money)
    bank_out: Mapped[Decimal] = mapped_column(Money)
    bank_back: Mapped[Decimal] = mapped_column(Money)
    pages_out: Mapped[Decimal] = mapped_column(Money)
    pages_back: Mapped[Decimal] = mapped_column(Money)
    in_transit: Mapped[Decimal] = mapped_column(Money)
    in_flight: Mapped[Decimal] = mapped_column(Money)
    balanced: Mapped[bool]
    differences: Mapped[list[Json]] = mapped_column(sa.JSON)
    closed_at: Mapped[dt.datetime] = mapped_column(Moment)


class BankStatement(OfAgency, Model):
    """A day's complete bank statement that was read and compared."""

    __tablename__ = "bank_statement"
    __table_args__ = (sa.UniqueConstraint("agency_id", "on_date", name="one_statement_a_day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    on_date: Mapped[dt.date]
    lines: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Money)
    only_ours: Mapped[int] = mapped_column(default=0)
    only_theirs: Mapped[int] = mapped_column(default=0)
    differing: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[dt.datetime] = mapped_column(Moment)


class StatementLine(OfAgency, Model):
    """One line of a bank statement and the payout it settles."""

    __tablename__ = "statement_line"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "on_date", "line_no", name="one_row_a_line"),
        sa.Index("lines_by_bucket", "agency_id", "bucket", "on_date"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    on_date: Mapped[dt.date]
    line_no: Mapped[int]
    reference: Mapped[str] = mapped_column(sa.String(32), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    direction: Mapped[str] = mapped_column(sa.String(8))
    payout_id: Mapped[int | None] = refers_to("payout.id")
    bucket: Mapped[str] = mapped_column(sa.String(16), default="")
    payee_tail: Mapped[str] = mapped_column(sa.String(4), default="", server_default="")
    read_at: Mapped[dt.datetime] = mapped_column(Moment)


# --- agreed once, paid each month -------------------------------------------------------------


class StandingOrder(HasSeal, OfScheme, Model):
    """A monthly withdrawal agreed once (约定提取): its terms never change, it only ends."""

    __tablename__ = "standing_order"
    __table_args__ = (
        sa.CheckConstraint("day_of_month BETWEEN 1 AND 31", name="order_day_of_a_month"),
        sa.Index(
            "one_order_an_account", "account_id", unique=True,
            sqlite_where=sa.text("state <> 'ended'"),
            postgresql_where=sa.text("state <> 'ended'"),
        ),
        sa.Index("orders_by_day", "state", "day_of_month", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    account_id: Mapped[int] = refers_to("account.id")
    applicant_id: Mapped[int] = refers_to("applicant.id")
    reason_code: Mapped[str] = mapped_column(sa.String(32))
    rule: Mapped[str] = mapped_column(sa.String(32))
    payee_name: Mapped[str] = mapped_column(sa.String(100))
    payee_bank_code: Mapped[str] = mapped_column(sa.String(16))
    payee_card_sealed: Mapped[str] = mapped_column(sa.Text)
    payee_card_index: Mapped[str] = mapped_column(sa.String(32))
    payee_last_four: Mapped[str] = mapped_column(sa.String(4))
    day_of_month: Mapped[int]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    approvals_required: Mapped[int] = mapped_column(default=2)
    commitment_id: Mapped[int] = refers_to("commitment.id")
    commitment_sha256: Mapped[str] = mapped_column(sa.String(64))
    signed_at: Mapped[dt.datetime] = mapped_column(Moment)
    signature: Mapped[Json] = mapped_column(sa.JSON, default=dict)
    state: Mapped[OrderState] = mapped_column(Word(OrderState), default=OrderState.PROPOSED)
    approved_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    ended_how: Mapped[OrderEnd | None] = mapped_column(Word(OrderEnd))
    ended_by: Mapped[int | None] = refers_to("ab_user.id")
    end_reason: Mapped[str] = mapped_column(sa.String(200), default="")

    payee_card = Sealed(index=True)

    account: Mapped[Account] = relationship(Account)
    applicant: Mapped[Applicant] = relationship(Applicant)
    agency: Mapped[Agency] = relationship(Agency)
    signatures: Mapped[list["OrderSignature"]] = relationship(
        back_populates="order", order_by="OrderSignature.id"
    )
    months: Mapped[list["OrderMonth"]] = relationship(
        back_populates="order", order_by="OrderMonth.month.desc()"
    )

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class OrderSignature(OfAgency, Model):
    """That one member of staff signed the terms of an agreed withdrawal: their hash; for good."""

    __tablename__ = "order_signature"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "actor_id", name="one_signature_a_person"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = refers_to("standing_order.id")
    actor_id: Mapped[int] = refers_to("ab_user.id")
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    terms_hash: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[dt.datetime] = mapped_column(Moment)

    order: Mapped[StandingOrder] = relationship(back_populates="signatures")


class OrderMonth(OfAgency, Model):
    """What one month of an agreed withdrawal came to: its case and sums, or why there is none.

    The journal entries after ``since_entry_id`` up to ``upto_entry_id`` are those the month
    pays; ``contributed``, ``available`` and ``kept`` are yuan.
    """

    __tablename__ = "order_month"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "month", name="one_row_a_month"),
        sa.UniqueConstraint("application_id", name="one_month_a_case"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = refers_to("standing_order.id")
    month: Mapped[dt.date]
    application_id: Mapped[int | None] = mapped_column(sa.ForeignKey("application.id"))
    skipped: Mapped[str] = mapped_column(sa.String(32), default="")
    since_entry_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    upto_entry_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    contributed: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    available: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    kept: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    tried_on: Mapped[dt.date]
    at: Mapped[dt.datetime] = mapped_column(Moment)

    order: Mapped[StandingOrder] = relationship(back_populates="months")
    application: Mapped[Application | None] = relationship(Application)


# --- what leaves on paper ---------------------------------------------------------------------


class MoneyDay(OfAgency, Model):
    """A closed day of an agency's money: its entries and receipts up to two keys, its root."""

    __tablename__ = "money_day"
    __table_args__ = (sa.UniqueConstraint("agency_id", "day", name="one_money_day_a_day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[dt.date]
    rows: Mapped[int]
    last_entry_id: Mapped[int] = mapped_column(sa.BigInteger)
    last_receipt_id: Mapped[int] = mapped_column(sa.BigInteger)
    previous_root: Mapped[str] = mapped_column(sa.String(64))
    tree: Mapped[str] = mapped_column(sa.String(64))
    audit_hash: Mapped[str] = mapped_column(sa.String(64))
    root: Mapped[str] = mapped_column(sa.String(64), unique=True)
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    closed_at: Mapped[dt.datetime] = mapped_column(Moment)


class Receipt(OfAgency, Model):
    """The receipt (回单) of one payment: what it says, as text whose hash its day holds."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(24), unique=True)
    application_id: Mapped[int] = refers_to("application.id")
    payout_id: Mapped[int] = mapped_column(sa.ForeignKey("payout.id"), unique=True)
    check_code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    facts: Mapped[str] = mapped_column(sa.Text)
    issued_at: Mapped[dt.datetime] = mapped_column(Moment)

    application: Mapped[Application] = relationship(Application)
    payout: Mapped[Payout] = relationship(Payout)

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class Dossier(OfAgency, Model):
    """The file of a case (案卷) asked for by somebody: made by the worker, gone after some days."""

    __tablename__ = "dossier"
    __table_args__ = (
        sa.Index(
            "one_dossier_in_the_making", "application_id", "requested_by", unique=True,
            sqlite_where=sa.text("status = 'queued'"),
            postgresql_where=sa.text("status = 'queued'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    application_id: Mapped[int] = refers_to("application.id")
    requested_by: Mapped[int] = refers_to("ab_user.id")
    is_full: Mapped[bool]
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    status: Mapped[ExportStatus] = mapped_column(
        Word(ExportStatus), default=ExportStatus.QUEUED, index=True
    )
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    storage_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    parts: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[dt.datetime] = mapped_column(Moment)
    ready_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    expires_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    application: Mapped[Application] = relationship(Application)


# --- records ----------------------------------------------------------------------------------


class Notice(HasSeal, OfAgency, Model):
    """A message to a person: the outbox of SMS and the inbox on the page."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.Index("notices_by_status", "status", "next_at"),
        sa.Index("notices_by_outside_id", "outside_id", "agency_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(80), unique=True)
    event: Mapped[str] = mapped_column(sa.String(40))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    applicant_id: Mapped[int | None] = refers_to("applicant.id")
    user_id: Mapped[int | None] = refers_to("ab_user.id")
    application_id: Mapped[int | None] = refers_to("application.id")
    mobile_sealed: Mapped[str | None] = mapped_column(sa.Text)
    text_zh_sealed: Mapped[str] = mapped_column(sa.Text)
    text_en_sealed: Mapped[str] = mapped_column(sa.Text)
    outside_id: Mapped[str | None] = mapped_column(sa.String(40))
    status: Mapped[NoticeStatus] = mapped_column(
        Word(NoticeStatus), default=NoticeStatus.QUEUED
    )
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime] = mapped_column(Moment)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    sent_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    read_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    mobile = Sealed()
    text_zh = Sealed()
    text_en = Sealed()


class DataExport(Model):
    """A copy of everything about a person, made when asked for; the file goes after some days."""

    __tablename__ = "data_export"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applicant_id: Mapped[int] = refers_to("applicant.id")
    status: Mapped[ExportStatus] = mapped_column(
        Word(ExportStatus), default=ExportStatus.QUEUED, index=True
    )
    storage_key: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    size: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[dt.datetime] = mapped_column(Moment)
    ready_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    expires_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    downloaded_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class CorrectionRequest(HasSeal, OfAgency, Model):
    """What a person asks to have corrected, and what staff answered (PIPL art. 46)."""

    __tablename__ = "correction_request"
    __table_args__ = (
        sa.Index(
            "one_open_correction_a_value", "applicant_id", "subject", unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
        sa.Index("corrections_by_day", "agency_id", "answered_at", "due_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applicant_id: Mapped[int] = refers_to("applicant.id")
    subject: Mapped[str] = mapped_column(sa.String(16))
    wanted_sealed: Mapped[str | None] = mapped_column(sa.Text)
    why_sealed: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    due_on: Mapped[dt.date]
    answered_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    answered_by: Mapped[int | None] = refers_to("ab_user.id")
    is_granted: Mapped[bool | None]
    answer_sealed: Mapped[str | None] = mapped_column(sa.Text)

    wanted = Sealed()
    why = Sealed()
    answer = Sealed()

    applicant: Mapped[Applicant] = relationship(Applicant)


class Feedback(HasSeal, OfAgency, Model):
    """What somebody says of the service (好差评); a bad one is answered by a day."""

    __tablename__ = "feedback"
    __table_args__ = (sa.Index("feedback_by_day", "agency_id", "created_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    applicant_id: Mapped[int | None] = refers_to("applicant.id")
    application_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("application.id"), unique=True
    )
    rating: Mapped[Rating] = mapped_column(Word(Rating))
    reasons: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    text_sealed: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment)
    due_on: Mapped[dt.date | None]
    answered_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    answered_by: Mapped[int | None] = refers_to("ab_user.id")
    answer_sealed: Mapped[str | None] = mapped_column(sa.Text)
    code_index: Mapped[str | None] = mapped_column(sa.String(32), index=True)

    text = Sealed()
    answer = Sealed()

    application: Mapped[Application | None] = relationship(Application)


class AuditEvent(Model):
    """Who did or read what, when, from where; append-only, each row hashes the one before."""

    __tablename__ = "audit_event"
    __table_args__ = (sa.Index("audit_by_object", "object_type", "object_id", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[int | None] = refers_to("agency.id")
    actor_id: Mapped[int | None] = refers_to("ab_user.id")
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    act: Mapped[str] = mapped_column(sa.String(40), index=True)
    object_type: Mapped[str] = mapped_column(sa.String(40), default="")
    object_id: Mapped[str] = mapped_column(sa.String(40), default="")
    applicant_id: Mapped[int | None] = refers_to("applicant.id")
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    details: Mapped[Json] = mapped_column(sa.JSON, default=dict)
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    request_id: Mapped[str] = mapped_column(sa.String(40), default="")
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)


class AuditDay(Model):
    """A closed day of the audit: which rows it has, its hash over theirs, the file of it."""

    __tablename__ = "audit_day"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[dt.date] = mapped_column(unique=True)
    rows: Mapped[int]
    first_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    last_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    day_hash: Mapped[str] = mapped_column(sa.String(64))
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    closed_at: Mapped[dt.datetime] = mapped_column(Moment)


class JobRun(Model):
    """One run of a job of the worker: when, how long, what it counted, how it ended."""

    __tablename__ = "job_run"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    job: Mapped[str] = mapped_column(sa.String(40), index=True)
    started_at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(sa.String(16), default="running")
    counts: Mapped[Json] = mapped_column(sa.JSON, default=dict)


class IdempotencyKey(Model):
    """The first answer to a form that creates or decides; a repeat gets the same one."""

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.UniqueConstraint("key", "user_id", name="one_answer_a_key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    user_id: Mapped[int] = refers_to("ab_user.id")
    route: Mapped[str] = mapped_column(sa.String(100))
    location: Mapped[str] = mapped_column(sa.String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(Moment, index=True)


class Counter(Model):
    """The last number given in a series; numbers are unique, not free of gaps."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[int] = mapped_column(Id)
