"""What must hold after every step, and at the end, told from bank and books independently."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import Actor
from app.domain.terms import Action, LedgerCode, PayoutStatus, Role, Status
from app.domain.workdays import local_date
from app.jobs.payouts import STOP_BROKEN, STOP_DECISION
from app.models import (
    Account,
    Applicant,
    Application,
    CaseEvent,
    JournalEntry,
    LedgerAccount,
    Notice,
    Payout,
    Posting,
    StatementLine,
)
from app.services.accounting import verification
from app.services.paying.payments import STOP_DIFFERS
from app.services.paying.statements import STOP_THEIRS
from app.transaction import transaction
from tests.simulation import interest
from tests.simulation.books import Books
from tests.simulation.story import Broken, Story, read, words

P, S = PayoutStatus, Status
OUT = (P.CLAIMED, P.SENT, P.UNKNOWN, P.PAID, P.SETTLED)
OPEN = (P.CLAIMED, P.SENT, P.UNKNOWN, P.PAID, P.APPROVED)
NEVER_PAID = (S.CANCELLED, S.VOIDED, S.REJECTED, S.DECLINED)
NEVER_SAID = (STOP_BROKEN, STOP_DECISION, STOP_DIFFERS)
STEPS = {
    Action.TAKE_UP: Role.FIRST_REVIEWER, Action.PASS_FIRST: Role.FIRST_REVIEWER,
    Action.DECLINE: Role.FIRST_REVIEWER, Action.APPROVE: Role.SECOND_REVIEWER,
    Action.VOID: Role.SUPERVISOR,
}  # fmt: skip

PAYMENTS = (
    "SELECT payout.bank_reference, payout.agency_id, payout.status, payout.amount,"
    " payout.payee_last_four, payout.application_id, application.status"
    " FROM payout JOIN application ON application.id = payout.application_id"
)
STOPS = "SELECT id, payouts_stopped FROM agency WHERE payouts_stopped <> ''"
"""What is compared after every step, asked of the driver: the models would take a tenth of a seed."""


class Paying(NamedTuple):
    """One payment as it is compared with the bank; the sum in fen."""

    bank_reference: str | None
    agency_id: int
    status: str
    fen: int
    payee_last_four: str
    application_id: int
    of_case: str


def after_step(story: Story, books: Books) -> None:
    """Add up what was posted, compare bank and payments, look for what was stopped."""
    books.look()
    _stops(story, read(STOPS))
    rows = [Paying(*row) for row in read(PAYMENTS)]
    known = {row.bank_reference: row for row in rows if row.bank_reference}
    for agency_id, bank in story.banks.items():
        if bank.misuse:
            raise Broken("misuse", bank.misuse[0])
        for reference in bank.held:
            row = known.get(reference)
            if row is None or row.agency_id != agency_id:
                raise Broken("unknown_to_us", f"the bank has {reference}, the books have not")
            _one(story, row)
    _one_a_case(story, rows)


def _stops(story: Story, stops: Iterable[tuple[int, str]]) -> None:
    """Raise when payouts were stopped for what cannot have happened."""
    for agency_id, sentence in stops:
        if sentence in NEVER_SAID:
            raise Broken("stopped", f"agency {agency_id}: {sentence}")
        if sentence == STOP_THEIRS and not story.banks[agency_id].foreign:
            raise Broken("stopped", f"agency {agency_id}: a payment of ours is called foreign")


def _one(story: Story, row: Paying) -> None:
    """Compare one payment with what the bank has under its reference."""
    bank, reference = story.banks[row.agency_id], row.bank_reference or ""
    payment = bank.held[reference].payment
    lines = [line.amount for line in bank.booked if line.reference == reference]
    if len([amount for amount in lines if amount > 0]) > 1:
        raise Broken("twice", f"{reference} was paid twice")
    if payment.amount * 100 != row.fen or payment.payee_card[-4:] != row.payee_last_four:
        raise Broken("differs", f"{reference} is another amount or card at the bank")
    if bank.has(reference) and row.status not in OUT:
        raise Broken("out", f"{reference} is {row.status}, the bank pays it")
    if sum(lines, Decimal(0)) > 0 and row.of_case in NEVER_PAID:
        raise Broken("paid_after_end", f"{reference} was paid, its case is {row.of_case}")


def _one_a_case(story: Story, rows: Iterable[Paying]) -> None:
    out = Counter(
        row.application_id
        for row in rows
        if row.bank_reference and story.banks[row.agency_id].has(row.bank_reference)
    )
    for case_id, count in out.items():
        if count > 1:
            raise Broken("twice", f"case {case_id} has {count} payments at the bank")


def prove(session: Session) -> None:
    """Prove every invariant of the production's own proof."""
    for violation in verification.verify(session):
        raise Broken(
            violation.code, f"{violation.table} {violation.row_id}: {violation.sentence}"
        )


def open_payments() -> int:
    """Return how many payments have not come to their end."""
    return int(read(f"SELECT count(*) FROM payout WHERE status IN {words(OPEN)}")[0][0])


