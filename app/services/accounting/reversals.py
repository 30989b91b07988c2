"""Reversal entries (红冲): a payer asks for the twin of an entry with proof, a releaser confirms."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import Account, JournalEntry, LedgerAccount, LedgerReversal, Posting
from app.services import audit, ledger
from app.services.accounting import accrual, entries, late_money
from app.services.entry import proofs
from app.services.staff import standing

KINDS = ("opening", "contribution", "late", "late_credit", "interest")
"""What two people can reverse; a payment is undone by the bank alone, a hold by its case."""

SHORTEST_PROOF = 4
SHOWN = 50


def entry_of(session: Session, reference: str, *, actor: Actor) -> JournalEntry:
    """Return an entry of the agency by its reference; raise ``NotAllowed`` (not_found)."""
    policy.check_role(actor, Role.PAYER, Role.RELEASER)
    entry = entries.find(session, reference.strip())
    if entry is None or entry.agency_id != actor.agency_id:
        raise NotAllowed("no such entry", code="not_found")
    return entry


def account_of(session: Session, entry: JournalEntry) -> Account:
    """Return whose money an entry moved; raise ``Invalid`` (not_reversible) without a holder."""
    account: Account | None = session.scalar(
        sa.select(Account)
        .join(LedgerAccount, LedgerAccount.account_id == Account.id)
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .where(Posting.entry_id == entry.id)
        .limit(1)
    )
    if account is None:
        raise Invalid("nobody's money", code="not_reversible", field="entry")
    return account


def sum_of(entry: JournalEntry) -> Decimal:
    """Return what an entry moved, yuan."""
    return sum((one.amount for one in entry.postings if one.amount > 0), entries.ZERO)


def check(session: Session, entry: JournalEntry, account: Account) -> None:
    """Raise ``Invalid`` or ``IllegalMove`` when an entry cannot be reversed as things stand.

    Codes: not_reversible (its kind, or late money that is being paid), account_closing,
    interest_counted (interest was posted on it: that is reversed first), interest_not_last.
    """
    if entry.kind not in KINDS:
        raise Invalid("this kind is not reversed", code="not_reversible", field="entry")
    if entry.kind == "late":
        if late_money.taken_up(session, account, entry.id):
            raise Invalid("it is being paid", code="not_reversible", field="entry")
        return
    if ledger.closes(account):
        raise IllegalMove("the account closes or is closed", code="account_closing")
    last = accrual.last_interest(session, account)
    if entry.kind == "interest" and last != entry.id:
        raise Invalid("a later one stands", code="interest_not_last", field="entry")
    if entry.kind != "interest" and last is not None and _counted(session, entry, last):
        raise Invalid("interest was posted on it", code="interest_counted", field="entry")


def _counted(session: Session, entry: JournalEntry, last: int) -> bool:
    """Tell whether the newest interest entry was reckoned with this money in the account."""
    day = session.get_one(JournalEntry, last).value_date
    return last > entry.id and entry.value_date < day


def propose(
    session: Session, entry: JournalEntry, *, actor: Actor, now: dt.datetime, proof: str
) -> LedgerReversal:
    """Ask, as a payer, that an entry be reversed; the proof says why.

    Raises ``NotAllowed`` for an own account, ``IllegalMove`` (reversal_there) when it was asked
    for or done before, and what ``check`` raises.
    """
    account = _may(session, entry, Role.PAYER, actor=actor, now=now)
    if len(proof.strip()) < SHORTEST_PROOF:
        raise Invalid("a proof is needed", code="proof_needed", field="proof")
    entries.lock(session, account)
    if session.scalar(sa.select(LedgerReversal.id).where(LedgerReversal.entry_id == entry.id)):
        raise IllegalMove("it was asked for already", code="reversal_there")
    check(session, entry, account)
    assert actor.user_id is not None
    asked = LedgerReversal(
        agency_id=entry.agency_id, entry_id=entry.id, account_id=account.id,
        proof=proof.strip()[:500], proposed_by=actor.user_id, proposed_name=actor.name[:100],
        proposed_at=now,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    _record(session, "reversal_proposed", asked, actor=actor, now=now)
    return asked


def confirm(
    session: Session, asked: LedgerReversal, *, actor: Actor, now: dt.datetime
) -> JournalEntry:
    """Confirm, as a releaser and another person, a reversal: its twin is posted.

    Raises ``NotAllowed`` (four_eyes), ``ProofNeeded``, ``Invalid`` (amount_over) when the money
    is held, frozen or gone, and what ``check`` raises.
    """
    account = _may(session, asked.entry, Role.RELEASER, actor=actor, now=now)
    standing.check_other(session, actor, earlier=asked.proposed_by)
    proofs.check(actor, now=now)
    entries.lock(session, account)
    _lock(session, asked)
    check(session, asked.entry, account)
    twin = ledger.reverse(session, asked.entry, account, now=now, note=asked.proof)
    asked.confirmed_by, asked.confirmed_name = actor.user_id, actor.name[:100]
    asked.confirmed_at, asked.twin_id = now, twin.id
    session.flush()
    _record(session, "reversal_confirmed", asked, actor=actor, now=now)
    return twin


def discard(
    session: Session, asked: LedgerReversal, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Take away a reversal that nobody has confirmed, with the reason; the audit keeps it."""
    _may(session, asked.entry, Role.PAYER, Role.RELEASER, actor=actor, now=now)
    if not reason.strip():
        raise Invalid(code="reason_needed", field="proof")
    _lock(session, asked)
    _record(session, "reversal_discarded", asked, actor=actor, now=now, reason=reason[:200])
    session.delete(asked)
    session.flush()


