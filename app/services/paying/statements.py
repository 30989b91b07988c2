"""The bank's statement against our payments: matched, only ours, only theirs, differing."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import PayoutStatus
from app.domain.workdays import SHANGHAI, local_date
from app.gateways.bank import Statement
from app.models import (
    BankMessage,
    BankStatement,
    NationalCode,
    Payout,
    PayoutResolution,
    StatementFinding,
    StatementLine,
)  # fmt: skip
from app.services import payouts
from app.services.paying import payment_notices, payments

STOP_THEIRS = "The bank's statement has a payment that is not ours."
FEES = "bank_fee"
"""The code table that names what banks call their fees."""

MOST_FEE = Decimal("500.00")
"""A bigger fee, yuan, is looked at by people like any line that is not ours."""

MOST_DAYS = 31
AGAIN = dt.timedelta(minutes=30)
CHUNK = 500
P = PayoutStatus
MAY_BE_BOOKED = frozenset({P.CLAIMED, P.SENT, P.UNKNOWN, P.PAID, P.SETTLED, P.RETURNED})


_OF_AGENCY: sa.BindParameter[int] = sa.bindparam("agency_id")
_EARLIEST: sa.BindParameter[dt.datetime] = sa.bindparam("earliest")
_FIRST_CLAIMED = sa.select(
    sa.select(sa.func.min(Payout.claimed_at))
    .where(Payout.agency_id == _OF_AGENCY, Payout.claimed_at >= _EARLIEST)
    .scalar_subquery(),
    sa.select(sa.func.min(sa.func.coalesce(Payout.claimed_at, _EARLIEST)))
    .where(Payout.agency_id == _OF_AGENCY, Payout.status.in_((P.SENT, P.UNKNOWN, P.PAID)))
    .scalar_subquery(),
)
"""The first of the month, and of the few that are open: looked for by status, not in order."""
_DAYS_READ = sa.select(BankStatement.on_date).where(
    BankStatement.agency_id == _OF_AGENCY, BankStatement.on_date >= sa.bindparam("start")
)
_WAS_READ = sa.select(BankStatement.id).where(
    BankStatement.agency_id == _OF_AGENCY, BankStatement.on_date == sa.bindparam("day")
)
_LAST_ASKED = (
    sa.select(BankMessage.at, BankMessage.outcome)
    .where(BankMessage.agency_id == _OF_AGENCY, BankMessage.kind == "statement")
    .order_by(BankMessage.id.desc())
    .limit(1)
)
_FEE_CODES = sa.select(NationalCode.code).where(NationalCode.table_name == FEES)
_BY_REFERENCE = sa.select(Payout).where(
    Payout.agency_id == _OF_AGENCY,
    Payout.bank_reference.in_(sa.bindparam("references", expanding=True)),
)
"""Asked in every run of the payments, so built once."""


class Bucket(StrEnum):
    """What a line of the statement is to us."""

    MATCHED = "matched"
    RETURNED = "returned"
    DIFFERING = "differing"
    ONLY_THEIRS = "only_theirs"
    FEE = "fee"


@dataclass
class Reconciliation:
    """What a day's statement showed: counts of lines, and the payments it does not have."""

    matched: int = 0
    returned: int = 0
    differing: int = 0
    only_theirs: int = 0
    fee: int = 0
    only_ours: list[int] = field(default_factory=list)


def days_to_read(session: Session, agency_id: int, *, now: dt.datetime) -> list[dt.date]:
    """Return the days whose statement is still to be read, oldest first.

    From the first payment of the last month to yesterday, also when all of them are settled:
    money may still come back. A statement that was not complete is asked for again after a while.
    """
    today = local_date(now)
    earliest = dt.datetime.combine(today - dt.timedelta(days=MOST_DAYS), dt.time(), SHANGHAI)
    claimed = session.execute(_FIRST_CLAIMED, {"agency_id": agency_id, "earliest": earliest})
    first = [at for at in claimed.one() if at is not None]
    if not first or _asked_lately(session, agency_id, now=now):
        return []
    start = max(local_date(min(first)), local_date(earliest))
    days = [start + dt.timedelta(days=ahead) for ahead in range((today - start).days)]
    read = set(session.scalars(_DAYS_READ, {"agency_id": agency_id, "start": start}))
    return [day for day in days if day not in read]


