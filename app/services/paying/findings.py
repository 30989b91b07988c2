"""Lines of the bank that are not ours by reference: suggested, said by one, confirmed by another."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy, texts
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Role
from app.domain.workdays import SHANGHAI
from app.models import Payout, StatementFinding, StatementLine
from app.services import audit
from app.services.entry import proofs
from app.services.paying import bank_files, money_eyes, payments, statements
from app.services.paying.statements import Bucket
from app.services.records.updates import add_once, changed_rows
from app.services.staff import standing

OPEN_BUCKETS = (Bucket.ONLY_THEIRS.value, Bucket.DIFFERING.value)
MOST = 3
DAYS_BEFORE, DAYS_AFTER = 3, 1
"""A payment may be booked so many days after it was taken; one day for the bank's clock."""

SHORTEST = 4
P = PayoutStatus
OUT = (P.CLAIMED, P.SENT, P.UNKNOWN, P.PAID)
BACK = (P.SENT, P.UNKNOWN, P.PAID, P.SETTLED)


def suggestions(session: Session, line: StatementLine) -> list[Payout]:
    """Return payments a line could be: that of its reference, else same sum, account, about the day.

    Only a suggestion: nothing follows until two people have said so.
    """
    day = dt.datetime.combine(line.on_date, dt.time(), SHANGHAI)
    elsewhere = sa.exists().where(
        StatementFinding.payout_id == Payout.id, StatementFinding.line_id != line.id,
        StatementFinding.direction == line.direction,
    )  # fmt: skip
    query = sa.select(Payout).where(
        Payout.agency_id == line.agency_id,
        Payout.amount == abs(line.amount),
        Payout.status.in_(OUT if line.amount > 0 else BACK),
        ~elsewhere,
    )
    if line.amount > 0:
        booked = sa.exists().where(
            StatementLine.payout_id == Payout.id, StatementLine.id != line.id
        )
        query = query.where(~booked)
    if line.payout_id is not None:
        return list(session.scalars(query.where(Payout.id == line.payout_id)))
    query = query.where(
        Payout.claimed_at >= day - dt.timedelta(days=DAYS_BEFORE if line.amount > 0 else 31),
        Payout.claimed_at < day + dt.timedelta(days=DAYS_AFTER + 1),
    )
    if line.payee_tail:
        query = query.where(Payout.payee_last_four == line.payee_tail)
    return list(session.scalars(query.order_by(Payout.claimed_at.desc()).limit(MOST)))


def propose(
    session: Session,
    line: StatementLine,
    *,
    actor: Actor,
    now: dt.datetime,
    payout_id: int | None,
    why: str,
) -> StatementFinding:
    """Say, as the first of two, which payment a line is; without one, why it is not ours."""
    _check(session, line, actor=actor, now=now, role=Role.PAYER)
    if len(why.strip()) < SHORTEST:
        raise Invalid("a proof is needed", code="proof_needed", field="why")
    texts.check_length(why, "why")
    if _finding(session, line) is not None:
        raise IllegalMove("somebody has said what it is")
    if payout_id is not None:
        _check_payout(session, line, payout_id, actor=actor, now=now)
    assert actor.user_id is not None
    said = StatementFinding(
        agency_id=line.agency_id, line_id=line.id, payout_id=payout_id,
        direction=line.direction, why=why.strip(),
        proposed_by=actor.user_id, proposed_name=actor.name, proposed_at=now,
    )  # fmt: skip
    add_once(session, said)
    _record(session, "finding_proposed", said, actor=actor, now=now)
    return said


def confirm(
    session: Session, said: StatementFinding, *, actor: Actor, now: dt.datetime
) -> None:
    """Confirm what another person said of a line; the payment follows the line."""
    line = said.line
    _check(session, line, actor=actor, now=now, role=Role.RELEASER)
    standing.check_other(session, actor, earlier=said.proposed_by)
    if said.confirmed_at is not None:
        raise IllegalMove("it is confirmed")
    if said.payout_id is not None:
        _check_payout(session, line, said.payout_id, actor=actor, now=now)
    proofs.check(actor, now=now)
    said.confirmed_by, said.confirmed_name, said.confirmed_at = actor.user_id, actor.name, now
    session.flush()
    if said.payout_id is not None:
        _follow(session, line, session.get_one(Payout, said.payout_id), now=now)
    _record(session, "finding_confirmed", said, actor=actor, now=now)


def discard(
    session: Session, said: StatementFinding, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Take away what one person said of a line, because it is wrong."""
    policy.check_role(actor, Role.PAYER, Role.RELEASER)
    policy.check_agency(actor, agency_id=said.agency_id)
    standing.check(session, actor, now=now)
    if said.confirmed_at is not None:
        raise IllegalMove("it is confirmed")
    _record(session, "finding_discarded", said, actor=actor, now=now, reason=reason[:200])
    waits = sa.delete(StatementFinding).where(
        StatementFinding.id == said.id, StatementFinding.confirmed_at.is_(None)
    )
    if changed_rows(session, waits.execution_options(synchronize_session="fetch")) != 1:
        raise IllegalMove("it is confirmed")


def get_line(session: Session, line_id: int, *, actor: Actor) -> StatementLine:
    """Return a line of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    line = session.get(StatementLine, line_id)
    if line is None or line.agency_id != actor.agency_id:
        raise NotAllowed("no such line", code="not_found")
    return line


def get_finding(session: Session, line: StatementLine) -> StatementFinding:
    """Return what one person said of a line, or raise ``IllegalMove``."""
    said = _finding(session, line)
    if said is None:
        raise IllegalMove("nobody has said what it is")
    return said


def _finding(session: Session, line: StatementLine) -> StatementFinding | None:
    return session.scalar(
        sa.select(StatementFinding).where(StatementFinding.line_id == line.id)
    )


def _check(
    session: Session, line: StatementLine, *, actor: Actor, now: dt.datetime, role: Role
) -> None:
    policy.check_role(actor, role)
    policy.check_agency(actor, agency_id=line.agency_id)
    standing.check(session, actor, now=now)
    if line.bucket not in OPEN_BUCKETS:
        raise IllegalMove("the line is matched")


def _check_payout(
    session: Session, line: StatementLine, payout_id: int, *, actor: Actor, now: dt.datetime
) -> None:
    if payout_id not in {payout.id for payout in suggestions(session, line)}:
        raise Invalid("the line is not this payment", code="finding_differs", field="payout_id")
    if bank_files.is_going(session, session.get_one(Payout, payout_id)):
        raise Invalid("its file may be going out", code="file_going", field="payout_id")
    money_eyes.check(session, [payout_id], actor=actor, now=now)


def _follow(session: Session, line: StatementLine, payout: Payout, *, now: dt.datetime) -> None:
    """Act on what the line proves: paid after all, or come back."""
    if line.amount < 0:
        payments.bounce(session, payout, "", "", now=now)
        return
    if payout.status is P.CLAIMED:
        raise IllegalMove("a worker has it")
    if payout.status in (P.SENT, P.UNKNOWN):
        payments.pay(session, payout, now=now, on=line.on_date)
    statements.settle(session, now=now, agency_id=line.agency_id)


def _record(
    session: Session,
    act: str,
    said: StatementFinding,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="statement_line",
        object_id=said.line_id, agency_id=said.agency_id, payout=said.payout_id, reason=reason,
    )  # fmt: skip
