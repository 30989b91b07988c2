"""The proof of what entries stand on: none is there without the file, run, case or payment it names.

The other proofs go from a line of a file or a payment to its entry; this one goes back. An entry
that nothing in the hall called for would be money out of nothing, however well it balances.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.domain.terms import Kind, LedgerCode
from app.domain.violation import Violation
from app.models import (
    Account,
    Application,
    ContributionLine,
    ImportBatch,
    InterestRun,
    JournalEntry,
    LedgerAccount,
    LedgerReversal,
    Payout,
    Posting,
    Supplement,
)  # fmt: skip

L = LedgerCode
MONEY = Account.available.type
Sides = tuple[LedgerCode, LedgerCode]

MOVES: Mapping[str, tuple[Sides, ...]] = {
    "opening": ((L.CONTRIBUTIONS, L.AVAILABLE),),
    "opening_reversal": ((L.AVAILABLE, L.CONTRIBUTIONS),),
    "contribution": ((L.CONTRIBUTIONS, L.AVAILABLE),),
    "contribution_reversal": ((L.AVAILABLE, L.CONTRIBUTIONS),),
    "late": ((L.CONTRIBUTIONS, L.SUSPENSE),),
    "late_reversal": ((L.SUSPENSE, L.CONTRIBUTIONS),),
    "late_credit": ((L.SUSPENSE, L.AVAILABLE),),
    "late_credit_reversal": ((L.AVAILABLE, L.CONTRIBUTIONS),),
    "interest": ((L.INTEREST, L.AVAILABLE),),
    "interest_reversal": ((L.AVAILABLE, L.INTEREST),),
    "supplement": ((L.SUSPENSE, L.HELD),),
    "late_interest": ((L.INTEREST, L.HELD),),
    "hold": ((L.AVAILABLE, L.HELD), (L.HELD, L.AVAILABLE)),
    "release": ((L.HELD, L.AVAILABLE), (L.HELD, L.SUSPENSE)),
    "transit": ((L.HELD, L.IN_TRANSIT),),
    "paid": ((L.IN_TRANSIT, L.BANK),),
    "back": ((L.IN_TRANSIT, L.HELD), (L.BANK, L.HELD)),
}
"""Every kind of entry, with what it may move from where to where."""

OF_CASES = ("hold", "release", "supplement", "late_interest", "transit", "paid", "back")
OF_PAYMENTS = ("transit", "paid", "back")
OF_SUPPLEMENTS = ("supplement", "late_interest")

_given, _taken = aliased(Posting), aliased(Posting)
_source, _target = aliased(LedgerAccount), aliased(LedgerAccount)
_holder = sa.func.coalesce(_target.account_id, _source.account_id)
"""Whose money an entry moves: none where both sides are the agency's."""


def grounds(session: Session) -> Iterator[Violation]:
    """Name every entry that nothing called for, or that moves money as its kind does not."""
    for query, said in _PROOFS:
        for key, kind in session.execute(query()):
            yield Violation("entry_ungrounded", "journal_entry", key, f"{kind}: {said}")
    for agency_id, posted, brought in session.execute(_openings_query()):
        yield Violation(
            "openings_differ", "agency", agency_id,
            f"accounts were opened with {posted}, the files brought {brought}",
        )  # fmt: skip


def _entries(*kinds: str) -> sa.Select[int, str]:
    """Return entries with the side that gives and the side that takes."""
    query = (
        sa.select(JournalEntry.id, JournalEntry.kind)
        .join(_given, sa.and_(_given.entry_id == JournalEntry.id, _given.amount < 0))
        .join(_source, _source.id == _given.ledger_account_id)
        .join(_taken, sa.and_(_taken.entry_id == JournalEntry.id, _taken.amount > 0))
        .join(_target, _target.id == _taken.ledger_account_id)
        .order_by(JournalEntry.id)
    )
    return query.where(JournalEntry.kind.in_(kinds)) if kinds else query


def _named(*parts: str | sa.SQLColumnExpression[Any]) -> sa.ColumnElement[str]:
    """Return the reference an entry must have: words and keys in one."""
    said: sa.ColumnElement[str] = sa.literal("")
    for part in parts:
        said = said.concat(part if isinstance(part, str) else sa.cast(part, sa.String))
    return said


@cache
def _sides() -> sa.Select[*tuple[Any, ...]]:
    allowed = [
        sa.and_(
            JournalEntry.kind == kind,
            sa.or_(*(sa.and_(_source.code == a, _target.code == b) for a, b in moves)),
        )
        for kind, moves in MOVES.items()
    ]
    return _entries().where(
        sa.or_(
            ~sa.or_(*allowed),
            _given.amount != -_taken.amount,
            _source.account_id != _target.account_id,
            _source.agency_id != JournalEntry.agency_id,
            _target.agency_id != JournalEntry.agency_id,
        )
    )


@cache
def _lines() -> sa.Select[*tuple[Any, ...]]:
    line = ContributionLine
    return (
        _entries("contribution", "late")
        .outerjoin(line, line.entry_id == JournalEntry.id)
        .where(
            sa.or_(
                line.id.is_(None), line.amount != _taken.amount,
                line.account_id != _target.account_id,
            )
        )
    )  # fmt: skip


