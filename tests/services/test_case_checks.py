"""What the hall checked of a case by itself, for its reviewer."""

import datetime as dt

import pytest

from app.domain.terms import Status
from app.services.applying import circumstances
from app.services.review import case_checks
from app.services.review.case_checks import State
from tests.factories import NOON, make_account, make_applicant, make_application


@pytest.mark.parametrize(("days", "state"), [(-1, State.OK), (0, State.OK), (1, State.BAD)])
def test_on_the_day_a_bar_ends_the_account_is_free(session, days, state):
    until = NOON.date() + dt.timedelta(days=days)
    account = make_account(session, make_applicant(session), ban_until=until)
    case = make_application(session, account, status=Status.SUBMITTED)
    entitled = circumstances.calculation(session, case, now=NOON)

    found = case_checks.checks_of(session, case, entitled, now=NOON)

    [ban] = [check for check in found if check.code == "ban"]
    assert (ban.state, ban.facts["until"]) == (state, until if state is State.BAD else None)
