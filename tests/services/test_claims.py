"""A lock is no fence: a payment is taken only while it still waits, whatever was read before."""

import sqlalchemy as sa

from app.domain.terms import PayoutStatus
from app.models import Payout
from app.services.accounting import verification
from app.services.paying import claims
from app.transaction import transaction
from tests.factories import NOON
from tests.money import make_approved


def test_a_payment_that_another_took_meanwhile_is_not_taken_again(
    session, chen, dai, monkeypatch
):
    case = make_approved(session, chen, dai)
    with transaction() as reading:
        slow = claims.plan(reading, now=NOON)
        read = claims._next(reading, slow)
    with transaction() as quick:
        taken = claims.claim_next(quick, claims.plan(quick, now=NOON))
    early = [read, None]
    monkeypatch.setattr(claims, "_next", lambda _session, _turn: early.pop(0))

    with transaction() as late:
        assert claims.claim_next(late, slow) is None

    session.expire_all()
    [payout] = session.scalars(sa.select(Payout).where(Payout.application_id == case.id)).all()
    assert read is not None
    assert taken is not None
    assert (payout.status, payout.fence) == (PayoutStatus.CLAIMED, taken.fence)
    assert [*verification.verify(session)] == []
