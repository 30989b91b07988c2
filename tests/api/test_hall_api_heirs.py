"""What the interface tells somebody who acts for another before the relation is confirmed."""

import pytest

from app.domain.terms import Capacity, Kind
from app.models import Applicant, Application
from tests.api.test_hall_api import Phone
from tests.factories import NOON, make_account, make_applicant, make_application

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def phone(app, people):
    """Ana's phone, logged in."""
    phone = Phone(app.test_client())
    assert phone.log_in(people["ana"].login) == 200
    return phone


@pytest.fixture
def case_id(rows, people):
    """Ana's draft as proxy of somebody with 76,543 yuan."""
    with rows() as session:
        holder = make_account(session, make_applicant(session), 76_543)
        ana = session.get_one(Applicant, people["ana"].actor.applicant_id)
        case = make_application(
            session, holder, applicant_id=ana.id, capacity=Capacity.PROXY, kind=Kind.CLOSING,
            amount=76_543,
        )  # fmt: skip
        case.calculation = [{"label": "balance", "amount": "76543.00", "sign": "="}]
        return case.id


def test_no_sum_is_told_before_the_relation_is_confirmed(phone, case_id):
    one = phone.ask("GET", f"/applications/{case_id}")
    listed = phone.ask("GET", "/applications/")

    assert one.json["result"]["most"] is None
    assert "76543" not in one.text + listed.text


def test_the_sums_are_told_afterwards(rows, phone, case_id):
    with rows() as session:
        session.get_one(Application, case_id).relation_confirmed_at = NOON

    one = phone.ask("GET", f"/applications/{case_id}")

    assert one.json["result"]["amount"] == "76543.00"


def test_too_much_does_not_name_the_most(rows, phone, case_id):
    with rows() as session:
        session.get_one(Application, case_id).kind = Kind.FIRST
    answers = {
        "mobile": "13800000001", "lease_filed": "no", "rent_months": "6", "multi_child": "no",
        "marital_status": "single", "spouse_applies": "no", "amount": "99000000",
    }  # fmt: skip

    told = phone.ask("PUT", f"/applications/{case_id}/steps/basic", json={"answers": answers})

    codes = {problem["code"] for problem in told.json["problems"]}
    assert "amount_over" not in codes
    assert "amount_over_hidden" in codes
