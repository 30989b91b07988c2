"""Supplementary cases (补充支取): what came after an account was closed goes to the same card.

A payer opens the case; two reviewers sign it as they sign any other; the payment job pays it.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.numbers import application_number
from app.domain.policy import WORKER, Actor
from app.domain.terms import AccountState, Action, Kind, LedgerCode, Note, Role, Status
from app.domain.workdays import local_date
from app.models import Account, Application, LedgerAccount, Posting, Supplement
from app.services import audit, cases, ledger
from app.services.accounting import entries
from app.services.records import numbering
from app.services.review import case_notices, deadlines
from app.services.staff import standing

COPIED = (
    "agency_id", "scheme_id", "account_id", "applicant_id", "capacity",
    "relation_confirmed_at", "reason_id", "reason_code", "subtype", "rule_version",
    "approvals_required", "payee_name", "payee_bank_code", "card_check", "mobile_last_four",
    "commitment_id", "commitment_sha256", "signed_at", "signature",
)  # fmt: skip
"""What a supplementary case has from the closing: who, why, to which card."""

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """An account for which money waits, yuan; it can be paid once the account is closed."""

    account: Account
    amount: Decimal
    ready: bool


def waiting(session: Session, *, actor: Actor) -> list[Waiting]:
    """Return the accounts of the agency for which money waits, the oldest account first."""
    policy.check_role(actor, Role.PAYER, Role.RELEASER, Role.SUPERVISOR, Role.AUDITOR)
    total = sa.func.sum(Posting.amount)
    rows = session.execute(
        sa.select(Account, total)
        .join(LedgerAccount, LedgerAccount.account_id == Account.id)
        .join(Posting, Posting.ledger_account_id == LedgerAccount.id)
        .where(LedgerAccount.code == LedgerCode.SUSPENSE, Account.agency_id == actor.agency_id)
        .group_by(Account)
        .having(total > 0)
        .order_by(Account.id)
        .limit(SHOWN)
    )
    return [Waiting(account, amount, _is_closed(account)) for account, amount in rows]


def open_case(
    session: Session, account: Account, *, actor: Actor, now: dt.datetime
) -> Application:
    """Open the case that pays what waits for a closed account to the card of its closing.

    Raises ``NotAllowed`` for an own account, ``Invalid`` (nothing_waits), ``IllegalMove``
    (account_not_closed, closing_unpaid).
    """
    policy.check_role(actor, Role.PAYER)
    policy.check_agency(actor, agency_id=account.agency_id)
    standing.check(session, actor, now=now)
    if actor.identity_index in (None, account.applicant.id_number_index):
        raise NotAllowed("an own account", code="own_case")
    entries.lock(session, account)
    if not _is_closed(account):
        raise IllegalMove("the account is not closed", code="account_not_closed")
    if not entries.waiting(session, account):
        raise Invalid("nothing waits", code="nothing_waits", field="account")
    closing = _closing(session, account)
    case = _copy(session, closing, now=now)
    session.add(
        Supplement(
            agency_id=case.agency_id, application_id=case.id, closing_id=closing.id,
            account_id=account.id, opened_by=actor.user_id, opened_at=now,
        )
    )  # fmt: skip
    _submit(session, case, actor=actor, now=now)
    audit.record(
        session, "supplement_opened", actor=actor, now=now, object_type="application",
        object_id=case.id, agency_id=case.agency_id, amount=str(case.amount),
    )  # fmt: skip
    return case


def _is_closed(account: Account) -> bool:
    return account.state is AccountState.CLOSED_BY_WITHDRAWAL and not account.closing


def _closing(session: Session, account: Account) -> Application:
    """Return the closing that was paid: its card was approved by two and reached by the bank."""
    closing: Application | None = session.scalar(
        sa.select(Application)
        .where(
            Application.account_id == account.id,
            Application.kind == Kind.CLOSING,
            Application.status == Status.PAID,
        )
        .order_by(Application.id.desc())
        .limit(1)
    )
    if closing is None:
        raise IllegalMove("no closing was paid to a card", code="closing_unpaid")
    return closing


def _copy(session: Session, closing: Application, *, now: dt.datetime) -> Application:
    case = Application(
        **{name: getattr(closing, name) for name in COPIED},
        kind=Kind.CLOSING, status=Status.DRAFT, answers={}, channel=cases.BY_OFFICE,
        created_at=now, updated_at=now,
    )  # fmt: skip
    case.payee_card, case.mobile = closing.payee_card, closing.mobile
    case.payee_last_four = closing.payee_last_four
    session.add(case)
    session.flush()
    session.refresh(case)
    return case


def _submit(session: Session, case: Application, *, actor: Actor, now: dt.datetime) -> None:
    on = local_date(now)
    prefix = case.agency.number_prefix
    serial = numbering.next_value(session, f"{prefix}{on:%Y%m%d}")
    due = deadlines.decision_due(session, case, now=now)
    amount = ledger.hold_late(session, case, now=now)
    cases.remark(session, case, Note.STARTED, actor=actor, now=now)
    cases.move(
        session, case, Action.SUPPLEMENT, actor=WORKER, now=now, submitted_at=now,
        number=application_number(prefix, on, serial), amount=amount,
        due_on=due.on, due_estimated=due.estimated,
    )  # fmt: skip
    case_notices.about_case(session, "application_submitted", case, now=now)
