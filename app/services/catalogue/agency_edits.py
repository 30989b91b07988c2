"""What the installation's administrator changes on an agency: contact, hours, payer, names."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle, policy
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.gateways.bank.ways import DIRECT, FORMS
from app.models import Agency, Payout
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

    Raises ``Invalid`` (hours_half, hours_order) for opening hours of the bank that are none, and
    (pays_by_in_flight) for another way of paying while payments are on their way. The caller
    commits.
    """
    policy.check_role(actor, Role.INSTALLATION_ADMIN)
    opens, closes = values["bank_opens"], values["bank_closes"]
    if (opens is None) != (closes is None):
        raise Invalid("one of two hours", code="hours_half", field="bank_closes")
    if opens is not None and opens >= closes:
        raise Invalid("closes before it opens", code="hours_order", field="bank_closes")
    _check_way(session, agency, values)
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


def _check_way(session: Session, agency: Agency, values: Mapping[str, Any]) -> None:
    """Let the way of paying change only when no answer of the old way is awaited.

    The agency's row is locked whole: every taking posts for the agency, so it was kept before
    and is seen, or it waits and is checked against the new way.
    """
    way = values.get("pays_by", agency.pays_by)
    if way != DIRECT and way not in FORMS:
        raise Invalid("no such way", code="choice_invalid", field="pays_by")
    if way == agency.pays_by:
        return
    session.execute(sa.select(Agency.id).where(Agency.id == agency.id).with_for_update())
    flying = sa.select(Payout.id).where(
        Payout.agency_id == agency.id, Payout.status.in_(lifecycle.PAYOUT_IN_FLIGHT)
    )
    if session.scalar(flying.limit(1)) is not None:
        raise Invalid("payments fly", code="pays_by_in_flight", field="pays_by")
