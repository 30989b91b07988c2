"""Drafts that nobody went on with."""

import datetime as dt

from app.domain.terms import Status
from app.services.applying import drafts
from tests.factories import NOON, make_application


def test_of_an_old_draft_nothing_typed_is_left(session):
    case = make_application(session, house_key="340199202600001", mobile_last_four="5678")

    drafts.forget_old(session, now=NOON + dt.timedelta(days=400))
    session.commit()

    assert case.status is Status.CANCELLED
    assert (case.payee_card, case.mobile, case.house) == (None, None, None)
    assert (case.house_key, case.payee_last_four, case.mobile_last_four) == ("", "", "")
