"""Drafts nobody went on with: cancelled and scrubbed after the days the fund keeps them."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.policy import WORKER
from app.domain.terms import Action, Status
from app.domain.workdays import local_date
from app.models import Application, Material, MaterialPage, Scheme
from app.services import cases, reference

LIMIT = 200


def forget_old(session: Session, *, now: dt.datetime) -> int:
    """Cancel drafts untouched for ``draft_keep_days`` and scrub what was typed; return how many.

    The pages uploaded are marked as removed; their files go with the housekeeping.
    """
    forgotten = 0
    for scheme in session.scalars(sa.select(Scheme)).all():
        days = int(
            reference.settings_on(session, scheme.id, local_date(now))["draft_keep_days"]
        )
        old = session.scalars(
            sa.select(Application)
            .where(
                Application.scheme_id == scheme.id,
                Application.status == Status.DRAFT,
                Application.updated_at < now - dt.timedelta(days=days),
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
