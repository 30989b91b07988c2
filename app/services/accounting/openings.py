"""Opening balances of many accounts at once: what ``ledger.open_account`` posts one by one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.domain.terms import LedgerCode
from app.models import Account, JournalEntry, LedgerAccount, Posting


@dataclass(frozen=True, slots=True)
class Opening:
    """The balance a new account comes with, yuan; interest counts from ``value_date``."""

    account: Account
    amount: Decimal
    value_date: dt.date
    reference: str


def open_accounts(
    session: Session, openings: Sequence[Opening], *, actor: Actor, now: dt.datetime
) -> None:
    """Post the balances of accounts that have no ledger yet; empty ones get no entry.

    The database refuses a reference or an account that was opened before.
    """
    posted = [opening for opening in openings if opening.amount]
    sources = {
        agency_id: _contributions(session, agency_id)
        for agency_id in {opening.account.agency_id for opening in posted}
    }
    targets = [
        LedgerAccount(
            agency_id=opening.account.agency_id,
            account_id=opening.account.id,
            code=LedgerCode.AVAILABLE,
        )
        for opening in posted
    ]
    entries = [
        JournalEntry(
            agency_id=opening.account.agency_id, kind="opening", reference=opening.reference,
            value_date=opening.value_date, at=now, note=actor.name[:200],
        )
        for opening in posted
    ]  # fmt: skip
    session.add_all([*targets, *entries])
    session.flush()
    for opening, target, entry in zip(posted, targets, entries, strict=True):
        agency_id = opening.account.agency_id
        sides = ((sources[agency_id], -opening.amount), (target.id, opening.amount))
        session.add_all(
            Posting(
                agency_id=agency_id, entry_id=entry.id, ledger_account_id=side, amount=amount
            )
            for side, amount in sides
        )
        opening.account.available = opening.amount
    session.flush()


def _contributions(session: Session, agency_id: int) -> int:
    """Return the agency's account against which openings are posted."""
    query = sa.select(LedgerAccount.id).where(
        LedgerAccount.agency_id == agency_id,
        LedgerAccount.account_id.is_(None),
        LedgerAccount.code == LedgerCode.CONTRIBUTIONS,
    )
    found: int | None = session.scalar(query)
    if found is None:
        row = LedgerAccount(agency_id=agency_id, code=LedgerCode.CONTRIBUTIONS)
        session.add(row)
        session.flush()
        found = row.id
    return found
