"""The pages people stand on all day read by keys, however many cases an agency has."""

import pytest

from app.domain.terms import Role, Status
from app.extensions import db
from tests.factories import make_application
from tests.plans import watched

DAILY = {
    Role.FIRST_REVIEWER: ("/desk/", "/desk/queue/", "/desk/queue/?chip=again", "/desk/case/{}/"),
    Role.PAYER: ("/desk/", "/desk/payouts/", "/desk/reconciliation/", "/desk/contributions/"),
    Role.RELEASER: ("/desk/", "/desk/payouts/?status=unknown", "/desk/bank-files/"),
}  # fmt: skip


@pytest.mark.parametrize("role", DAILY)
def test_a_page_of_staff_reads_no_growing_table_whole(app, staff, people, rows, role):
    with rows() as session:
        case_id = make_application(session, status=Status.SUBMITTED).id
        session.commit()
    member = staff("vera", role)
    with app.app_context():
        engine = db.engine
        with watched() as asked:
            for address in DAILY[role]:
                assert member.open(address.format(case_id)).status == 200
        assert engine.dialect.name == "sqlite"
        assert len(asked.values) > 20
        assert asked.reading_much() == {}


def test_the_hall_of_an_applicant_reads_no_growing_table_whole(app, browse):
    ana = browse("ana")
    with app.app_context(), watched() as asked:
        for address in ("/hall/", "/hall/progress/", "/hall/messages/", "/hall/apply/"):
            ana.open(address)
        assert asked.reading_much() == {}
