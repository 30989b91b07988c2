"""camt.053: a closed day of the payer's account."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.domain.numbers import bank_reference_ok
from app.gateways.bank.orders import DayStatement
from app.gateways.bank.protocol import StatementLine

from . import values
from .tree import Node

RECORD = "Ntry"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NOON = dt.time(12)
BACK = ("RRTN", "RPCR", "RIMB")
"""ISO's bank transaction codes for a transfer that came back."""

KIND = ("BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd")
"""Where the bank's code for a kind of booking stands: charges, transfers."""

WHY_BACK = ("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
"""Where the bank's reason stands for what came back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry comes to: credits positive, debits negative; and the payments in it."""

    amount: Decimal
    lines: tuple[StatementLine, ...]


def entry(node: Node) -> Entry | None:
    """Return a booked entry; None for one that is only noted."""
    if node.said("Sts/Cd", "Sts") != "BOOK":
        return None
    return Entry(values.signed(node), tuple(_lines(node)))


def statement(document: Node, entries: list[Entry]) -> DayStatement:
    """Return a day's bookings; raises ``Unreadable`` unless balances and totals agree."""
    body = document.must("BkToCstmrStmt")
    reports = list(body.all("Stmt"))
    if len(reports) != 1:
        raise body.wrong("count", "Stmt")
    report = reports[0]
    amounts = [one.amount for one in entries]
    opening, closing = _balance(report, "OPBD", "PRCD"), _balance(report, "CLBD")
    if values.signed(opening) + sum(amounts) != values.signed(closing):
        raise closing.wrong("total", "CLBD")
    _check_summary(report, amounts)
    return DayStatement(
        message_id=body.said("GrpHdr/MsgId") or report.must("Id").text,
        account=report.must("Acct/Id/IBAN", "Acct/Id/Othr/Id").text,
        day=values.day(closing.must("Dt")),
        opening=values.signed(opening),
        closing=values.signed(closing),
        lines=tuple(line for one in entries for line in one.lines),
    )


def _balance(report: Node, *codes: str) -> Node:
    for code in codes:
        for balance in report.all("Bal"):
            if balance.said("Tp/CdOrPrtry/Cd") == code:
                return balance
    raise report.wrong("missing", f"Bal {codes[0]}")


def _check_summary(report: Node, amounts: list[Decimal]) -> None:
    """Compare the totals the bank gives, where it gives them, with the entries."""
    sides = {"TtlCdtNtries": [one for one in amounts if one > 0]}
    sides["TtlDbtNtries"] = [-one for one in amounts if one < 0]
    sides["TtlNtries"] = [abs(one) for one in amounts]
    for name, found in sides.items():
        number, total = (
            report.one(f"TxsSummry/{name}/{what}") for what in ("NbOfNtries", "Sum")
        )
        if number is not None and values.count(number) != len(found):
            raise number.wrong("count", f"{name} {number.text}")
        if total is not None and values.number(total) != sum(found, Decimal(0)):
            raise total.wrong("total", f"{name} {total.text}")


def _lines(entry: Node) -> list[StatementLine]:
    """Return the payments an entry books: one, or those of a batch booked as one sum."""
    details = list(entry.all("NtryDtls/TxDtls"))
    whole = values.signed(entry)
    if len(details) <= 1:
        return _line(entry, details[0] if details else entry, whole)
    parts = [_part(one, whole) for one in details]
    if sum(parts) != whole:
        raise entry.wrong("total", "TxDtls")
    return [
        line
        for one, part in zip(details, parts, strict=True)
        for line in _line(entry, one, part)
    ]


def _part(detail: Node, whole: Decimal) -> Decimal:
    value = values.amount(detail.must("Amt", "AmtDtls/TxAmt/Amt"))
    out = detail.said("CdtDbtInd") == "DBIT" if detail.one("CdtDbtInd") else whole < 0
    return -value if out else value


def _line(entry: Node, detail: Node, amount: Decimal) -> list[StatementLine]:
    """Return a booking as a line, out positive; money in from others is none."""
    reference = detail.said("Refs/EndToEndId") or entry.said("AcctSvcrRef")
    if amount > 0 and not _came_back(entry, detail, reference):
        return []
    booked = dt.datetime.combine(values.day(entry.must("BookgDt", "ValDt")), NOON, SHANGHAI)
    return [
        StatementLine(
            reference=reference[:35],
            amount=-amount,
            payee_name=detail.said("RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm"),
            payee_card=detail.said(
                "RltdPties/CdtrAcct/Id/Othr/Id", "RltdPties/CdtrAcct/Id/IBAN"
            ),
            booked_at=booked.astimezone(dt.UTC),
            code=entry.said(*KIND) if amount < 0 else detail.said(*WHY_BACK),
        )
    ]


def _came_back(entry: Node, detail: Node, reference: str) -> bool:
    if bank_reference_ok(reference) or detail.one("RtrInf") is not None:
        return True
    family = entry.said("BkTxCd/Domn/Fmly/SubFmlyCd")
    return family in BACK or entry.said("RvslInd") == "true"
