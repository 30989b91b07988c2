"""Our payments against the bank's statements as people see it: what is left to look at, and why."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.domain import policy
from app.domain.policy import Actor
from app.domain.workdays import local_date
from app.models import (
    Application,
    BankStatement,
    DayEnd,
    Payout,
    StatementFinding,
    StatementLine,
)  # fmt: skip
from app.services.paying import findings, statements
from app.services.paying.caps import NOT_OUT
from app.services.paying.payout_lists import READERS
from app.services.paying.statements import Bucket

MOST = 100
"""So many rows of a bucket are shown at once."""

MOST_DAYS = 14


class Flag(StrEnum):
    """Why a row of payments or lines is looked at."""

    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    TWICE = "twice"
    DIFFERING = "differing"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Item:
    """One row to look at: our payment, the bank's line, or both; what was said of it."""

    flag: Flag
    on: dt.date
    amount: Decimal
    reference: str
    payout: Payout | None = None
    line: StatementLine | None = None
    said: StatementFinding | None = None
    suggested: list[Payout] = field(default_factory=list)


def open_items(session: Session, *, actor: Actor, on: dt.date | None = None) -> list[Item]:
    """Return everything that two people have not explained yet, of one day's statement or of all.

    Our payments that no statement has, then the bank's lines that are not ours or differ.
    """
    policy.check_role(actor, *READERS)
    assert actor.agency_id is not None
    return [
        *_ours(session, actor.agency_id, on=on),
        *_lines(session, actor.agency_id, findings.OPEN_BUCKETS, on=on),
    ]


def returned(session: Session, *, actor: Actor, on: dt.date | None = None) -> list[Item]:
    """Return the lines by which money came back: the case is with the applicant again."""
    policy.check_role(actor, *READERS)
    assert actor.agency_id is not None
    return _lines(session, actor.agency_id, (Bucket.RETURNED.value,), on=on)


def days(session: Session, *, actor: Actor) -> list[tuple[BankStatement, DayEnd | None]]:
    """Return the newest statements with how their day was closed."""
    policy.check_role(actor, *READERS)
    rows = session.execute(
        sa.select(BankStatement, DayEnd)
        .outerjoin(
            DayEnd,
            sa.and_(
                DayEnd.agency_id == BankStatement.agency_id,
                DayEnd.on_date == BankStatement.on_date,
            ),
        )
        .where(BankStatement.agency_id == actor.agency_id)
        .order_by(BankStatement.on_date.desc())
        .limit(MOST_DAYS)
    )
    return [(statement, end) for statement, end in rows]


def _ours(session: Session, agency_id: int, *, on: dt.date | None) -> list[Item]:
    last = on or session.scalar(
        sa.select(sa.func.max(BankStatement.on_date)).where(
            BankStatement.agency_id == agency_id
        )
    )
    if last is None:
        return []
    keys = statements.only_ours(session, agency_id, day=last)[:MOST]
    found = session.scalars(
        sa.select(Payout)
        .where(Payout.id.in_(keys))
        .options(joinedload(Payout.application).load_only(Application.number))
        .order_by(Payout.id)
    )
    return [
        Item(
            Flag.ONLY_OURS, local_date(payout.paid_at or payout.created_at),
            payout.amount, payout.bank_reference or "", payout=payout,
        )
        for payout in found
    ]  # fmt: skip


def _lines(
    session: Session, agency_id: int, buckets: tuple[str, ...], *, on: dt.date | None
) -> list[Item]:
    """Return the lines of some buckets that are not explained, the newest first.

    Asked bucket by bucket: their index has the few that are open, not all that were matched.
    """
    query = (
        sa.select(StatementLine, StatementFinding)
        .outerjoin(StatementFinding, StatementFinding.line_id == StatementLine.id)
        .where(
            StatementLine.agency_id == agency_id,
            StatementFinding.confirmed_at.is_(None),
        )
        .order_by(StatementLine.on_date.desc(), StatementLine.line_no)
        .limit(MOST)
    )
    if on is not None:
        query = query.where(StatementLine.on_date == on)
    found = [
        row
        for bucket in buckets
        for row in session.execute(query.where(StatementLine.bucket == bucket))
    ]
    found.sort(key=lambda row: (-row[0].on_date.toordinal(), row[0].line_no))
    rows = found[:MOST]
    keys = {line.payout_id for line, _ in rows if line.payout_id is not None}
    known = {
        payout.id: payout
        for payout in session.scalars(
            sa.select(Payout)
            .where(Payout.id.in_(keys))
            .options(joinedload(Payout.application).load_only(Application.number))
        )
    }
    return [
        _item(line, said, known.get(line.payout_id or 0), findings.suggestions(session, line))
        for line, said in rows
    ]


def _item(
    line: StatementLine,
    said: StatementFinding | None,
    payout: Payout | None,
    suggested: list[Payout],
) -> Item:
    flag = Flag(line.bucket)
    if flag is Flag.ONLY_THEIRS and payout is not None and payout not in suggested:
        flag = Flag.ONLY_THEIRS if payout.status in NOT_OUT else Flag.TWICE
    return Item(
        flag, line.on_date, line.amount, line.reference, payout=payout, line=line, said=said,
        suggested=suggested,
    )  # fmt: skip
