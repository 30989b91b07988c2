"""The double-entry ledger: the one place where money moves.

Postings are signed and sum to zero in every entry. On a holder's ``available`` and ``held`` a
positive sum is money owed to the holder; ``in_transit`` is money on its way to a payee and
``bank`` what the bank has paid out, both positive; ``contributions`` and ``interest`` are where
the money came from, negative; ``suspense`` is what came for a holder whose account closes or is
closed and waits to be paid out beside it. Entries never change: a correction is a new entry. What
the account row says of available and held moves with the postings, in the same transaction and
only while it stays above zero, so that two writers cannot spend the same money.
"""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import Invalid
from app.domain.policy import Actor
from app.domain.terms import AccountState, Kind, LedgerCode
from app.domain.workdays import local_date
from app.models import Account, Application, JournalEntry, LedgerAccount, Payout, Posting
from app.services.accounting import entries, late_money

ZERO = entries.ZERO
PAID_IN = ("opening", "contribution", "late_credit")
"""Kinds of entries by which money came in for a holder."""

_HELD_FOR = (
    sa.select(sa.func.sum(Posting.amount))
    .join(JournalEntry, JournalEntry.id == Posting.entry_id)
    .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
    .where(
        JournalEntry.application_id == sa.bindparam("case_id"),
        LedgerAccount.code == LedgerCode.HELD,
    )
)
_ENTRIES_OF = sa.select(sa.func.count()).where(
    JournalEntry.application_id == sa.bindparam("case_id")
)
"""Asked at every posting of a case, so built once."""

REVERSAL = "_reversal"
"""What the kind of an entry's twin ends in."""


def open_account(
    session: Session,
    account: Account,
    *,
    opening: Decimal,
    actor: Actor,
    now: dt.datetime,
    reference: str,
) -> JournalEntry | None:
    """Post the balance an account comes with; nothing when it comes empty."""
    if opening == 0:
        return None
    move = entries.Movement(
        "opening", reference, opening, LedgerCode.CONTRIBUTIONS, LedgerCode.AVAILABLE
    )
    return entries.post(session, account, move, now=now, note=actor.name)


def contribute(
    session: Session,
    account: Account,
    amount: Decimal,
    *,
    now: dt.datetime,
    value_date: dt.date,
    reference: str,
) -> JournalEntry:
    """Post money paid in for a holder; refused while the account closes and when it is closed."""
    _check_takes_money(session, account, reference)
    move = entries.Movement(
        "contribution",
        reference,
        amount,
        LedgerCode.CONTRIBUTIONS,
        LedgerCode.AVAILABLE,
    )
    return entries.post(session, account, move, now=now, value_date=value_date)


def take_late(
    session: Session,
    account: Account,
    amount: Decimal,
    *,
    now: dt.datetime,
    value_date: dt.date,
    reference: str,
) -> JournalEntry:
    """Keep money that came for an account that closes or is closed: it waits in suspense."""
    move = entries.Movement(
        "late", reference, amount, LedgerCode.CONTRIBUTIONS, LedgerCode.SUSPENSE
    )
    return entries.post(session, account, move, now=now, value_date=value_date)


def hold_late(session: Session, case: Application, *, now: dt.datetime) -> Decimal:
    """Hold all that waits for the account of a supplementary case; return it, yuan."""
    waits = entries.waiting(session, case.account)
    if waits:
        reference = f"supplement-{case.id}"
        move = entries.Movement(
            "supplement", reference, waits, LedgerCode.SUSPENSE, LedgerCode.HELD
        )
        entries.post(session, case.account, move, now=now, case=case)
    return waits


def fix_late(
    session: Session, case: Application, *, interest: Decimal, now: dt.datetime
) -> None:
    """Add the interest of late money to what is held for its supplementary case."""
    if interest:
        reference = f"late-interest-{case.id}"
        move = entries.Movement(
            "late_interest", reference, interest, LedgerCode.INTEREST, LedgerCode.HELD
        )
        entries.post(session, case.account, move, now=now, case=case)


