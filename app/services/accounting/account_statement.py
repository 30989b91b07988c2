"""An account's statement (明细) and year bill (年度账单): what moved its balance, day by day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.workdays import SHANGHAI, local_date
from app.models import Account, Application, JournalEntry, LedgerAccount, Posting
from app.services.accounting import entries

READERS = (Role.PAYER, Role.RELEASER, Role.SUPERVISOR, Role.AUDITOR)
"""Staff who may read the money of an account of their agency."""

MOST_LINES = 5000
COLUMNS = (
    JournalEntry.id, JournalEntry.at, JournalEntry.value_date, JournalEntry.kind,
    JournalEntry.reference, Application.number,
)  # fmt: skip
"""Of an entry that moved the balance; what only changed between free and held is left out."""

GROUPS: Mapping[str, str] = {
    "opening": "taken_over",
    "contribution": "paid_in",
    "late_credit": "paid_in",
    "supplement": "paid_in",
    "interest": "interest",
    "late_interest": "interest",
    "transit": "withdrawn",
    "back": "withdrawn",
    "release": "moved_on",
}
"""Where a kind of entry stands in the year bill; the twins of entries stand apart."""

SUMS = ("taken_over", "paid_in", "interest", "withdrawn", "reversed", "moved_on")


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of the balance, yuan: booked when, counting from when, what stood after it."""

    entry_id: int
    booked_at: dt.datetime
    value_date: dt.date
    kind: str
    reference: str
    case_number: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of some days, both included, and the sums they lead from and to, yuan."""

    first: dt.date
    last: dt.date
    opening: Decimal
    lines: tuple[Line, ...]

    @property
    def paid_in(self) -> Decimal:
        """Return what raised the balance."""
        return sum((one.amount for one in self.lines if one.amount > 0), entries.ZERO)

    @property
    def paid_out(self) -> Decimal:
        """Return what lowered the balance, as a positive sum."""
        return -sum((one.amount for one in self.lines if one.amount < 0), entries.ZERO)

    @property
    def closing(self) -> Decimal:
        """Return what stood at the end."""
        return self.opening + self.paid_in - self.paid_out


@dataclass(frozen=True, slots=True)
class YearBill:
    """A year of an account, yuan: what it began with, what came and went, what it ended with."""

    year: int
    opening: Decimal
    taken_over: Decimal
    paid_in: Decimal
    interest: Decimal
    withdrawn: Decimal
    reversed: Decimal
    moved_on: Decimal
    closing: Decimal


def own_account(session: Session, account_id: int, *, actor: Actor) -> Account:
    """Return an account of the applicant who asks; raise ``NotAllowed`` for any other."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotAllowed("no such account", code="not_found")
    policy.check_own(actor, applicant_id=account.applicant_id)
    return account


def staff_account(session: Session, account_id: int, *, actor: Actor) -> Account:
    """Return an account of the agency for staff who may read its money, or ``NotAllowed``."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotAllowed("no such account", code="not_found")
    policy.check_role(actor, *READERS)
    policy.check_agency(actor, agency_id=account.agency_id)
    return account


def statement(
    session: Session, account: Account, *, first: dt.date, last: dt.date
) -> Statement:
    """Return what moved the balance on the days from ``first`` to ``last``, oldest first.

    Raises ``Invalid`` (days_reversed, too_many_lines).
    """
    if first > last:
        raise Invalid("the first day is after the last", code="days_reversed", field="from")
    begin, end = midnight(first), midnight(last + dt.timedelta(days=1))
    balance = opening = _balance_before(session, account, begin)
    lines: list[Line] = []
    moved = sa.func.sum(Posting.amount)
    for row in session.execute(
        _of_balance(account)
        .outerjoin(Application, Application.id == JournalEntry.application_id)
        .with_only_columns(*COLUMNS, moved.label("amount"))
        .where(JournalEntry.at >= begin, JournalEntry.at < end)
        .group_by(*COLUMNS)
        .having(moved != 0)
        .order_by(JournalEntry.at, JournalEntry.id)
        .limit(MOST_LINES + 1)
    ):
        balance += row.amount
        lines.append(
            Line(
                row.id, row.at, row.value_date, row.kind, row.reference, row.number or "",
                row.amount, balance,
            )
        )  # fmt: skip
    if len(lines) > MOST_LINES:
        raise Invalid("too many lines", code="too_many_lines", field="from")
    return Statement(first, last, opening, tuple(lines))


def year_bill(session: Session, account: Account, year: int) -> YearBill:
    """Return the year of an account in sums; what was reversed stands apart, as booked."""
    begin, end = midnight(dt.date(year, 1, 1)), midnight(dt.date(year + 1, 1, 1))
    opening = _balance_before(session, account, begin)
    rows = session.execute(
        _of_balance(account)
        .with_only_columns(JournalEntry.kind, sa.func.sum(Posting.amount))
        .where(JournalEntry.at >= begin, JournalEntry.at < end)
        .group_by(JournalEntry.kind)
    ).all()
    sums = dict.fromkeys(SUMS, entries.ZERO)
    for kind, amount in rows:
        group = "reversed" if kind.endswith("_reversal") else GROUPS.get(kind, "moved_on")
        sums[group] += amount
    return YearBill(year=year, opening=opening, closing=opening + sum(sums.values()), **sums)


def years(session: Session, account: Account, *, now: dt.datetime) -> list[int]:
    """Return the years that have a bill, newest first: from the first movement to this one."""
    began: dt.datetime | None = session.scalar(
        _of_balance(account).with_only_columns(sa.func.min(JournalEntry.at))
    )
    this = local_date(now).year
    return list(range(this, (local_date(began).year if began else this) - 1, -1))


def midnight(day: dt.date) -> dt.datetime:
    """Return the moment a day begins here."""
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def _balance_before(session: Session, account: Account, moment: dt.datetime) -> Decimal:
    found = session.scalar(
        _of_balance(account)
        .with_only_columns(sa.func.sum(Posting.amount))
        .where(JournalEntry.at < moment)
    )
    return Decimal(found or entries.ZERO)


def _of_balance(account: Account) -> sa.Select[tuple[Posting]]:
    return entries.postings_of(account).where(LedgerAccount.code.in_(entries.BALANCE))
