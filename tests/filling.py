"""A row in every table that staff read, hung on one case."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa

from app.domain.policy import WORKER
from app.domain.terms import PayoutStatus, Status
from app.models import CaseEvent, Material, MaterialType, Payout, PayoutBatch
from app.services import audit
from tests.factories import NOON


def fill(session, case):
    """Give a case a paper, a step of history, a payment in a batch and a row of audit."""
    kind = session.scalars(
        sa.select(MaterialType).where(MaterialType.scheme_id == case.scheme_id)
    ).first()
    own = {"agency_id": case.agency_id}
    batch = PayoutBatch(**own, number="PC202611180001", prepared_at=NOON)
    session.add(batch)
    session.flush()
    payout = Payout(
        **own, application_id=case.id, bank_reference="AJ20261118000000015", amount=Decimal(5000),
        status=PayoutStatus.APPROVED, payee_name=case.payee_name, payee_bank_code="CCB",
        payee_last_four="1234", decision_hash="0" * 64, batch_id=batch.id,
        due_on=dt.date(2026, 11, 23), created_at=NOON,
    )  # fmt: skip
    payout.payee_card = "6217000000000001234"
    session.add_all([
        payout,
        Material(
            **own, application_id=case.id, material_type_id=kind.id, material_code=kind.code,
            origin=kind.origin, created_at=NOON,
        ),
        CaseEvent(
            **own, application_id=case.id, action="submit", from_status=Status.DRAFT,
            to_status=Status.SUBMITTED, at=NOON, actor_name="林知夏",
        ),
    ])  # fmt: skip
    audit.record(session, "material_read", actor=WORKER, now=NOON, agency_id=case.agency_id)
    session.commit()