@cache
def _interest() -> sa.Select[*tuple[Any, ...]]:
    year = sa.and_(
        InterestRun.scheme_id == Account.scheme_id,
        JournalEntry.reference == _named("interest-", InterestRun.year, "-", Account.id),
    )
    closing = sa.and_(
        Application.account_id == Account.id,
        Application.kind == Kind.CLOSING,
        Application.interest == _taken.amount,
        JournalEntry.reference == _named("closing-interest-", Application.id),
    )
    return (
        _entries("interest")
        .join(Account, Account.id == _target.account_id)
        .outerjoin(InterestRun, year)
        .outerjoin(Application, closing)
        .where(InterestRun.id.is_(None), Application.id.is_(None))
    )


@cache
def _openings() -> sa.Select[*tuple[Any, ...]]:
    return (
        _entries("opening")
        .join(Account, Account.id == _target.account_id)
        .where(
            JournalEntry.reference != _named("opening-", Account.scheme_id, "-", Account.number)
        )
    )


@cache
def _credits() -> sa.Select[*tuple[Any, ...]]:
    """What waited comes back sum by sum; the rest is what else stands in the same suspense."""
    late, came = aliased(JournalEntry), aliased(Posting)
    there = sa.exists().where(
        came.ledger_account_id == _source.id, came.amount == _taken.amount,
        late.id == came.entry_id, late.kind.in_(("late", "release")),
        JournalEntry.reference == _named("late-credit-", late.id),
    )  # fmt: skip
    rest = JournalEntry.reference.like(_named("late-rest-", _source.account_id, "-%"))
    return _entries("late_credit").where(~there, ~rest)


@cache
def _reversals() -> sa.Select[*tuple[Any, ...]]:
    origin, asked = aliased(JournalEntry), LedgerReversal
    return (
        sa.select(JournalEntry.id, JournalEntry.kind)
        .outerjoin(asked, asked.twin_id == JournalEntry.id)
        .outerjoin(origin, origin.id == asked.entry_id)
        .where(
            JournalEntry.kind.endswith("_reversal", autoescape=True),
            sa.or_(
                origin.id.is_(None), asked.confirmed_at.is_(None),
                JournalEntry.kind != origin.kind.concat("_reversal"),
                JournalEntry.reference != _named("reversal-", origin.id),
            ),
        )
        .order_by(JournalEntry.id)
    )  # fmt: skip


@cache
def _cases() -> sa.Select[*tuple[Any, ...]]:
    return (
        _entries(*OF_CASES)
        .outerjoin(Application, Application.id == JournalEntry.application_id)
        .where(sa.or_(Application.id.is_(None), Application.account_id != _holder))
    )


@cache
def _supplements() -> sa.Select[*tuple[Any, ...]]:
    is_interest = JournalEntry.kind == "late_interest"
    return (
        _entries(*OF_SUPPLEMENTS)
        .outerjoin(Application, Application.id == JournalEntry.application_id)
        .outerjoin(Supplement, Supplement.application_id == Application.id)
        .where(
            sa.or_(
                Supplement.id.is_(None),
                sa.and_(is_interest, Application.interest != _taken.amount),
            )
        )
    )


@cache
def _payments() -> sa.Select[*tuple[Any, ...]]:
    return (
        _entries(*OF_PAYMENTS)
        .outerjoin(Payout, Payout.id == JournalEntry.payout_id)
        .where(
            sa.or_(
                Payout.id.is_(None), Payout.amount != _taken.amount,
                Payout.application_id != JournalEntry.application_id,
                JournalEntry.application_id.is_(None),
            )
        )
    )  # fmt: skip


@cache
def _openings_query() -> sa.Select[*tuple[Any, ...]]:
    """What accounts were opened with is, agency by agency, what the files of accounts brought."""
    posted = (
        _entries("opening")
        .order_by(None)
        .with_only_columns(JournalEntry.agency_id, _taken.amount.label("amount"))
        .subquery()
    )
    sums = sa.union_all(
        sa.select(posted.c.agency_id, posted.c.amount.label("posted"), _none("brought")),
        sa.select(ImportBatch.agency_id, _none("posted"), ImportBatch.total.label("brought")),
    ).subquery()
    both = [sa.type_coerce(sa.func.sum(sums.c[name]), MONEY) for name in ("posted", "brought")]
    return (
        sa.select(sums.c.agency_id, *both).group_by(sums.c.agency_id).having(both[0] != both[1])
    )


def _none(name: str) -> sa.Label[Any]:
    return sa.type_coerce(sa.literal_column("0"), MONEY).label(name)


_PROOFS: tuple[tuple[Callable[[], sa.Select[*tuple[Any, ...]]], str], ...] = (
    (_sides, "it does not move money from where to where its kind does"),
    (_lines, "no line of a file of contributions stands for this sum"),
    (_interest, "neither a yearly run nor a closing case stands for this sum"),
    (_openings, "its account was opened under another name"),
    (_credits, "no sum that came late stands for it"),
    (_reversals, "no two people reversed the entry it is the twin of"),
    (_cases, "no case on this account stands for it"),
    (_supplements, "no supplementary case stands for this sum"),
    (_payments, "no payment of its case stands for this sum"),
)
