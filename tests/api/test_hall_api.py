"""The applicant's way through the interface, as a phone walks it."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.models import Applicant
from tests.conftest import Rows
from tests.factories import make_account, make_card_number
from tests.people import PASSWORD, Person


def picture(shade: int) -> io.BytesIO:
    """Return a photo of 1000 x 1200 pixels, different for every shade."""
    drawn = io.BytesIO()
    Image.effect_noise((1000, 1200), shade).convert("RGB").save(drawn, "JPEG", quality=60)
    drawn.seek(0)
    return drawn


class Phone:
    """An app on a phone: it logs in once and sends its token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.headers = client, {}

    def log_in(self, login: str) -> int:
        answer = self.client.post(
            "/api/v1/security/login", json={"username": login, "password": PASSWORD}
        )
        if answer.status_code == 200:
            self.headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
        return answer.status_code

    def ask(self, method: str, path: str, **sent: Any) -> Any:
        return self.client.open(f"/api/v1{path}", method=method, headers=self.headers, **sent)


@pytest.fixture
def phone(app: Flask, people: dict[str, Person]) -> Phone:
    """Ana's phone, logged in."""
    phone = Phone(app.test_client())
    assert phone.log_in(people["ana"].login) == 200
    return phone


@pytest.fixture
def account_id(rows: Rows, people: dict[str, Person]) -> int:
    """Ana's account of the subsidy with 100,000 yuan."""
    with rows() as session:
        ana = session.get_one(Applicant, people["ana"].actor.applicant_id)
        return make_account(session, ana, 100_000).id


RENT = {
    "mobile": "13800000001",
    "bank_code": "CCB",
    "lease_filed": "no",
    "rent_months": "12",
    "marital_status": "single",
    "multi_child": "no",
    "spouse_applies": "no",
    "amount": "",
}


def basic(**changes: str) -> dict[str, Any]:
    return {"answers": RENT | {"bank_account_no": make_card_number(77)} | changes}


def start(phone: Phone, account_id: int) -> dict[str, Any]:
    answer = phone.ask(
        "POST", "/applications/", json={"account_id": account_id, "reason_code": "ZFFZ"}
    )
    assert answer.status_code == 201, answer.json
    return answer.json["result"]


def test_a_phone_goes_from_start_to_submission(phone: Phone, account_id: int) -> None:
    case = start(phone, account_id)
    assert case["next_page"] == "basic"

    saved = phone.ask("PUT", f"/applications/{case['id']}/steps/basic", json=basic())
    assert saved.status_code == 200, saved.json
    assert saved.json["result"]["next_page"] == "upload"
    needed = [p for p in saved.json["result"]["materials"] if p["origin"] == "upload"]
    for place, paper in enumerate(needed):
        for page in range(2):
            sent = {"file": (picture(10 * place + page + 5), f"{page}.jpg")}
            answer = phone.ask(
                "POST", f"/applications/{case['id']}/materials/{paper['code']}", data=sent
            )
            assert answer.status_code == 200, answer.json
    done = phone.ask("POST", f"/applications/{case['id']}/submit", json={"agree": True})

    assert done.status_code == 200, done.json
    result = done.json["result"]
    assert result["status"] == "submitted"
    assert result["number"].startswith("BT202611")
    assert result["amount"] == "18000.00"
    accounts = phone.ask("GET", "/accounts/").json["result"]
    assert accounts[0]["held"] == "18000.00"


def test_all_problems_of_a_page_come_at_once(phone: Phone, account_id: int) -> None:
    case = start(phone, account_id)

    wrong = basic(mobile="12345", bank_account_no="6217000000000001235", rent_months="x")
    answer = phone.ask("PUT", f"/applications/{case['id']}/steps/basic", json=wrong)

    assert answer.status_code == 422
    fields = {problem["field"] for problem in answer.json["problems"]}
    assert {"mobile", "bank_account_no", "rent_months"} <= fields
    assert all(problem["message"] for problem in answer.json["problems"])


def test_nothing_is_submitted_while_something_is_missing(phone: Phone, account_id: int) -> None:
    case = start(phone, account_id)

    answer = phone.ask("POST", f"/applications/{case['id']}/submit", json={"agree": True})

    assert answer.status_code == 422
    assert phone.ask("GET", f"/applications/{case['id']}").json["result"]["status"] == "draft"


def test_another_person_finds_nothing(
    app: Flask, people: dict[str, Person], phone: Phone, account_id: int
) -> None:
    case = start(phone, account_id)
    other = Phone(app.test_client())
    other.log_in(people["bo"].login)

    assert other.ask("GET", f"/applications/{case['id']}").status_code == 404
    submitted = other.ask("POST", f"/applications/{case['id']}/submit", json={"agree": True})
    assert submitted.status_code == 404
    begun = other.ask(
        "POST", "/applications/", json={"account_id": account_id, "reason_code": "ZFFZ"}
    )
    assert begun.status_code == 404


def test_unknown_fields_are_refused(phone: Phone, account_id: int) -> None:
    answer = phone.ask(
        "POST",
        "/applications/",
        json={"account_id": account_id, "reason_code": "ZFFZ", "status": "paid"},
    )

    assert answer.status_code == 422
    assert answer.json["problems"][0]["field"] == "status"


def test_staff_cannot_use_the_applicants_interface(
    app: Flask, people: dict[str, Person]
) -> None:
    chen = Phone(app.test_client())
    assert chen.log_in(people["chen"].login) == 200

    assert chen.ask("GET", "/accounts/").status_code == 403


def test_the_description_names_every_way(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/openapi.json")

    paths = set(answer.json["paths"])
    assert "/api/v1/applications/{pk}/steps/{page}" in paths
    assert "/api/v1/accounts/" in paths
    assert "/api/v1/security/login" in paths


def test_every_reference_of_the_description_leads_somewhere(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/openapi.json")

    places = set(re.findall(r'"\$ref": ?"#/components/(\w+)/([\w.]+)"', answer.text))
    kept = answer.json["components"]
    assert ("schemas", "Login") in places
    assert [one for one in sorted(places) if one[1] not in kept.get(one[0], {})] == []


def test_a_page_that_the_case_does_not_have_is_refused(phone, account_id):
    pk = start(phone, account_id)["id"]

    answer = phone.ask(
        "PUT", f"/applications/{pk}/steps/payee", json={"answers": {"mobile": "1"}}
    )

    assert answer.status_code == 409
    assert answer.json["problems"][0]["code"] == "not_open_for_you"


def test_the_same_key_starts_one_application(phone, account_id):
    phone.headers["Idempotency-Key"] = "7f3c"
    body = {"account_id": account_id, "reason_code": "ZFFZ"}

    answers = [phone.ask("POST", "/applications/", json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
