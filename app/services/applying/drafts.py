"""Drafts nobody went on with: cancelled and scrubbed after the days the fund keeps them."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import WORKER
from app.domain.terms import Action, Status
from app.domain.workdays import local_date
from app.models import Application, Material, MaterialPage, Notice, Scheme
from app.services import cases, reference
from app.services.review import case_notices

LIMIT = 200
EXPIRING = "draft_expiring"
KEPT, REMINDED = "draft_keep_days", "draft_reminder_days"


def remind(session: Session, *, now: dt.datetime) -> int:
    """Tell people of drafts that go in ``draft_reminder_days``, once; return how many drafts.

    Who goes on with a draft after that is told again before its new last day.
    """
    reminded = 0
    for scheme in session.scalars(sa.select(Scheme)).all():
        keep, before = (_days(session, scheme, key, now=now) for key in (KEPT, REMINDED))
        told = sa.exists().where(
            Notice.application_id == Application.id,
            Notice.event == EXPIRING,
            Notice.created_at >= Application.updated_at,
        )
        near = session.scalars(
            sa.select(Application)
            .where(
                Application.scheme_id == scheme.id,
                Application.status == Status.DRAFT,
                Application.updated_at.between(now - keep, now - keep + before),
                ~told,
            )
            .limit(LIMIT)
        ).all()
        for draft in near:
            last = local_date(draft.updated_at + keep)
            case_notices.about_case(
                session, EXPIRING, draft, now=now, once=last.isoformat(), date=last
            )
        reminded += len(near)
    return reminded


def forget_old(session: Session, *, now: dt.datetime) -> int:
    """Cancel drafts untouched for ``draft_keep_days`` and scrub what was typed; return how many.

    The pages uploaded are marked as removed; their files go with the housekeeping.
    """
    forgotten = 0
    for scheme in session.scalars(sa.select(Scheme)).all():
        keep = _days(session, scheme, KEPT, now=now)
        old = session.scalars(
            sa.select(Application)
            .where(
                Application.scheme_id == scheme.id,
                Application.status == Status.DRAFT,
                Application.updated_at < now - keep,
            )
            .limit(LIMIT)
        ).all()
        for draft in old:
            forget(session, draft, now=now)
        forgotten += len(old)
    return forgotten


def forget(session: Session, draft: Application, *, now: dt.datetime) -> None:
    """Cancel a draft and scrub what was typed; its pages go with the housekeeping."""
    session.execute(
        sa.update(MaterialPage)
        .where(
            MaterialPage.material_id.in_(
                sa.select(Material.id).where(Material.application_id == draft.id)
            ),
            MaterialPage.removed_at.is_(None),
        )
        .values(removed_at=now)
    )
    draft.answers, draft.house, draft.payee_card, draft.mobile = {}, None, None, None
    draft.house_key = draft.payee_last_four = draft.mobile_last_four = ""
    cases.move(session, draft, Action.LAPSE, actor=WORKER, now=now)


def _days(session: Session, scheme: Scheme, key: str, *, now: dt.datetime) -> dt.timedelta:
    days = reference.settings_on(session, scheme.id, local_date(now))[key]
    return dt.timedelta(days=int(days))
