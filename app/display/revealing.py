"""What masked values, reasons to look at them, and subjects of corrections are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

REASONS: Mapping[str, Any] = {
    "compare": _("Compare with the papers"),
    "call": _("Reach the applicant"),
    "bank": _("Clear up a payment with the bank"),
    "counter": _("The person stands at the counter"),
    "complaint": _("Answer a question or complaint"),
}

VALUES: Mapping[str, Any] = {
    "name": _("Name"),
    "holder": _("Holder"),
    "id-number": _("Document number"),
    "mobile": _("Mobile"),
    "account": _("Account"),
    "card": _("Receiving account"),
    "address": _("Address"),
    "house": _("Address of the house"),
}

SUBJECTS: Mapping[str, Any] = {
    "name": _("Name"),
    "gender": _("Gender"),
    "birth_date": _("Date of birth"),
    "ethnicity": _("Ethnic group"),
    "other": _("Something else"),
}
"""What a correction may be about."""
