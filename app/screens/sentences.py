"""What is said when a correction or an edit is refused."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "begins_in_past": _("A change begins today or later; what was in force stays as it was."),
    "row_ended": _("This row has ended. Change the one that is in force now."),
    "later_row": _("A later change is already entered, from %(day)s. Change that one."),
    "code_taken": _("There is a row of this name already."),
    "day_over": _("This day is over."),
    "name_missing": _("Please enter the name as the document has it."),
    "reason_missing": _("Please say why; the audit keeps it."),
    "order_missing": _("Please name the document that orders it."),
    "ban_too_long": _("A bar lasts until %(day)s at most."),
    "amount_negative": _("The sum cannot be below zero."),
    "state_not_by_hand": _("An account closes by what closes it, not by hand."),
    "roles_clash": _("These roles must not meet in one person: who decides does not pay or look after rights, nobody reviews twice, and who audits does nothing else."),
    "roles_missing": _("Please choose at least one role."),
    "role_not_yours": _("You cannot give this role."),
    "until_past": _("The last day lies in the past."),
    "from_after_until": _("The first day comes after the last."),
    "own_rights": _("Nobody changes their own rights. Please ask another administrator."),
    "username_taken": _("This log-in name is taken."),
    "staff_known": _("This person has a log-in already, here or at another agency."),
    "password_too_short": _("The password is too short."),
    "days_turned": _("The last day comes before the first."),
    "hours_half": _("Give both hours, or neither for a bank that never closes."),
    "hours_order": _("The bank closes after it opens."),
    "setting_unknown": _("The hall knows no number of this key."),
    "setting_unit": _("The unit of this number is one of: %(units)s."),
    "setting_no_number": _("Digits alone, with a point for decimals: 50000.00, or 0.015 for 1.5%%."),
    "setting_empty": _("This number must not be empty."),
    "setting_places": _("This number has at most %(places)s decimal places."),
    "setting_range": _("This number is from %(least)s to %(most)s."),
    "not_found": _("This row was not found."),
    "role_missing": _("Your role does not include this."),
}  # fmt: skip
