"""The clocks of a case in working days: decision, correction, payment, lapse."""

import datetime as dt

import sqlalchemy as sa

from app.domain.terms import Status
from app.models import Notice, PolicySetting
from app.services import ledger
from app.services.review import deadlines, decisions
from app.services.review.decisions import ReturnLine
from tests.factories import NOON, SHANGHAI, make_account, make_applicant, make_application

DAY = dt.timedelta(days=1)
FRIDAY = dt.datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)


def test_a_decision_is_due_in_three_working_days(session):
    case = make_application(session, status=Status.SUBMITTED)

    assert deadlines.decision_due(session, case, now=NOON).on == dt.date(2026, 11, 23)
    assert deadlines.decision_due(session, case, now=FRIDAY).on == dt.date(2026, 11, 25)


def test_a_deadline_in_a_year_without_calendar_is_estimated(session):
    case = make_application(session, status=Status.SUBMITTED)
    new_years_eve = dt.datetime(2026, 12, 31, 9, 0, tzinfo=SHANGHAI)

    due = deadlines.decision_due(session, case, now=new_years_eve)

    assert due.estimated
    assert due.on > dt.date(2026, 12, 31)


def test_days_with_the_applicant_do_not_count_for_the_office(session, chen):
    case = make_application(session, status=Status.SUBMITTED)
    decisions.take_up(session, case, actor=chen, now=NOON)
    decisions.return_for_correction(
        session, case, [ReturnLine("R05")], actor=chen, now=NOON + DAY
    )
    session.flush()

    assert deadlines.office_days_used(session, case, now=NOON + 20 * DAY) == 1


def test_at_least_one_day_is_left_after_a_correction(session, chen):
    case = make_application(session, status=Status.SUBMITTED)
    decisions.take_up(session, case, actor=chen, now=NOON)
    decisions.return_for_correction(
        session, case, [ReturnLine("R05")], actor=chen, now=NOON + 9 * DAY
    )
    session.flush()
    later = NOON + 12 * DAY

    assert deadlines.decision_due(session, case, now=later).on == dt.date(2026, 12, 1)


def returned(session, chen):
    """Make a case that was returned, with its money held."""
    case = make_application(
        session, make_account(session, make_applicant(session)), status=Status.SUBMITTED
    )
    ledger.hold(session, case, case.amount, now=NOON)
    decisions.take_up(session, case, actor=chen, now=NOON)
    decisions.return_for_correction(session, case, [ReturnLine("R05")], actor=chen, now=NOON)
    session.flush()
    return case


def test_a_returned_case_ends_after_its_days_and_not_before(session, chen):
    case = returned(session, chen)
    last = dt.datetime.combine(case.correction_due_on, dt.time(23, 0), tzinfo=SHANGHAI)

    assert deadlines.lapsed(session, now=last) == []
    assert deadlines.lapsed(session, now=last + DAY) == [case.id]


def test_a_case_that_lapses_frees_its_money_and_says_why(session, chen):
    case = returned(session, chen)

    deadlines.lapse(session, case, now=NOON + 30 * DAY)
    session.flush()
    session.refresh(case)

    assert case.status is Status.CANCELLED
    assert case.account.held == 0
    assert case.events[-1].note == "X04"
    assert "未补正" in " ".join(notice.text_zh for notice in session.scalars(sa.select(Notice)))


def test_a_reminder_comes_three_working_days_before_and_once(session, chen):
    case = returned(session, chen)
    early = dt.datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)
    near = dt.datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)

    assert deadlines.to_remind(session, now=early) == []
    assert deadlines.to_remind(session, now=near) == [case.id]
    deadlines.remind(session, case, now=near)
    before = session.scalar(sa.select(sa.func.count()).select_from(Notice))
    deadlines.remind(session, case, now=near + DAY)

    assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == before


def test_money_is_due_three_working_days_after_the_approval(session):
    case = make_application(session, status=Status.SECOND_REVIEW)

    assert deadlines.pay_by(session, case, on=FRIDAY.date()) == dt.date(2026, 11, 25)


def set_days(session, case, key, days):
    """Let the scheme of a case have other days."""
    row = session.scalars(
        sa.select(PolicySetting).where(
            PolicySetting.scheme_id == case.scheme_id, PolicySetting.key == key
        )
    ).one()
    row.value = str(days)
    session.commit()


def test_the_scheme_says_how_long_before_people_are_reminded(session, chen):
    case = returned(session, chen)
    near = dt.datetime(2026, 11, 30, 9, 0, tzinfo=SHANGHAI)

    set_days(session, case, "correction_reminder_days", 1)

    assert deadlines.to_remind(session, now=near) == []


def test_the_scheme_says_how_long_a_check_takes(session):
    case = make_application(session, status=Status.SUBMITTED)
    set_days(session, case, "investigation_days", 2)

    assert deadlines.inquiry_due(session, case, now=NOON) == dt.date(2026, 11, 20)


def test_a_check_outside_the_city_takes_its_own_days(session):
    case = make_application(session, status=Status.SUBMITTED)
    set_days(session, case, "investigation_days_outside", 3)

    due = deadlines.inquiry_due(session, case, now=NOON, outside=True)

    assert due == dt.date(2026, 11, 23)
