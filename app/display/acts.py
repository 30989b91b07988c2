"""What the acts of the audit are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

ACTS: Mapping[str, Any] = {
    "accounts_imported": _("Accounts imported"),
    "account_corrected": _("Account corrected"),
    "agency_changed": _("Agency changed"),
    "access_refused": _("Access refused"),
    "agreed": _("Agreement accepted"),
    "audit_exported": _("Audit copied"),
    "batch_prepared": _("Batch prepared"),
    "batch_released": _("Batch released"),
    "calendar_changed": _("Calendar changed"),
    "card_changed": _("Receiving card changed"),
    "card_removed": _("Receiving card removed"),
    "contact_asked": _("Change of mobile asked for"),
    "contact_changed": _("Mobile changed at the counter"),
    "contact_checked": _("Document checked at the counter"),
    "contact_refused": _("Change of mobile refused"),
    "correction_asked": _("Correction asked for"),
    "correction_granted": _("Correction made"),
    "correction_refused": _("Correction refused"),
    "deed_refused": _("Deed refused"),
    "devices_ended": _("Devices logged out"),
    "factor_enrolled": _("Second factor set up"),
    "factor_failed": _("Wrong code of the second factor"),
    "factor_removed": _("Second factor taken away"),
    "export_asked": _("Copy of the own data asked for"),
    "export_fetched": _("Copy of the own data fetched"),
    "export_made": _("Copy of the own data made"),
    "identity_refused": _("Identity refused"),
    "identity_verified": _("Identity verified"),
    "key_added": _("Key added"),
    "key_retired": _("Key retired"),
    "keys_rotated": _("Keys changed"),
    "log_in_closed": _("Log-in closed by its holder"),
    "login": _("Logged in"),
    "login_failed": _("Log-in failed"),
    "logout": _("Logged out"),
    "material_read": _("Material read"),
    "name_corrected": _("Name corrected"),
    "new_device": _("Log-in on a new device"),
    "opened": _("Opened to read"),
    "package_loaded": _("Package loaded"),
    "password_changed": _("Password changed"),
    "payouts_resumed": _("Payments resumed"),
    "payouts_stopped": _("Payments stopped"),
    "profile_changed": _("Profile changed"),
    "proved_again": _("Proved again who it is"),
    "recovery_codes_renewed": _("Recovery codes renewed"),
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
