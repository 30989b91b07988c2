"""Agreeing once to a monthly withdrawal: asked for, signed by two, ended."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain import eligibility, policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.months import add_months
from app.domain.numbers import application_number
from app.domain.page_words import Words
from app.domain.policy import Actor
from app.domain.standing_orders import RULE
from app.domain.terms import Kind, OrderEnd, OrderState, Role
from app.domain.workdays import local_date
from app.models import Account, BankCard, OrderSignature, StandingOrder, WithdrawalReason
from app.services import applications, audit, notices, reference
from app.services.applying import circumstances
from app.services.entry import proofs
from app.services.records import numbering
from app.services.records.updates import changed_rows
from app.services.staff import standing
from app.services.standing_orders import proof

SETTING = "standing_orders"
"""The setting: 1 when the scheme's monthly reasons may be agreed once."""

MONTHLY_RULE = "posted_subsidy_balance"
"""The amount rule whose default is what was posted since the last payment."""

PREFIX = "YD"
LAST_DAY = 31
REASON_MAXIMUM = 200
PASSING = ("open_application", "too_early")
"""What bars an application today and is looked at again when a month comes."""

MAY_STOP = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR)


def monthly_reasons(session: Session, scheme_id: int, *, on: dt.date) -> list[WithdrawalReason]:
    """Return the reasons of a scheme that may be agreed once: data of its package."""
    if not reference.settings_on(session, scheme_id, on).get(SETTING):
        return []
    return [
        reason
        for reason in reference.reasons_in_force(session, scheme_id, on)
        if reason.amount_rule == MONTHLY_RULE and Kind.SUBSEQUENT.value in reason.kinds
    ]


def may_agree(
    session: Session, account: Account, *, now: dt.datetime
) -> WithdrawalReason | None:
    """Return the reason that the holder of an account may agree on now, if there is one."""
    for reason in monthly_reasons(session, account.scheme_id, on=local_date(now)):
        paid = circumstances.last_paid_on(session, account, reason.code)
        if paid and find_live(session, account) is None:
            return reason
    return None


def longest_term(session: Session, scheme_id: int, *, on: dt.date) -> int:
    """Return how many months an agreement may run: as long as a commitment letter holds."""
    return int(reference.settings_on(session, scheme_id, on)["commitment_valid_months"])


def agree(
    session: Session,
    account: Account,
    *,
    reason_code: str,
    card_id: int,
    day_of_month: int,
    months: int,
    actor: Actor,
    now: dt.datetime,
    traces: Mapping[str, Any] | None = None,
) -> StandingOrder:
    """Ask for a monthly withdrawal to an own card that is on file; two people sign it.

    Raises ``Invalid``: order_not_offered, order_needs_first, order_live, order_day, order_term,
    card_missing, bank_not_accepted, card_not_own; ``ManyProblems`` with what bars the account.
    """
    policy.check_own(actor, applicant_id=account.applicant_id)
    on = local_date(now)
    reason = _offered(session, account, reason_code, on=on)
    if not 1 <= day_of_month <= LAST_DAY:
        raise Invalid(code="order_day", field="day_of_month")
    if not 1 <= months <= longest_term(session, account.scheme_id, on=on):
        raise Invalid(code="order_term", field="months")
    card = _own_card(session, account, reason, card_id)
    proofs.check(actor, now=now, sms=True)
    order = _write(
        session, account, reason, card, day_of_month=day_of_month,
        ends_on=add_months(on, months), traces=traces or {}, now=now,
    )  # fmt: skip
    audit.record(
        session, "order_agreed", actor=actor, now=now, object_type="standing_order",
        object_id=order.id, agency_id=order.agency_id, applicant_id=order.applicant_id,
        number=order.number, last_four=order.payee_last_four,
    )  # fmt: skip
    return order


def find_live(session: Session, account: Account) -> StandingOrder | None:
    """Return the agreement of an account that has not ended, if there is one."""
    return session.scalar(
        sa.select(StandingOrder).where(
            StandingOrder.account_id == account.id, StandingOrder.state != OrderState.ENDED
        )
    )


def own_orders(session: Session, applicant_id: int) -> Sequence[StandingOrder]:
    """Return the agreements of a person, the newest first."""
    return session.scalars(
        sa.select(StandingOrder)
        .where(StandingOrder.applicant_id == applicant_id)
        .order_by(StandingOrder.id.desc())
        .limit(20)
    ).all()


def get_own(session: Session, order_id: int, *, actor: Actor) -> StandingOrder:
    """Return an agreement of the applicant who asks; raise ``NotAllowed`` for any other."""
    order = session.get(StandingOrder, order_id)
    if order is None:
        raise NotAllowed("no such agreement", code="not_found")
    policy.check_own(actor, applicant_id=order.applicant_id)
    return order