def reverse(
    session: Session, entry: JournalEntry, account: Account, *, now: dt.datetime, note: str
) -> JournalEntry:
    """Post the twin of an entry with its sides changed (红冲); it counts from the same day.

    Raises ``Invalid`` (amount_over) when what is free and not frozen does not cover it.
    """
    sides = {one.amount > 0: one for one in entry.postings}
    source, target = sides[True].ledger_account.code, sides[False].ledger_account.code
    if target is LedgerCode.SUSPENSE:
        target = LedgerCode.CONTRIBUTIONS
    move = entries.Movement(
        entry.kind + REVERSAL, f"reversal-{entry.id}", sides[True].amount, source, target
    )
    return entries.post(session, account, move, now=now, value_date=entry.value_date, note=note)


def post_interest(
    session: Session,
    account: Account,
    amount: Decimal,
    *,
    now: dt.datetime,
    value_date: dt.date,
    reference: str,
) -> JournalEntry:
    """Post interest for a holder; refused while the account closes and when it is closed."""
    _check_takes_money(session, account, reference)
    move = entries.Movement(
        "interest", reference, amount, LedgerCode.INTEREST, LedgerCode.AVAILABLE
    )
    return entries.post(session, account, move, now=now, value_date=value_date)


def hold(session: Session, case: Application, amount: Decimal, *, now: dt.datetime) -> None:
    """Hold exactly ``amount`` of the account for a case, more or less than before as need be.

    Raises ``Invalid`` (amount_over) when what is available and not frozen does not cover it.
    """
    more = amount - held_for(session, case)
    if more == 0:
        return
    source, target = LedgerCode.AVAILABLE, LedgerCode.HELD
    if more < 0:
        source, target = target, source
    reference = f"hold-{case.id}-{_entries_of(session, case) + 1}"
    move = entries.Movement("hold", reference, abs(more), source, target)
    entries.post(session, case.account, move, now=now, case=case)


def release(session: Session, case: Application, *, now: dt.datetime, why: str) -> None:
    """Give what is held for a case back to its account; nothing when nothing is held.

    Late money, and what is held of a closed account, waits in suspense. When it was this case that
    fixed the closing, the account closes no more and gets what waited.
    """
    amount, account = held_for(session, case), case.account
    closing = case.kind is Kind.CLOSING
    supplement = closing and late_money.is_supplement(session, case)
    if amount:
        reference = f"release-{case.id}-{_entries_of(session, case) + 1}"
        waits = supplement or account.state is AccountState.CLOSED_BY_WITHDRAWAL
        target = LedgerCode.SUSPENSE if waits else LedgerCode.AVAILABLE
        move = entries.Movement("release", reference, amount, LedgerCode.HELD, target)
        entries.post(session, account, move, now=now, case=case, note=why)
    if account.closing and closing and case.decision_hash and not supplement:
        account.closing = False
        session.flush()
        _credit_late(session, account, now=now)


def fix_closing(
    session: Session, case: Application, *, interest: Decimal, now: dt.datetime
) -> None:
    """Fix what a closing withdrawal pays: principal and interest to this day, all of it held.

    From now on the account takes no postings until the case is paid or ended.
    """
    account = case.account
    if interest:
        post_interest(
            session, account, interest,
            now=now, value_date=local_date(now), reference=f"closing-interest-{case.id}",
        )  # fmt: skip
    session.refresh(account, ["available", "held"])
    hold(session, case, held_for(session, case) + account.available, now=now)
    account.closing = True
    session.flush()


def into_transit(session: Session, payout: Payout, *, now: dt.datetime) -> None:
    """Set the money of a payment on its way, right after it was claimed: held → in transit."""
    sides = LedgerCode.HELD, LedgerCode.IN_TRANSIT
    _move_payout(session, payout, "transit", *sides, now=now, first=True)


