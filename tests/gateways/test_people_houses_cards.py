"""Identity, property registry and card check: rules of this machine, and services over HTTP."""

import csv
import json
from datetime import date
from decimal import Decimal

import pytest

from app.domain.terms import Lookup
from app.gateways.cardcheck import CardMatch, LocalCardCheck
from app.gateways.identity import HttpIdentityCheck, IdentityState, LocalIdentityCheck
from app.gateways.registry import (
    HttpPropertyRegistry,
    LocalPropertyRegistry,
    Owner,
    PropertyRegistry,
)

SOUND = "11010519491231002X"
HOUSE = {
    "filing_contract_no": "YS20260001",
    "filing_date": "2026-03-01",
    "filing_state": "filed",
    "seller": "安居置业",
    "owners": [
        {"name": "王小明", "id_number": SOUND, "share": "0.6"},
        {"name": "李四", "id_number": "440524188001010014", "share": "0.4"},
    ],
    "address": "沈阳市和平区 1 号",
    "area": "89.50",
    "use": "住宅",
    "total_price": "980000.00",
    "down_payment": "300000",
    "payment_way": "loan",
    "loan_bank": "中国银行",
    "loan_amount": "680000",
}


RIGHT = {"id_type": "resident_id_card", "number": SOUND, "name": "王", "mobile": "13800001234"}
ABROAD = RIGHT | {"id_type": "passport", "number": "E12345678"}


@pytest.mark.parametrize(
    ("asked", "state", "reason"),
    [
        (RIGHT, IdentityState.VERIFIED, ""),
        (RIGHT | {"number": SOUND[:-1] + "1"}, IdentityState.REFUSED, "number_wrong"),
        (RIGHT | {"number": "1" * 15}, IdentityState.REFUSED, "number_wrong"),
        (RIGHT | {"number": "１" * 18}, IdentityState.REFUSED, "number_wrong"),
        (ABROAD, IdentityState.VERIFIED, ""),
        (ABROAD | {"name": " "}, IdentityState.REFUSED, "name_missing"),
        (ABROAD | {"mobile": "13800009999"}, IdentityState.REFUSED, "mismatch"),
        (ABROAD | {"mobile": "13800000000"}, IdentityState.UNKNOWN, "time_out"),
    ],
)
def test_identity_is_judged_by_form_and_last_digits(asked, state, reason):
    said = LocalIdentityCheck().verify(**asked)

    assert (said.state, said.reason) == (state, reason)


def test_an_identity_service_is_asked_in_the_body_and_believed(stand_in):
    stand_in.body = b'{"state": "refused", "reason": "mismatch", "reference": "Z1"}'

    said = HttpIdentityCheck(stand_in.url + "/verify", token="t0k").verify(
        "resident_id_card", SOUND, "王小明", "13800001234"
    )

    [(path, headers, body)] = stand_in.asked
    assert (said.state, said.reason, said.reference) == (
        IdentityState.REFUSED,
        "mismatch",
        "Z1",
    )
    assert (path, headers["authorization"]) == ("/verify", "Bearer t0k")
    assert json.loads(body)["number"] == SOUND


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"state": "maybe"}', b"\xff"])
def test_an_identity_service_that_talks_nonsense_is_unknown(stand_in, body):
    stand_in.body = body

    said = HttpIdentityCheck(stand_in.url, token="t").verify("passport", "E1", "A", "1")

    assert said.state is IdentityState.UNKNOWN


def test_an_identity_service_out_of_reach_is_unknown():
    check = HttpIdentityCheck("http://127.0.0.1:1", token="t")

    said = check.verify("passport", "E12345678", "A", "13800001234")

    assert (said.state, said.reason) == (IdentityState.UNKNOWN, "no_connection")


@pytest.fixture(params=["json", "csv"])
def houses(request, tmp_path) -> PropertyRegistry:
    rows = [
        HOUSE,
        HOUSE | {"filing_contract_no": "YS-GONE", "filing_state": "cancelled"},
        HOUSE | {"filing_contract_no": "YS-OPEN", "filing_state": "not_filed"},
        HOUSE | {"filing_contract_no": "YS-SHOP", "use": "商业"},
        HOUSE | {"filing_contract_no": "YS-DOWN", "filing_state": "unavailable"},
        HOUSE | {"filing_contract_no": "", "title_archive_no": "DA77", "sealed": "true"},
    ]
    path = tmp_path / f"houses.{request.param}"
    if request.param == "json":
        path.write_text(json.dumps(rows), encoding="utf-8")
    else:
        write_csv(path, rows)
    return LocalPropertyRegistry(path)


