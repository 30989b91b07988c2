"""Many reviewers, each in a process of their own, approve the same cases at once."""

import pytest
import sqlalchemy as sa

from app.domain.terms import Action, PayoutStatus, Role, Status
from app.models import Application, CaseEvent, Payout
from app.services.accounting import verification
from tests.bars import FULL
from tests.factories import NOON, make_staff
from tests.money import make_signed

CASES, REVIEWERS = (150, 8) if FULL else (6, 4)


@pytest.mark.bar(4)
@pytest.mark.both
@pytest.mark.timeout(0 if FULL else 180)
def test_reviewers_at_once_approve_every_case_once(
    kind, app, session, chen, payer, record_property
):
    waiting = [make_signed(session, chen).id for _ in range(CASES)]
    staff = [
        make_staff(session, f"second{number}", Role.SECOND_REVIEWER).id
        for number in range(REVIEWERS)
    ]

    told = payer.work_for(app).approve(waiting, staff, NOON)

    record_property("number", f"{CASES} cases, {REVIEWERS} processes")
    session.rollback()
    approvals = sa.select(CaseEvent.application_id).where(CaseEvent.action == Action.APPROVE)
    assert sum(told) == CASES
    assert sorted(session.scalars(approvals)) == waiting
    assert sorted(session.scalars(sa.select(Payout.application_id))) == waiting
    assert {*session.scalars(sa.select(Payout.status))} == {PayoutStatus.APPROVED}
    assert {*session.scalars(sa.select(Application.status))} == {Status.APPROVED}
    assert [*verification.verify(session)] == []
