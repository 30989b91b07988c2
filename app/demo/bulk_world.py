"""What all invented cases lean on, read once: schemes, reasons, papers, staff, calendar."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.demo.bulk_days import Days
from app.demo.cast import STAFF
from app.demo.numbers import COUNTIES
from app.domain.terms import Closes, Kind, LedgerCode, Need, Origin
from app.models import (
    BankStatement,
    Counter,
    LedgerAccount,
    Scheme,
    Staff,
    StatementLine,
    WithdrawalReason,
)
from app.services import reference

BACK = 700
"""Working days of history."""


class Paper(NamedTuple):
    """A paper that has to be uploaded."""

    type_id: int
    code: str


class Said(NamedTuple):
    """A sentence of a return opinion."""

    reason_id: int
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as cases need it, with the papers each kind asks for."""

    id: int
    code: str
    subtype: str
    version: int
    approvals: int
    papers: Mapping[Kind, tuple[Paper, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """One scheme of one agency with the people who work there."""

    scheme_id: int
    scheme: str
    agency_id: int
    prefix: str
    county: str
    purpose: str
    partial: tuple[Reason, ...]
    closing: tuple[Reason, ...]
    returns: Mapping[str, Said]
    staff: Mapping[str, tuple[int, str]]
    chart: Mapping[LedgerCode, int]
    decision_days: int
    payout_days: int
    correction_days: int
    letter: tuple[int, str]


@dataclass(slots=True)
class World:
    """Everything the cases lean on.

    ``serials`` are the numbers given so far by series, ``statements`` count and total (fen) of
    each agency's statement by day, ``brought`` count and total (fen) of its new accounts.
    """

    places: tuple[Place, ...]
    days: Days
    serials: dict[str, int]
    statements: dict[tuple[int, int], tuple[int, int]]
    given: set[str] = field(default_factory=set)
    brought: dict[int, tuple[int, int]] = field(default_factory=dict)

    def serial(self, series: str) -> int:
        """Return the next number of a series."""
        value = self.serials.get(series, 0) + 1
        self.serials[series] = value
        self.given.add(series)
        return value

    def line_no(self, agency_id: int, day: int, fen: int) -> int:
        """Return the place of one more line in the statement of a day."""
        count, total = self.statements.get((agency_id, day), (0, 0))
        self.statements[agency_id, day] = (count + 1, total + fen)
        return count + 1

    def bring(self, agency_id: int, fen: int) -> None:
        """Count one more account that came with a balance."""
        count, total = self.brought.get(agency_id, (0, 0))
        self.brought[agency_id] = (count + 1, total + fen)

    def keep_serials(self, session: Session) -> None:
        """Write down how far each series has come."""
        given = sorted(self.given)
        for start in range(0, len(given), 500):
            part = given[start : start + 500]
            session.execute(sa.delete(Counter).where(Counter.series.in_(part)))
            rows = [{"series": series, "value": self.serials[series]} for series in part]
            session.execute(sa.insert(Counter), rows)
        self.given.clear()

    def keep_statements(self, session: Session, *, now: dt.datetime) -> None:
        """Write the head of each day's statement anew."""
        session.execute(sa.delete(BankStatement))
        rows = [
            {
                "agency_id": agency_id, "on_date": dt.date.fromordinal(day), "lines": count,
                "total": Decimal(fen) / 100, "read_at": now,
            }
            for (agency_id, day), (count, fen) in sorted(self.statements.items())
        ]  # fmt: skip
        if rows:
            session.execute(sa.insert(BankStatement), rows)


def read_world(session: Session, *, today: dt.date) -> World:
    """Read what is there; raise ``LookupError`` when packages or staff are missing."""
    places = tuple(_place(session, scheme, today) for scheme in reference.schemes(session))
    if not places:
        raise LookupError("no packages are loaded; run `flask anju init`")
    days = Days(reference.calendar(session), today, back=BACK)
    serials = {row.series: row.value for row in session.scalars(sa.select(Counter))}
    heads = session.execute(
        sa.select(
            StatementLine.agency_id, StatementLine.on_date,
            sa.func.max(StatementLine.line_no), sa.func.sum(StatementLine.amount),
        ).group_by(StatementLine.agency_id, StatementLine.on_date)
    )  # fmt: skip
    statements = {
        (agency_id, day.toordinal()): (last, int(total * 100))
        for agency_id, day, last, total in heads
    }
    return World(places, days, serials, statements)


def _place(session: Session, scheme: Scheme, today: dt.date) -> Place:
    agency = scheme.agency
    settings = reference.settings_on(session, scheme.id, today)
    reasons = [
        (row, _reason(session, scheme.id, row, today))
        for row in reference.reasons_in_force(session, scheme.id, today)
        if row.payee_rule == "own"
    ]
    letter = reference.commitment(session, scheme.id, today)
    return Place(
        scheme_id=scheme.id, scheme=scheme.code, agency_id=scheme.agency_id, prefix=agency.number_prefix,
        county=COUNTIES.get(agency.code, COUNTIES["anhui"]), purpose=scheme.name_zh,
        partial=tuple(
            reason
            for row, reason in reasons
            if row.closes_account is Closes.NEVER and not row.needs_property_lookup
        ),
        closing=tuple(
            reason for row, reason in reasons if row.closes_account is Closes.OPTIONAL
        ),
        returns={
            row.code: Said(row.id, row.code, row.text_zh, row.text_en)
            for row in reference.return_reasons(session, scheme.id, today)
        },
        staff=_staff(session, agency.code, scheme.agency_id),
        chart=_chart(session, scheme.agency_id),
        decision_days=int(settings["decision_days"]), payout_days=int(settings["payout_days"]),
        correction_days=int(settings["correction_days"]), letter=(letter.id, letter.sha256),
    )  # fmt: skip


def _reason(session: Session, scheme_id: int, row: WithdrawalReason, today: dt.date) -> Reason:
    types = reference.material_types(session, scheme_id, today)
    asked = reference.requirements(session, scheme_id, row.code, today)
    papers = {
        kind: tuple(
            Paper(types[need.material_code].id, need.material_code)
            for need in asked
            if need.kind is kind and need.need is Need.REQUIRED and need.origin is Origin.UPLOAD
        )
        for kind in Kind
    }
    subtype = row.subtypes[0] if row.subtypes else ""
    return Reason(row.id, row.code, subtype, row.version, row.approvals_required, papers)


def _staff(session: Session, agency: str, agency_id: int) -> dict[str, tuple[int, str]]:
    rows = session.scalars(sa.select(Staff).where(Staff.agency_id == agency_id))
    known = {row.number: (row.user_id, row.name) for row in rows}
    words = {member.word: known.get(f"{agency}-{member.word}") for member in STAFF}
    if not all(words[word] for word in ("first", "second", "supervisor")):
        raise LookupError("no demonstration staff; run `flask anju demo-people`")
    return {word: found for word, found in words.items() if found}


def _chart(session: Session, agency_id: int) -> dict[LedgerCode, int]:
    """Return the ledger accounts of an agency, made where they are missing."""
    rows = session.scalars(
        sa.select(LedgerAccount).where(
            LedgerAccount.agency_id == agency_id, LedgerAccount.account_id.is_(None)
        )
    )
    chart = {row.code: row for row in rows}
    missing = set(LedgerCode) - {LedgerCode.AVAILABLE, LedgerCode.HELD} - chart.keys()
    for code in sorted(missing):
        chart[code] = LedgerAccount(agency_id=agency_id, code=code)
        session.add(chart[code])
    session.flush()
    return {code: row.id for code, row in chart.items()}
