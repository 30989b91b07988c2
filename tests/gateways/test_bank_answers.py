"""What the bank's adapter makes of answers that no bank should give, and the reason codes."""

import json
import socket
import time
from contextlib import suppress
from decimal import Decimal

import pytest

from app.gateways.bank import REASONS, BankState, Payment, Responsible, reason_of
from app.gateways.bank.simulator import SimulatorBank
from app.gateways.exchange import MOST_BYTES

ORDER = Payment("AJ1", Decimal("1.00"), "赵六", "6217001234567890120", "105", "支取", "1")
GOOD = {"reference": "AJ1", "state": "paid", "code": "", "at": "2026-01-01T00:00:00+00:00"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b"null",
        b'"paid"',
        b"\x00\xff\xfe",
        b"[" * 100_000,
        json.dumps(GOOD | {"reference": "AJ2"}).encode(),
        json.dumps(GOOD | {"state": "PAID!"}).encode(),
        json.dumps(GOOD | {"at": "yesterday"}).encode(),
        json.dumps(GOOD | {"at": "2026-01-01T00:00:00"}).encode(),
        json.dumps(GOOD | {"amount": 1.0}).encode(),
        json.dumps(GOOD | {"amount": "Infinity"}).encode(),
        json.dumps(GOOD)[:-5].encode(),
    ],
)
def test_an_answer_that_is_not_clear_is_unknown(stand_in, body):
    stand_in.body = body
    bank = SimulatorBank(stand_in.url)

    receipts = [bank.send(ORDER), bank.query("AJ1")]

    assert [(r.state, r.code) for r in receipts] == [(BankState.UNKNOWN, "unreadable")] * 2
    assert receipts[0].raw_answer == body


def test_a_clear_answer_is_believed(stand_in):
    stand_in.body = json.dumps(GOOD).encode()

    assert SimulatorBank(stand_in.url).send(ORDER).state is BankState.PAID


def test_not_found_is_no_answer_to_a_sending(stand_in):
    stand_in.body = json.dumps(GOOD | {"state": "not_found"}).encode()
    bank = SimulatorBank(stand_in.url)

    assert bank.send(ORDER).state is BankState.UNKNOWN
    assert bank.query("AJ1").state is BankState.NOT_FOUND


@pytest.mark.parametrize("status", [201, 302, 400, 404, 429, 502, 503])
def test_any_other_http_status_is_unknown(stand_in, status):
    stand_in.status, stand_in.body = status, json.dumps(GOOD).encode()

    receipt = SimulatorBank(stand_in.url).query("AJ1")

    assert (receipt.state, receipt.code) == (BankState.UNKNOWN, f"http_{status}")


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
def test_an_answer_in_drops_ends_at_the_time_limit(listener, start):
    def drip(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(start)
        for _ in range(40):
            try:
                line.sendall(b"{")
            except OSError:
                return
            time.sleep(0.05)

    bank = SimulatorBank(f"http://127.0.0.1:{listener(drip)}", seconds=0.4)
    begun = time.monotonic()

    receipt = bank.send(ORDER)

    assert (receipt.state, receipt.code) == (BankState.UNKNOWN, "time_out")
    assert time.monotonic() - begun < 1


def test_an_answer_cut_off_is_unknown(listener):
    whole = json.dumps(GOOD).encode()

    def cut(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + whole)

    receipt = SimulatorBank(f"http://127.0.0.1:{listener(cut)}").send(ORDER)

    assert (receipt.state, receipt.code) == (BankState.UNKNOWN, "unreadable")


@pytest.mark.parametrize(
    "head",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nmany\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000,
        b"",
    ],
)
def test_an_answer_that_is_not_http_is_unknown(listener, head):
    def speak(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(head)

    receipt = SimulatorBank(f"http://127.0.0.1:{listener(speak)}").send(ORDER)

    assert (receipt.state, receipt.code) == (BankState.UNKNOWN, "unreadable")


def test_an_endless_answer_is_left(listener):
    def speak(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            for _ in range(MOST_BYTES // 100_000 * 2):
                line.sendall(b" " * 100_000)

    receipt = SimulatorBank(f"http://127.0.0.1:{listener(speak)}").send(ORDER)

    assert (receipt.state, receipt.code) == (BankState.UNKNOWN, "unreadable")


def test_a_wrong_address_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="http"):
        SimulatorBank("ftp://bank").send(ORDER)


def test_every_reason_code_of_the_table_is_known():
    words = "AC01 AC03 AC04 AC06 AG01 AM04 AM05 DUPL AM09 AM10 AM18 BE01 RC01 RR04 TM01 FF01"
    assert set(REASONS) == {*words.split(), "MS02", "MS03", "NARR"}
    assert all(reason.zh and reason.en for reason in REASONS.values())


@pytest.mark.parametrize(
    ("code", "responsible"),
    [
        ("BE01", Responsible.APPLICANT),
        ("AM04", Responsible.LATER),
        ("TM01", Responsible.LATER),
        ("AM10", Responsible.STOP),
        ("FF01", Responsible.STOP),
        ("RC01", Responsible.OFFICE),
        ("ZZ99", Responsible.OFFICE),
    ],
)
def test_a_reason_says_who_has_to_act(code, responsible):
    assert reason_of(code).responsible is responsible
