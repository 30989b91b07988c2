"""The words that code understands in a package beyond the terms of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "commitment_letter": frozenset({
        "office_name", "applicant_name", "id_document_type", "id_number_masked", "scheme_name",
        "reason_name", "bank_name", "card_masked", "refund_days", "signed_at", "version",
        "signature_ref",
    }),
    "notice": frozenset({"office_name", "office_word", "hall_name", "hotline"}),
    "agreement": frozenset({"office_name", "hall_name", "hotline"}),
    "privacy": frozenset({"office_name", "hall_name", "hotline", "address"}),
}  # fmt: skip
"""The texts of a package and the placeholders each may use."""

RETURN_PLACEHOLDERS = frozenset({
    "material_name", "note", "house_key", "limit", "max_amount", "ban_until", "reason_name",
    "application_no", "next_date", "deadline",
})  # fmt: skip
"""What the text of a return reason may name."""

ID_CHECKS = frozenset({"mod11_2", "province", "birth_date", "gender", "regex_only"})
"""The checks on a document number that a ``check_rule`` joins by ``+``."""

MINIMUM_APPROVALS = 2
"""Four eyes: no package may ask for fewer approvals (WF06)."""


@dataclass(frozen=True, slots=True)
class SettingRule:
    """The units of a setting, whether it may be left without a value, its bounds if it has own."""

    units: frozenset[str]
    may_be_empty: bool = False
    least: Decimal | None = None
    most: Decimal | None = None


def _in(
    *units: str, may_be_empty: bool = False, least: str = "", most: str = ""
) -> SettingRule:
    bounds = (Decimal(text) if text else None for text in (least, most))
    return SettingRule(frozenset(units), may_be_empty, *bounds)


SETTINGS: Mapping[str, SettingRule] = {
    "decision_days": _in("working_days", "days"),
    "payout_days": _in("working_days", "days"),
    "clock_amber_days": _in("working_days", "days"),
    "correction_days": _in("working_days", "days"),
    "correction_reminder_days": _in("working_days", "days"),
    "investigation_days": _in("working_days", "days"),
    "investigation_days_outside": _in("working_days", "days"),
    "objection_days": _in("working_days", "days"),
    "refund_days": _in("days"),
    "draft_keep_days": _in("days"),
    "draft_reminder_days": _in("days"),
    "removed_file_keep_days": _in("days"),
    "cancelled_keep_days": _in("days"),
    "refused_keep_days": _in("days"),
    "paid_keep_days": _in("days"),
    "notice_keep_days": _in("days"),
    "request_days": _in("working_days", "days"),
    "feedback_days": _in("working_days"),
    "commitment_valid_months": _in("months"),
    "purchase_window_years": _in("years"),
    "sealed_months": _in("months"),
    "min_balance": _in("yuan"),
    "small_sum_limit": _in("yuan"),
    "third_level_amount": _in("yuan", may_be_empty=True),
    "interest_rate": _in("rate", most="0.2"),
    "interest_basis": _in("days", least="360", most="366"),
    "purchase_cap": _in("yuan", may_be_empty=True),
    "rent_flat_single": _in("yuan"),
    "rent_flat_couple": _in("yuan"),
    "rent_filed_cap": _in("yuan", may_be_empty=True),
    "rent_multi_child_factor": _in("factor", least="1"),
    "decoration_cap_share": _in("share"),
    "decoration_cap": _in("yuan"),
    "property_fee_year_cap": _in("yuan"),
    "approved_cost_cap": _in("yuan", may_be_empty=True),
    "lift_cap": _in("yuan", may_be_empty=True),
    "medical_cap": _in("yuan", may_be_empty=True),
    "hardship_cap": _in("yuan"),
    "family_may_apply": _in("flag"),
    "standing_orders": _in("flag"),
    "ban_years": _in("years"),
    "loan_fraud_ban_years": _in("years"),
    "batch_limit": _in("count", least="1"),
    "payout_run_limit": _in("yuan", may_be_empty=True),
    "payout_day_count": _in("count", may_be_empty=True),
    "payout_day_limit": _in("yuan", may_be_empty=True),
    "release_by_people": _in("flag"),
    "small_batch_limit": _in("yuan", may_be_empty=True),
}
"""Every setting there is; a package gives each of them, with no day left out."""

PLACES: Mapping[str, int] = {"yuan": 2, "rate": 6, "share": 4, "factor": 4}
"""Decimal places that a unit may have; any other unit is counted in whole numbers."""

MOST: Mapping[str, Decimal] = {
    "yuan": Decimal(10**11), "rate": Decimal(1), "share": Decimal(1), "factor": Decimal(10),
    "flag": Decimal(1), "working_days": Decimal(366), "days": Decimal(36_525),
    "months": Decimal(1200), "years": Decimal(100), "count": Decimal(10**6),
}  # fmt: skip
"""The most a number in a unit can sensibly be; more is a slip of who typed it."""
