"""The case a month's agreement makes: once, when nothing bars it, with the sum that is due."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.errors import Invalid
from app.domain.numbers import application_number
from app.domain.policy import WORKER, Actor
from app.domain.standing_orders import (
    MARK,
    NOTHING,
    WHY,
    Skip,
    amount_due,
    days_reached,
    month_of,
)  # fmt: skip
from app.domain.terms import (
    AccountState,
    Action,
    Capacity,
    IdentityState,
    Kind,
    LedgerCode,
    OrderEnd,
    OrderState,
    Status,
)
from app.domain.workdays import local_date
from app.models import (
    Account,
    Application,
    BankCard,
    JournalEntry,
    LedgerAccount,
    OrderMonth,
    PaidHistory,
    Posting,
    StandingOrder,
)  # fmt: skip
from app.services import cases, ledger, payouts, reference
from app.services.records import numbering
from app.services.review import deadlines
from app.services.standing_orders import agreeing, proof
from app.services.standing_orders.once import had_its_payment

PAYABLE = AccountState.NORMAL


@dataclass(frozen=True, slots=True)
class Due:
    """What a month comes to, yuan, and the entries it follows from."""

    last: Application | None
    since: int | None
    contributed: Decimal
    available: Decimal
    kept: Decimal

    @property
    def amount(self) -> Decimal:
        """Return what is paid."""
        return amount_due(self.contributed, self.available, self.kept)


def due_orders(
    session: Session, *, now: dt.datetime, after: int = 0, limit: int = 500
) -> list[int]:
    """Return the agreements whose month is still to be made today, by key; none on a day off."""
    query = _still_due(session, now=now).where(StandingOrder.id > after)
    return list(session.scalars(query.order_by(StandingOrder.id).limit(limit)))


def count_due(session: Session, *, now: dt.datetime) -> int:
    """Count the agreements whose month is still to be made today."""
    query = _still_due(session, now=now).with_only_columns(sa.func.count(StandingOrder.id))
    return session.scalar(query) or 0


def _still_due(session: Session, *, now: dt.datetime) -> sa.Select[int]:
    on = local_date(now)
    month = sa.and_(OrderMonth.order_id == StandingOrder.id, OrderMonth.month == month_of(on))
    return (
        sa.select(StandingOrder.id)
        .outerjoin(OrderMonth, month)
        .where(
            StandingOrder.state == OrderState.ACTIVE,
            StandingOrder.day_of_month.in_(days_reached(on, reference.calendar(session))),
            StandingOrder.starts_on <= on,
            StandingOrder.ends_on >= on,
            sa.or_(
                OrderMonth.id.is_(None),
                sa.and_(OrderMonth.application_id.is_(None), OrderMonth.tried_on < on),
            ),
        )
    )


def over(session: Session, *, now: dt.datetime, after: int = 0, limit: int = 500) -> list[int]:
    """Return the agreements that end today: their term is over or their account is closed."""
    return list(
        session.scalars(
            sa.select(StandingOrder.id)
            .join(Account, Account.id == StandingOrder.account_id)
            .where(
                StandingOrder.state != OrderState.ENDED,
                StandingOrder.id > after,
                sa.or_(
                    StandingOrder.ends_on < local_date(now),
                    Account.state == AccountState.CLOSED_BY_WITHDRAWAL,
                ),
            )
            .order_by(StandingOrder.id)
            .limit(limit)
        )
    )


def end_over(session: Session, order_id: int, *, now: dt.datetime) -> bool:
    """End an agreement whose term is over or whose account is closed; tell whether it did."""
    order = _taken(session, order_id)
    if order is None or order.state is OrderState.ENDED:
        return False
    how = OrderEnd.TERM if order.ends_on < local_date(now) else OrderEnd.CLOSED
    agreeing.end(session, order, how, actor=WORKER, now=now)
    return True


def make(session: Session, order_id: int, *, now: dt.datetime) -> Application | Skip | None:
    """Make this month's case of an agreement, or write why there is none.

    None when somebody else is at it, it has ended, or the month has its case. The rows of
    agreement and account stay locked, so that stopping, contributions and other workers come
    before or after, never between.
    """
    order = _taken(session, order_id)
    if order is None or order.state is not OrderState.ACTIVE:
        return None
    month = month_of(local_date(now))
    row = session.scalar(
        sa.select(OrderMonth).where(OrderMonth.order_id == order.id, OrderMonth.month == month)
    )
    if row is not None and row.application_id is not None:
        return None
    row = row or OrderMonth(order_id=order.id, agency_id=order.agency_id, month=month)
    row.tried_on, row.at = local_date(now), now
    account = session.get_one(
        Account, order.account_id, with_for_update=True, populate_existing=True
    )
    due = _due(session, order, account, on=local_date(now))
    skip = _barred(session, order, account, due, now=now)
    if skip is not None:
        return _leave_out(session, order, row, skip, now=now)
    return _make(session, order, row, due, now=now)


def stop(session: Session, order: StandingOrder, *, actor: Actor, now: dt.datetime) -> bool:
    """Stop the own agreement at once; a case that no worker has taken is taken back.

    Returns whether a payment is on its way already and goes on.
    """
    agreeing.end(session, order, OrderEnd.APPLICANT, actor=actor, now=now)
    return stand_down(session, order, now=now)


def stand_down(session: Session, order: StandingOrder, *, now: dt.datetime) -> bool:
    """Take back the cases of an ended agreement whose payment no worker has taken.

    Returns whether one of them may be at the bank.
    """
    open_cases = session.scalars(
        sa.select(Application)
        .join(OrderMonth, OrderMonth.application_id == Application.id)
        .where(OrderMonth.order_id == order.id, Application.status == Status.APPROVED)
    ).all()
    flying = False
    for case in open_cases:
        if payouts.in_flight(session, case):
            flying = True
            continue
        payouts.cancel(session, case, now=now)
        cases.move(session, case, Action.STAND_DOWN, actor=WORKER, now=now, note=order.number)
        ledger.release(session, case, now=now, why="stand_down")
    return flying


def _taken(session: Session, order_id: int) -> StandingOrder | None:
    """Return an agreement, locked for this transaction; None while another has it."""
    found: StandingOrder | None = session.scalar(
        sa.select(StandingOrder)
        .where(StandingOrder.id == order_id)
        .with_for_update(of=StandingOrder, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return found


def _due(session: Session, order: StandingOrder, account: Account, *, on: dt.date) -> Due:
    last = _last_paid(session, order)
    since = _since(session, order, last)
    settings = reference.settings_on(session, order.scheme_id, on)
    came = session.scalar(proof.contributed(account.id, since or 0))
    return Due(
        last, since, Decimal(came or 0), account.available, settings.get("min_balance", NOTHING)
    )


def _last_paid(session: Session, order: StandingOrder) -> Application | None:
    return session.scalar(
        sa.select(Application)
        .where(
            Application.account_id == order.account_id,
            Application.reason_code == order.reason_code,
            Application.status == Status.PAID,
        )
        .order_by(Application.paid_at.desc(), Application.id.desc())
        .limit(1)
    )


def _since(session: Session, order: StandingOrder, last: Application | None) -> int | None:
    """Return the entry after which contributions are still to be paid; None if never paid.

    It is the hold of the last paid case; what was paid before this hall counts by its day.
    """
    held = 0
    if last is not None:
        found = session.scalar(
            sa.select(sa.func.max(JournalEntry.id)).where(
                JournalEntry.application_id == last.id, JournalEntry.kind == "hold"
            )
        )
        held = found or 0
    imported = session.scalar(
        sa.select(sa.func.max(PaidHistory.paid_on)).where(
            PaidHistory.account_id == order.account_id,
            PaidHistory.reason_code == order.reason_code,
        )
    )
    if imported is None:
        return held if last is not None else None
    before = (
        sa.select(sa.func.max(JournalEntry.id))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(
            LedgerAccount.account_id == order.account_id,
            LedgerAccount.code == LedgerCode.AVAILABLE,
            JournalEntry.value_date <= imported,
        )
    )
    return max(held, session.scalar(before) or 0)


def _barred(
    session: Session, order: StandingOrder, account: Account, due: Due, *, now: dt.datetime
) -> Skip | None:
    """Return the first thing that bars this month's case, None when nothing does."""
    month = month_of(local_date(now))
    return (
        _of_account(session, account, on=local_date(now))
        or _of_agreement(session, order, on=local_date(now))
        or _of_card(session, order, due.last, now=now)
        or (Skip.NEVER_PAID if due.since is None else None)
        or (
            Skip.PAID_ALREADY
            if had_its_payment(session, order, due.last, month=month)
            else None
        )
        or (Skip.NOTHING_DUE if due.amount <= 0 else None)
    )


