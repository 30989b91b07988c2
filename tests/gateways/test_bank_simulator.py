"""The bank simulator as a real process, and the hall's adapter to it."""

import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.gateways.bank import BankState, Payment, Receipt
from app.gateways.bank.process import SimulatorProcess
from app.gateways.bank.simulator import SimulatorBank

CARD = "6222021234567890123"
NUMBERS = itertools.count(1)
CALM = {"rules": [], "default": None, "next_sends": [], "next_queries": [], "statement": []}


def payment(card: str = CARD, amount: str = "1234.56") -> Payment:
    return Payment(
        reference=f"AJ20261122{next(NUMBERS):09d}",
        amount=Decimal(amount),
        payee_name="王小明",
        payee_card=card,
        payee_bank_code="102100099996",
        purpose="王小明 购房 支取",
        payer_account="1302010109000000001",
    )


@pytest.fixture
def bank(bank_process: SimulatorProcess) -> SimulatorBank:
    bank_process.control(**CALM, now=None, delay=0.05, hold=0.0)
    return bank_process.client(seconds=2)


def test_a_payment_is_accepted_then_paid(bank, bank_process):
    order = payment()

    sent = bank.send(order)
    asked = bank.query(order.reference)

    assert (sent.state, sent.code) == (BankState.ACCEPTED, "")
    assert (asked.state, asked.amount, asked.payee_tail) == (
        BankState.PAID,
        Decimal("1234.56"),
        "0123",
    )
    assert bank_process.booked()[order.reference] == 1
    assert order.reference.encode() in sent.raw_request
    assert b"accepted" in sent.raw_answer


def test_a_second_sending_answers_dupl_and_pays_nothing(bank, bank_process):
    order = payment()
    bank.send(order)
    bank.query(order.reference)

    again = bank.send(order)

    assert (again.state, again.code) == (BankState.PAID, "DUPL")
    assert bank_process.booked()[order.reference] == 1


@pytest.mark.parametrize(
    "change",
    [{"amount": Decimal("1234.57")}, {"payee_card": CARD[:-1] + "4"}, {"payee_name": "王小朋"}],
)
def test_a_used_reference_with_other_contents_is_refused(bank, bank_process, change):
    order = payment()
    bank.send(order)

    other = bank.send(replace(order, **change))

    assert (other.state, other.code) == (BankState.UNKNOWN, "AM05")
    assert bank_process.booked()[order.reference] == 1
    assert bank.query(order.reference).amount == order.amount


def test_twenty_sendings_at_once_are_booked_once(bank, bank_process):
    order = payment()

    with ThreadPoolExecutor(20) as pool:
        receipts = list(pool.map(lambda _: bank.send(order), range(20)))

    assert {receipt.state for receipt in receipts} == {BankState.ACCEPTED}
    assert sorted(receipt.code for receipt in receipts) == [""] + ["DUPL"] * 19
    assert bank_process.booked()[order.reference] == 1


def test_nothing_is_found_under_an_unused_reference(bank):
    assert bank.query("AJ-no/such?one").state is BankState.NOT_FOUND


@pytest.mark.parametrize(
    ("tail", "code", "then"),
    [
        ("990002", "unreadable", BankState.PAID),
        ("990003", "unreadable", BankState.NOT_FOUND),
        ("990006", "unreadable", BankState.PAID),
        ("990007", "http_500", BankState.NOT_FOUND),
    ],
)
def test_an_unclear_answer_is_unknown_until_it_is_asked(bank, tail, code, then):
    order = payment(CARD[:-6] + tail)

    sent = bank.send(order)

    assert (sent.state, sent.code) == (BankState.UNKNOWN, code)
    assert bank.query(order.reference).state is then


@pytest.mark.parametrize("tail", ["990002", "990003", "990007"])
def test_sending_again_after_silence_pays_once(bank, bank_process, tail):
    order = payment(CARD[:-6] + tail)
    bank.send(order)

    assert bank.send(order).state in {BankState.ACCEPTED, BankState.PAID}
    assert bank_process.booked()[order.reference] == 1


def test_a_bank_that_never_answers_is_left_after_the_time_limit(bank, bank_process):
    bank_process.control(next_sends=["time_out"], hold=5)
    order, start = payment(), time.monotonic()

    sent = bank_process.client(seconds=0.3).send(order)

    assert (sent.state, sent.code) == (BankState.UNKNOWN, "time_out")
    assert time.monotonic() - start < 1
    assert bank.query(order.reference).state is BankState.PAID


def test_a_slow_bank_is_waited_for(bank):
    assert bank.send(payment(CARD[:-6] + "990001")).state is BankState.ACCEPTED


@pytest.mark.parametrize(
    ("tail", "code"), [("990011", "AC01"), ("990017", "BE01"), ("990024", "NARR")]
)
def test_a_refusal_keeps_its_code(bank, bank_process, tail, code):
    order = payment(CARD[:-6] + tail)

    sent, asked = bank.send(order), bank.query(order.reference)

    assert [(r.state, r.code) for r in (sent, asked)] == [(BankState.REJECTED, code)] * 2
    assert (bank.send(order).state, bank.send(order).code) == (BankState.REJECTED, "DUPL")
    assert bank_process.booked()[order.reference] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal(0)},
        {"amount": Decimal(-5)},
        {"payee_card": "no card"},
        {"payee_name": " "},
    ],
)
def test_a_malformed_payment_is_refused_as_such(bank, change):
    refused = bank.send(replace(payment(), **change))

    assert (refused.state, refused.code) == (BankState.REJECTED, "FF01")


