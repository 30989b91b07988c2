"""What has served its time: which rows, by the outcome of a case and by the fund's days.

Money, history and audit are never touched. A rule finds rows and scrubs a few at a time; it
gives back the files that go, which are deleted after the rows say so.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.terms import ExportStatus, NoticeStatus, Status
from app.domain.workdays import local_date
from app.models import (
    Application,
    CorrectionRequest,
    DataExport,
    Dossier,
    Feedback,
    LoginSession,
    Material,
    MaterialPage,
    Notice,
    OutsideIdentity,
    Payout,
    Scheme,
)
from app.services import reference
from app.services.dossiers import requests as dossiers
from app.services.uploads import thumbnail_key

LOG_DAYS = 183
"""Log-ins are kept for six months at least (Cybersecurity Law, art. 23)."""

REFUSED = (Status.DECLINED, Status.REJECTED, Status.VOIDED)
Ids = sa.Select[int]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: which rows are due, and how some of them are scrubbed (returns files to go)."""

    name: str
    due: Callable[[Session, dt.datetime], Ids]
    scrub: Callable[[Session, list[int], dt.datetime], list[str]]


def count_due(session: Session, rule: Rule, *, now: dt.datetime) -> int:
    """Return how many rows a rule would scrub."""
    found = sa.select(sa.func.count()).select_from(rule.due(session, now).subquery())
    return session.scalar(found) or 0


def _cases(statuses: Iterable[Status], setting: str) -> Callable[[Session, dt.datetime], Ids]:
    """Return the rule by which cases of an outcome are due, each scheme by its own days."""

    def due(session: Session, now: dt.datetime) -> Ids:
        ended = sa.func.coalesce(
            Application.paid_at, Application.decided_at, Application.updated_at
        )
        old = [
            sa.and_(Application.scheme_id == scheme_id, ended < before)
            for scheme_id, before in _limits(session, setting, now)
        ]
        return sa.select(Application.id).where(
            Application.status.in_(tuple(statuses)), Application.scrubbed_at.is_(None),
            sa.or_(sa.false(), *old),
        )  # fmt: skip

    return due