def _of_account(session: Session, account: Account, *, on: dt.date) -> Skip | None:
    if account.closing:
        return Skip.ACCOUNT_CLOSING
    if account.state is AccountState.FROZEN or account.frozen_amount > 0:
        return Skip.ACCOUNT_FROZEN
    if account.state is not PAYABLE:
        return Skip.ACCOUNT_STATE
    if account.ban_until is not None and on < account.ban_until:
        return Skip.ACCOUNT_BANNED
    open_case = sa.select(Application.id).where(
        Application.account_id == account.id, Application.status.in_(lifecycle.OPEN)
    )
    return Skip.OPEN_CASE if session.scalar(open_case.limit(1)) is not None else None


def _of_agreement(session: Session, order: StandingOrder, *, on: dt.date) -> Skip | None:
    person = order.applicant
    if person.closed_at is not None or person.identity_state is IdentityState.REFUSED:
        return Skip.PERSON
    if person.name != order.payee_name:
        return Skip.PERSON
    offered = agreeing.monthly_reasons(session, order.scheme_id, on=on)
    if order.reason_code not in {reason.code for reason in offered}:
        return Skip.REASON_CLOSED
    if reference.commitment(session, order.scheme_id, on).id != order.commitment_id:
        return Skip.LETTER_CHANGED
    signed = proof.signers(session, order)
    if len(signed) < max(proof.FEWEST, order.approvals_required):
        return Skip.SIGNATURES
    return None