def write_csv(path, rows):
    names = sorted({name for row in rows for name in row})
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, names)
        table.writeheader()
        for row in rows:
            table.writerow(row | {"owners": json.dumps(row["owners"])})


def test_a_filed_contract_is_found_with_all_echo_fields(houses):
    said = houses.look_up(filing_contract_no=" YS20260001 ")

    assert said.result is Lookup.FOUND
    house = said.record
    assert house.owners[0] == Owner("王小明", SOUND, Decimal("0.6"))
    assert (house.total_price, house.area) == (Decimal("980000.00"), Decimal("89.50"))
    assert (house.filing_date, house.registration_date) == (date(2026, 3, 1), None)
    assert (house.mortgaged, house.sealed) == (False, False)


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ({"filing_contract_no": "NOBODY"}, Lookup.NOT_FOUND),
        ({"title_archive_no": "YS20260001"}, Lookup.NOT_FOUND),
        ({"filing_contract_no": "YS-GONE"}, Lookup.CANCELLED),
        ({"filing_contract_no": "YS-OPEN"}, Lookup.NOT_FILED),
        ({"filing_contract_no": "YS-SHOP"}, Lookup.NOT_RESIDENTIAL),
        ({"filing_contract_no": "YS-DOWN"}, Lookup.UNAVAILABLE),
        ({"title_archive_no": "DA77"}, Lookup.SEALED),
    ],
)
def test_each_look_up_has_its_answer(houses, asked, result):
    assert houses.look_up(**asked).result is result


@pytest.mark.parametrize(
    "asked",
    [{}, {"filing_contract_no": ""}, {"filing_contract_no": "a", "title_archive_no": "b"}],
)
def test_a_house_is_asked_by_exactly_one_number(houses, asked):
    with pytest.raises(ValueError, match="one of them"):
        houses.look_up(**asked)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"filing_contract_no": "X"}]', "[" * 100_000]
)
def test_a_broken_file_of_houses_is_a_registry_that_is_down(tmp_path, text):
    path = tmp_path / "houses.json"
    path.write_text(text)

    assert LocalPropertyRegistry(path).look_up(filing_contract_no="X").result is (
        Lookup.UNAVAILABLE
    )


def test_a_registry_service_is_asked_and_judged(stand_in):
    stand_in.body = json.dumps({"result": "found", "record": HOUSE | {"sealed": True}}).encode()
    registry = HttpPropertyRegistry(stand_in.url, token="t")

    assert registry.look_up(filing_contract_no="YS20260001").result is Lookup.SEALED
    assert json.loads(stand_in.asked[0][2]) == {"filing_contract_no": "YS20260001"}


@pytest.mark.parametrize("result", ["not_found", "not_filed", "temporarily_unavailable"])
def test_a_registry_service_may_answer_without_a_house(stand_in, result):
    stand_in.body = json.dumps({"result": result, "record": None}).encode()

    said = HttpPropertyRegistry(stand_in.url, token="t").look_up(title_archive_no="DA1")

    assert (said.result, said.record) == (Lookup(result), None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"result": "found"}',
        b'{"result": "perhaps"}',
        b'{"result": "found", "record": []}',
        json.dumps({"result": "found", "record": HOUSE}).encode(),
    ],
)
def test_nonsense_and_another_house_are_a_registry_that_is_down(stand_in, body):
    stand_in.body = body

    said = HttpPropertyRegistry(stand_in.url, token="t").look_up(filing_contract_no="OTHER")

    assert said.result is Lookup.UNAVAILABLE


@pytest.mark.parametrize(
    ("card", "match"),
    [
        ("6222020000008801", CardMatch.MATCHED),
        ("6222020000008802", CardMatch.MISMATCH),
        ("6222020000001234", CardMatch.UNKNOWN),
    ],
)
def test_a_card_is_judged_by_its_last_digits(card, match):
    assert LocalCardCheck().check("王", SOUND, card, "13800001234") is match


def test_a_card_check_can_be_told_to_trust_the_rest():
    check = LocalCardCheck(default=CardMatch.MATCHED)

    assert check.check("王", SOUND, "6222020000001234", "13800001234") is CardMatch.MATCHED
    assert check.check("", SOUND, "6222020000001234", "13800001234") is CardMatch.MISMATCH
