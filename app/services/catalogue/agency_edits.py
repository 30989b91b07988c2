"""What the installation's administrator changes on an agency: contact, hours, payer, names."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Agency
from app.services import audit


def change_agency(
    session: Session,
    agency: Agency,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Bring new values into an agency's row; the audit keeps which, before and after.

    Raises ``Invalid`` (hours_half, hours_order) for opening hours of the bank that are none.
    The caller commits.
    """
    policy.check_role(actor, Role.INSTALLATION_ADMIN)
    opens, closes = values["bank_opens"], values["bank_closes"]
    if (opens is None) != (closes is None):
        raise Invalid("one of two hours", code="hours_half", field="bank_closes")
    if opens is not None and opens >= closes:
        raise Invalid("closes before it opens", code="hours_order", field="bank_closes")
    changed = {
        name: f"{getattr(agency, name)} → {value}"[:200]
        for name, value in values.items()
        if getattr(agency, name) != value
    }
    if not changed:
        return
    for name in changed:
        setattr(agency, name, values[name])
    session.flush()
    audit.record(
        session, "agency_changed", actor=actor, now=now, object_type="agency",
        object_id=agency.id, agency_id=agency.id, changes=changed,
    )  # fmt: skip