def _of_card(
    session: Session, order: StandingOrder, last: Application | None, *, now: dt.datetime
) -> Skip | None:
    card = session.scalar(
        sa.select(BankCard).where(
            BankCard.applicant_id == order.applicant_id,
            BankCard.number_index == order.payee_card_index,
        )
    )
    if card is None or not card.in_use or card.bank_code != order.payee_bank_code:
        return Skip.CARD_REMOVED
    if card.holder_check == "mismatch":
        return Skip.CARD_REMOVED
    if last is not None and last.payee_card_index != order.payee_card_index:
        mine = OrderMonth.application_id == last.id, OrderMonth.order_id == order.id
        if session.scalar(sa.select(OrderMonth.id).where(*mine)) is not None:
            return Skip.CARD_CHANGED
    rests = order.applicant.payee_rests_until
    return Skip.CARD_RESTS if rests is not None and now < rests else None


def _leave_out(
    session: Session, order: StandingOrder, row: OrderMonth, skip: Skip, *, now: dt.datetime
) -> Skip:
    """Write why this month has no case yet; the holder is told when the reason is a new one."""
    fresh = row.skipped != skip.value
    row.skipped = skip.value
    session.add(row)
    session.flush()
    if fresh:
        agreeing.tell(
            session, "order_skipped", order, now=now, why=WHY[skip],
            once=f"{row.month:%Y%m}:{skip.value}", month=f"{row.month:%Y-%m}",
        )  # fmt: skip
    return skip


def _make(
    session: Session, order: StandingOrder, row: OrderMonth, due: Due, *, now: dt.datetime
) -> Application:
    """Make the case with its hold, its decision and its payment, and write it into the month."""
    case = _case(session, order, due, now=now)
    cases.stand(session, case, actor=WORKER, now=now, note=order.number)
    ledger.hold(session, case, case.amount, now=now)
    case.decision_hash = payouts.decision_hash(case)
    session.flush()
    payouts.create(session, case, now=now)
    held = session.scalar(
        sa.select(JournalEntry.id).where(
            JournalEntry.application_id == case.id, JournalEntry.kind == "hold"
        )
    )
    if held is None:
        raise Invalid("nothing was held", code="amount_zero")
    row.application_id, row.skipped = case.id, ""
    row.since_entry_id, row.upto_entry_id = due.since or 0, held
    row.contributed, row.available = due.contributed, due.available
    row.kept, row.amount = due.kept, due.amount
    session.add(row)
    session.flush()
    return case


def _case(session: Session, order: StandingOrder, due: Due, *, now: dt.datetime) -> Application:
    on, person = local_date(now), order.applicant
    reason = reference.reason(session, order.scheme_id, order.reason_code, on)
    prefix = order.agency.number_prefix
    serial = numbering.next_value(session, f"{prefix}{on:%Y%m%d}")
    case = Application(
        number=application_number(prefix, on, serial), agency_id=order.agency_id,
        scheme_id=order.scheme_id, account_id=order.account_id,
        applicant_id=order.applicant_id, capacity=Capacity.SELF, reason_id=reason.id,
        reason_code=reason.code, kind=Kind.SUBSEQUENT, rule_version=reason.version,
        channel=MARK, approvals_required=order.approvals_required, amount=due.amount,
        amount_allowed=due.amount, payee_name=order.payee_name,
        payee_bank_code=order.payee_bank_code, payee_last_four=order.payee_last_four,
        card_check=due.last.card_check if due.last else "unknown",
        commitment_id=order.commitment_id, commitment_sha256=order.commitment_sha256,
        signed_at=order.signed_at, signature=dict(order.signature), created_at=now,
        updated_at=now, submitted_at=now, decided_at=now,
    )  # fmt: skip
    case.payee_card = order.payee_card
    if person.mobile:
        case.mobile, case.mobile_last_four = person.mobile, person.mobile[-4:]
    case.agency, case.scheme, case.account = order.agency, order.scheme, order.account
    case.applicant, case.reason = person, reason
    case.pay_by = deadlines.pay_by(session, case, on=on)
    return case
