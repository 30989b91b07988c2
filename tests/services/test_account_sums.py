"""What a file of accounts declares and how sums are written; from which day balances bear interest."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.models import Account
from app.services.accounting import accrual
from tests.factories import NOON
from tests.services.test_accounts import BO, csv_of, faults, line, taken


@pytest.mark.parametrize(
    ("total", "right"),
    [
        ("1,000.50", True),
        ("1000.5", True),
        ("1000,50", False),
        ("1.0005e3", False),
        ("１０００.５０", False),
    ],
)
def test_a_total_is_written_in_one_way(session, total, right):
    report = taken(session, csv_of(line(), trailer=f'#TRAILER,1,"{total}"'))

    assert faults(report) == ([] if right else [(0, "total")])


@pytest.mark.parametrize(
    ("count", "total", "trailer", "column"),
    [
        (2, "1000.50", "#TRAILER,1,1000.50", "count"),
        (1, "1000.49", "#TRAILER,1,1000.50", "total"),
        (1, "1000.50", "#TRAILER,2,1000.50", "count"),
        (1, "1000.50", "#TRAILER,1,1000.49", "total"),
        (1, "1000.5", '#TRAILER,1,"1,000.50"', ""),
    ],
)
def test_options_and_the_last_line_must_both_be_so(session, count, total, trailer, column):
    data = csv_of(line(), trailer=trailer)

    report = taken(session, data, count=count, total=Decimal(total))

    assert faults(report) == ([(0, column)] if column else [])


def test_an_account_without_a_day_bears_interest_from_the_import_and_is_counted(session):
    bo = line(id_number=BO, name="周一鸣", account_number="A2", last_interest_on="2016-02-21")
    empty = line(account_number="A3", state="05", balance="0")

    report = taken(session, csv_of(line(), bo, empty))

    assert (report.written, report.undated) == (True, 1)
    days = {
        account.number: [day for day, _ in accrual.movements(session, account)]
        for account in session.scalars(sa.select(Account))
    }
    assert days == {"A1": [NOON.date()], "A2": [dt.date(2016, 2, 21)], "A3": []}
