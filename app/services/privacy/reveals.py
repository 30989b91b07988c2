"""One masked value shown in full, once: who may, how often, and the row that says so."""

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.revealing import PER_HOUR, Of, Value, may_ask, without_numbers
from app.models import Account, Applicant, Application, AuditEvent, Payout
from app.services import audit, cases

ACT = "reveal"
HOUR = dt.timedelta(hours=1)
SHORTEST_REASON = 4
Row = Application | Applicant | Payout


def reveal(
    session: Session,
    of: Of,
    row_id: int,
    value: Value,
    *,
    reason: str,
    actor: Actor,
    now: dt.datetime,
    per_hour: int = PER_HOUR,
) -> str:
    """Return one value in full and write who saw it, when, from where and why.

    Reviewers see values of cases and holders of their own agency, payers and releasers the
    payee of a payment; nobody sees the own. Raises ``NotAllowed`` (role_missing, not_found,
    own_case) and ``Invalid`` (reveal_reason, reveal_limit). The caller commits, then shows it.
    """
    if not may_ask(actor.roles, of, value) or actor.applicant_id is not None:
        raise NotAllowed("this role sees no such value", code="role_missing")
    row = _FINDERS[of](session, row_id, actor)
    person = _person(row)
    if actor.identity_index is None or actor.identity_index in _identities(session, row):
        raise NotAllowed("own case", code="own_case")
    said = without_numbers(reason)
    if len(said) < SHORTEST_REASON:
        raise Invalid(code="reveal_reason", field="reveal-reason")
    audit.record(
        session, ACT, actor=actor, now=now, object_type=of.value, object_id=row_id,
        agency_id=actor.agency_id, applicant_id=person.id, reason=said, value=value.value,
    )  # fmt: skip
    # Counted after the row is written: writers of the audit wait for each other.
    if seen_within(session, actor, since=now - HOUR) > per_hour:
        raise Invalid(code="reveal_limit", most=per_hour)
    return _values(row, person)[value]() or ""


def seen_within(session: Session, actor: Actor, *, since: dt.datetime) -> int:
    """Return how many values somebody has looked at since a moment."""
    found = session.scalar(
        sa.select(sa.func.count(AuditEvent.id)).where(
            AuditEvent.actor_id == actor.user_id, AuditEvent.act == ACT, AuditEvent.at > since
        )
    )
    return found or 0


def _case(session: Session, row_id: int, actor: Actor) -> Row:
    return cases.get_case(session, row_id, actor=actor)


def _payout(session: Session, row_id: int, actor: Actor) -> Row:
    row = session.get(Payout, row_id)
    if row is None:
        raise NotAllowed("no such payment", code="not_found")
    policy.check_agency(actor, agency_id=row.agency_id)
    return row


def _holder(session: Session, row_id: int, actor: Actor) -> Row:
    """Return a person with an account or a submitted case at the agency of who asks."""
    row = session.get(Applicant, row_id)
    holds = sa.exists().where(
        Account.applicant_id == row_id, Account.agency_id == actor.agency_id
    )
    applies = sa.exists().where(
        Application.applicant_id == row_id, Application.agency_id == actor.agency_id
    )
    if row is None or not session.scalar(sa.select(sa.or_(holds, applies))):
        raise NotAllowed("nobody of this agency", code="not_found")
    return row


_FINDERS: Mapping[Of, Callable[[Session, int, Actor], Row]] = {
    Of.APPLICATION: _case, Of.APPLICANT: _holder, Of.PAYOUT: _payout,
}  # fmt: skip


def _person(row: Row) -> Applicant:
    if isinstance(row, Applicant):
        return row
    case = row.application if isinstance(row, Payout) else row
    return case.applicant


def _identities(session: Session, row: Row) -> frozenset[str]:
    if isinstance(row, Applicant):
        return frozenset({row.id_number_index})
    case = row.application if isinstance(row, Payout) else row
    return cases.facts_of(session, case).identities


def _values(row: Row, person: Applicant) -> Mapping[Value, Callable[[], str | None]]:
    """Return how each value of a row is read; a value is opened only when it is asked for."""
    if isinstance(row, Payout):
        return {Value.NAME: lambda: row.payee_name, Value.CARD: lambda: row.payee_card}
    of_person: dict[Value, Callable[[], str | None]] = {
        Value.NAME: lambda: person.name,
        Value.ID_NUMBER: lambda: person.id_number,
        Value.MOBILE: lambda: person.mobile,
        Value.ADDRESS: lambda: person.address,
    }
    if isinstance(row, Applicant):
        return of_person
    return of_person | {
        Value.MOBILE: lambda: row.mobile or person.mobile,
        Value.HOLDER: lambda: row.account.applicant.name,
        Value.ACCOUNT: lambda: row.account.number,
        Value.CARD: lambda: row.payee_card,
        Value.HOUSE: lambda: (row.house or {}).get("address"),
    }
