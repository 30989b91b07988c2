"""Copies of the own data: asked for, made by the worker, fetched within days, then gone."""

import datetime as dt
import io
import json
import secrets
import zipfile
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import IllegalMove, NotAllowed
from app.domain.policy import WORKER, Actor
from app.domain.terms import ExportStatus
from app.gateways.storage import NotStored, Storage
from app.models import Applicant, Application, DataExport, Material, MaterialPage
from app.services import audit
from app.services.dossiers.contents import words_of
from app.services.dossiers.page import framed, sections
from app.services.privacy import own_data
from app.services.records.updates import changed_rows

KEPT = dt.timedelta(days=7)
COPIES = "exports/"
"""Under which copies are kept as files."""

MOST_TRIES = 3
PER_DAY = 3
HEADINGS = {
    "person": "个人信息 Person",
    "consents": "同意记录 Consents",
    "bank_cards": "银行卡 Bank cards",
    "accounts": "账户 Accounts",
    "applications": "支取申请 Applications",
    "monthly_agreements": "约定提取 Monthly agreements",
    "messages": "消息 Messages",
    "devices": "登录设备 Devices",
    "connected_accounts": "已绑定的其他登录方式 Connected accounts",
    "looks_by_others": "查看记录 Looks by others",
    "corrections": "更正申请 Corrections",
    "ratings": "服务评价 Ratings",
}
"""What the parts of the readable page are called, in both languages."""


def ask(
    session: Session, applicant: Applicant, *, actor: Actor, now: dt.datetime
) -> DataExport:
    """Ask for a copy; one is made at a time, some a day.

    Raises ``IllegalMove`` (export_waiting, export_limit). The caller commits.
    """
    policy.check_own(actor, applicant_id=applicant.id)
    recent = session.scalars(
        sa.select(DataExport).where(
            DataExport.applicant_id == applicant.id,
            DataExport.requested_at > now - dt.timedelta(days=1),
        )
    ).all()
    if any(row.status is ExportStatus.QUEUED for row in recent):
        raise IllegalMove("one is being made", code="export_waiting")
    if len(recent) >= PER_DAY:
        raise IllegalMove("enough for a day", code="export_limit")
    row = DataExport(applicant_id=applicant.id, requested_at=now)
    session.add(row)
    session.flush()
    _record(session, "export_asked", row, actor=actor, now=now)
    return row


def waiting(session: Session, *, limit: int = 20) -> list[int]:
    """Return the copies that are to be made, oldest first."""
    rows = sa.select(DataExport.id).where(DataExport.status == ExportStatus.QUEUED)
    return list(session.scalars(rows.order_by(DataExport.id).limit(limit)))


def begin(session: Session, key: int) -> Applicant | None:
    """Count one try and return whose copy it is; None when nothing is to be made any more."""
    row = session.get_one(DataExport, key)
    row.tries += 1
    if row.status is not ExportStatus.QUEUED:
        return None
    if row.tries > MOST_TRIES:
        row.status = ExportStatus.FAILED
        return None
    return session.get_one(Applicant, row.applicant_id)


def made(session: Session, applicant: Applicant, storage: Storage) -> bytes:
    """Return the copy: a record to be read by machines, a page to be read by people, the files."""
    record = own_data.gathered(session, applicant)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(record, ensure_ascii=False, indent=2, default=_plain)
        archive.writestr("data.json", text)
        schemes = sa.select(Application.scheme_id).where(
            Application.applicant_id == applicant.id
        )
        words = words_of(session, session.scalars(schemes.distinct()).all())
        archive.writestr("index.html", page_of(json.loads(text), words))
        for name, key in _files(session, applicant):
            try:
                archive.writestr(f"files/{name}", storage.get(key))
            except NotStored:
                continue
    return packed.getvalue()


def put_away(data: bytes, storage: Storage) -> str:
    """Keep the file of a copy under a name nobody guesses; return the name."""
    place = f"{COPIES}{secrets.token_hex(16)}"
    storage.put(place, data)
    return place


def keep(
    session: Session, key: int, place: str, size: int, storage: Storage, *, now: dt.datetime
) -> bool:
    """Keep a copy for some days; return whether it was the first made of this request."""
    is_first = changed_rows(
        session,
        sa.update(DataExport)
        .where(DataExport.id == key, DataExport.status == ExportStatus.QUEUED)
        .values(
            status=ExportStatus.READY, storage_key=place, size=size, ready_at=now,
            expires_at=now + KEPT,
        )
        .execution_options(synchronize_session=False),
    )  # fmt: skip
    if not is_first:
        storage.delete(place)
        return False
    row = session.get_one(DataExport, key, populate_existing=True)
    _record(session, "export_made", row, actor=WORKER, now=now, size=size)
    return True


def fetch(
    session: Session, key: int, storage: Storage, *, actor: Actor, now: dt.datetime
) -> bytes:
    """Return an own copy that is ready and not over, and write that it was fetched.

    Raises ``NotAllowed`` (not_found) for any other. The caller commits.
    """
    row = session.get(DataExport, key)
    if row is None or row.applicant_id != actor.applicant_id or row.storage_key is None:
        raise NotAllowed("no such copy", code="not_found")
    if row.status is not ExportStatus.READY or row.expires_at is None or row.expires_at <= now:
        raise NotAllowed("the copy is over", code="not_found")
    row.downloaded_at = now
    session.flush()
    _record(session, "export_fetched", row, actor=actor, now=now)
    return storage.get(row.storage_key)


def own_exports(session: Session, applicant: Applicant) -> list[DataExport]:
    """Return the copies a person asked for, newest first."""
    rows = sa.select(DataExport).where(DataExport.applicant_id == applicant.id)
    return list(session.scalars(rows.order_by(DataExport.id.desc()).limit(10)))


def page_of(record: dict[str, Any], words: Mapping[str, str]) -> str:
    """Return the readable page: every value, escaped, under its heading."""
    return framed("我的数据 My data", sections(record, HEADINGS, words))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _files(session: Session, applicant: Applicant) -> list[tuple[str, str]]:
    """Return name in the copy and key of every page the person uploaded and did not take away."""
    rows = session.execute(
        sa.select(Application.number, Application.id, Material.material_code, MaterialPage)
        .join(Material, Material.application_id == Application.id)
        .join(MaterialPage, MaterialPage.material_id == Material.id)
        .where(
            Application.applicant_id == applicant.id, MaterialPage.removed_at.is_(None)
        )
        .order_by(MaterialPage.id)
    )  # fmt: skip
    return [
        (f"{number or f'draft-{case_id}'}/{code}-{page.id}.jpg", page.storage_key)
        for number, case_id, code, page in rows
    ]


def _record(
    session: Session, act: str, row: DataExport, *, actor: Actor, now: dt.datetime, **more: Any
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="data_export", object_id=row.id,
        applicant_id=row.applicant_id, **more,
    )  # fmt: skip
