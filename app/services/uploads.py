"""Papers of a case: uploaded pages made safe and sealed, shown to those who may see them."""

import datetime as dt
import hashlib
import secrets
import unicodedata
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Origin, Status, Verdict
from app.domain.workdays import local_date
from app.gateways.scanner import Antivirus, Limits, Page, scan
from app.gateways.storage import Storage
from app.models import Application, Material, MaterialPage, MaterialType
from app.services import audit, cases, reference
from app.services.applying import wizard

NAME_LENGTH = 200
KEPT_MEGABYTE = 1024 * 1024


def scanned(
    material_type: MaterialType, data: bytes, filename: str, *, antivirus: Antivirus
) -> list[Page]:
    """Turn an upload into safe pages; no database work, so that it holds no transaction.

    Raises ``Invalid`` with the codes of the scanner.
    """
    limits = Limits(
        bytes=material_type.max_mb_per_file * KEPT_MEGABYTE,
        pages=material_type.max_files,
    )
    return scan(data, filename=filename, limits=limits, antivirus=antivirus)


def material_type_of(
    session: Session, application: Application, code: str, *, now: dt.datetime
) -> MaterialType:
    """Return the kind of paper that may be uploaded under a code, or raise ``Invalid``."""
    types = reference.material_types(session, application.scheme_id, local_date(now))
    if code not in types or types[code].origin is not Origin.UPLOAD:
        raise Invalid(code="material_unknown", field="material_code")
    return types[code]


def add_pages(
    session: Session,
    application: Application,
    material_type: MaterialType,
    pages: list[Page],
    *,
    filename: str,
    storage: Storage,
    actor: Actor,
    now: dt.datetime,
) -> Material:
    """Add scanned pages to a paper; a page that is there already is not added twice.

    Raises ``IllegalMove`` when the paper is not open, ``Invalid`` (material_full).
    """
    _check_open(session, application, material_type.code, actor=actor, now=now)
    material = _material(session, application, material_type, now=now)
    kept = [page for page in material.pages if page.removed_at is None]
    sources = {page.source_sha256 for page in kept}
    fresh = [page for page in pages if page.sha256_source not in sources]
    if len(kept) + len(fresh) > material_type.max_files:
        raise Invalid(
            code="material_full", field=f"material-{material_type.code}",
            most=material_type.max_files,
        )  # fmt: skip
    for page in fresh:
        session.add(
            _kept_page(application, material, page, filename=filename, storage=storage, now=now)
        )
    material.verdict = Verdict.OPEN
    application.updated_at = now
    session.flush()
    session.refresh(material)
    return material


def remove_page(
    session: Session, page: MaterialPage, *, actor: Actor, now: dt.datetime
) -> None:
    """Take a page away (删除); its file is deleted by the housekeeping."""
    application = page.material.application
    _check_open(session, application, page.material.material_code, actor=actor, now=now)
    page.removed_at = page.removed_at or now
    application.updated_at = now


def open_page(
    session: Session,
    page_id: int,
    *,
    thumbnail: bool,
    storage: Storage,
    actor: Actor,
    now: dt.datetime,
) -> tuple[MaterialPage, bytes]:
    """Return a page and its picture (JPEG) to the applicant or to staff of the agency.

    Raises ``NotAllowed`` (not_found) for anybody else; reading by staff is recorded.
    """
    page = session.get(MaterialPage, page_id)
    if page is None or page.removed_at is not None:
        raise NotAllowed("no such page", code="not_found")
    case = page.material.application
    if actor.applicant_id is not None:
        policy.check_own(actor, applicant_id=case.applicant_id)
    else:
        cases.get_case(session, case.id, actor=actor)
        if not thumbnail:
            audit.record(
                session, "material_read", actor=actor, now=now, object_type="material_page",
                object_id=str(page.id), agency_id=case.agency_id,
                applicant_id=case.applicant_id, number=case.number,
            )  # fmt: skip
    key = thumbnail_key(page) if thumbnail else page.storage_key
    return page, storage.get(key)


def thumbnail_key(page: MaterialPage) -> str:
    """Return where the small picture of a page is kept."""
    return f"{page.storage_key}-small"


def used_before(session: Session, page: MaterialPage) -> list[str]:
    """Return the numbers of other cases of the agency that used the same file (EL19)."""
    return list(
        session.scalars(
            sa.select(Application.number)
            .join(Material, Material.application_id == Application.id)
            .join(MaterialPage, MaterialPage.material_id == Material.id)
            .where(
                MaterialPage.source_sha256 == page.source_sha256,
                Application.agency_id == page.agency_id,
                Application.id != page.material.application_id,
                Application.number.is_not(None),
            )
            .distinct()
            .limit(5)
        )
    )


def _material(
    session: Session,
    application: Application,
    material_type: MaterialType,
    *,
    now: dt.datetime,
) -> Material:
    for row in application.materials:
        if row.material_code == material_type.code:
            return row
    row = Material(
        application_id=application.id, agency_id=application.agency_id,
        material_type_id=material_type.id, material_code=material_type.code,
        origin=material_type.origin, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(application)
    return row


def _kept_page(
    application: Application,
    material: Material,
    page: Page,
    *,
    filename: str,
    storage: Storage,
    now: dt.datetime,
) -> MaterialPage:
    row = MaterialPage(
        agency_id=application.agency_id, material_id=material.id,
        original_name=shown_name(filename), storage_key=_new_key(application, now=now),
        source_sha256=page.sha256_source, sha256=hashlib.sha256(page.image).hexdigest(),
        width=page.width, height=page.height, bytes=len(page.image),
        quality=_quality(page), uploaded_at=now,
    )  # fmt: skip
    storage.put(row.storage_key, page.image)
    storage.put(thumbnail_key(row), page.thumbnail)
    return row


def shown_name(filename: str) -> str:
    """Return the name of an upload as it is shown: no path, no control characters, bounded."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    return shown.strip()[-NAME_LENGTH:] or "upload"


def _new_key(application: Application, *, now: dt.datetime) -> str:
    """Return a key of our own making: agency, day, random; nothing of the upload's name."""
    return f"{application.agency_id}/{local_date(now):%Y/%m/%d}/{secrets.token_hex(16)}"


def _quality(page: Page) -> dict[str, Any]:
    quality = page.quality
    return {
        "blurred": round(quality.blurred, 2),
        "dark": round(quality.dark, 3),
        "short_side": quality.short_side,
        "warnings": list(quality.warnings),
    }


def _check_open(
    session: Session,
    application: Application,
    code: str,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Raise unless the applicant may change this paper now: a draft, or reopened by a return.

    The case is locked, so that pictures sent at the same time are added one after the other.
    """
    policy.check_own(actor, applicant_id=application.applicant_id)
    session.refresh(application, with_for_update=True)
    if application.status is Status.DRAFT:
        return
    if application.status is Status.RETURNED:
        opened = wizard.reopened(session, application, now=now)
        if opened.any_material or code in opened.materials:
            return
    raise IllegalMove("the paper is not open for change", code="not_open_for_you")
