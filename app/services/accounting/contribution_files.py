"""Files of contributions by two people: a payer brings one, a releaser posts or refuses it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid
from app.domain.policy import Actor
from app.domain.terms import Role
from app.models import ContributionFile
from app.services import audit
from app.services.accounting.contributions import ContributionReport, import_contributions
from app.services.entry import proofs
from app.services.records.packing import pack, unpack
from app.services.staff import standing

READERS = (Role.PAYER, Role.RELEASER, Role.AUDITOR)
CARRIERS = (Role.PAYER, Role.RELEASER)
"""Who may have a file with names and accounts in hand."""


def bring(
    session: Session, data: bytes, *, name: str, actor: Actor, now: dt.datetime
) -> ContributionReport:
    """Keep a file that a payer brings until a second person posts it; nothing is posted yet.

    A file with a fault is not kept, the report names it. Raises ``IllegalMove``
    (contributions_wait) for a file that waits already.
    """
    policy.check_role(actor, Role.PAYER)
    report = import_contributions(session, data, actor=actor, now=now, name=name, preview=True)
    if report.problems:
        return report
    file = ContributionFile(
        agency_id=actor.agency_id, name=report.name[:200], reference=report.reference,
        sha256=report.sha256, rows=report.rows, total=report.total,
        brought_by=actor.user_id, brought_name=actor.name[:100], brought_at=now,
    )  # fmt: skip
    file.content = pack(data)
    try:
        with session.begin_nested():
            session.add(file)
    except sa.exc.IntegrityError as clash:
        raise IllegalMove("it waits already", code="contributions_wait") from clash
    _record(session, "contributions_brought", file, actor=actor, now=now)
    return replace(report, file_id=file.id)


def waiting(session: Session, *, actor: Actor) -> list[ContributionFile]:
    """Return the agency's files that nobody has posted or refused, the oldest first."""
    policy.check_role(actor, *READERS)
    return list(
        session.scalars(
            sa.select(ContributionFile)
            .where(
                ContributionFile.agency_id == actor.agency_id,
                ContributionFile.settled_at.is_(None),
            )
            .options(defer(ContributionFile.content_sealed))
            .order_by(ContributionFile.id)
        )
    )


def get_file(session: Session, file_id: int, *, actor: Actor) -> ContributionFile:
    """Return a file of the actor's agency; raise ``NotAllowed`` (not_found) for any other."""
    policy.check_role(actor, *READERS)
    file = session.get(ContributionFile, file_id)
    policy.check_agency(actor, agency_id=file.agency_id if file else -1)
    assert file is not None
    return file


def hand_out(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime
) -> bytes:
    """Return the bytes of a file as it was brought, and record who has them."""
    policy.check_role(actor, *CARRIERS)
    policy.check_agency(actor, agency_id=file.agency_id)
    standing.check(session, actor, now=now)
    _record(session, "contributions_handed_out", file, actor=actor, now=now)
    return unpack(file.content)


def post(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime
) -> ContributionReport:
    """Post a file that another person brought, whole or not at all; it is checked once more.

    A fault that came up since leaves it waiting, and the report names it.
    """
    _check_second(session, file, actor=actor, now=now)
    proofs.check(actor, now=now)
    report = import_contributions(
        session, unpack(file.content), actor=actor, now=now, name=file.name,
        brought_by=file.brought_by,
    )  # fmt: skip
    if report.batch_id is not None:
        file.batch_id = report.batch_id
        _settle(session, file, actor=actor, now=now)
    return report


def refuse(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Refuse a file that another person brought; it stays on record and posts nothing."""
    _check_second(session, file, actor=actor, now=now)
    if not reason.strip():
        raise Invalid(code="reason_needed", field="reason")
    file.refused_why = reason.strip()[:200]
    _settle(session, file, actor=actor, now=now)
    _record(
        session, "contributions_refused", file, actor=actor, now=now, reason=file.refused_why
    )


def _check_second(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime
) -> None:
    policy.check_role(actor, Role.RELEASER)
    policy.check_agency(actor, agency_id=file.agency_id)
    standing.check(session, actor, now=now)
    session.refresh(file, with_for_update=True)
    if file.settled_at is not None:
        raise IllegalMove("it is settled already")
    standing.check_other(session, actor, earlier=file.brought_by)


def _settle(
    session: Session, file: ContributionFile, *, actor: Actor, now: dt.datetime
) -> None:
    file.settled_by, file.settled_name, file.settled_at = actor.user_id, actor.name[:100], now
    session.flush()


def _record(
    session: Session,
    act: str,
    file: ContributionFile,
    *,
    actor: Actor,
    now: dt.datetime,
    **more: Any,
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="contribution_file",
        object_id=file.id, agency_id=file.agency_id, name=file.name, sha256=file.sha256,
        rows=file.rows, total=str(file.total), **more,
    )  # fmt: skip