def get(session: Session, reversal_id: int, *, actor: Actor) -> LedgerReversal:
    """Return a reversal of the agency, or raise ``NotAllowed`` (not_found)."""
    found = session.get(LedgerReversal, reversal_id)
    if found is None or found.agency_id != actor.agency_id:
        raise NotAllowed("no such reversal", code="not_found")
    return found


def listed(session: Session, *, actor: Actor) -> list[LedgerReversal]:
    """Return what waits for a second person, oldest first, then what was reversed last."""
    mine = (
        sa.select(LedgerReversal)
        .where(LedgerReversal.agency_id == actor.agency_id)
        .options(
            joinedload(LedgerReversal.entry).selectinload(JournalEntry.postings),
            joinedload(LedgerReversal.account).joinedload(Account.applicant),
        )
    )
    waits = mine.where(LedgerReversal.confirmed_at.is_(None)).order_by(LedgerReversal.id)
    done = mine.where(LedgerReversal.confirmed_at.is_not(None)).order_by(
        LedgerReversal.confirmed_at.desc()
    )
    return [*session.scalars(waits.limit(SHOWN)), *session.scalars(done.limit(SHOWN))]


def _lock(session: Session, asked: LedgerReversal) -> None:
    """Keep others off a reversal; raise ``IllegalMove`` when it was confirmed or taken away."""
    found = session.scalar(
        sa.select(LedgerReversal)
        .where(LedgerReversal.id == asked.id)
        .with_for_update(of=LedgerReversal)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise IllegalMove("it was taken away")
    if found.confirmed_at is not None:
        raise IllegalMove("it is reversed", code="reversal_there")


def _may(
    session: Session, entry: JournalEntry, *roles: Role, actor: Actor, now: dt.datetime
) -> Account:
    policy.check_role(actor, *roles)
    policy.check_agency(actor, agency_id=entry.agency_id)
    standing.check(session, actor, now=now)
    account = account_of(session, entry)
    if actor.identity_index in (None, account.applicant.id_number_index):
        raise NotAllowed("an own account", code="own_case")
    return account


def _record(
    session: Session,
    act: str,
    asked: LedgerReversal,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="journal_entry",
        object_id=asked.entry_id, agency_id=asked.agency_id, reason=reason or asked.proof[:200],
        entry=asked.entry.reference, amount=str(sum_of(asked.entry)),
    )  # fmt: skip