def take_statement(
    session: Session, agency_id: int, statement: Statement, *, now: dt.datetime
) -> Reconciliation | None:
    """Keep a day's statement and compare it; None when it is not complete or was read before."""
    message = BankMessage(
        agency_id=agency_id, kind="statement", at=now,
        outcome=(statement.problem or "complete")[:16],
    )  # fmt: skip
    message.request = statement.day.isoformat()
    message.answer = statement.raw.decode("utf-8", "backslashreplace")
    session.add(message)
    session.flush()
    if not statement.complete or _was_read(session, agency_id, statement.day):
        return None
    found = _compare(session, agency_id, statement, now=now)
    session.add(
        BankStatement(
            agency_id=agency_id, on_date=statement.day, lines=len(statement.lines),
            total=sum((line.amount for line in statement.lines), Decimal(0)),
            only_ours=len(found.only_ours), only_theirs=found.only_theirs,
            differing=found.differing, read_at=now,
        )
    )  # fmt: skip
    flagged = len(found.only_ours) + found.only_theirs + found.differing
    if flagged:
        payment_notices.differs(session, agency_id, flagged, day=statement.day, now=now)
    if found.only_theirs:
        payouts.stop(
            session, agency_id, STOP_THEIRS, now=now, day=statement.day.isoformat(),
            lines=found.only_theirs,
        )  # fmt: skip
    session.flush()
    return found


def settle(session: Session, *, now: dt.datetime, agency_id: int | None = None) -> int:
    """Settle every paid payment that a statement line matches; return how many."""
    asked = {"ended": now}
    if agency_id is None:
        found = session.execute(_to_settle(), asked)
    else:
        found = session.execute(_to_settle_of_agency(), asked | {"of_agency": agency_id})
    session.expire_all()
    return cast("sa.CursorResult[Any]", found).rowcount


@cache
def _to_settle() -> sa.Update:
    return (
        sa.update(Payout)
        .where(Payout.status == P.PAID, is_matched())
        .values(status=P.SETTLED, ended_at=sa.bindparam("ended"), next_query_at=None)
        .execution_options(synchronize_session=False)
    )


@cache
def _to_settle_of_agency() -> sa.Update:
    return _to_settle().where(Payout.agency_id == sa.bindparam("of_agency"))


def is_matched() -> sa.ColumnElement[bool]:
    """Return what holds for a payment that went out by a statement: by reference, or found by two."""
    by_reference = sa.exists().where(
        StatementLine.payout_id == Payout.id,
        StatementLine.bucket == Bucket.MATCHED.value,
        StatementLine.amount == Payout.amount,
    )
    return sa.or_(by_reference, is_found())


def is_found() -> sa.ColumnElement[bool]:
    """Return what holds for a payment whose line without our reference two people found."""
    return sa.exists().where(
        StatementFinding.payout_id == Payout.id,
        StatementFinding.confirmed_at.is_not(None),
        StatementFinding.line_id == StatementLine.id,
        StatementLine.amount == Payout.amount,
    )


