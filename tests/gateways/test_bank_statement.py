"""Statements of the bank: complete only when the day is closed and the totals agree."""

import itertools
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from app.gateways.bank import Payment
from app.gateways.bank.process import SimulatorProcess
from app.gateways.bank.simulator import SimulatorBank

DAYS = itertools.count(1)


@pytest.fixture
def bank(bank_process: SimulatorProcess) -> SimulatorBank:
    return bank_process.client()


@pytest.fixture
def day(bank: SimulatorBank, bank_process: SimulatorProcess) -> date:
    """A closed day of the bank with three payments, of its own for each test."""
    chosen = date(2026, 1, next(DAYS))
    bank_process.control(statement=[], now=f"{chosen}T23:59:59+08:00")
    for number, amount in enumerate(("100.00", "0.01", "20000.50")):
        bank.send(order(f"S{chosen:%m%d}-{number}", amount))
    bank_process.control(now=f"{chosen}T23:59:59+08:00".replace("2026-01", "2026-02"))
    return chosen


def order(reference: str, amount: str) -> Payment:
    return Payment(
        reference, Decimal(amount), "李四", "6217001234567890120", "105", "租房 支取", "1"
    )


def test_a_closed_day_with_right_totals_is_complete(bank, day):
    said = bank.statement(day)

    assert (said.complete, said.problem) == (True, "")
    assert [line.amount for line in said.lines] == [
        Decimal("100.00"),
        Decimal("0.01"),
        Decimal("20000.50"),
    ]
    assert {line.payee_name for line in said.lines} == {"李四"}
    assert said.raw


def test_an_open_day_is_never_complete(bank, bank_process, day):
    bank_process.control(now=f"{day}T23:59:59+08:00")

    said = bank.statement(day)

    assert (said.complete, said.problem, len(said.lines)) == (False, "day_open", 3)


def test_the_day_is_the_banks_and_not_greenwichs(bank, bank_process, day):
    assert bank.statement(day).lines[0].booked_at.isoformat() == f"{day}T15:59:59+00:00"


def test_wrong_totals_make_it_incomplete(bank, bank_process, day):
    bank_process.control(statement=[{"kind": "wrong_totals"}])

    said = bank.statement(day)

    assert (said.complete, said.problem) == (False, "wrong_totals")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("missing", {"0": 1, "2": 1}),
        ("doubled", {"0": 1, "1": 2, "2": 1}),
        ("wrong_amount", {"0": 1, "1": 1, "2": 1}),
    ],
)
def test_a_faulty_line_does_not_show_in_the_totals(bank, bank_process, day, kind, expected):
    reference = f"S{day:%m%d}-1"
    bank_process.control(statement=[{"kind": kind, "reference": reference}])

    said = bank.statement(day)

    assert said.complete
    assert Counter(line.reference[-1] for line in said.lines) == expected
    changed = [line.amount for line in said.lines if line.reference == reference]
    assert (changed == [Decimal("1.01")]) is (kind == "wrong_amount")


def test_a_line_of_nobody_can_be_added(bank, bank_process, day):
    bank_process.control(statement=[{"kind": "extra", "reference": "THEIRS1"}])

    assert [line.reference for line in bank.statement(day).lines].count("THEIRS1") == 1


FINER = (
    b'{"day": "2026-01-31", "closed": true, "count": 1, "total": "0.005", "lines": '
    b'[{"reference": "A", "amount": "0.005", "payee_name": "", "payee_card": "", '
    b'"at": "2026-01-31T10:00:00+08:00"}]}'
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"day": "2026-01-31"}',
        b'{"day": "2026-02-01", "closed": true, "count": 0, "total": "0", "lines": []}',
        b'{"day": "2026-01-31", "closed": true, "count": 0, "total": 0, "lines": []}',
        b'{"day": "2026-01-31", "closed": true, "count": 0, "total": "NaN", "lines": []}',
        b'{"day": "2026-01-31", "closed": true, "count": 1, "total": "0", "lines": [{}]}',
        b'{"day": "2026-01-31", "closed": true, "count": 0, "total": "1e30", "lines": []}',
        FINER,
        b"[" * 100_000,
    ],
)
def test_an_unreadable_statement_proves_nothing(stand_in, body):
    stand_in.body = body

    said = SimulatorBank(stand_in.url).statement(date(2026, 1, 31))

    assert (said.complete, said.problem, said.lines) == (False, "unreadable", ())
