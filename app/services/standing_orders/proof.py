"""The proof of what was agreed: two people signed the terms, the month's sum follows from them.

A case that an agreement made bears no signatures of its own. Its signatures are those under the
terms (account, reason, card, rule, days: all but the amount), and its amount is what the rule
makes of the journal: both are shown here anew, before a payment goes out and every night.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.domain.standing_orders import MARK, NOTHING, Terms, amount_due
from app.domain.terms import Action, LedgerCode, Note, Status
from app.domain.violation import Violation
from app.domain.workdays import local_date
from app.models import (
    Account,
    Application,
    CaseEvent,
    JournalEntry,
    LedgerAccount,
    OrderMonth,
    OrderSignature,
    Posting,
    Staff,
    StandingOrder,
)  # fmt: skip
from app.services import reference

FEWEST = 2
DECIDED = (Status.APPROVED, Status.PAID, Status.PAYEE_FIX)
MONEY = Account.available.type
CORRECTED = (Note.CHECK_PAYEE.value, Action.CONFIRM_PAYEE.value)
"""The steps of two people that put another receiving account in the place of the agreed one."""


_MONTH_AND_ORDER = (
    sa.select(OrderMonth, StandingOrder)
    .join(StandingOrder, StandingOrder.id == OrderMonth.order_id)
    .where(OrderMonth.application_id == sa.bindparam("case_id"))
    .execution_options(populate_existing=True)
)


def terms_of(order: StandingOrder) -> Terms:
    """Return what is signed of an agreement, from the row as it stands."""
    return Terms(
        order_id=order.id, agency_id=order.agency_id, account_id=order.account_id,
        applicant_id=order.applicant_id, reason_code=order.reason_code, rule=order.rule,
        payee_name=order.payee_name, card_index=order.payee_card_index,
        bank_code=order.payee_bank_code, day_of_month=order.day_of_month,
        starts_on=order.starts_on, ends_on=order.ends_on,
        letter_sha256=order.commitment_sha256,
    )  # fmt: skip


def signers(session: Session, order: StandingOrder) -> list[int]:
    """Return who signed these very terms, one log-in a person, in order."""
    asked = {"order_id": order.id, "terms": terms_of(order).fingerprint()}
    rows = session.execute(_signers(), asked)
    people: dict[str, int] = {}
    for actor_id, key in rows:
        people.setdefault(key, actor_id)
    return list(people.values())


@cache
def _signers() -> sa.Select[*tuple[Any, ...]]:
    person = sa.func.coalesce(
        Staff.id_number_index, sa.cast(OrderSignature.actor_id, sa.String)
    )
    return (
        sa.select(OrderSignature.actor_id, person)
        .outerjoin(Staff, Staff.user_id == OrderSignature.actor_id)
        .where(
            OrderSignature.order_id == sa.bindparam("order_id"),
            OrderSignature.terms_hash == sa.bindparam("terms"),
        )
        .order_by(OrderSignature.id)
    )


def broken(session: Session, case: Application) -> str:
    """Return why a case is not what two people agreed to; empty when it is."""
    found = session.execute(_MONTH_AND_ORDER, {"case_id": case.id}).first()
    month, order = found if found is not None else (None, None)
    if why := _why(session, case, order):
        return why
    assert month is not None
    assert order is not None
    if len(signers(session, order)) < max(FEWEST, order.approvals_required):
        return "the agreement lacks the signatures of different people"
    sums = _sums(session, month.id)
    return _wrong_sum(month, case.amount, sums.get(month.id, (NOTHING, NOTHING)))


def verify(session: Session) -> Iterator[Violation]:
    """Name every case of an agreement that its signatures or the journal do not bear out."""
    yield from _signatures(session)
    yield from _cases(session)
    yield from _amounts(session)
    yield from _twice(session)


def contributed(account_id: int, after: int, upto: int | None = None) -> sa.Select[Decimal]:
    """Return the question what was paid in for a holder in the entries after one, up to one."""
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(Posting.amount), 0))
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(
            LedgerAccount.account_id == account_id,
            LedgerAccount.code == LedgerCode.AVAILABLE,
            Posting.entry_id > after,
            _paid_in(),
        )
    )
    return query if upto is None else query.where(Posting.entry_id <= upto)


def _paid_in() -> sa.ColumnElement[bool]:
    """The other side is the agency's contributions: paid in, or a reversal of that."""
    other, chart = aliased(Posting), aliased(LedgerAccount)
    return (
        sa.exists()
        .where(other.entry_id == Posting.entry_id, other.ledger_account_id == chart.id)
        .where(chart.code == LedgerCode.CONTRIBUTIONS)
    )


