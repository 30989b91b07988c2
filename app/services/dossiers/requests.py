"""Files of cases (案卷): asked for, made by the worker, fetched by who asked, gone after days."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain import policy
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import WORKER, Actor
from app.domain.revealing import without_numbers
from app.domain.terms import ExportStatus, Role, Status
from app.gateways.storage import Storage
from app.models import Application, Dossier
from app.services import audit, cases
from app.services.records.updates import changed_rows

PLACE = "dossiers/"
"""Under which the parts of files of cases are kept."""

READERS = (Role.AUDITOR, Role.SUPERVISOR)
"""Who may have the full file of a case of the own agency, for a reason."""

MOST_TRIES = 3
PER_DAY = 5
SHORTEST_REASON = 4


def ask_own(session: Session, key: int, *, actor: Actor, now: dt.datetime) -> Dossier:
    """Ask for the file of an own case; what others wrote for each other is not in it.

    Raises ``NotAllowed`` (not_found) and ``IllegalMove`` (dossier_waiting, dossier_limit).
    """
    case = session.get(Application, key)
    if case is None or case.status is Status.DRAFT:
        raise NotAllowed("no such case", code="not_found")
    policy.check_own(actor, applicant_id=case.applicant_id)
    return _asked(session, case, actor=actor, now=now, reason="")


def ask(
    session: Session, case_id: int, *, reason: str, actor: Actor, now: dt.datetime
) -> Dossier:
    """Ask for the full file of a case of the agency; the audit keeps who asked, and why.

    Raises ``NotAllowed`` (role_missing, not_found, own_case), ``Invalid`` (reason_needed) and
    ``IllegalMove`` (dossier_waiting, dossier_limit).
    """
    case = cases.get_case(session, case_id, actor=actor)
    policy.check_role(actor, *READERS)
    identities = cases.facts_of(session, case).identities
    if actor.identity_index is None or actor.identity_index in identities:
        raise NotAllowed("own case", code="own_case")
    said = without_numbers(reason)[:200]
    if len(said) < SHORTEST_REASON:
        raise Invalid(code="reason_needed", field="reason")
    return _asked(session, case, actor=actor, now=now, reason=said)


def may_ask(actor: Actor, case: Application) -> bool:
    """Tell whether somebody of the staff may ask for the full file."""
    return actor.has(*READERS) and actor.agency_id == case.agency_id


def waiting(session: Session, *, limit: int = 20) -> list[int]:
    """Return the files that are to be made, oldest first."""
    rows = sa.select(Dossier.id).where(Dossier.status == ExportStatus.QUEUED)
    return list(session.scalars(rows.order_by(Dossier.id).limit(limit)))


def begin(session: Session, key: int) -> bool:
    """Count one try; tell whether the file is to be made."""
    row = session.get_one(Dossier, key)
    row.tries += 1
    row.done = 0
    if row.status is ExportStatus.QUEUED and row.tries > MOST_TRIES:
        row.status = ExportStatus.FAILED
    return row.status is ExportStatus.QUEUED


def advance(session: Session, key: int, *, done: int, steps: int) -> None:
    """Write how far the making has come."""
    session.execute(
        sa.update(Dossier)
        .where(Dossier.id == key)
        .values(done=done, steps=steps)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was made: where its parts are, how many, how large together."""

    place: str
    parts: int
    size: int


def keep(session: Session, key: int, kept: Kept, *, now: dt.datetime, days: int) -> bool:
    """Keep a file for some days; return whether it was the first made of this request."""
    is_first = changed_rows(
        session,
        sa.update(Dossier)
        .where(Dossier.id == key, Dossier.status == ExportStatus.QUEUED)
        .values(
            status=ExportStatus.READY, storage_key=kept.place, parts=kept.parts,
            size=kept.size, ready_at=now, expires_at=now + dt.timedelta(days=days),
        )
        .execution_options(synchronize_session=False),
    )  # fmt: skip
    if not is_first:
        return False
    row = session.get_one(Dossier, key, populate_existing=True)
    _record(session, "dossier_made", row, actor=WORKER, now=now)
    return True


def fetch(session: Session, key: int, *, actor: Actor, now: dt.datetime) -> Dossier:
    """Return a file that is ready to who asked for it, and write that it was fetched.

    Raises ``NotAllowed`` (not_found) for anybody else, when it is over, and when staff have
    lost the right meanwhile. The caller commits.
    """
    row = session.get(Dossier, key)
    if row is None or actor.user_id is None or row.requested_by != actor.user_id:
        raise NotAllowed("no such file", code="not_found")
    if row.is_full and not may_ask(actor, row.application):
        raise NotAllowed("the right has ended", code="not_found")
    if not row.is_full and actor.applicant_id != row.application.applicant_id:
        raise NotAllowed("not your own", code="not_found")
    if row.status is not ExportStatus.READY or row.expires_at is None or row.expires_at <= now:
        raise NotAllowed("the file is over", code="not_found")
    _record(session, "dossier_fetched", row, actor=actor, now=now)
    return row


def stream(place: str, parts: int, *, storage: Storage) -> Iterator[bytes]:
    """Give a file part by part."""
    for number in range(1, parts + 1):
        yield storage.get(part_key(place, number))


def part_key(place: str, number: int) -> str:
    """Return under which key a part is kept."""
    return f"{place}/{number:05}"


def of_case(session: Session, case: Application, *, actor: Actor) -> list[Dossier]:
    """Return the files of a case that somebody asked for, newest first."""
    return list(
        session.scalars(
            sa.select(Dossier)
            .where(Dossier.application_id == case.id, Dossier.requested_by == actor.user_id)
            .order_by(Dossier.id.desc())
            .limit(5)
        )
    )


def _asked(
    session: Session, case: Application, *, actor: Actor, now: dt.datetime, reason: str
) -> Dossier:
    recent = session.scalars(
        sa.select(Dossier).where(
            Dossier.application_id == case.id, Dossier.requested_by == actor.user_id,
            Dossier.requested_at > now - dt.timedelta(days=1),
        )
    ).all()  # fmt: skip
    if any(row.status is ExportStatus.QUEUED for row in recent):
        raise IllegalMove("one is being made", code="dossier_waiting")
    if len(recent) >= PER_DAY:
        raise IllegalMove("enough for a day", code="dossier_limit")
    row = Dossier(
        application_id=case.id, agency_id=case.agency_id, requested_by=actor.user_id,
        is_full=actor.applicant_id is None, reason=reason, requested_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, "dossier_asked", row, actor=actor, now=now)
    return row


def _record(
    session: Session, act: str, row: Dossier, *, actor: Actor, now: dt.datetime
) -> None:
    audit.record(
        session, act, actor=actor, now=now, object_type="application",
        object_id=row.application_id, agency_id=row.agency_id, reason=row.reason,
        applicant_id=row.application.applicant_id, dossier=row.id, full=row.is_full,
    )  # fmt: skip
