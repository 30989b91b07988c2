"""Codes of reference data in words, by what they are a code of."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _

Words = Mapping[str, Any]

SETTINGS: Words = {
    "decision_days": _("Days to decide"),
    "payout_days": _("Days to pay"),
    "clock_amber_days": _("Days before the limit that warn"),
    "correction_days": _("Days to correct"),
    "correction_reminder_days": _("Days before the correction ends that remind"),
    "investigation_days": _("Days of a check in the city"),
    "investigation_days_outside": _("Days of a check outside the city"),
    "objection_days": _("Days to answer an objection"),
    "refund_days": _("Days to pay back"),
    "draft_keep_days": _("Days a draft is kept"),
    "draft_reminder_days": _("Days before a draft ends that remind"),
    "removed_file_keep_days": _("Days a page taken away is kept"),
    "cancelled_keep_days": _("Days papers of a withdrawn application are kept"),
    "refused_keep_days": _("Days papers of a refused application are kept"),
    "paid_keep_days": _("Days papers of a paid application are kept"),
    "notice_keep_days": _("Days messages are kept"),
    "request_days": _("Days to answer a request about personal data"),
    "feedback_days": _("Days to answer a bad rating"),
    "commitment_valid_months": _("Months a commitment letter holds"),
    "purchase_window_years": _("Years after a purchase"),
    "sealed_months": _("Months sealed before closing"),
    "min_balance": _("Least that stays in the account"),
    "small_sum_limit": _("Limit of a small sum"),
    "third_level_amount": _("Sum above which one more review is due"),
    "interest_rate": _("Yearly interest rate"),
    "interest_basis": _("Days of an interest year"),
    "purchase_cap": _("Most for a purchase"),
    "rent_flat_single": _("Rent a month for one person"),
    "rent_flat_couple": _("Rent a month for a couple"),
    "rent_filed_cap": _("Rent a month with a filed lease"),
    "rent_multi_child_factor": _("Factor for families with several children"),
    "decoration_cap_share": _("Share of the decoration invoice"),
    "decoration_cap": _("Most for decoration"),
    "property_fee_year_cap": _("Most a year for property fees"),
    "approved_cost_cap": _("Most for building or overhaul"),
    "lift_cap": _("Most for a lift"),
    "medical_cap": _("Most for medical cost"),
    "hardship_cap": _("Most in hardship"),
    "family_may_apply": _("Family may withdraw too"),
    "standing_orders": _("Monthly withdrawal may be agreed once"),
    "ban_years": _("Years of a bar"),
    "loan_fraud_ban_years": _("Years of a bar after loan fraud"),
    "batch_limit": _("Most payments in a batch"),
    "payout_run_limit": _("Most yuan in a run"),
    "payout_day_count": _("Most payments in a day"),
    "payout_day_limit": _("Most yuan in a day"),
    "release_by_people": _("Batches are released by people"),
    "small_batch_limit": _("Yuan a day that leave without a release"),
}
"""Numbers of the fund, by key."""

UNITS: Words = {
    "count": _("number"),
    "rate": _("rate"),
    "working_days": _("working days"),
    "yuan": _("yuan"),
    "days": _("days"),
    "factor": _("factor"),
    "years": _("years"),
    "share": _("share"),
    "times": _("times"),
    "flag": _("yes (1) or no (0)"),
    "months": _("months"),
    "month": _("months"),
}
"""Units of numbers and facts."""

SOURCES: Words = {
    "asked": _("asked of the applicant"),
    "registry": _("from the property registry"),
    "derived": _("worked out"),
    "staff": _("entered by staff"),
}
"""Where a fact comes from."""

TYPES: Words = {
    "money": _("sum"),
    "choice": _("choice"),
    "int": _("whole number"),
    "bool": _("yes or no"),
    "date": _("date"),
}
"""What a fact is."""

PAGES: Words = {
    "basic": _("Basic information"),
    "house": _("House"),
    "payee": _("Receiving account"),
    "reason": _("Reason of the withdrawal"),
}
"""Where a fact is asked."""

REOPENS: Words = {
    "materials": _("materials"),
    "profile": _("profile"),
    "amount": _("amount"),
    "form": _("commitment letter"),
    "none": _("nothing"),
}
"""What a return opens for correction, beside the pages."""

CATEGORIES: Words = {
    "identity": _("Identity"),
    "family": _("Family"),
    "loan": _("Loan"),
    "rent": _("Rent"),
    "leaving": _("Leaving"),
    "inheritance": _("Inheritance"),
    "hardship": _("Hardship"),
    "other_housing": _("Other housing"),
    "other": _("Other"),
}
"""Kinds of papers."""

BANK_KINDS: Words = {
    "state": _("State bank"),
    "joint_stock": _("Joint-stock bank"),
    "city": _("City bank"),
    "rural": _("Rural bank"),
    "postal": _("Postal bank"),
}
"""Kinds of banks."""

AMOUNT_RULES: Words = {
    "posted_subsidy_balance": _("Posted subsidy balance"),
    "purchase_remaining": _("What the purchase leaves open"),
    "approved_cost_remaining": _("What the approved cost leaves open"),
    "loan_paid_12m": _("Loan repaid in twelve months"),
    "rent_cap": _("Rent up to a limit"),
    "invoice_cap": _("Invoice up to a limit"),
    "decoration_cap": _("Decoration up to a limit"),
    "property_fee_cap": _("Property fee up to a limit"),
    "medical_12m": _("Medical cost of twelve months"),
    "hardship_cap": _("Hardship up to a limit"),
    "closing_full": _("Whole balance"),
    "manual": _("Set by staff"),
}
"""Rules of the amount."""

CARD_CLASSES: Words = {"I": _("Class I"), "II": _("Class II"), "III": _("Class III")}
"""Classes of bank accounts."""

TABLES: Words = {
    "agency": _("Agencies"),
    "scheme": _("Services"),
    "withdrawal_reason": _("Reasons"),
    "material_type": _("Material types"),
    "material_requirement": _("Requirements"),
    "return_reason": _("Return reasons"),
    "fact_definition": _("Facts"),
    "policy_setting": _("Numbers of the fund"),
    "bank": _("Banks"),
    "bank_bin": _("Card prefixes"),
    "id_document_type": _("Kinds of identity document"),
    "national_code": _("National codes"),
    "working_day": _("Working days"),
    "message_template": _("Texts of messages"),
}
"""Tables that packages fill."""


def said(words: Words, code: str) -> str:
    """Return a code in words; one without a word is shown as it is stored."""
    return str(words.get(code, code))


def all_said(words: Words, codes: Iterable[str] | None) -> str:
    """Return several codes in words, with commas."""
    return ", ".join(said(words, code) for code in codes or ())