def get(session: Session, order_id: int, *, actor: Actor) -> StandingOrder:
    """Return an agreement of the actor's agency; raise ``NotAllowed`` for any other."""
    order = session.get(StandingOrder, order_id)
    if order is None:
        raise NotAllowed("no such agreement", code="not_found")
    policy.check_role(actor, *MAY_STOP, Role.AUDITOR)
    policy.check_agency(actor, agency_id=order.agency_id)
    return order


def of_agency(
    session: Session, *, actor: Actor, state: OrderState, limit: int = 100
) -> Sequence[StandingOrder]:
    """Return the agreements of the actor's agency in a state, the oldest first."""
    policy.check_role(actor, *MAY_STOP, Role.AUDITOR)
    return session.scalars(
        sa.select(StandingOrder)
        .where(StandingOrder.agency_id == actor.agency_id, StandingOrder.state == state)
        .options(
            joinedload(StandingOrder.account),
            selectinload(StandingOrder.signatures),
            selectinload(StandingOrder.months),
        )
        .order_by(StandingOrder.id)
        .limit(limit)
    ).all()


def next_signer(order: StandingOrder) -> Role:
    """Return which role signs next: the first review, then further reviewers."""
    return Role.SECOND_REVIEWER if order.signatures else Role.FIRST_REVIEWER


def sign(
    session: Session, order: StandingOrder, *, seen: str, actor: Actor, now: dt.datetime
) -> None:
    """Sign the terms of an agreement; the last signature needed makes it run.

    ``seen`` is the fingerprint of the terms that the page showed. Raises ``NotAllowed``
    (own_case, four_eyes, role_missing) and ``IllegalMove`` when it moved on meanwhile.
    """
    row = sa.select(StandingOrder.id).where(StandingOrder.id == order.id)
    session.execute(row.with_for_update())
    session.refresh(order)
    _check_staff(session, order, next_signer(order), actor=actor, now=now)
    for earlier in order.signatures:
        standing.check_other(session, actor, earlier=earlier.actor_id)
    terms = proof.terms_of(order).fingerprint()
    if order.state is not OrderState.PROPOSED or seen != terms:
        raise IllegalMove("the agreement has moved on")
    assert actor.user_id is not None
    signature = OrderSignature(
        agency_id=order.agency_id, actor_id=actor.user_id, actor_name=actor.kept_name,
        terms_hash=terms, at=now,
    )  # fmt: skip
    order.signatures.append(signature)
    session.flush()
    audit.record(
        session, "order_signed", actor=actor, now=now, object_type="standing_order",
        object_id=order.id, agency_id=order.agency_id, number=order.number, terms=terms,
    )  # fmt: skip
    if len(order.signatures) >= max(proof.FEWEST, order.approvals_required):
        _shift(session, order, OrderState.ACTIVE, approved_at=now)
        tell(session, "order_approved", order, now=now)


