"""The end of a log-in (注销) when its holder wants it; what the law keeps is kept."""

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Session

from app.domain import lifecycle, policy
from app.domain.errors import IllegalMove
from app.domain.policy import Actor
from app.domain.terms import ExportStatus, Status
from app.models import (
    Applicant,
    Application,
    BankCard,
    ContactChange,
    DataExport,
    KnownDevice,
)
from app.services import audit
from app.services.applying import drafts
from app.services.entry import outside_identities, sessions


def close_log_in(
    session: Session, applicant: Applicant, *, actor: Actor, now: dt.datetime
) -> None:
    """End a person's log-in, consent, mobile, address and cards; the person may register anew.

    Accounts, cases and payments stay as long as their rules ask. Raises ``IllegalMove``
    (case_open) while a case is open. The caller commits.
    """
    policy.check_own(actor, applicant_id=applicant.id)
    own = sa.select(Application).where(Application.applicant_id == applicant.id)
    # Read before the question: a draft sent meanwhile is seen as open, or has moved on.
    unsent = session.scalars(own.where(Application.status == Status.DRAFT)).all()
    if session.scalar(own.where(Application.status.in_(lifecycle.OPEN)).limit(1)) is not None:
        raise IllegalMove("a case is open", code="case_open")
    for draft in unsent:
        drafts.forget(session, draft, now=now)
    user = session.get_one(User, applicant.user_id)
    _end_ways_in(session, user, now=now)
    _end_requests(session, applicant, now=now)
    applicant.mobile = applicant.address = applicant.user_id = None
    applicant.agreement_version, applicant.agreement_at = "", None
    applicant.closed_at = now
    session.execute(
        sa.update(BankCard).where(BankCard.applicant_id == applicant.id).values(in_use=False)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.flush()
    audit.record(
        session, "log_in_closed", actor=actor, now=now, object_type="applicant",
        object_id=applicant.id, applicant_id=applicant.id,
    )  # fmt: skip


def _end_ways_in(session: Session, user: User, *, now: dt.datetime) -> None:
    """Lock the log-in, end its devices, and take its connections to other providers away."""
    user.active = False
    user.password = ""
    sessions.close_others(session, user.id, now=now)
    outside_identities.end_all(session, user.id, now=now)
    session.execute(
        sa.delete(KnownDevice).where(KnownDevice.user_id == user.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _end_requests(session: Session, applicant: Applicant, *, now: dt.datetime) -> None:
    """End what was asked for and nobody can fetch any more: copies of data, another mobile."""
    copies = sa.update(DataExport).where(DataExport.applicant_id == applicant.id)
    for statement in (
        copies.where(DataExport.status == ExportStatus.QUEUED).values(
            status=ExportStatus.EXPIRED
        ),
        copies.where(DataExport.status == ExportStatus.READY).values(expires_at=now),
        sa.update(ContactChange)
        .where(ContactChange.applicant_id == applicant.id, ContactChange.ends_at > now)
        .values(ends_at=now),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
