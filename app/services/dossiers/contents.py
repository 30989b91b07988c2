"""What the file of a case says: all of it for oversight, for the applicant what is the applicant's."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import masking
from app.domain.policy import WORKER
from app.models import (
    Application,
    AuditEvent,
    Bank,
    CaseEvent,
    Dossier,
    FactDefinition,
    IdDocumentType,
    JournalEntry,
    MaterialPage,
    Payout,
    ReviewNote,
)
from app.services.applying.relations import may_show_money
from app.services.cases import note_for_applicant
from app.services.paying.receipts import KINDS

Record = dict[str, Any]
HEADINGS = {
    "case": "申请 Application",
    "applicant": "申请人 Applicant",
    "payee": "收款账户 Receiving account",
    "house": "房屋 House",
    "answers": "填写内容 Answers",
    "calculation": "金额计算 Calculation",
    "materials": "材料 Materials",
    "history": "办理记录 History",
    "return_opinions": "退单意见 Return opinions",
    "payments": "支付 Payments",
    "ledger": "记账凭证 Ledger entries",
    "notes": "内部备注 Notes for colleagues",
    "looks": "查看记录 Who opened it",
}
"""What the parts of the page are called, in both languages."""

OFFICE = "经办单位"
"""What every member of staff is called in an applicant's own file."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a material: its name in the file, where it is kept, its page's record."""

    name: str
    storage_key: str
    said: Record


def gathered(session: Session, dossier: Dossier) -> tuple[Record, list[Picture]]:
    """Return what is known of a case as plain values, and the pictures that go with it."""
    case, is_full = dossier.application, dossier.is_full
    materials, pictures = _materials(case)
    record = {
        "case": _case(case, is_full=is_full),
        "applicant": _applicant(case, is_full=is_full),
        "payee": _payee(case, is_full=is_full),
        "house": case.house or {},
        "answers": case.answers,
        "calculation": case.calculation if is_full or may_show_money(case) else [],
        "materials": materials,
        "history": [
            _event(event, case, is_full=is_full)
            for event in case.events
            if event.public or is_full
        ],
        "return_opinions": [
            {"round": item.round, "paper": item.material_code, "text": item.text_zh,
             "note": item.note, "at": item.at, "settled": item.settled_at}
            for item in case.return_items
        ],
        "payments": [_payment(payout) for payout in case.payouts],
        "ledger": _ledger(session, case),
    }  # fmt: skip
    if is_full:
        record |= {"notes": _notes(session, case), "looks": _looks(session, case)}
    return record, pictures


def words_of(session: Session, scheme_ids: Iterable[int]) -> dict[str, str]:
    """Return what the facts asked in services, banks and documents are called, by their codes.

    A choice is called by its question and itself: ``marital_status=single``.
    """
    fact, bank, kind = FactDefinition, Bank, IdDocumentType
    asked = session.scalars(
        sa.select(fact).where(fact.scheme_id.in_(scheme_ids)).order_by(fact.valid_from)
    ).all()
    coded = (
        sa.select(bank.code, bank.short_name_zh, bank.short_name_en),
        sa.select(kind.code, kind.name_zh, kind.name_en),
    )
    rows = [(row.key, row.question_zh, row.question_en) for row in asked]
    rows += [(code, zh, en) for query in coded for code, zh, en in session.execute(query)]
    for row in asked:
        options = [option.split(":") for option in row.options.split("|") if ":" in option]
        rows += [(f"{row.key}={code}", zh, en) for code, zh, en in options]
    return {code: f"{zh} {en}".strip() for code, zh, en in rows}


def _case(case: Application, *, is_full: bool) -> Record:
    shows = is_full or may_show_money(case)
    return {
        "number": case.number, "agency": case.agency.name_zh, "service": case.scheme.name_zh,
        "reason": case.reason.name_zh, "kind": KINDS[case.kind], "capacity": case.capacity,
        "status": case.status, "amount_asked": case.amount if shows else None,
        "amount_allowed": case.amount_allowed if shows else None,
        "interest": case.interest if shows else None, "submitted": case.submitted_at,
        "decided": case.decided_at, "paid": case.paid_at, "decide_by": case.due_on,
        "pay_by": case.pay_by, "rule_version": case.rule_version, "signed": case.signed_at,
        "commitment_sha256": case.commitment_sha256, "decision_sha256": case.decision_hash,
    }  # fmt: skip


def _applicant(case: Application, *, is_full: bool) -> Record:
    person = case.applicant
    number, mobile = person.id_number, case.mobile or person.mobile or ""
    return {
        "name": person.name, "document_type": person.id_type,
        "document_number": number if is_full else masking.mask_id(number),
        "mobile": mobile if is_full else masking.mask_mobile(mobile),
        "account": case.account.number if is_full or may_show_money(case) else None,
        "employer": case.account.employer if is_full or may_show_money(case) else None,
        "verified_how": person.verified_how, "verified": person.verified_at,
    }  # fmt: skip


def _payee(case: Application, *, is_full: bool) -> Record:
    card = case.payee_card or ""
    return {
        "name": case.payee_name, "bank": case.payee_bank_code,
        "card": card if is_full else masking.mask_card(card) if card else "",
        "check": case.card_check,
    }  # fmt: skip


def _materials(case: Application) -> tuple[list[Record], list[Picture]]:
    found, pictures = [], []
    for material in case.materials:
        pages: list[Record] = []
        for page in material.pages:
            if page.removed_at is None:
                pages.append(_page(page))
                name = f"materials/{material.material_code.lower()}-{page.id}.jpg"
                pictures.append(Picture(name, page.storage_key, pages[-1]))
        found.append({
            "code": material.material_code, "name": material.material_type.name_zh,
            "origin": material.origin, "verdict": material.verdict, "pages": pages,
        })  # fmt: skip
    return found, pictures


def _page(page: MaterialPage) -> Record:
    return {
        "file": "", "sha256": page.sha256, "width": page.width, "height": page.height,
        "uploaded": page.uploaded_at,
    }  # fmt: skip


def _event(event: CaseEvent, case: Application, *, is_full: bool) -> Record:
    is_own = event.actor_id is not None and event.actor_id == case.applicant.user_id
    by = event.actor_name if is_full else OFFICE
    if not event.actor_name or event.actor_name == WORKER.name:
        by = "系统"
    return {
        "at": event.at, "by": "申请人" if is_own else by, "deed": event.action,
        "to": event.to_status, "note": event.note if is_full else note_for_applicant(event),
    }  # fmt: skip


def _payment(payout: Payout) -> Record:
    return {
        "attempt": payout.attempt, "bank_reference": payout.bank_reference,
        "status": payout.status, "amount": payout.amount, "sent": payout.sent_at,
        "paid": payout.paid_at, "ended": payout.ended_at, "bank_code": payout.bank_code_answer,
        "bank_text": payout.bank_text, "decision_sha256": payout.decision_hash,
    }  # fmt: skip


def _ledger(session: Session, case: Application) -> list[Record]:
    entries = session.scalars(
        sa.select(JournalEntry)
        .where(JournalEntry.application_id == case.id)
        .order_by(JournalEntry.id)
    )
    return [
        {
            "entry": entry.id, "kind": entry.kind, "reference": entry.reference,
            "on": entry.value_date,
            "amount": max(posting.amount for posting in entry.postings),
        }
        for entry in entries
    ]  # fmt: skip


def _notes(session: Session, case: Application) -> list[Record]:
    rows = session.scalars(
        sa.select(ReviewNote)
        .where(ReviewNote.application_id == case.id)
        .order_by(ReviewNote.id)
    )
    return [{"at": row.at, "by": row.actor_name, "text": row.text} for row in rows]


def _looks(session: Session, case: Application) -> list[Record]:
    rows = session.scalars(
        sa.select(AuditEvent)
        .where(AuditEvent.object_type == "application", AuditEvent.object_id == str(case.id))
        .order_by(AuditEvent.id)
    )
    return [
        {"at": row.at, "by": row.actor_name, "act": row.act, "reason": row.reason}
        for row in rows
    ]


def plain(value: Any) -> str:
    """Return a value of a record as JSON holds it: moments and sums as text."""
    return value.isoformat() if isinstance(value, dt.date) else str(value)
