"""What the lines of a receipt are called."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

LINES = (
    ("agency", _l("Office")),
    ("payer", _l("Paid by")),
    ("payee", _l("Payee")),
    ("card", _l("Receiving account")),
    ("bank", _l("Bank")),
    ("service", _l("Service")),
    ("reason", _l("Reason")),
    ("kind", _l("Kind")),
    ("principal", _l("Principal (yuan)")),
    ("interest", _l("Interest (yuan)")),
    ("approved_on", _l("Approved on")),
    ("paid_on", _l("Paid on")),
    ("bank_reference", _l("Bank reference")),
)
"""Which facts a page shows: names and card are masked on the receipt itself."""


def rows_of(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a receipt says, in rows."""
    return [(str(label), facts[name]) for name, label in LINES if facts.get(name)]
