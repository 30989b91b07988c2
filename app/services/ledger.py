"""The double-entry ledger: the one place where money moves.

Postings are signed and sum to zero in every entry. On a holder's ``available`` and ``held`` a
positive sum is money owed to the holder; ``in_transit`` is money on its way to a payee and
``bank`` what the bank has paid out, both positive; ``contributions`` and ``interest`` are where
the money came from, negative. Entries never change: a correction is a new entry. What the account
row says of available and held moves with the postings, in the same transaction and only while it
stays above zero, so that two writers cannot spend the same money.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import Actor
from app.domain.terms import AccountState, Kind, LedgerCode
from app.domain.workdays import local_date
from app.models import Account, Application, JournalEntry, LedgerAccount, Payout, Posting
from app.services.records.updates import changed_rows

ZERO = Decimal("0.00")
OF_HOLDER = (LedgerCode.AVAILABLE, LedgerCode.HELD)


@dataclass(frozen=True, slots=True)
class Movement:
    """What one entry moves: from one account of the chart to another, yuan."""

    kind: str
    reference: str
    amount: Decimal
    source: LedgerCode
    target: LedgerCode


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
    move = Movement(
        "opening", reference, opening, LedgerCode.CONTRIBUTIONS, LedgerCode.AVAILABLE
    )
    return _post(session, account, move, now=now, note=actor.name)


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
    move = Movement(
        "contribution",
        reference,
        amount,
        LedgerCode.CONTRIBUTIONS,
        LedgerCode.AVAILABLE,
    )
    return _post(session, account, move, now=now, value_date=value_date)


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
    move = Movement("interest", reference, amount, LedgerCode.INTEREST, LedgerCode.AVAILABLE)
    return _post(session, account, move, now=now, value_date=value_date)


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
    move = Movement("hold", reference, abs(more), source, target)
    _post(session, case.account, move, now=now, case=case)


def release(session: Session, case: Application, *, now: dt.datetime, why: str) -> None:
    """Give what is held for a case back to its account; nothing when nothing is held."""
    amount = held_for(session, case)
    if amount:
        reference = f"release-{case.id}-{_entries_of(session, case) + 1}"
        move = Movement("release", reference, amount, LedgerCode.HELD, LedgerCode.AVAILABLE)
        _post(session, case.account, move, now=now, case=case, note=why)
    if case.account.closing and case.kind is Kind.CLOSING:
        case.account.closing = False
        session.flush()


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
    """Set the money of a claimed payment on its way: held → in transit."""
    _move_payout(session, payout, "transit", LedgerCode.HELD, LedgerCode.IN_TRANSIT, now=now)


def confirm(session: Session, payout: Payout, *, now: dt.datetime) -> None:
    """Book what the bank confirmed as paid: in transit → bank."""
    _move_payout(session, payout, "paid", LedgerCode.IN_TRANSIT, LedgerCode.BANK, now=now)


def put_back(session: Session, payout: Payout, *, now: dt.datetime, why: str) -> None:
    """Put the money of a payment that did not stay out back where it was held."""
    source = LedgerCode.IN_TRANSIT
    if _find(session, _reference(payout, "paid")) is not None:
        source = LedgerCode.BANK
    _move_payout(session, payout, "back", source, LedgerCode.HELD, now=now, why=why)


def held_for(session: Session, case: Application) -> Decimal:
    """Return what is held for a case, yuan."""
    held = session.scalar(
        sa.select(sa.func.sum(Posting.amount))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(
            JournalEntry.application_id == case.id,
            LedgerAccount.code == LedgerCode.HELD,
        )
    )
    return Decimal(held or ZERO)


def contributed_since(session: Session, account: Account, since: dt.date | None) -> Decimal:
    """Return what was paid in after a day, or ever, yuan."""
    query = (
        _postings_of(account)
        .with_only_columns(sa.func.sum(Posting.amount))
        .where(JournalEntry.kind.in_(("opening", "contribution")))
    )
    if since is not None:
        query = query.where(JournalEntry.value_date > since)
    return Decimal(session.scalar(query) or ZERO)


def movements(session: Session, account: Account) -> list[tuple[dt.date, Decimal]]:
    """Return what has borne interest since interest was last posted, by day.

    The first line is what lay in the account on the day of that posting.
    """
    base = _postings_of(account)
    last = session.scalar(
        base.with_only_columns(sa.func.max(JournalEntry.value_date)).where(
            JournalEntry.kind == "interest"
        )
    )
    by_day = base.with_only_columns(JournalEntry.value_date, sa.func.sum(Posting.amount))
    lines: list[tuple[dt.date, Decimal]] = []
    if last is not None:
        before = base.with_only_columns(sa.func.sum(Posting.amount))
        kept = session.scalar(before.where(JournalEntry.value_date <= last))
        lines.append((last, Decimal(kept or ZERO)))
        by_day = by_day.where(JournalEntry.value_date > last)
    rows = session.execute(
        by_day.group_by(JournalEntry.value_date).order_by(JournalEntry.value_date)
    )
    return [*lines, *((day, amount) for day, amount in rows if amount)]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a holder's account page; ``amount`` is what the balance moved by, yuan."""

    entry_id: int
    on: dt.date
    kind: str
    amount: Decimal
    available: Decimal
    held: Decimal
    application_id: int | None


