"""What the next run will send: how many, how much, to which banks, and what waits and why."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.policy import Actor
from app.domain.terms import PayoutStatus, Status
from app.domain.workdays import local_date
from app.models import Agency, Application, Payout, PayoutBatch, Scheme
from app.services import payouts
from app.services.paying import batches, caps
from app.services.paying.caps import Caps, Taken
from app.services.paying.payout_lists import READERS

READY = "ready"
STOPPED, CLOSED, HELD, LATER = "stopped", "closed", "held", "later"
UNPREPARED, UNRELEASED, CAP = "unprepared", "unreleased", "cap"


@dataclass
class Part:
    """Payments of one kind: how many, how much in yuan; ``why`` is a bank or what they wait for."""

    why: str
    count: int = 0
    total: Decimal = Decimal(0)

    def add(self, count: int, total: Decimal) -> None:
        """Count more payments in."""
        self.count += count
        self.total += total


@dataclass
class Usage:
    """A scheme's caps in force and what is taken of its day."""

    scheme: Scheme
    caps: Caps
    today: Taken


@dataclass
class Forecast:
    """What the next run sends, by bank, and what waits, by reason."""

    count: int = 0
    total: Decimal = Decimal(0)
    banks: list[Part] = field(default_factory=list)
    waits: list[Part] = field(default_factory=list)
    usage: list[Usage] = field(default_factory=list)

    def send(self, bank: str, count: int, total: Decimal) -> None:
        """Count payments that go out."""
        self.count += count
        self.total += total
        _part(self.banks, bank).add(count, total)

    def wait(self, why: str, count: int, total: Decimal) -> None:
        """Count payments that wait."""
        if count:
            _part(self.waits, why).add(count, total)


def next_run(session: Session, *, actor: Actor, now: dt.datetime) -> Forecast:
    """Foretell the next run of the actor's agency; only payments that wait are counted."""
    policy.check_role(actor, *READERS)
    agency = session.get_one(Agency, actor.agency_id)
    told = Forecast(usage=_usage(session, agency.id, now=now))
    closed = _way(agency, now=now)
    ready: dict[int, list[tuple[str, int, Decimal]]] = {}
    for why, scheme_id, bank, count, total in _groups(session, agency.id, now=now):
        if closed or why != READY:
            told.wait(closed or why, count, total)
        else:
            ready.setdefault(scheme_id, []).append((bank, count, total))
    for one in told.usage:
        _send(session, told, one, ready.get(one.scheme.id, []), agency.id, now=now)
    told.banks.sort(key=lambda part: (-part.total, part.why))
    return told


def _way(agency: Agency, *, now: dt.datetime) -> str:
    if agency.payouts_stopped:
        return STOPPED
    return "" if payouts.bank_open(agency, now) else CLOSED


def _usage(session: Session, agency_id: int, *, now: dt.datetime) -> list[Usage]:
    schemes = session.scalars(
        sa.select(Scheme).where(Scheme.agency_id == agency_id).order_by(Scheme.id)
    )
    return [
        Usage(
            scheme,
            caps.caps_of(session, scheme.id, now=now),
            caps.used(session, scheme.id, on=local_date(now)),
        )
        for scheme in schemes
    ]


def _groups(
    session: Session, agency_id: int, *, now: dt.datetime
) -> list[tuple[str, int, str, int, Decimal]]:
    """Count what waits by reason, scheme and bank, in one question over what waits alone."""
    why = _why(session, agency_id, now=now)
    rows = session.execute(
        _waiting(agency_id)
        .with_only_columns(
            why.label("why"), Application.scheme_id, Payout.payee_bank_code,
            sa.func.count(), sa.func.sum(Payout.amount),
        )
        .group_by("why", Application.scheme_id, Payout.payee_bank_code)
    )  # fmt: skip
    return [
        (word, scheme, bank, count, Decimal(total)) for word, scheme, bank, count, total in rows
    ]


def _why(session: Session, agency_id: int, *, now: dt.datetime) -> sa.ColumnElement[str]:
    schemes = session.scalars(sa.select(Scheme.id).where(Scheme.agency_id == agency_id))
    bound = [key for key in schemes if batches.released_by_people(session, key, now=now)]
    held = sa.or_(
        Application.on_hold, Application.investigating, Application.status != Status.APPROVED
    )
    by_people = sa.and_(Application.scheme_id.in_(bound), PayoutBatch.released_at.is_(None))
    return sa.case(
        (held, HELD),
        (sa.and_(by_people, PayoutBatch.prepared_by.is_(None)), UNPREPARED),
        (by_people, UNRELEASED),
        (Payout.next_query_at > now, LATER),
        else_=READY,
    )


def _waiting(agency_id: int) -> sa.Select[Payout]:
    return (
        sa.select(Payout)
        .join(Application, Application.id == Payout.application_id)
        .outerjoin(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .where(Payout.agency_id == agency_id, Payout.status == PayoutStatus.APPROVED)
    )


def _send(
    session: Session,
    told: Forecast,
    one: Usage,
    ready: list[tuple[str, int, Decimal]],
    agency_id: int,
    *,
    now: dt.datetime,
) -> None:
    count = sum(number for _, number, _ in ready)
    total = sum((amount for _, _, amount in ready), Decimal(0))
    if _fits(one, count, total):
        for bank, number, amount in ready:
            told.send(bank, number, amount)
        return
    run, day = Taken(), Taken(one.today.count, one.today.total)
    for bank, amount in _due_first(session, agency_id, one.scheme.id, now=now):
        if caps.over_run(one.caps, run, amount) or caps.over_day(one.caps, day, amount):
            break
        run.add(amount)
        day.add(amount)
        told.send(bank, 1, amount)
    told.wait(CAP, count - run.count, total - run.total)


def _fits(one: Usage, count: int, total: Decimal) -> bool:
    def within(limit: Decimal | int | None, wanted: Decimal | int) -> bool:
        return limit is None or wanted <= limit

    return (
        within(one.caps.run_count, count)
        and within(one.caps.run_total, total)
        and within(one.caps.day_count, one.today.count + count)
        and within(one.caps.day_total, one.today.total + total)
    )


def _due_first(
    session: Session, agency_id: int, scheme_id: int, *, now: dt.datetime
) -> sa.Result[str, Decimal]:
    return session.execute(
        _waiting(agency_id)
        .with_only_columns(Payout.payee_bank_code, Payout.amount)
        .where(
            Application.scheme_id == scheme_id,
            _why(session, agency_id, now=now) == READY,
        )
        .order_by(Payout.due_on, Payout.id)
    )


def _part(parts: list[Part], why: str) -> Part:
    for part in parts:
        if part.why == why:
            return part
    parts.append(Part(why))
    return parts[-1]
