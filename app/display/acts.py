"""What the acts of the audit are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

ACTS: Mapping[str, Any] = {
    "accounts_imported": _("Accounts imported"),
    "account_corrected": _("Account corrected"),
    "agency_changed": _("Agency changed"),
    "access_refused": _("Access refused"),
    "audit_exported": _("Audit copied"),
    "batch_prepared": _("Batch prepared"),
    "batch_released": _("Batch released"),
    "calendar_changed": _("Calendar changed"),
    "card_changed": _("Receiving card changed"),
    "card_removed": _("Receiving card removed"),
    "deed_refused": _("Deed refused"),
    "login": _("Logged in"),
    "logout": _("Logged out"),
    "material_read": _("Material read"),
    "name_corrected": _("Name corrected"),
    "opened": _("Opened to read"),
    "package_loaded": _("Package loaded"),
    "password_changed": _("Password changed"),
    "payouts_resumed": _("Payments resumed"),
    "payouts_stopped": _("Payments stopped"),
    "profile_changed": _("Profile changed"),
    "reference_added": _("Reference row added"),
    "reference_changed": _("Reference row changed"),
    "registered": _("Registered"),
    "retention": _("What had served its time removed"),
    "reveal": _("Value shown in full"),
    "resolution_discarded": _("Resolution discarded"),
    "staff_changed": _("Staff rights changed"),
    "staff_created": _("Staff taken on"),
}


def act_word(act: str) -> str:
    """Return what an act is called; one without a word is shown as it is stored."""
    return str(ACTS.get(act, act))