def confirm(session: Session, payout: Payout, *, now: dt.datetime) -> JournalEntry:
    """Book what the bank confirmed, right after it became paid: in transit → bank."""
    sides = LedgerCode.IN_TRANSIT, LedgerCode.BANK
    return _move_payout(session, payout, "paid", *sides, now=now, first=True)


def put_back(session: Session, payout: Payout, *, now: dt.datetime, why: str) -> None:
    """Put the money of a payment that did not stay out back where it was held."""
    source = LedgerCode.IN_TRANSIT
    if entries.find(session, _reference(payout, "paid")) is not None:
        source = LedgerCode.BANK
    _move_payout(session, payout, "back", source, LedgerCode.HELD, now=now, why=why)


def held_for(session: Session, case: Application) -> Decimal:
    """Return what is held for a case, yuan."""
    return Decimal(session.scalar(_HELD_FOR, {"case_id": case.id}) or ZERO)


def contributed_since(session: Session, account: Account, since: dt.date | None) -> Decimal:
    """Return what was paid in after a day, or ever, yuan."""
    query = (
        entries.postings_of(account)
        .with_only_columns(sa.func.sum(Posting.amount))
        .where(JournalEntry.kind.in_((*PAID_IN, *(kind + REVERSAL for kind in PAID_IN))))
    )
    if since is not None:
        query = query.where(JournalEntry.value_date > since)
    return Decimal(session.scalar(query) or ZERO)


def close_account(session: Session, account: Account) -> None:
    """Close an account that was paid out: state 05 (AM08)."""
    if account.available == 0:
        account.state = AccountState.CLOSED_BY_WITHDRAWAL
    account.closing = False
    session.flush()


def closes(account: Account) -> bool:
    """Tell whether an account takes no postings: it closes, or it is closed."""
    return account.closing or account.state is AccountState.CLOSED_BY_WITHDRAWAL


def reopen_account(session: Session, account: Account) -> None:
    """Take back a closing whose payment the bank returned; it waits to be paid again."""
    account.state = AccountState.SEALED if account.sealed_on else AccountState.NORMAL
    account.closing = True
    session.flush()


def _check_takes_money(session: Session, account: Account, reference: str) -> None:
    if entries.find(session, reference) is not None:
        return
    entries.lock(session, account)
    if closes(account):
        raise Invalid("the account closes or is closed", code="account_closing")


def _credit_late(session: Session, account: Account, *, now: dt.datetime) -> None:
    """Credit what waited: every sum from the day it came, the rest (interest) from today."""
    left = entries.waiting(session, account)
    for late in late_money.open_entries(session, account):
        move = _credit(f"late-credit-{late.entry_id}", late.amount)
        entries.post(session, account, move, now=now, value_date=late.value_date)
        left -= late.amount
    if left:
        move = _credit(f"late-rest-{account.id}-{now:%Y%m%d%H%M%S}", left)
        entries.post(session, account, move, now=now)


def _credit(reference: str, amount: Decimal) -> entries.Movement:
    return entries.Movement(
        "late_credit", reference, amount, LedgerCode.SUSPENSE, LedgerCode.AVAILABLE
    )


def _reference(payout: Payout, word: str) -> str:
    return f"{word}-{payout.id}-{payout.fence}"


def _move_payout(
    session: Session,
    payout: Payout,
    word: str,
    source: LedgerCode,
    target: LedgerCode,
    *,
    now: dt.datetime,
    why: str = "",
    first: bool = False,
) -> JournalEntry:
    case = payout.application
    move = entries.Movement(word, _reference(payout, word), payout.amount, source, target)
    return entries.post(
        session, case.account, move, now=now, case=case, payout=payout, note=why, first=first
    )


def _entries_of(session: Session, case: Application) -> int:
    return session.scalar(_ENTRIES_OF, {"case_id": case.id}) or 0