def _scrub_papers(session: Session, ids: list[int], now: dt.datetime) -> list[str]:
    """Scrub papers, answers and the house of cases; what was paid and to whom stays."""
    of_cases = Material.application_id.in_(ids)
    pages = sa.select(MaterialPage.id).join(Material).where(of_cases)
    gone = _purge(session, list(session.scalars(pages)), now)
    session.execute(
        sa.update(Application).where(Application.id.in_(ids))
        .values(answers={}, house_sealed=None, signature=None, scrubbed_at=now)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return gone


def _scrub_unpaid(session: Session, ids: list[int], now: dt.datetime) -> list[str]:
    """Scrub cases that came to nothing: their mobile and card too, where none was ever paid to."""
    gone = _scrub_papers(session, ids, now)
    session.execute(
        sa.update(Application)
        .where(
            Application.id.in_(ids),
            ~sa.exists().where(Payout.application_id == Application.id),
        )
        .values(
            mobile_sealed=None, mobile_last_four="", payee_card_sealed=None,
            payee_card_index=None, payee_last_four="", house_key="",
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return gone


def _removed_pages(session: Session, now: dt.datetime) -> Ids:
    old = [
        sa.and_(Application.scheme_id == scheme_id, MaterialPage.removed_at < before)
        for scheme_id, before in _limits(session, "removed_file_keep_days", now)
    ]
    return (
        sa.select(MaterialPage.id)
        .join(Material, Material.id == MaterialPage.material_id)
        .join(Application, Application.id == Material.application_id)
        .where(MaterialPage.purged_at.is_(None), sa.or_(sa.false(), *old))
    )


def _purge(session: Session, ids: list[int], now: dt.datetime) -> list[str]:
    """Mark pages as gone and return their files."""
    pages = session.scalars(
        sa.select(MaterialPage).where(
            MaterialPage.id.in_(ids), MaterialPage.purged_at.is_(None)
        )
    ).all()
    for page in pages:
        page.removed_at = page.removed_at or now
        page.purged_at, page.original_name = now, None
    session.flush()
    return [key for page in pages for key in (page.storage_key, thumbnail_key(page))]


def _notices(session: Session, now: dt.datetime) -> Ids:
    schemes = session.execute(sa.select(Scheme.id, Scheme.agency_id)).all()
    agency_of = {row.id: row.agency_id for row in schemes}
    longest: dict[int, dt.datetime] = {}
    for scheme_id, before in _limits(session, "notice_keep_days", now):
        agency_id = agency_of[scheme_id]
        longest[agency_id] = min(before, longest.get(agency_id, before))
    old = [
        sa.and_(Notice.agency_id == agency_id, Notice.created_at < before)
        for agency_id, before in longest.items()
    ]
    return sa.select(Notice.id).where(
        Notice.status != NoticeStatus.QUEUED, sa.or_(sa.false(), *old)
    )


def _delete_notices(session: Session, ids: list[int], _now: dt.datetime) -> list[str]:
    session.execute(sa.delete(Notice).where(Notice.id.in_(ids)))
    return []


def _sessions(_session: Session, now: dt.datetime) -> Ids:
    return sa.select(LoginSession.id).where(
        LoginSession.last_seen_at < now - dt.timedelta(days=LOG_DAYS)
    )


def _delete_sessions(session: Session, ids: list[int], _now: dt.datetime) -> list[str]:
    session.execute(sa.delete(LoginSession).where(LoginSession.id.in_(ids)))
    return []


def _connections(_session: Session, now: dt.datetime) -> Ids:
    return sa.select(OutsideIdentity.id).where(
        OutsideIdentity.ended_at < now - dt.timedelta(days=LOG_DAYS)
    )


def _delete_connections(session: Session, ids: list[int], _now: dt.datetime) -> list[str]:
    session.execute(sa.delete(OutsideIdentity).where(OutsideIdentity.id.in_(ids)))
    return []


def _exports(_session: Session, now: dt.datetime) -> Ids:
    return sa.select(DataExport.id).where(
        DataExport.status == ExportStatus.READY, DataExport.expires_at < now
    )


def _expire_exports(session: Session, ids: list[int], _now: dt.datetime) -> list[str]:
    rows = session.scalars(sa.select(DataExport).where(DataExport.id.in_(ids))).all()
    gone = [row.storage_key for row in rows if row.storage_key]
    for row in rows:
        row.status, row.storage_key = ExportStatus.EXPIRED, None
    session.flush()
    return gone


def _dossiers(_session: Session, now: dt.datetime) -> Ids:
    return sa.select(Dossier.id).where(
        Dossier.status == ExportStatus.READY, Dossier.expires_at < now
    )


def _expire_dossiers(session: Session, ids: list[int], _now: dt.datetime) -> list[str]:
    rows = session.scalars(sa.select(Dossier).where(Dossier.id.in_(ids))).all()
    gone = [
        dossiers.part_key(row.storage_key, number)
        for row in rows
        if row.storage_key
        for number in range(1, row.parts + 1)
    ]
    for row in rows:
        row.status, row.storage_key = ExportStatus.EXPIRED, None
    session.flush()
    return gone


def _corrections(session: Session, now: dt.datetime) -> Ids:
    longest = min(
        (before for _, before in _limits(session, "refused_keep_days", now)), default=None
    )
    return sa.select(CorrectionRequest.id).where(
        CorrectionRequest.wanted_sealed.is_not(None), CorrectionRequest.answered_at < longest
    )


def _scrub_corrections(session: Session, ids: list[int], _now: dt.datetime) -> list[str]:
    session.execute(
        sa.update(CorrectionRequest).where(CorrectionRequest.id.in_(ids))
        .values(wanted_sealed=None, why_sealed=None, answer_sealed=None)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return []


def _feedback(session: Session, now: dt.datetime) -> Ids:
    longest = min(
        (before for _, before in _limits(session, "refused_keep_days", now)), default=None
    )
    names = sa.or_(
        Feedback.text_sealed.is_not(None), Feedback.answer_sealed.is_not(None),
        Feedback.applicant_id.is_not(None), Feedback.code_index.is_not(None),
    )  # fmt: skip
    return sa.select(Feedback.id).where(names, Feedback.created_at < longest)


def _scrub_feedback(session: Session, ids: list[int], _now: dt.datetime) -> list[str]:
    """Scrub who said it and the words; level and ticks stay for the sums."""
    session.execute(
        sa.update(Feedback).where(Feedback.id.in_(ids))
        .values(text_sealed=None, answer_sealed=None, applicant_id=None, code_index=None)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return []


def _limits(session: Session, setting: str, now: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Return for each scheme the moment before which things are old, by a setting in days."""
    found = []
    for scheme_id in session.scalars(sa.select(Scheme.id)):
        days = reference.settings_on(session, scheme_id, local_date(now)).get(setting)
        if days is not None:
            found.append((scheme_id, now - dt.timedelta(days=int(days))))
    return found


RULES = (
    Rule("removed_pages", _removed_pages, _purge),
    Rule("cancelled_cases", _cases((Status.CANCELLED,), "cancelled_keep_days"), _scrub_unpaid),
    Rule("refused_cases", _cases(REFUSED, "refused_keep_days"), _scrub_unpaid),
    Rule("paid_cases", _cases((Status.PAID,), "paid_keep_days"), _scrub_papers),
    Rule("notices", _notices, _delete_notices),
    Rule("login_sessions", _sessions, _delete_sessions),
    Rule("ended_connections", _connections, _delete_connections),
    Rule("data_exports", _exports, _expire_exports),
    Rule("dossiers", _dossiers, _expire_dossiers),
    Rule("corrections", _corrections, _scrub_corrections),
    Rule("feedback", _feedback, _scrub_feedback),
)
"""Every rule, in the order in which they are applied."""
