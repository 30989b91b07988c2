"""Receipts (支取回单): given once a payment, never changed; its day of money proves what it says."""

import datetime as dt
import json
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import anju_verify
from app.domain import masking, policy, signs
from app.domain.capitals import in_capitals
from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Kind, PayoutStatus, Status
from app.domain.workdays import local_date
from app.gateways.paper.receipt_pdf import Printed
from app.gateways.storage import Storage
from app.models import Application, Bank, JournalEntry, Payout, Receipt
from app.services import audit, cases
from app.services.catalogue.reference_cache import remembered
from app.services.records import money_days

CODE_LENGTH = 27
"""27 of 31 signs: 133 bits, nobody guesses one."""

GOOD = (PayoutStatus.PAID, PayoutStatus.SETTLED)
KINDS = {Kind.FIRST: "首次", Kind.SUBSEQUENT: "第二次及以后", Kind.CLOSING: "销户"}


def issue(
    session: Session,
    payout: Payout,
    *,
    now: dt.datetime,
    entry: str = "",
    on: dt.date | None = None,
) -> Receipt:
    """Give a paid payment its receipt; the same one when it has it already.

    ``entry`` is the entry that booked it a moment ago: then there is no receipt yet. ``on`` is
    the bank's day where it is known; otherwise the day on which the hall heard of it stands.
    """
    found = None if entry else find(session, payout)
    if found is not None:
        return found
    entry = entry or _entry_of(session, payout)
    code = "".join(secrets.choice(signs.SIGNS) for _ in range(CODE_LENGTH))
    number = f"HD{(payout.bank_reference or '').removeprefix('AJ') or payout.id}"
    paid_on = on or local_date(payout.paid_at or now)
    facts = anju_verify.canonical(_facts(session, payout, number, code, entry, paid_on=paid_on))
    receipt = Receipt(
        agency_id=payout.agency_id, application_id=payout.application_id, payout_id=payout.id,
        number=number, check_code=code, facts=facts, issued_at=now,
    )  # fmt: skip
    session.add(receipt)
    session.flush()
    return receipt


def find(session: Session, payout: Payout) -> Receipt | None:
    """Return the receipt of a payment."""
    return session.scalar(sa.select(Receipt).where(Receipt.payout_id == payout.id))


def find_by_code(session: Session, code: str) -> Receipt | None:
    """Return the receipt with a check code, however it was typed."""
    plain = signs.bare(code, CODE_LENGTH)
    if not plain:
        return None
    return session.scalar(sa.select(Receipt).where(Receipt.check_code == plain))


def facts_of(receipt: Receipt) -> dict[str, Any]:
    """Return what a receipt says."""
    found: dict[str, Any] = json.loads(receipt.facts)
    return found


def is_superseded(receipt: Receipt) -> bool:
    """Tell whether the money came back (退票): the receipt counts no more."""
    return receipt.payout.status not in GOOD


def take_own(session: Session, key: int, *, actor: Actor, now: dt.datetime) -> Receipt:
    """Return the receipt of an own paid case, and write that it was taken.

    Raises ``NotAllowed`` (not_found) for any other. The caller commits.
    """
    case = session.get(Application, key)
    if case is None:
        raise NotAllowed("no such case", code="not_found")
    policy.check_own(actor, applicant_id=case.applicant_id)
    return _taken(session, case, actor=actor, now=now)


def take(session: Session, key: int, *, actor: Actor, now: dt.datetime) -> Receipt:
    """Return the receipt of a paid case of the agency to its staff; the audit keeps who took it.

    Raises ``NotAllowed`` (not_found, role_missing). The caller commits.
    """
    return _taken(session, cases.get_case(session, key, actor=actor), actor=actor, now=now)


def printed(session: Session, receipt: Receipt, *, storage: Storage, address: str) -> Printed:
    """Return a receipt as it is printed now: final once its day of money is closed.

    ``address`` is where people open the hall; below it a receipt is checked.
    """
    proof = money_days.proof_of(session, receipt, storage=storage)
    twin = {"anju": anju_verify.RECEIPT, "facts": facts_of(receipt), "proof": proof}
    agency = receipt.payout.agency
    return Printed(
        twin, f"{address}/check/{receipt.check_code}", receipt.check_code,
        is_superseded(receipt), receipt.issued_at,
        hotline=agency.hotline, is_specimen=agency.placeholder,
    )  # fmt: skip


def of_case(session: Session, case: Application) -> Receipt | None:
    """Return the newest receipt of a case."""
    return session.scalar(
        sa.select(Receipt)
        .where(Receipt.application_id == case.id)
        .order_by(Receipt.id.desc())
        .limit(1)
    )


def _taken(session: Session, case: Application, *, actor: Actor, now: dt.datetime) -> Receipt:
    paid = [payout for payout in case.payouts if payout.status in GOOD]
    if case.status is Status.PAID and paid:
        receipt = issue(session, paid[-1], now=now)
    else:
        found = of_case(session, case)
        if found is None:
            raise NotAllowed("the case has no receipt", code="not_found")
        receipt = found
    audit.record(
        session, "receipt_taken", actor=actor, now=now, object_type="application",
        object_id=case.id, agency_id=case.agency_id, applicant_id=case.applicant_id,
        number=receipt.number,
    )  # fmt: skip
    return receipt


def _entry_of(session: Session, payout: Payout) -> str:
    """Return the reference of the entry that booked a payment last."""
    found = session.scalar(
        sa.select(JournalEntry.reference)
        .where(JournalEntry.payout_id == payout.id, JournalEntry.kind == "paid")
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
    return found or ""


def _bank_names(session: Session) -> dict[str, str]:
    rows = session.execute(sa.select(Bank.code, Bank.short_name_zh))
    return {row.code: row.short_name_zh for row in rows}


def _facts(
    session: Session, payout: Payout, number: str, code: str, entry: str, *, paid_on: dt.date
) -> dict[str, Any]:
    """Return what the receipt says: names and card masked, sums in yuan as text."""
    case, agency = payout.application, payout.agency
    banks = remembered(session, "bank_names", lambda: _bank_names(session))
    facts = {
        "number": number, "agency": agency.name_zh, "case": case.number or "",
        "service": case.scheme.name_zh, "word": case.scheme.word_zh,
        "reason": case.reason.name_zh, "payer": agency.payer_name,
        "payer_card": f"{masking.STARS} {agency.payer_account[-4:]}",
        "payer_bank": banks.get(agency.payer_bank_code, agency.payer_bank_code),
        "kind": KINDS[case.kind], "payee": masking.mask_name(payout.payee_name),
        "card": f"{masking.STARS} {payout.payee_last_four}",
        "bank": banks.get(payout.payee_bank_code, payout.payee_bank_code),
        "amount": f"{payout.amount:.2f}", "capitals": in_capitals(payout.amount),
        "paid_on": paid_on.isoformat(),
        "bank_reference": payout.bank_reference or "", "entry": entry,
        "check": anju_verify.digest(code),
    }  # fmt: skip
    if case.decided_at is not None:
        facts["approved_on"] = local_date(case.decided_at).isoformat()
    if case.kind is Kind.CLOSING:
        facts["principal"] = f"{payout.amount - case.interest:.2f}"
        facts["interest"] = f"{case.interest:.2f}"
    return facts
