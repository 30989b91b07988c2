"""Money paid in for holders, each sum by a file of one line as the office would post it."""

import datetime as dt
import hashlib
from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import Account, ContributionBatch, ContributionLine, JournalEntry
from app.services import ledger
from app.services.accounting import entries


def pay_in(
    session: Session,
    account: Account,
    amount: Decimal | int,
    *,
    now: dt.datetime,
    value_date: dt.date,
    reference: str,
) -> JournalEntry:
    """Pay in for a holder; the same reference again gives the same entry."""
    is_there = entries.find(session, reference) is not None
    entry = ledger.contribute(
        session, account, Decimal(amount), now=now, value_date=value_date, reference=reference
    )
    return entry if is_there else _lined(session, account, entry, Decimal(amount))


def pay_in_late(
    session: Session,
    account: Account,
    amount: Decimal | int,
    *,
    now: dt.datetime,
    value_date: dt.date,
    reference: str,
) -> JournalEntry:
    """Let money come for an account that closes or is closed."""
    entry = ledger.take_late(
        session, account, Decimal(amount), now=now, value_date=value_date, reference=reference
    )
    return _lined(session, account, entry, Decimal(amount))


def _lined(
    session: Session, account: Account, entry: JournalEntry, amount: Decimal
) -> JournalEntry:
    batch = ContributionBatch(
        agency_id=account.agency_id, reference=entry.reference, name=entry.reference, rows=1,
        sha256=hashlib.sha256(entry.reference.encode()).hexdigest(), total=amount,
        actor_name="", at=entry.at,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    session.add(
        ContributionLine(
            agency_id=account.agency_id, batch_id=batch.id, line=1, account_id=account.id,
            entry_id=entry.id, amount=amount,
        )
    )  # fmt: skip
    session.flush()
    return entry