def _same_payee(case: Application, order: StandingOrder) -> bool:
    return (case.payee_name, case.payee_card_index, case.payee_bank_code) == (
        order.payee_name,
        order.payee_card_index,
        order.payee_bank_code,
    )


def _corrected(session: Session, case: Application) -> bool:
    """Tell whether two people put another receiving account in the place of the agreed one."""
    changed = (
        sa.select(sa.func.max(CaseEvent.id))
        .where(CaseEvent.application_id == case.id, CaseEvent.action == Note.CHANGE_PAYEE.value)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(CaseEvent.action, CaseEvent.actor_id, Staff.id_number_index)
        .outerjoin(Staff, Staff.user_id == CaseEvent.actor_id)
        .where(
            CaseEvent.application_id == case.id,
            CaseEvent.id > changed,
            CaseEvent.action.in_(CORRECTED),
        )
    ).all()
    people = {index or str(actor_id) for _, actor_id, index in rows}
    return {action for action, *_ in rows} == set(CORRECTED) and len(people) >= FEWEST


def _signatures(session: Session) -> Iterator[Violation]:
    """Name every agreement that made a case without the signatures of different people."""
    used = sa.select(OrderMonth.order_id).where(OrderMonth.application_id.is_not(None))
    orders = session.scalars(
        sa.select(StandingOrder)
        .where(StandingOrder.id.in_(used))
        .execution_options(yield_per=1000)
    )
    signed = _signed(session)
    for order in orders:
        people = signed.get((order.id, terms_of(order).fingerprint()), set())
        if len(people) < max(FEWEST, order.approvals_required):
            yield Violation(
                "order_four_eyes", "standing_order", order.id,
                f"it made a case and its terms are signed by {len(people)}",
            )  # fmt: skip


@cache
def _signed_query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            OrderSignature.order_id, OrderSignature.terms_hash, OrderSignature.actor_id,
            Staff.id_number_index,
        ).outerjoin(Staff, Staff.user_id == OrderSignature.actor_id)
    )  # fmt: skip


def _signed(session: Session) -> dict[tuple[int, str], set[str]]:
    rows = session.execute(_signed_query())
    found: dict[tuple[int, str], set[str]] = {}
    for order_id, terms, actor_id, index in rows:
        found.setdefault((order_id, terms), set()).add(index or str(actor_id))
    return found


@cache
def _cases_query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Application, StandingOrder)
        .outerjoin(OrderMonth, OrderMonth.application_id == Application.id)
        .outerjoin(StandingOrder, StandingOrder.id == OrderMonth.order_id)
        .where(
            Application.status.in_(DECIDED),
            sa.or_(
                sa.and_(Application.channel == MARK, OrderMonth.id.is_(None)),
                sa.and_(OrderMonth.id.is_not(None), _differs()),
            ),
        )
    )


def _cases(session: Session) -> Iterator[Violation]:
    """Name every case that calls itself agreed and is not, or pays another than was agreed."""
    rows = session.execute(_cases_query())
    for case, order in rows:
        if why := _why(session, case, order):
            yield Violation("order_differs", "application", case.id, why)


def _why(session: Session, case: Application, order: StandingOrder | None) -> str:
    if order is None:
        return "no agreement made it"
    if (case.account_id, case.reason_code) != (order.account_id, order.reason_code):
        return "account or reason is not what was agreed"
    if not _same_payee(case, order) and not _corrected(session, case):
        return "the payee is not who was agreed"
    return "" if case.channel == MARK else "it does not say that an agreement made it"


def _differs() -> sa.ColumnElement[bool]:
    pairs = (
        (Application.account_id, StandingOrder.account_id),
        (Application.reason_code, StandingOrder.reason_code),
        (Application.payee_name, StandingOrder.payee_name),
        (Application.payee_card_index, StandingOrder.payee_card_index),
        (Application.payee_bank_code, StandingOrder.payee_bank_code),
    )
    return sa.or_(
        Application.channel != MARK, *(mine.is_distinct_from(agreed) for mine, agreed in pairs)
    )


