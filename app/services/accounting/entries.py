"""How an entry is written: once under its reference, its sides at zero, the row moving with it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.errors import IllegalMove, Invalid
from app.domain.terms import LedgerCode
from app.domain.workdays import local_date
from app.models import Account, Application, JournalEntry, LedgerAccount, Payout, Posting

ZERO = Decimal("0.00")
OF_HOLDER = (LedgerCode.AVAILABLE, LedgerCode.HELD, LedgerCode.SUSPENSE)
BALANCE = (LedgerCode.AVAILABLE, LedgerCode.HELD)
"""What a holder's balance is made of."""


_BY_REFERENCE = sa.select(JournalEntry).where(
    JournalEntry.reference == sa.bindparam("reference")
)
_IN_CODES = LedgerAccount.code.in_(sa.bindparam("codes", expanding=True))
_PLACE = sa.select(LedgerAccount.code, LedgerAccount.account_id, LedgerAccount.id).where(
    LedgerAccount.agency_id == sa.bindparam("agency_id"), _IN_CODES
)
_PLACES = sa.union_all(
    _PLACE.where(LedgerAccount.account_id == sa.bindparam("account_id")),
    _PLACE.where(LedgerAccount.account_id.is_(None)),
)
"""Asked at every posting, so built once; each half has its index, an "or" of both has none."""


@dataclass(frozen=True, slots=True)
class Movement:
    """What one entry moves: from one account of the chart to another, yuan."""

    kind: str
    reference: str
    amount: Decimal
    source: LedgerCode
    target: LedgerCode


def post(
    session: Session,
    account: Account,
    move: Movement,
    *,
    now: dt.datetime,
    value_date: dt.date | None = None,
    case: Application | None = None,
    payout: Payout | None = None,
    note: str = "",
    first: bool = False,
) -> JournalEntry:
    """Write one entry once; the same reference again gives the same entry, or is refused.

    ``first`` says that the deed itself happens once (a row moved on under a condition), so that
    no earlier entry is looked for; one that is there all the same ends the transaction.
    """
    if move.amount <= 0:
        raise Invalid("a movement of money is more than nothing", code="amount_not_positive")
    if not first and (earlier := find(session, move.reference)) is not None:
        return _same(session, earlier, move)
    _carry(session, account, move)
    entry = JournalEntry(
        agency_id=account.agency_id, kind=move.kind, reference=move.reference,
        application_id=case.id if case else None, payout_id=payout.id if payout else None,
        value_date=value_date or local_date(now), at=now, note=note[:200],
    )  # fmt: skip
    session.add(entry)
    session.flush()
    places = _places(session, account, (move.source, move.target))
    session.execute(
        sa.insert(Posting),
        [
            {
                "agency_id": account.agency_id, "entry_id": entry.id, "amount": amount,
                "ledger_account_id": places.get(code) or chart(session, account, code).id,
            }
            for code, amount in ((move.source, -move.amount), (move.target, move.amount))
        ],
    )  # fmt: skip
    return entry


def _carry(session: Session, account: Account, move: Movement) -> None:
    """Move the sums on the account's row, only if they stay above zero and what is frozen."""
    if move.source is LedgerCode.SUSPENSE:
        lock(session, account)
        if waiting(session, account) < move.amount:
            raise Invalid("what waits does not cover it", code="amount_over", field="amount")
    change = {move.source: -move.amount, move.target: move.amount}
    available = change.get(LedgerCode.AVAILABLE, ZERO)
    held = change.get(LedgerCode.HELD, ZERO)
    if not available and not held:
        return
    allowed = [Account.id == account.id, Account.held + held >= 0]
    if available < 0:
        allowed.append(Account.available + available >= Account.frozen_amount)
    session.flush()
    moved = session.execute(
        sa.update(Account)
        .where(*allowed)
        .values(available=Account.available + available, held=Account.held + held)
        .returning(Account.available, Account.held)
        .execution_options(synchronize_session=False)
    ).all()
    if len(moved) != 1:
        raise Invalid("the account does not cover it", code="amount_over", field="amount")
    for name, value in zip(("available", "held"), moved[0], strict=True):
        set_committed_value(account, name, value)


def _same(session: Session, earlier: JournalEntry, move: Movement) -> JournalEntry:
    moved = session.scalar(
        sa.select(sa.func.sum(Posting.amount)).where(
            Posting.entry_id == earlier.id, Posting.amount > ZERO
        )
    )
    if earlier.kind != move.kind or moved != move.amount:
        raise IllegalMove(f"{move.reference} stands for another entry", code="reference_used")
    return earlier


def find(session: Session, reference: str) -> JournalEntry | None:
    """Return the entry under a reference."""
    return session.scalar(_BY_REFERENCE, {"reference": reference})


def _places(
    session: Session, account: Account, codes: tuple[LedgerCode, ...]
) -> dict[LedgerCode, int]:
    """Return where in the chart both sides of a movement stand, as far as they are there."""
    rows = session.execute(
        _PLACES, {"agency_id": account.agency_id, "account_id": account.id, "codes": codes}
    )
    return {
        row.code: row.id
        for row in rows
        if (row.account_id is None) == (row.code not in OF_HOLDER)
    }


def chart(session: Session, account: Account, code: LedgerCode) -> LedgerAccount:
    """Return the ledger account of a holder or of the agency, made at its first posting."""
    holder = account.id if code in OF_HOLDER else None
    query = sa.select(LedgerAccount).where(
        LedgerAccount.agency_id == account.agency_id,
        LedgerAccount.code == code,
        LedgerAccount.account_id == holder,
    )
    found = session.scalar(query)
    if found is None:
        try:
            with session.begin_nested():
                found = LedgerAccount(agency_id=account.agency_id, account_id=holder, code=code)
                session.add(found)
        except sa.exc.IntegrityError:
            found = session.scalars(query).one()
    return found


def postings_of(account: Account) -> sa.Select[tuple[Posting]]:
    """Return the postings of a holder's account, with their entries and places in the chart."""
    return (
        sa.select(Posting)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(LedgerAccount.account_id == account.id)
    )


def waiting(session: Session, account: Account) -> Decimal:
    """Return what waits in suspense for an account, yuan."""
    waits = session.scalar(
        postings_of(account)
        .with_only_columns(sa.func.sum(Posting.amount))
        .where(LedgerAccount.code == LedgerCode.SUSPENSE)
    )
    return Decimal(waits or ZERO)


def lock(session: Session, account: Account) -> None:
    """Keep other writers off an account until the transaction ends; read it anew."""
    session.flush()
    session.refresh(account, with_for_update=True)
