"""The rows of packages in the columns of the tables."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.models import (
    FactDefinition,
    MaterialRequirement,
    MaterialType,
    PolicySetting,
    ReturnReason,
    WithdrawalReason,
)  # fmt: skip
from app.packages.reader import Common, Package

Rows = list[dict[str, Any]]


def banks(common: Common) -> Rows:
    """Return the banks; which scheme they serve is said by the packages."""
    return _picked(
        common.banks, "name_zh", "name_en", "short_name_zh", "short_name_en",
        "cnaps_bank_code", "bank_kind", "cnaps_always_required", "sort_order",
        code="bank_code", debit_card_lengths=lambda row: _texts(row.debit_card_lengths),
    )  # fmt: skip


def bins(common: Common) -> Rows:
    """Return the card prefixes."""
    return _picked(
        common.bank_bins, "card_length", "bank_code", prefix="bin_prefix",
        card_kind="card_subkind",
    )  # fmt: skip


def document_types(common: Common) -> Rows:
    """Return the kinds of identity document in their order."""
    rows = _picked(
        common.id_document_types, "code", "name_zh", "name_en", "regex", "check_rule",
        "national_code", "birth_and_gender_in_number", "enabled",
    )  # fmt: skip
    return [row | {"seq": seq} for seq, row in enumerate(rows, start=1)]


def national_codes(common: Common) -> Rows:
    """Return all national code tables as one: also ``ethnic_group`` and ``region``."""
    plain = ("code", "name_zh", "name_en")
    rows = [
        *_picked(common.national_codes, *plain, "table_name"),
        *(
            row | {"table_name": "ethnic_group"}
            for row in _picked(common.ethnic_groups, *plain)
        ),
        *(
            row | {"table_name": "region"}
            for row in _picked(common.regions, *plain, "parent_code")
        ),
    ]
    return [{"parent_code": ""} | row | {"seq": seq} for seq, row in enumerate(rows, start=1)]


def working_days(common: Common) -> Rows:
    """Return the dates that differ from their weekday."""
    return _picked(common.working_days, "date", "kind", "name_zh", "name_en")


def message_templates(common: Common) -> Rows:
    """Return the texts of notices."""
    return _picked(
        common.message_templates, "event", "audience", "text_zh", "text_en", "placeholders",
        channels=lambda row: _texts(row.channels),
    )  # fmt: skip


def agency(package: Package) -> dict[str, Any]:
    """Return the agency with its agreement and privacy notice."""
    [row] = _picked(
        [package.agency], "code", "name_zh", "name_en", "short_name_zh", "short_name_en",
        "hall_name_zh", "hall_name_en", "office_word_zh", "office_word_en", "seal", "hotline",
        "hours_zh", "hours_en", "address_zh", "address_en", "payer_account", "payer_bank_code",
        "payer_name", "bank_opens", "bank_closes", "pays_by", "batch_limit", "host_name",
        "number_prefix", "agreement_title_zh", "agreement_title_en", "agreement_version",
        "placeholder",
    )  # fmt: skip
    return row | {
        f"{name}_{language}": package.texts[name, language]
        for name in ("agreement", "privacy")
        for language in ("zh", "en")
    }


def scheme(package: Package) -> dict[str, Any]:
    """Return the scheme with its notice (温馨提示)."""
    [row] = _picked(
        [package.scheme], "code", "flow", "name_zh", "name_en", "word_zh", "word_en"
    )
    return row | {
        "package_code": package.about.code,
        "notice_zh": package.texts["notice", "zh"],
        "notice_en": package.texts["notice", "en"],
    }


def of_package(package: Package) -> Iterator[tuple[Any, tuple[str, ...], Rows]]:
    """Return each dated table with its key, the first day aside, and its rows."""
    days = ("valid_from", "valid_to")
    sourced = (*days, "mark", "basis")
    yield WithdrawalReason, ("code",), _reasons(package, sourced)
    yield MaterialType, ("code",), _picked(
        package.materials, "code", "slug", "category", "name_zh", "name_en", "origin",
        "min_files", "max_files", "extensions", "max_mb_per_file", "personal_data_class",
        "data_share_source", "reusable_months", "help_zh", "help_en", *sourced,
    )  # fmt: skip
    yield (
        MaterialRequirement,
        ("reason_code", "kind", "material_code", "condition_key"),
        _picked(
            package.requirements, "reason_code", "kind", "material_code", "need",
            "condition_key", "condition_zh", "condition_en", "alternative_group", *sourced,
        ),
    )  # fmt: skip
    yield ReturnReason, ("code",), _picked(
        package.return_reasons, "code", "level", "outcome", "label_zh", "label_en", "text_zh",
        "text_en", "reopens", "needs_note", "placeholders", *sourced,
    )  # fmt: skip
    yield FactDefinition, ("key",), _picked(
        package.facts, "key", "source", "type", "unit", "question_zh", "question_en", "hint_zh",
        "hint_en", "page", *days,
        options=lambda row: "|".join(row.options), used_by=lambda row: "|".join(row.used_by),
    )  # fmt: skip
    yield PolicySetting, ("key",), _picked(
        package.settings, "key", "unit", *sourced,
        value=lambda row: "" if row.value is None else str(row.value),
    )  # fmt: skip


def _reasons(package: Package, sourced: tuple[str, ...]) -> Rows:
    return _picked(
        package.reasons, "seq", "code", "name_zh", "name_en", "short_name_zh", "group_zh",
        "group_en", "kinds", "default_kind", "closes_account", "national_code", "subtypes",
        "needs_property_lookup", "lookup_keys", "allowed_banks", "payee_rule", "amount_rule",
        "amount_rule_zh", "amount_rule_en", "min_interval_months", "max_times_per_house",
        "approvals_required", "help_zh", "help_en", "enabled", *sourced,
        required_card_class=lambda row: row.required_card_class or "",
    )  # fmt: skip


def _picked(rows: Iterable[Any], *same: str, **other: Any) -> Rows:
    """Return rows by column: of the same name, of another name, or made from the row."""
    return [
        {name: getattr(row, name) for name in same}
        | {
            name: getattr(row, source) if isinstance(source, str) else source(row)
            for name, source in other.items()
        }
        for row in rows
    ]


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