def only_ours(session: Session, agency_id: int, *, day: dt.date) -> list[int]:
    """Return the payments that were paid by a day's end and stand in no statement."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), SHANGHAI)
    return list(session.scalars(_only_ours(), {"agency_id": agency_id, "end": end}))


@cache
def _only_ours() -> sa.Select[int]:
    """Few are paid and not settled, many were ever paid: the day is compared past its index."""
    line = sa.exists().where(StatementLine.payout_id == Payout.id)
    paid_at = sa.func.coalesce(Payout.paid_at, sa.bindparam("end"))
    return (
        sa.select(Payout.id)
        .where(
            Payout.agency_id == sa.bindparam("agency_id"),
            Payout.status == P.PAID,
            paid_at < sa.bindparam("end"),
            ~line,
            ~is_found(),
        )
        .order_by(Payout.id)
    )


def has_open_line(session: Session, payout: Payout) -> bool:
    """Tell whether a line with a payment's reference is there that two people did not explain."""
    explained = sa.exists().where(
        StatementFinding.line_id == StatementLine.id, StatementFinding.confirmed_at.is_not(None)
    )
    line = sa.select(StatementLine.id).where(StatementLine.payout_id == payout.id, ~explained)
    return session.scalar(line.limit(1)) is not None


def is_unbooked(session: Session, payout: Payout) -> bool:
    """Tell whether no statement has what the bank called paid: that day's and a later one are read."""
    if payout.status is not P.PAID or payout.paid_at is None:
        return False
    paid_on = local_date(payout.paid_at)
    read = sa.exists().where(BankStatement.agency_id == Payout.agency_id)
    line = sa.exists().where(StatementLine.payout_id == Payout.id)
    found = sa.select(Payout.id).where(
        Payout.id == payout.id, read.where(BankStatement.on_date == paid_on),
        read.where(BankStatement.on_date > paid_on), ~line, ~is_found(),
    )  # fmt: skip
    return session.scalar(found) is not None


def given_up(session: Session, payout_ids: list[int]) -> set[int]:
    """Return the payments of which two people said that the bank never booked them."""
    found: set[int] = set()
    for chunk in _chunks(payout_ids):
        rows = session.scalars(
            sa.select(PayoutResolution.payout_id).where(
                PayoutResolution.payout_id.in_(chunk),
                PayoutResolution.outcome == P.RETURNED,
                PayoutResolution.confirmed_at.is_not(None),
            )
        )
        found.update(rows)
    return found


def _compare(
    session: Session, agency_id: int, statement: Statement, *, now: dt.datetime
) -> Reconciliation:
    known = _payouts_by_reference(
        session, agency_id, {line.reference for line in statement.lines}
    )
    gone, back = _booked_before(session, [payout.id for payout in known.values()])
    lost = given_up(session, [one.id for one in known.values() if one.status is P.RETURNED])
    fees = set(session.scalars(_FEE_CODES)) if len(known) < len(statement.lines) else set()
    found, rows, came_back, went_out = Reconciliation(), [], [], []
    for number, line in _payments_first(statement):
        payout = known.get(line.reference)
        bucket = _bucket(payout, line.amount, gone, back)
        if payout is None and line.code in fees and 0 < line.amount <= MOST_FEE:
            bucket = Bucket.FEE
        if payout is not None and payout.id in lost:
            bucket = Bucket.ONLY_THEIRS
        setattr(found, bucket.value, getattr(found, bucket.value) + 1)
        if payout is not None and bucket is Bucket.MATCHED:
            gone.add(payout.id)
            went_out.append(payout)
        if payout is not None and bucket is Bucket.RETURNED:
            back.add(payout.id)
            came_back.append((payout, line.code))
        rows.append(_row(agency_id, statement.day, number, line, payout, bucket, now))
    if rows:
        session.execute(sa.insert(StatementLine), rows)
    _follow(session, went_out, came_back, day=statement.day, now=now)
    settle(session, now=now, agency_id=agency_id)
    found.only_ours = only_ours(session, agency_id, day=statement.day)
    return found


def _payments_first(statement: Statement) -> list[tuple[int, Any]]:
    """Return the lines with their numbers, those by which money came back after all others.

    Banks list a day in either order; nothing comes back that did not go out.
    """
    return sorted(enumerate(statement.lines, start=1), key=lambda row: row[1].amount < 0)