def statement(
    session: Session, account: Account, *, limit: int = 50, before: int | None = None
) -> list[Line]:
    """Return the newest movements of an account, newest first; ``before`` is an entry's id."""

    def part(code: LedgerCode) -> sa.ColumnElement[Decimal]:
        amount = sa.case((LedgerAccount.code == code, Posting.amount), else_=sa.literal(ZERO))
        return sa.func.sum(sa.type_coerce(amount, Posting.amount.type))

    query = _postings_of(account).with_only_columns(
        JournalEntry.id, JournalEntry.value_date, JournalEntry.kind,
        sa.func.sum(Posting.amount), part(LedgerCode.AVAILABLE), part(LedgerCode.HELD),
        JournalEntry.application_id,
    )  # fmt: skip
    if before is not None:
        query = query.where(JournalEntry.id < before)
    rows = session.execute(
        query.group_by(
            JournalEntry.id, JournalEntry.value_date, JournalEntry.kind,
            JournalEntry.application_id,
        )
        .order_by(JournalEntry.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [Line(*row) for row in rows]


def close_account(session: Session, account: Account) -> None:
    """Close an account that was paid out: state 05 (AM08)."""
    account.state = AccountState.CLOSED_BY_WITHDRAWAL
    account.closing = False
    session.flush()


def reopen_account(session: Session, account: Account) -> None:
    """Take back a closing whose payment the bank returned; it waits to be paid again."""
    account.state = AccountState.SEALED if account.sealed_on else AccountState.NORMAL
    account.closing = True
    session.flush()


def _check_takes_money(session: Session, account: Account, reference: str) -> None:
    if _find(session, reference) is not None:
        return
    if account.closing or account.state is AccountState.CLOSED_BY_WITHDRAWAL:
        raise Invalid("the account closes or is closed", code="account_closing")


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
) -> None:
    case = payout.application
    move = Movement(word, _reference(payout, word), payout.amount, source, target)
    _post(session, case.account, move, now=now, case=case, payout=payout, note=why)


def _post(
    session: Session,
    account: Account,
    move: Movement,
    *,
    now: dt.datetime,
    value_date: dt.date | None = None,
    case: Application | None = None,
    payout: Payout | None = None,
    note: str = "",
) -> JournalEntry:
    """Write one entry once; the same reference again gives the same entry, or is refused."""
    if move.amount <= 0:
        raise Invalid("a movement of money is more than nothing", code="amount_not_positive")
    if (earlier := _find(session, move.reference)) is not None:
        return _same(session, earlier, move)
    _carry(session, account, move)
    entry = JournalEntry(
        agency_id=account.agency_id, kind=move.kind, reference=move.reference,
        application_id=case.id if case else None, payout_id=payout.id if payout else None,
        value_date=value_date or local_date(now), at=now, note=note[:200],
    )  # fmt: skip
    session.add(entry)
    session.flush()
    for code, amount in ((move.source, -move.amount), (move.target, move.amount)):
        session.add(
            Posting(
                agency_id=account.agency_id, entry_id=entry.id, amount=amount,
                ledger_account_id=_chart(session, account, code).id,
            )
        )  # fmt: skip
    session.flush()
    return entry


def _carry(session: Session, account: Account, move: Movement) -> None:
    """Move the sums on the account's row, only if they stay above zero and what is frozen."""
    change = {move.source: -move.amount, move.target: move.amount}
    available = change.get(LedgerCode.AVAILABLE, ZERO)
    held = change.get(LedgerCode.HELD, ZERO)
    if not available and not held:
        return
    allowed = [Account.id == account.id, Account.held + held >= 0]
    if available < 0:
        allowed.append(Account.available + available >= Account.frozen_amount)
    session.flush()
    moved = changed_rows(
        session,
        sa.update(Account)
        .where(*allowed)
        .values(available=Account.available + available, held=Account.held + held)
        .execution_options(synchronize_session=False),
    )
    if moved != 1:
        raise Invalid("the account does not cover it", code="amount_over", field="amount")
    session.refresh(account, ["available", "held"])


def _same(session: Session, earlier: JournalEntry, move: Movement) -> JournalEntry:
    moved = session.scalar(
        sa.select(sa.func.sum(Posting.amount)).where(
            Posting.entry_id == earlier.id, Posting.amount > ZERO
        )
    )
    if earlier.kind != move.kind or moved != move.amount:
        raise IllegalMove(f"{move.reference} stands for another entry", code="reference_used")
    return earlier


def _find(session: Session, reference: str) -> JournalEntry | None:
    return session.scalar(sa.select(JournalEntry).where(JournalEntry.reference == reference))


def _entries_of(session: Session, case: Application) -> int:
    return (
        session.scalar(sa.select(sa.func.count()).where(JournalEntry.application_id == case.id))
        or 0
    )


def _chart(session: Session, account: Account, code: LedgerCode) -> LedgerAccount:
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


def _postings_of(account: Account) -> sa.Select[tuple[Posting]]:
    return (
        sa.select(Posting)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(LedgerAccount.account_id == account.id)
    )
