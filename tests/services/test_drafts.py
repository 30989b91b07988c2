"""Drafts that nobody went on with."""

import datetime as dt

import sqlalchemy as sa

from app.domain.terms import Status
from app.jobs.deadlines import run_deadlines
from app.models import Notice
from app.services.applying import drafts
from tests.factories import NOON, make_application
from tests.money import put_settings


def test_of_an_old_draft_nothing_typed_is_left(session):
    case = make_application(session, house_key="340199202600001", mobile_last_four="5678")

    drafts.forget_old(session, now=NOON + dt.timedelta(days=400))
    session.commit()

    assert case.status is Status.CANCELLED
    assert (case.payee_card, case.mobile, case.house) == (None, None, None)
    assert (case.house_key, case.payee_last_four, case.mobile_last_four) == ("", "", "")


def told(session):
    """Return the texts that tell of a draft's end."""
    wanted = sa.select(Notice).where(Notice.event == "draft_expiring").order_by(Notice.id)
    return [notice.text_zh for notice in session.scalars(wanted)]


def test_people_are_told_once_before_their_draft_goes(session):
    case = make_application(session)
    put_settings(session, case, draft_keep_days="30", draft_reminder_days="4")

    early = drafts.remind(session, now=NOON + dt.timedelta(days=25))
    near = [drafts.remind(session, now=NOON + dt.timedelta(days=27, hours=h)) for h in (0, 1)]
    session.commit()

    assert (early, near) == (0, [1, 0])
    [text] = told(session)
    assert (NOON + dt.timedelta(days=30)).date().isoformat() in text
    assert case.status is Status.DRAFT


def test_a_draft_gone_on_with_is_announced_anew(session):
    case = make_application(session)
    put_settings(session, case, draft_keep_days="30", draft_reminder_days="3")
    drafts.remind(session, now=NOON + dt.timedelta(days=28))

    case.updated_at = NOON + dt.timedelta(days=29)
    session.commit()
    drafts.remind(session, now=NOON + dt.timedelta(days=31))
    drafts.remind(session, now=NOON + dt.timedelta(days=57))

    first, second = told(session)
    assert first != second


def test_the_hourly_job_tells_of_drafts_that_end(session):
    make_application(session)
    session.commit()

    assert run_deadlines(now=NOON + dt.timedelta(days=28))["drafts_reminded"] == 1
