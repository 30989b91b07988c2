"""The world in which every address is tried: people, their own rows, and rows of others."""

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_appbuilder import ModelView
from flask_jwt_extended import create_access_token
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app import outside
from app.devices import DEVICE
from app.domain import separation
from app.domain.policy import Actor
from app.domain.terms import Action, Origin, PayoutStatus, Role, Status
from app.extensions import db
from app.models import (
    Account,
    AccountFile,
    Application,
    BankCard,
    BankFile,
    BroughtFile,
    CaseEvent,
    ContributionFile,
    ImportBatch,
    JobRun,
    JournalEntry,
    LedgerReversal,
    Material,
    MaterialPage,
    MaterialType,
    PackageVersion,
    Payout,
    PayoutBatch,
    PayoutProof,
    PayoutStop,
    Staff,
    StatementLine,
)  # fmt: skip
from app.services import audit
from app.services.entry import sessions
from app.services.records.packing import pack
from tests.factories import (
    NOON,
    actor_of,
    find_reason,
    make_account,
    make_applicant,
    make_application,
    make_card,
    make_staff,
)
from tests.pictures import make_picture
from tests.standing import make_agreement

PEOPLE = (
    "anonymous", "owner", "other", "first", "second", "payer", "admin", "auditor",
)  # fmt: skip
"""Nobody; applicant A, whose rows they are; applicant B; four of staff, and who only reads."""

ROLES = {
    "first": Role.FIRST_REVIEWER, "second": Role.SECOND_REVIEWER, "payer": Role.PAYER,
    "admin": Role.INSTALLATION_ADMIN, "auditor": Role.AUDITOR,
}  # fmt: skip

VALUES = {
    "agency": "anhui", "reason": "ZFFZ", "topic": "app", "locale": "zh", "word": "basic",
    "page": "basic", "code": "A1", "filename": "anju.css", "year": "2026", "provider": "none",
    "token": "none", "day": "2026-11-17", "of": "application", "value": "id_number",
}  # fmt: skip
"""What stands in an address beside the key of a row."""

KEYS = {
    "WizardView": "draft", "UploadView.add": "draft", "UploadView": "page", "CardView": "card",
    "ProgressView": "case", "CaseView.page": "case_page", "CaseView": "case",
    "PayoutRunView": "payout", "PayoutRunView.release": "batch", "PayoutRunView.paper": "payout_proof",
    "PayoutSwitchView": "payout_stop", "ReconciliationView": "statement_line",
    "BankFileView": "bank_file", "AccountBookView": "account", "StaffBookView": "account",
    "ContributionView": "contribution_file", "AccountsImportView": "account_file", "ReversalView": "reversal", "ReversalView.supplement": "account",
    "ApplicationsApi.submit": "draft", "ApplicationsApi": "case", "StepsApi": "draft",
    "RevealView": "case", "PaperView": "case", "PaperView.fetch": "dossier",
    "StandingView": "order", "MonthlyView": "order", "DeskPaperView": "case", "DeskPaperView.fetch": "dossier",
}  # fmt: skip
"""Of which row the key in an address is, by endpoint or view."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One of the people: the cookie and the token with which each request comes."""

    cookie: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """Who comes, and the keys of the rows: A's in Anhui, somebody else's in Liaoning."""

    visitors: dict[str, Visitor]
    own: dict[str, int]
    foreign: dict[str, int]

    def addresses(self, app: Flask, rule: Rule) -> tuple[str, str | None]:
        """Return the address with the own row and, if it names one, with the foreign row."""
        kind = kind_of(app, rule)
        own = fill(rule, self.own.get(kind, 1))
        other = self.foreign.get(kind)
        return own, fill(rule, other) if other is not None and rule.arguments else None


def kind_of(app: Flask, rule: Rule) -> str:
    """Return which row the key in an address is of: a name of ours, or a table."""
    view = getattr(app.view_functions[rule.endpoint], "__self__", None)
    name = rule.endpoint.split(".")[0]
    if isinstance(view, ModelView):
        return str(view.datamodel.obj.__tablename__)
    return KEYS.get(rule.endpoint) or KEYS.get(name, "")


def fill(rule: Rule, key: int) -> str:
    """Fill an address: keys of rows by the key, everything else by its word."""
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda part: str(VALUES.get(part[1], key)), rule.rule)


