"""A bank's tables for tests: answers and statements, laid into an agency's inbox."""

import itertools
from decimal import Decimal

import sqlalchemy as sa

from app import outside
from app.models import BankFile, Payout

numbers = itertools.count(1)


class Died(BaseException):
    """The process has ended here."""


def folder(agency, which):
    """Return one of the agency's folders."""
    place = outside.bank(agency).folder.root / which
    place.mkdir(parents=True, exist_ok=True)
    return place


def put(agency, text, name=""):
    """Lay a file of the bank into the inbox."""
    name = name or f"hp{next(numbers)}.csv"
    (folder(agency, "inbox") / name).write_bytes(text.encode("gb18030"))


def answer(file, *rows, number="HP1"):
    """Return the bank's answer to a batch: (reference, amount, result, code)."""
    lines = [
        f"D,{n},{ref},{amount},{word},{code},"
        for n, (ref, amount, word, code) in enumerate(rows, 1)
    ]
    total = sum((Decimal(row[1]) for row in rows), Decimal("0.00"))
    head = f"H,ANJU-HP1,{number},{file.message_id},{file.rows},{file.total},,,"
    return "\r\n".join([head, *lines, f"T,{len(rows)},{total}"])


def statement(agency, *rows, day="2026-11-18", opening="1000000.00"):
    """Return the bank's statement of a day: (reference, amount)."""
    total = sum((Decimal(amount) for _, amount in rows), Decimal("0.00"))
    head = (
        f"H,ANJU-DZ1,DZ{day},{agency.payer_account},{day},{opening},{Decimal(opening) - total}"
    )
    lines = [
        f"D,{n},{ref},{amount},张三,6217,12:00:00," for n, (ref, amount) in enumerate(rows, 1)
    ]
    return "\r\n".join([head, *lines, f"T,{len(rows)},{total}"])


def files(session, kind="order"):
    """Return the files of a kind, read again."""
    session.expire_all()
    return session.scalars(
        sa.select(BankFile).where(BankFile.kind == kind).order_by(BankFile.id)
    ).all()


def payouts_of(session):
    """Return all payments, read again."""
    session.expire_all()
    return session.scalars(sa.select(Payout).order_by(Payout.id)).all()