def decline(
    session: Session, order: StandingOrder, *, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Do not sign an agreement, with the reason that the applicant reads."""
    _check_staff(session, order, next_signer(order), actor=actor, now=now)
    if order.state is not OrderState.PROPOSED:
        raise IllegalMove("the agreement has moved on")
    end(session, order, OrderEnd.DECLINED, reason=_said(reason), actor=actor, now=now)


def stop_by_staff(
    session: Session, order: StandingOrder, *, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Stop an agreement for the office, with the reason that the applicant reads."""
    _check_staff(session, order, *MAY_STOP, actor=actor, now=now)
    end(session, order, OrderEnd.OFFICE, reason=_said(reason), actor=actor, now=now)


def end(
    session: Session,
    order: StandingOrder,
    how: OrderEnd,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    """End an agreement for good and tell its holder; raises ``IllegalMove`` when it ended."""
    _shift(
        session, order, OrderState.ENDED, ended_at=now, ended_how=how, end_reason=reason,
        ended_by=actor.user_id,
    )  # fmt: skip
    audit.record(
        session, "order_ended", actor=actor, now=now, object_type="standing_order",
        object_id=order.id, agency_id=order.agency_id, applicant_id=order.applicant_id,
        number=order.number, how=how.value,
    )  # fmt: skip
    event = "order_declined" if how is OrderEnd.DECLINED else "order_ended"
    tell(session, event, order, now=now, why=ENDS.get(how, reason))


def tell(
    session: Session, event: str, order: StandingOrder, *, now: dt.datetime, **more: Any
) -> None:
    """Put a message about an agreement into its holder's inbox; each is told once."""
    notices.notify(
        session, event, applicant=order.applicant, agency_id=order.agency_id, now=now,
        reference=f"{event}:{order.id}:{more.pop('once', '')}", number=order.number,
        day=order.day_of_month, card_last4=order.payee_last_four, end_date=order.ends_on,
        hotline=order.agency.hotline, **more,
    )  # fmt: skip


ENDS: Mapping[OrderEnd, Words] = {
    OrderEnd.APPLICANT: Words("您已停止约定", "you stopped it"),
    OrderEnd.TERM: Words("约定期限已满", "its term is over"),
    OrderEnd.CLOSED: Words("账户已销户", "the account is closed"),
}
"""What the holder reads of an end without a reason of its own."""


def _offered(
    session: Session, account: Account, reason_code: str, *, on: dt.date
) -> WithdrawalReason:
    """Return the reason, or raise what bars the account from agreeing on it."""
    offered = monthly_reasons(session, account.scheme_id, on=on)
    reason = next((row for row in offered if row.code == reason_code), None)
    if reason is None:
        raise Invalid(code="order_not_offered", field="account_id")
    last = circumstances.last_paid_on(session, account, reason.code)
    if last is None:
        raise Invalid(code="order_needs_first", field="account_id")
    if find_live(session, account) is not None:
        raise Invalid(code="order_live", field="account_id")
    account_now = applications.standing_of(session, account)
    terms = applications.terms_of(session, reason, on=on)
    problems = eligibility.problems_of(
        account_now, terms, Kind.SUBSEQUENT, last_paid=last, on=on
    )
    eligibility.refuse([one for one in problems if one.because not in PASSING])
    return reason


def _own_card(
    session: Session, account: Account, reason: WithdrawalReason, card_id: int
) -> BankCard:
    card = session.get(BankCard, card_id)
    if card is None or card.applicant_id != account.applicant_id or not card.in_use:
        raise Invalid(code="card_missing", field="card_id")
    if card.bank_code not in {bank.code for bank in reference.banks_for(session, reason)}:
        raise Invalid(code="bank_not_accepted", field="card_id", bank_code=card.bank_code)
    if card.holder_check == "mismatch":
        raise Invalid(code="card_not_own", field="card_id")
    return card


def _write(
    session: Session,
    account: Account,
    reason: WithdrawalReason,
    card: BankCard,
    *,
    day_of_month: int,
    ends_on: dt.date,
    traces: Mapping[str, Any],
    now: dt.datetime,
) -> StandingOrder:
    on = local_date(now)
    letter = reference.commitment(session, account.scheme_id, on)
    serial = numbering.next_value(session, f"{PREFIX}{on:%Y%m%d}")
    order = StandingOrder(
        number=application_number(PREFIX, on, serial), agency_id=account.agency_id,
        scheme_id=account.scheme_id, account_id=account.id, applicant_id=account.applicant_id,
        reason_code=reason.code, rule=RULE, payee_name=account.applicant.name,
        payee_bank_code=card.bank_code, payee_last_four=card.last_four,
        day_of_month=day_of_month, starts_on=on, ends_on=ends_on,
        approvals_required=max(proof.FEWEST, reason.approvals_required),
        commitment_id=letter.id, commitment_sha256=letter.sha256, signed_at=now,
        signature=dict(traces) | {"version": letter.version}, state=OrderState.PROPOSED,
    )  # fmt: skip
    order.payee_card = card.number
    session.add(order)
    session.flush()
    return order


def _check_staff(
    session: Session, order: StandingOrder, *roles: Role, actor: Actor, now: dt.datetime
) -> None:
    """Raise ``NotAllowed`` for a missing or ended role, another agency, an own agreement."""
    policy.check_role(actor, *roles)
    standing.check(session, actor, now=now)
    policy.check_agency(actor, agency_id=order.agency_id)
    own = (None, order.applicant.id_number_index)
    if actor.identity_index in own:
        raise NotAllowed("own case", code="own_case")


def _shift(session: Session, order: StandingOrder, to: OrderState, **columns: object) -> None:
    moved = changed_rows(
        session,
        sa.update(StandingOrder)
        .where(StandingOrder.id == order.id, StandingOrder.state == order.state)
        .where(StandingOrder.state != OrderState.ENDED)
        .values(state=to, **columns)
        .execution_options(synchronize_session=False),
    )
    if moved != 1:
        raise IllegalMove("the agreement has moved on")
    session.refresh(order)


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid(code="reason_needed", field="reason")
    return reason.strip()[:REASON_MAXIMUM]