def build(app: Flask) -> World:
    """Make the people and two of every row."""
    with app.app_context():
        session = db.session()
        ana, bo = make_applicant(session, "林知夏"), make_applicant(session, "周一鸣")
        staff = {who: make_staff(session, who, role) for who, role in ROLES.items()}
        own = rows_of(session, make_account(session, ana), actor_of(session, ana))
        far = make_applicant(session, "赵文博")
        other = make_account(session, far, scheme="fund")
        foreign = rows_of(session, other, actor_of(session, far))
        own["staff"] = staff["first"].id
        foreign["staff"] = make_staff(session, "li", Role.PAYER, agency="liaoning").id
        for model in (JobRun, PackageVersion):
            own[model.__tablename__] = session.scalar(sa.select(sa.func.max(model.id))) or 1
        users = {"owner": ana.user_id, "other": bo.user_id} | {
            who: member.user_id for who, member in staff.items()
        }
        for role in separation.STAFF:
            users[role] = make_staff(session, f"only-{role}", role).user_id
        visitors = {who: visitor(app, session, user_id) for who, user_id in users.items()}
        db.session.remove()
    return World({"anonymous": Visitor()} | visitors, own, foreign)


def visitor(app: Flask, session: Session, user_id: int) -> Visitor:
    """Sign somebody in, as a browser and as a phone."""
    token = sessions.open_session(session, user_id, now=NOON, how="password")
    session.commit()
    signed = app.session_interface.get_signing_serializer(app)
    assert signed is not None
    kept = signed.dumps({"_user_id": str(user_id), "_fresh": True, DEVICE: token})
    phone = create_access_token(str(user_id), additional_claims={DEVICE: token})
    return Visitor(f"{app.config['SESSION_COOKIE_NAME']}={kept}", phone)


def rows_of(session: Session, account: Account, actor: Actor) -> dict[str, int]:
    """Make every row that hangs on an account and an agency; return their keys by name."""
    case = make_application(session, account, status=Status.IN_REVIEW)
    paid = make_application(
        session, make_account(session, account.applicant, scheme=account.scheme.code),
        status=Status.APPROVED,
    )  # fmt: skip
    second = make_account(session, account.applicant, scheme=account.scheme.code)
    draft = make_application(session, second)
    page, seen = make_page(session, draft), make_page(session, case)
    payout, batch = make_payout(session, paid)
    event = CaseEvent(
        application_id=case.id, agency_id=case.agency_id, actor_id=actor.user_id,
        actor_name="", action=Action.SUBMIT.value, to_status=case.status, at=NOON,
    )  # fmt: skip
    taken = ImportBatch(agency_id=case.agency_id, **import_columns(case))
    entry = session.scalars(
        sa.select(JournalEntry).where(JournalEntry.agency_id == case.agency_id)
    ).first()
    asked = LedgerReversal(
        agency_id=case.agency_id, entry_id=entry.id, account_id=account.id, proof="letter",
        proposed_by=actor.user_id, proposed_name="", proposed_at=NOON,
    )  # fmt: skip
    session.add_all([event, taken, asked])
    session.flush()
    read = audit.record(
        session, "material_read", actor=actor, now=NOON, agency_id=case.agency_id
    )
    session.commit()
    reason = find_reason(session, case.reason_code, case.scheme.code)
    found = {
        "case": case.id, "draft": draft.id, "page": page.id, "case_page": seen.id, "payout": payout.id,
        "reversal": asked.id, "batch": batch.id, "card": make_card(session, account.applicant).id,
        "application": case.id, "account": account.id, "applicant": account.applicant_id,
        "material": seen.material_id, "case_event": event.id, "import_batch": taken.id,
        "audit_event": read.id, "withdrawal_reason": reason.id, "payout_batch": batch.id,
        "bank_card": session.scalar(sa.select(sa.func.max(BankCard.id))) or 0,
        "agency": case.agency_id,
    }  # fmt: skip
    found["order"] = make_agreement(session, account, reason_code=case.reason_code).id
    return found | reference_rows(session, case.agency_id)


def reference_rows(session: Session, agency_id: int) -> dict[str, int]:
    """Return the first row of the agency in each table of reference data."""
    found = {}
    for mapper in db.Model.registry.mappers:
        table = mapper.local_table
        if table is not None and {"agency_id", "id"} <= set(table.columns.keys()):
            key = session.scalar(
                sa.select(sa.func.min(table.c.id)).where(table.c.agency_id == agency_id)
            )
            if key is not None and table.name not in ("application", "staff"):
                found.setdefault(table.name, key)
    return found


