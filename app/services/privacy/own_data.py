"""Everything the hall holds of a person, in one record (PIPL art. 45): plain values, no objects."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import Capacity
from app.models import (
    Account,
    AgreementConsent,
    Applicant,
    Application,
    BankCard,
    Feedback,
    JournalEntry,
    LedgerAccount,
    LoginSession,
    Notice,
    Posting,
    StandingOrder,
)
from app.services.applying.relations import may_show_money
from app.services.cases import note_for_applicant
from app.services.entry import outside_identities
from app.services.privacy.data_corrections import own_requests
from app.services.privacy.looks import who_looked

ALL = 1_000_000
Record = dict[str, Any]


def gathered(session: Session, applicant: Applicant) -> Record:
    """Return what is held of a person, by heading; every value is text, number or truth."""
    return {
        "person": _person(applicant),
        "consents": _consents(session, applicant),
        "bank_cards": _cards(session, applicant),
        "accounts": [_account(session, row) for row in _own(session, Account, applicant)],
        "applications": [_case(row) for row in _own(session, Application, applicant)],
        "monthly_agreements": [
            _agreement(row) for row in _own(session, StandingOrder, applicant)
        ],
        "messages": _messages(session, applicant),
        "devices": _devices(session, applicant),
        "connected_accounts": _connected(session, applicant),
        "looks_by_others": [
            {
                "at": look.at, "act": look.act, "value": look.value, "roles": list(look.roles),
                "office": look.agency.short_name_zh if look.agency else "",
            }
            for look in who_looked(session, applicant, limit=ALL)
        ],
        "corrections": [
            {
                "asked": row.created_at, "subject": row.subject, "wanted": row.wanted,
                "why": row.why,
                "granted": row.is_granted, "answer": row.answer, "answered": row.answered_at,
            }
            for row in own_requests(session, applicant, limit=ALL)
        ],
        "ratings": [
            {
                "at": row.created_at, "rating": row.rating, "reasons": list(row.reasons),
                "text": row.text, "answer": row.answer,
            }
            for row in _own(session, Feedback, applicant)
        ],
    }  # fmt: skip


def _own(session: Session, model: Any, applicant: Applicant) -> list[Any]:
    rows = sa.select(model).where(model.applicant_id == applicant.id).order_by(model.id)
    return list(session.scalars(rows))


def _person(row: Applicant) -> Record:
    return {
        "name": row.name, "document_type": row.id_type, "document_number": row.id_number,
        "gender": row.gender, "birth_date": row.birth_date, "ethnic_group": row.ethnicity,
        "mobile": row.mobile, "address": row.address, "verified_how": row.verified_how,
        "verified_at": row.verified_at, "known_since": row.created_at,
    }  # fmt: skip


def _consents(session: Session, applicant: Applicant) -> list[Record]:
    return [
        {"version": row.version, "at": row.at, "text_sha256": row.text_sha256}
        for row in _own(session, AgreementConsent, applicant)
    ]


def _cards(session: Session, applicant: Applicant) -> list[Record]:
    return [
        {
            "number": row.number,
            "bank": row.bank_code,
            "in_use": row.in_use,
            "added": row.created_at,
        }
        for row in _own(session, BankCard, applicant)
    ]


def _account(session: Session, row: Account) -> Record:
    moves = session.execute(
        sa.select(
            JournalEntry.kind, JournalEntry.value_date, LedgerAccount.code, Posting.amount
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.ledger_account_id)
        .where(LedgerAccount.account_id == row.id)
        .order_by(JournalEntry.id)
    )
    return {
        "number": row.number, "scheme": row.scheme.name_zh, "employer": row.employer,
        "state": row.state, "opened_on": row.opened_on, "available": row.available,
        "held": row.held,
        "movements": [
            {"kind": kind, "on": on, "side": code, "amount": amount}
            for kind, on, code, amount in moves
        ],
    }  # fmt: skip


def _case(row: Application) -> Record:
    """Return a case; of somebody else's account only what was proven and what was typed."""
    shows = may_show_money(row)
    return {
        "number": row.number, "reason": row.reason.name_zh, "kind": row.kind,
        "capacity": row.capacity, "status": row.status,
        "account": row.account.number if row.capacity is Capacity.SELF or shows else None,
        "amount_asked": row.amount if shows else None,
        "amount_allowed": row.amount_allowed if shows else None,
        "receiving_account": row.payee_card, "mobile": row.mobile, "house": row.house,
        "answers": row.answers, "begun": row.created_at, "submitted": row.submitted_at,
        "decided": row.decided_at, "paid": row.paid_at,
        "history": [
            {"at": event.at, "action": event.action, "note": note_for_applicant(event)}
            for event in row.events
            if event.public
        ],
        "return_opinions": [{"at": one.at, "text": one.text_zh} for one in row.return_items],
    }  # fmt: skip


def _agreement(row: StandingOrder) -> Record:
    return {
        "number": row.number, "account": row.account.number, "reason": row.reason_code,
        "receiving_account": row.payee_card, "day_of_month": row.day_of_month,
        "begins": row.starts_on, "runs_until": row.ends_on, "state": row.state,
        "signed": row.signed_at, "approved": row.approved_at, "ended": row.ended_at,
        "ended_how": row.ended_how, "end_reason": row.end_reason,
        "months": [
            {"month": one.month, "paid": one.amount, "left_out": one.skipped}
            for one in row.months
        ],
    }  # fmt: skip


def _messages(session: Session, applicant: Applicant) -> list[Record]:
    return [
        {"at": row.created_at, "channel": row.channel, "text": row.text_zh}
        for row in _own(session, Notice, applicant)
    ]


def _devices(session: Session, applicant: Applicant) -> list[Record]:
    rows = session.scalars(
        sa.select(LoginSession)
        .where(LoginSession.user_id == (applicant.user_id or 0))
        .order_by(LoginSession.id)
    )
    return [
        {"at": row.created_at, "last_seen": row.last_seen_at, "address": row.address, "browser": row.agent}
        for row in rows
    ]  # fmt: skip


def _connected(session: Session, applicant: Applicant) -> list[Record]:
    """Return the accounts elsewhere that open the hall; what they are called there is not kept."""
    return [
        {"provider": row.provider, "since": row.bound_at, "last_used": row.last_used_at}
        for row in outside_identities.of_user(session, applicant.user_id or 0)
    ]