def at_end(story: Story) -> None:
    """Prove the books, compare every payment and sum with the bank, and every signature."""
    with transaction() as session:
        prove(session)
        interest.bounded(session, to=local_date(story.true_now()))
        for row in session.execute(
            sa.select(
                Payout.id, Payout.status, Payout.amount, Payout.bank_reference,
                Payout.agency_id, Application.on_hold, Application.investigating,
            ).join(Application, Application.id == Payout.application_id)
        ):  # fmt: skip
            bank = story.banks[row.agency_id]
            wanted = row.amount if row.status is P.SETTLED else Decimal(0)
            if bank.net(row.bank_reference or "-") != wanted:
                raise Broken("bank_differs", f"payout {row.id} is {row.status}")
            waits = row.status is P.APPROVED and (row.on_hold or row.investigating)
            if row.status in OPEN and not waits:
                raise Broken("never_ends", f"payout {row.id} is still {row.status}")
        for agency_id, bank in story.banks.items():
            _sums(session, agency_id, sum((row.amount for row in bank.booked), Decimal(0)))
        _signatures(story, session)


def _sums(session: Session, agency_id: int, at_bank: Decimal) -> None:
    booked = session.scalar(
        sa.select(sa.func.sum(Posting.amount))
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(LedgerAccount.agency_id == agency_id, LedgerAccount.code == LedgerCode.BANK)
    ) or Decimal(0)
    foreign = session.scalar(
        sa.select(sa.func.sum(StatementLine.amount)).where(
            StatementLine.agency_id == agency_id, StatementLine.payout_id.is_(None)
        )
    ) or Decimal(0)
    if booked + foreign != at_bank:
        raise Broken("sums", f"agency {agency_id}: books {booked}, bank {at_bank}")


def _signatures(story: Story, session: Session) -> None:
    """Read every history anew: right role, own agency, no own case, two people."""
    people = {one.user_id: one for one in story.hall.cast.staff}
    signed: dict[int, set[int]] = {}
    rows = session.execute(
        sa.select(
            CaseEvent.application_id, CaseEvent.action, CaseEvent.actor_id,
            Application.agency_id, Applicant.id_number_index,
        )
        .join(Application, Application.id == CaseEvent.application_id)
        .join(Applicant, Applicant.id == Application.applicant_id)
        .order_by(CaseEvent.id)
    )  # fmt: skip
    for case_id, action, actor_id, agency_id, identity in rows:
        if action == Action.SUBMIT:
            signed[case_id] = set()
        signed.setdefault(case_id, set())
        if action in STEPS:
            _may(people.get(actor_id), Action(action), case_id, agency_id, identity)
        if action in (Action.PASS_FIRST, Action.APPROVE):
            if actor_id in signed[case_id]:
                raise Broken("four_eyes", f"case {case_id} was signed twice by {actor_id}")
            signed[case_id].add(actor_id)


def _may(
    actor: Actor | None, action: Action, case_id: int, agency_id: int, identity: str
) -> None:
    if actor is None or not actor.has(STEPS[action]) or actor.agency_id != agency_id:
        raise Broken("rights", f"{action} of case {case_id} by somebody without the right")
    if actor.identity_index == identity:
        raise Broken("rights", f"{action} of case {case_id} by its own applicant")


def digest(story: Story) -> str:
    """Return the hash of the final state: cases, history, money, bank; nothing random in it."""
    sums = hashlib.sha256()
    with transaction() as session:
        for query in STATE:
            for row in session.execute(query):
                sums.update(repr(tuple(map(str, row))).encode())
    for agency_id, bank in story.banks.items():
        for line in bank.booked:
            sums.update(f"{agency_id} {line}".encode())
    return sums.hexdigest()[:12]


STATE = (
    sa.select(
        Application.id, Application.number, Application.status, Application.kind,
        Application.amount, Application.version, Application.due_on, Application.pay_by,
        Application.payee_last_four, Application.on_hold,
    ).order_by(Application.id),
    sa.select(
        CaseEvent.application_id, CaseEvent.action, CaseEvent.actor_name, CaseEvent.at
    ).order_by(CaseEvent.id),
    sa.select(Account.number, Account.available, Account.held, Account.state)
    .order_by(Account.id),
    sa.select(JournalEntry.kind, JournalEntry.reference, JournalEntry.value_date)
    .order_by(JournalEntry.id),
    sa.select(Posting.entry_id, Posting.ledger_account_id, Posting.amount).order_by(Posting.id),
    sa.select(
        Payout.bank_reference, Payout.status, Payout.attempt, Payout.amount, Payout.fence,
        Payout.queries, Payout.claimed_at, Payout.ended_at,
    ).order_by(Payout.id),
    sa.select(StatementLine.reference, StatementLine.amount, StatementLine.bucket)
    .order_by(StatementLine.id),
    sa.select(Notice.event, Notice.channel, Notice.status, Notice.tries).order_by(Notice.id),
)  # fmt: skip