def make_page(session: Session, case: Application) -> MaterialPage:
    """Put one page of a paper into the storage and the case."""
    kind = session.scalars(
        sa.select(MaterialType).where(
            MaterialType.scheme_id == case.scheme_id, MaterialType.origin == Origin.UPLOAD
        )
    ).first()
    assert kind is not None
    paper = Material(
        application_id=case.id, agency_id=case.agency_id, material_type_id=kind.id,
        material_code=kind.code, origin=Origin.UPLOAD, created_at=NOON,
    )  # fmt: skip
    session.add(paper)
    session.flush()
    key, data = f"{case.agency_id}/2026/11/18/{case.id:032x}", make_picture(size=(60, 40))
    for name in (key, f"{key}-small"):
        outside.storage().put(name, data)
    page = MaterialPage(
        agency_id=case.agency_id, material_id=paper.id, width=60, height=40, storage_key=key,
        source_sha256="1" * 64, sha256="0" * 64, bytes=len(data), uploaded_at=NOON,
    )  # fmt: skip
    session.add(page)
    session.commit()
    return page


def make_payout(session: Session, case: Application) -> tuple[Payout, PayoutBatch]:
    """Make a payment in doubt, in a batch that nobody released."""
    batch = PayoutBatch(
        agency_id=case.agency_id, number=f"PC2026111800{case.agency_id:02d}", prepared_at=NOON
    )
    payout = Payout(
        application_id=case.id, agency_id=case.agency_id, status=PayoutStatus.UNKNOWN,
        amount=case.amount, payee_name="-", payee_bank_code="CCB", payee_last_four="0000",
        decision_hash="0" * 64, due_on=NOON.date(), created_at=NOON, sent_at=NOON, batch=batch,
        bank_reference=f"AJ20261118{case.id:08d}",
    )  # fmt: skip
    payout.payee_card = "6217000000000000000"
    session.add_all([payout, *make_files(case.agency_id), *make_controls(case)])
    session.flush()
    session.add(make_proof(payout))
    session.commit()
    return payout, batch


def make_controls(case: Application) -> tuple[PayoutStop, StatementLine]:
    """Return a stop that somebody may lift, and a line of the bank that is not ours."""
    stop = PayoutStop(agency_id=case.agency_id, reason="odd answers", stopped_at=NOON)
    line = StatementLine(
        agency_id=case.agency_id, on_date=NOON.date(), line_no=1, reference="0001",
        amount=case.amount, direction="out", bucket="only_theirs", read_at=NOON,
    )  # fmt: skip
    return stop, line


def make_proof(payout: Payout) -> PayoutProof:
    """Return a letter of the bank about a payment, kept in the storage."""
    key, data = f"{payout.agency_id}/2026/11/18/{payout.id + 10**9:032x}", make_picture()
    outside.storage().put(key, data)
    colleague = sa.select(sa.func.min(Staff.user_id)).scalar_subquery()
    return PayoutProof(
        agency_id=payout.agency_id, payout_id=payout.id, name="letter.jpg", storage_key=key,
        sha256="0" * 64, size=len(data), uploaded_by=colleague, uploaded_name="-",
        uploaded_at=NOON,
    )  # fmt: skip


def make_files(agency_id: int) -> tuple[BankFile, BroughtFile, BroughtFile]:
    """Return an answer of the bank, contributions and accounts, brought by a colleague."""
    file = BankFile(
        agency_id=agency_id, direction="in", kind="answer", form="csv", name="hp.csv",
        message_id="HP1", sha256="0" * 64, size=1, actor_name="-", at=NOON,
    )  # fmt: skip
    known = {
        "agency_id": agency_id, "sha256": "0" * 64, "rows": 1, "total": 1, "brought_name": "-",
        "brought_by": sa.select(sa.func.min(Staff.user_id)).scalar_subquery(),
        "brought_at": NOON,
    }  # fmt: skip
    paid_in = ContributionFile(name="jc.csv", reference="JC1", **known)
    opened = AccountFile(name="accounts.csv", **known)
    file.content = paid_in.content = opened.content = pack(b"-")
    return file, paid_in, opened


def import_columns(case: Application) -> dict[str, Any]:
    """Return the columns of a file of accounts that was taken."""
    return {
        "name": "accounts.csv",
        "sha256": f"{case.id:064d}",
        "rows": 1,
        "total": 1,
        "at": NOON,
    }
