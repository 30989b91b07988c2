"""What a supervisor corrects on people and accounts, with a reason, in the audit."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import Invalid, ManyProblems, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import AccountState, Role
from app.domain.workdays import local_date
from app.models import Account, Applicant
from app.services import audit
from app.services.accounting import entries
from app.services.people import bans
from app.services.staff import standing

ZERO = Decimal(0)
BY_HAND = frozenset(
    {AccountState.NORMAL, AccountState.SEALED, AccountState.FROZEN, AccountState.OTHER}
)
"""States that staff set; the closed ones come with what closes an account."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an account is to be; ``frozen_amount`` in yuan, needs the order of the freeze."""

    employer: str
    state: AccountState
    frozen_amount: Decimal
    freeze_order: str
    ban_until: dt.date | None
    ban_reason: str
    ban_order: str


def correct_name(
    session: Session,
    applicant: Applicant,
    *,
    name: str,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Correct the name of a holder of the agency; the audit says that, and why, not the name.

    Raises ``NotAllowed`` for another agency's person, ``Invalid`` for an empty name or reason.
    The caller commits.
    """
    policy.check_role(actor, Role.SUPERVISOR)
    held = sa.select(Account.id).where(
        Account.applicant_id == applicant.id, Account.agency_id == actor.agency_id
    )
    if session.scalar(held.limit(1)) is None:
        raise NotAllowed("another agency's holder", code="not_found")
    _check_other(session, applicant, actor=actor, now=now)
    written = " ".join(unicodedata.normalize("NFKC", name).split())
    problems: list[Any] = []
    if not written:
        problems.append(Invalid("no name", code="name_missing", field="name"))
    if not reason.strip():
        problems.append(Invalid("no reason", code="reason_missing", field="reason"))
    if problems:
        raise ManyProblems(problems)
    if written == applicant.name:
        return
    applicant.name = written
    session.flush()
    audit.record(
        session, "name_corrected", actor=actor, now=now, object_type="applicant",
        object_id=applicant.id, applicant_id=applicant.id, reason=reason.strip()[:200],
    )  # fmt: skip


def correct_account(
    session: Session,
    account: Account,
    change: AccountChange,
    *,
    reason: str,
    loan_fraud: bool = False,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Correct employer, state, freeze and bar of an account of the agency.

    A freeze and a bar name their order; a bar for ``loan_fraud`` may last longer. Raises ``ManyProblems`` with every fault; the caller
    commits.
    """
    policy.check_role(actor, Role.SUPERVISOR)
    policy.check_agency(actor, agency_id=account.agency_id)
    _check_other(session, account.applicant, actor=actor, now=now)
    entries.lock(session, account)
    problems = [
        *_problems(account, change, reason, today=local_date(now)),
        *bans.faults(session, account, change.ban_until, now=now, loan_fraud=loan_fraud),
    ]
    if problems:
        raise ManyProblems(problems)
    changed = _changed(account, change)
    if not changed:
        return
    for name, value in changed.items():
        setattr(account, name, value)
    if "state" in changed:
        account.sealed_on = local_date(now) if change.state is AccountState.SEALED else None
    account.version += 1
    session.flush()
    audit.record(
        session, "account_corrected", actor=actor, now=now, object_type="account",
        object_id=account.id, agency_id=account.agency_id, applicant_id=account.applicant_id,
        reason=reason.strip()[:200],
        changes={name: str(value) for name, value in changed.items()},
    )  # fmt: skip


def _check_other(
    session: Session, holder: Applicant, *, actor: Actor, now: dt.datetime
) -> None:
    """Raise ``NotAllowed``: nobody lifts their own freeze, nor anybody whose role has ended."""
    standing.check(session, actor, now=now)
    if actor.identity_index in (None, holder.id_number_index):
        raise NotAllowed("an own account", code="own_case")


def _changed(account: Account, change: AccountChange) -> Mapping[str, Any]:
    names = AccountChange.__slots__
    return {
        name: getattr(change, name)
        for name in names
        if getattr(change, name) != getattr(account, name)
    }


def _problems(
    account: Account, change: AccountChange, reason: str, *, today: dt.date
) -> list[Any]:
    """Return every fault of a change."""
    told: list[tuple[bool, str, str]] = [
        (not reason.strip(), "reason_missing", "reason"),
        (change.frozen_amount < ZERO, "amount_negative", "frozen_amount"),
        (
            change.frozen_amount > ZERO and not change.freeze_order,
            "order_missing",
            "freeze_order",
        ),
        (bool(change.ban_until) and not change.ban_order, "order_missing", "ban_order"),
        (bool(change.ban_until) and not change.ban_reason, "reason_missing", "ban_reason"),
        (
            change.ban_until is not None
            and change.ban_until != account.ban_until
            and change.ban_until < today,
            "day_over",
            "ban_until",
        ),
        (
            change.state != account.state
            and not {change.state, account.state}.issubset(BY_HAND),
            "state_not_by_hand",
            "state",
        ),
    ]
    return [Invalid(code, code=code, field=field) for wrong, code, field in told if wrong]