def _bucket(payout: Payout | None, amount: Decimal, gone: set[int], back: set[int]) -> Bucket:
    """Tell what a line is: a reference goes out once and comes back once."""
    if payout is None or payout.status not in MAY_BE_BOOKED:
        return Bucket.ONLY_THEIRS
    if abs(amount) != payout.amount:
        return Bucket.DIFFERING
    if amount < 0:
        return (
            Bucket.RETURNED if payout.id in gone and payout.id not in back else Bucket.DIFFERING
        )
    return Bucket.ONLY_THEIRS if payout.id in gone else Bucket.MATCHED


def _follow(
    session: Session,
    went_out: list[Payout],
    came_back: list[tuple[Payout, str]],
    *,
    day: dt.date,
    now: dt.datetime,
) -> None:
    """Act on what the lines prove: paid after all, or returned."""
    for payout in went_out:
        if payout.status in (P.SENT, P.UNKNOWN):
            payments.pay(session, payout, now=now, on=day)
    for payout, code in came_back:
        if payout.status in (P.SENT, P.UNKNOWN, P.PAID, P.SETTLED):
            payments.bounce(session, payout, code, "", now=now)


def _row(
    agency_id: int,
    day: dt.date,
    number: int,
    line: Any,
    payout: Payout | None,
    bucket: Bucket,
    now: dt.datetime,
) -> dict[str, Any]:
    return {
        "agency_id": agency_id, "on_date": day, "line_no": number,
        "reference": (line.reference or line.code)[:32], "amount": line.amount,
        "direction": "out" if line.amount > 0 else "in",
        "payout_id": payout.id if payout else None, "bucket": bucket.value, "read_at": now,
        "payee_tail": "".join(filter(str.isdigit, line.payee_card))[-4:],
    }  # fmt: skip


def _payouts_by_reference(
    session: Session, agency_id: int, references: Collection[str]
) -> dict[str | None, Payout]:
    found: dict[str | None, Payout] = {}
    for chunk in _chunks(sorted(references)):
        rows = session.scalars(_BY_REFERENCE, {"agency_id": agency_id, "references": chunk})
        found |= {payout.bank_reference: payout for payout in rows}
    return found


def _booked_before(session: Session, payout_ids: list[int]) -> tuple[set[int], set[int]]:
    """Return the payments that earlier days show as gone out, and those that came back.

    By their reference, or because two people found their line.
    """
    by_reference: sa.Select[Any, Decimal] = sa.select(
        StatementLine.payout_id, StatementLine.amount
    ).where(StatementLine.bucket.in_((Bucket.MATCHED.value, Bucket.RETURNED.value)))
    by_two: sa.Select[Any, Decimal] = (
        sa.select(StatementFinding.payout_id, StatementLine.amount)
        .join(StatementLine, StatementLine.id == StatementFinding.line_id)
        .where(StatementFinding.confirmed_at.is_not(None))
    )
    gone: set[int] = set()
    back: set[int] = set()
    for chunk in _chunks(payout_ids):
        for rows in (
            session.execute(by_reference.where(StatementLine.payout_id.in_(chunk))),
            session.execute(by_two.where(StatementFinding.payout_id.in_(chunk))),
        ):
            for payout_id, amount in rows:
                (gone if amount > 0 else back).add(payout_id)
    return gone, back


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    """Cut a list into parts that a database takes at once."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _was_read(session: Session, agency_id: int, day: dt.date) -> bool:
    return session.scalar(_WAS_READ, {"agency_id": agency_id, "day": day}) is not None


def _asked_lately(session: Session, agency_id: int, *, now: dt.datetime) -> bool:
    """Tell whether the last statement was incomplete and asked for a moment ago."""
    last = session.execute(_LAST_ASKED, {"agency_id": agency_id}).first()
    return last is not None and last.outcome != "complete" and last.at > now - AGAIN