@cache
def _amounts_query() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(OrderMonth, Application.amount, StandingOrder.scheme_id)
        .join(Application, Application.id == OrderMonth.application_id)
        .join(StandingOrder, StandingOrder.id == OrderMonth.order_id)
        .execution_options(yield_per=1000)
    )


def _amounts(session: Session) -> Iterator[Violation]:
    """Name every month whose sum is not what the rule makes of the journal."""
    sums = _sums(session)
    rows = session.execute(_amounts_query())
    least: dict[object, Decimal] = {}
    for month, amount, scheme_id in rows:
        key = (scheme_id, on := local_date(month.at))
        if key not in least:
            found = reference.settings_on(session, scheme_id, on)
            least[key] = found.get("min_balance", NOTHING)
        why = _wrong_sum(month, amount, sums.get(month.id, (NOTHING, NOTHING)))
        if not why and month.kept < least[key]:
            why = f"it keeps {month.kept}, the fund asks for {least[key]}"
        if why:
            yield Violation("order_amount", "application", month.application_id or 0, why)


def _wrong_sum(month: OrderMonth, amount: Decimal, found: tuple[Decimal, Decimal]) -> str:
    came, there = found
    due = amount_due(came, there, month.kept)
    if (month.contributed, month.available) != (came, there):
        return (
            f"the month says {month.contributed} came in and {month.available} was there, "
            f"the journal {came} and {there}"
        )
    if not amount == month.amount == due:
        return f"it pays {amount}, the rule makes {due}"
    return ""


def _sums(session: Session, month_id: int | None = None) -> dict[int, tuple[Decimal, Decimal]]:
    """Return what came in for each month's case, and what was available right before its hold."""
    if month_id is None:
        rows = session.execute(_sums_query())
    else:
        rows = session.execute(_sums_of_month(), {"month_id": month_id})
    return {key: (came, there) for key, came, there in rows}


@cache
def _sums_of_month() -> sa.Select[*tuple[Any, ...]]:
    return _sums_query().where(OrderMonth.id == sa.bindparam("month_id"))


@cache
def _sums_query() -> sa.Select[*tuple[Any, ...]]:
    inside = sa.and_(Posting.entry_id > OrderMonth.since_entry_id, _paid_in())
    came = sa.func.coalesce(sa.func.sum(sa.case((inside, Posting.amount), else_=0)), 0)
    there = sa.func.coalesce(sa.func.sum(Posting.amount), 0)
    return (
        sa.select(OrderMonth.id, sa.type_coerce(came, MONEY), sa.type_coerce(there, MONEY))
        .join(StandingOrder, StandingOrder.id == OrderMonth.order_id)
        .join(
            JournalEntry,
            sa.and_(
                JournalEntry.id == OrderMonth.upto_entry_id,
                JournalEntry.application_id == OrderMonth.application_id,
                JournalEntry.kind == "hold",
            ),
        )
        .join(LedgerAccount, LedgerAccount.account_id == StandingOrder.account_id)
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .where(
            LedgerAccount.code == LedgerCode.AVAILABLE,
            Posting.entry_id < OrderMonth.upto_entry_id,
        )
        .group_by(OrderMonth.id)
    )


@cache
def _twice_query() -> sa.Select[*tuple[Any, ...]]:
    paid = (
        sa.exists()
        .where(
            JournalEntry.application_id == Application.id,
            JournalEntry.kind == "hold",
            JournalEntry.id > OrderMonth.since_entry_id,
            JournalEntry.id < OrderMonth.upto_entry_id,
        )
        .correlate(Application, OrderMonth)
    )
    return (
        sa.select(OrderMonth.application_id)
        .join(StandingOrder, StandingOrder.id == OrderMonth.order_id)
        .join(
            Application,
            sa.and_(
                Application.account_id == StandingOrder.account_id,
                Application.reason_code == StandingOrder.reason_code,
            ),
        )
        .where(
            OrderMonth.application_id.is_not(None),
            Application.id != OrderMonth.application_id,
            Application.status == Status.PAID,
            paid,
        )
        .distinct()
    )


def _twice(session: Session) -> Iterator[Violation]:
    """Name every month that pays what an earlier payment of the reason has paid already."""
    rows = session.scalars(_twice_query())
    for case_id in rows:
        yield Violation(
            "order_pays_twice", "application", case_id or 0,
            "it pays what an earlier payment of the reason paid already",
        )  # fmt: skip
