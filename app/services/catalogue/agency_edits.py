"""What the installation's administrator changes on an agency: contact, hours, payer, names."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle, policy
from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role
from app.gateways.bank.ways import DIRECT, FORMS
from app.models import Agency, Payout
from app.services import audit

UNSETTLED = lifecycle.PAYOUT_IN_FLIGHT | {PayoutStatus.PAID}
"""Paid, or perhaps paid, and on no statement yet."""


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
    (pays_by_in_flight) for another way of paying while payments are on their way, and
    (account_unsettled) for another payer account while a statement is awaited. The caller
    commits.
    """
    policy.check_role(actor, Role.INSTALLATION_ADMIN)
    opens, closes = values["bank_opens"], values["bank_closes"]
    if (opens is None) != (closes is None):
        raise Invalid("one of two hours", code="hours_half", field="bank_closes")
    if opens is not None and opens >= closes:
        raise Invalid("closes before it opens", code="hours_order", field="bank_closes")
    _check_way(session, agency, values)
    _check_account(session, agency, values)
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
    if way != agency.pays_by and _any(session, agency, lifecycle.PAYOUT_IN_FLIGHT):
        raise Invalid("payments fly", code="pays_by_in_flight", field="pays_by")


def _check_account(session: Session, agency: Agency, values: Mapping[str, Any]) -> None:
    """Let the payer account change only when its statements have all that was paid from it."""
    account = values.get("payer_account", agency.payer_account)
    if account != agency.payer_account and _any(session, agency, UNSETTLED):
        raise Invalid("a statement is awaited", code="account_unsettled", field="payer_account")


def _any(session: Session, agency: Agency, statuses: Collection[PayoutStatus]) -> bool:
    """Tell whether payments of an agency stand so; its row is locked, so none begins meanwhile."""
    session.execute(sa.select(Agency.id).where(Agency.id == agency.id).with_for_update())
    found = sa.select(Payout.id).where(
        Payout.agency_id == agency.id, Payout.status.in_(statuses)
    )
    return session.scalar(found.limit(1)) is not None
