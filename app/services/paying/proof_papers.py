"""Papers that prove what became of a payment: made safe, kept for good, shown to who may see."""

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import NotAllowed
from app.domain.policy import Actor
from app.domain.terms import Role
from app.domain.workdays import local_date
from app.gateways.scanner import Antivirus, Limits, Page, scan
from app.gateways.storage import Storage
from app.models import Payout, PayoutProof
from app.services import audit, uploads
from app.services.paying import money_eyes
from app.services.paying.payout_lists import READERS

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 5


def scanned(data: bytes, filename: str, *, antivirus: Antivirus) -> list[Page]:
    """Turn a letter of the bank into safe pages; raises ``Invalid`` with the scanner's codes."""
    limits = Limits(bytes=MOST_BYTES, pages=MOST_PAGES)
    return scan(data, filename=filename, limits=limits, antivirus=antivirus)


def add(
    session: Session,
    payout: Payout,
    pages: list[Page],
    *,
    filename: str,
    storage: Storage,
    actor: Actor,
    now: dt.datetime,
) -> list[PayoutProof]:
    """Keep the pages of a paper with a payment; they are never changed or taken away."""
    policy.check_role(actor, Role.PAYER)
    policy.check_agency(actor, agency_id=payout.agency_id)
    money_eyes.check(session, [payout.id], actor=actor, now=now)
    kept = []
    for page in pages:
        key = f"{payout.agency_id}/{local_date(now):%Y/%m/%d}/{secrets.token_hex(16)}"
        storage.put(key, page.image)
        assert actor.user_id is not None
        kept.append(
            PayoutProof(
                agency_id=payout.agency_id, payout_id=payout.id,
                name=uploads.shown_name(filename), storage_key=key,
                sha256=hashlib.sha256(page.image).hexdigest(), size=len(page.image),
                uploaded_by=actor.user_id, uploaded_name=actor.name, uploaded_at=now,
            )
        )  # fmt: skip
    session.add_all(kept)
    session.flush()
    audit.record(
        session, "proof_added", actor=actor, now=now, object_type="payout", object_id=payout.id,
        agency_id=payout.agency_id, sha256=[one.sha256 for one in kept],
    )  # fmt: skip
    return kept


def papers_of(session: Session, payout: Payout) -> list[PayoutProof]:
    """Return the papers kept with a payment, the oldest first."""
    query = sa.select(PayoutProof).where(PayoutProof.payout_id == payout.id)
    return list(session.scalars(query.order_by(PayoutProof.id)))


def open_paper(
    session: Session, paper_id: int, *, storage: Storage, actor: Actor, now: dt.datetime
) -> tuple[PayoutProof, bytes]:
    """Return a paper and its picture (JPEG) to those who see payments; the look is recorded."""
    policy.check_role(actor, *READERS)
    paper = session.get(PayoutProof, paper_id)
    if paper is None or paper.agency_id != actor.agency_id:
        raise NotAllowed("no such paper", code="not_found")
    audit.record(
        session, "proof_read", actor=actor, now=now, object_type="payout",
        object_id=paper.payout_id or "", agency_id=paper.agency_id, paper=paper.id,
    )  # fmt: skip
    return paper, storage.get(paper.storage_key)
