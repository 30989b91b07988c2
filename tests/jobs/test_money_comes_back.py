"""Money that the bank sends back late, when the holder has gone on meanwhile."""

import datetime as dt

import pytest

from app.domain.errors import IllegalMove
from app.domain.terms import Note, PayoutStatus, Status
from app.jobs.payouts import run_payouts
from app.models import Application
from app.services import cases, ledger
from app.services.accounting import verification
from app.services.review import decisions
from app.transaction import transaction
from tests.factories import NOON, make_application
from tests.money import make_approved

LATER = dt.timedelta(hours=2)


@pytest.mark.whole
@pytest.mark.both
def test_money_comes_back_although_the_next_case_is_open(kind, session, chen, dai, bank, clock):
    case = make_approved(session, chen, dai, amount=5000)
    run_payouts(bank, now=NOON)
    session.expire_all()
    second = make_application(session, case.account, status=Status.SUBMITTED, amount=1000)
    ledger.hold(session, second, second.amount, now=NOON)
    session.commit()
    bank.bounce(case.payouts[-1].bank_reference)

    clock.set(NOON + LATER)
    run_payouts(bank, now=clock())

    session.expire_all()
    assert case.payouts[-1].status is PayoutStatus.RETURNED
    assert (case.status, case.account.held) == (Status.PAYEE_FIX, 6000)
    assert second.status is Status.SUBMITTED
    assert [*verification.verify(session)] == []


def confirm(case_id, actor, now):
    """Confirm a corrected account as the pages do."""
    with transaction() as writing:
        case = writing.get_one(Application, case_id)
        decisions.confirm_payee(writing, case, actor=actor, now=now)


def test_it_is_not_paid_again_while_the_next_case_is_open(session, chen, dai, bank, clock):
    case = make_approved(session, chen, dai, amount=5000)
    run_payouts(bank, now=NOON)
    session.expire_all()
    make_application(session, case.account, status=Status.SUBMITTED, amount=1000)
    bank.bounce(case.payouts[-1].bank_reference)
    clock.set(NOON + LATER)
    run_payouts(bank, now=clock())
    case_id = case.id
    for note, actor in ((Note.CHANGE_PAYEE, None), (Note.CHECK_PAYEE, chen)):
        cases.remark(session, case, note, actor=actor or chen, now=clock())
    session.commit()

    with pytest.raises(IllegalMove) as refused:
        confirm(case_id, dai, clock())

    assert refused.value.code == "open_case"