def test_a_late_payment_is_booked_at_the_second_query(bank, bank_process):
    order = payment(CARD[:-6] + "990004")

    states = [bank.send(order).state, *(bank.query(order.reference).state for _ in range(3))]

    assert states == [
        BankState.PROCESSING,
        BankState.PROCESSING,
        BankState.PAID,
        BankState.PAID,
    ]
    assert bank_process.booked()[order.reference] == 1


def test_a_returned_payment_comes_back_on_the_statement(bank, bank_process):
    order, day = payment(CARD[:-6] + "990005"), date(2026, 3, 3)
    bank_process.control(now="2026-03-03T10:00:00+08:00")
    bank.send(order)

    answers = [bank.query(order.reference) for _ in range(3)]

    assert [(a.state, a.code) for a in answers] == [
        (BankState.PAID, ""),
        (BankState.RETURNED, "AC04"),
        (BankState.RETURNED, "AC04"),
    ]
    lines = [line for line in bank.statement(day).lines if line.reference == order.reference]
    assert [line.amount for line in lines] == [order.amount, -order.amount]


def test_rules_by_amount_and_reference_come_before_the_default(bank, bank_process):
    by_amount, by_reference, neither = payment(amount="7.13"), payment(), payment()
    rules = [
        {"field": "amount", "tail": ".13", "fault": "reject:AM04"},
        {"field": "reference", "tail": by_reference.reference, "fault": "reject:RR04"},
    ]
    bank_process.control(rules=rules, default="reject:MS03")

    codes = [bank.send(order).code for order in (by_amount, by_reference, neither)]

    assert codes == ["AM04", "RR04", "MS03"]


@pytest.mark.parametrize("fault", ["garbage", "http_500", "time_out"])
def test_a_query_without_a_clear_answer_is_unknown(bank, bank_process, fault):
    order = payment()
    bank.send(order)
    bank_process.control(next_queries=[fault])

    assert bank.query(order.reference).state is BankState.UNKNOWN
    assert bank.query(order.reference).state is BankState.PAID


@pytest.mark.parametrize(
    "wrong",
    [
        {"default": "explode"},
        {"default": "reject:XX99"},
        {"rules": [{"field": "mood", "tail": "", "fault": "ok"}]},
        {"now": "2026-03-03T10:00:00"},
        {"colour": "red"},
        {"statement": [{"kind": "burnt"}]},
    ],
)
def test_a_wrong_control_message_is_refused(bank_process, wrong):
    with pytest.raises(ValueError, match="error"):
        bank_process.control(**wrong)


def test_a_bank_that_is_not_there_is_unknown_and_nothing_was_sent(tmp_path):
    with SimulatorProcess(tmp_path / "bank.db") as process:
        bank = process.client()

    sent = bank.send(payment())

    assert (sent.state, sent.code, sent.raw_answer) == (BankState.UNKNOWN, "no_connection", b"")
    assert bank.statement(date(2026, 3, 3)).problem == "no_connection"


def test_what_was_answered_survives_a_power_cut(tmp_path):
    process = SimulatorProcess(tmp_path / "bank.db").start()
    orders = [payment() for _ in range(20)]
    bank = process.client()
    answers = [bank.send(order) for order in orders]
    process.kill()

    with process:
        states = [bank.query(order.reference).state for order in orders]
        again = [bank.send(order).code for order in orders]

    assert {answer.state for answer in answers} == {BankState.ACCEPTED}
    assert set(states) == {BankState.PAID}
    assert set(again) == {"DUPL"}
    assert set(process.booked().values()) == {1}


def test_it_starts_at_once_and_pays_a_hundred_in_a_moment(tmp_path):
    start = time.monotonic()
    with SimulatorProcess(tmp_path / "bank.db") as process:
        started = time.monotonic() - start
        bank, start = process.client(), time.monotonic()
        receipts: list[Receipt] = [bank.send(payment()) for _ in range(100)]
        took = time.monotonic() - start

    # Alone on two cores: 0.2 s to start and 450 payments a second; here others work beside.
    assert started < 3
    assert all(receipt.state is BankState.ACCEPTED for receipt in receipts)
    assert took < 3


def test_receipts_carry_the_banks_own_time(bank, bank_process):
    noon = datetime(2026, 5, 6, 4, 0, tzinfo=UTC)
    bank_process.control(now=noon.isoformat())
    order = payment()

    assert bank.send(order).at == noon
    bank_process.control(now=(noon + timedelta(hours=1)).isoformat())
    assert bank.query(order.reference).at == noon + timedelta(hours=1)


def test_signs_that_no_database_keeps_are_left_out_of_what_the_bank_says(stand_in):
    said = {
        "reference": "R1", "state": "rejected", "code": "AC04", "text": "no\x00 \ud800account",
        "at": "2026-11-18T12:00:00+08:00",
    }  # fmt: skip
    stand_in.body = json.dumps(said).encode()

    assert SimulatorBank(stand_in.url).query("R1").text == "no account"
