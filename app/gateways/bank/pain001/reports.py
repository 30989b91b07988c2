"""pain.002: what the bank says of a batch and of each payment in it."""

from collections.abc import Mapping

from app.gateways.bank.iso_codes import SAME_AGAIN
from app.gateways.bank.orders import Answer, Said, Unreadable
from app.gateways.bank.protocol import BankState

from . import values
from .tree import Node

RECORD = "TxInfAndSts"
MOST_TEXT = 200
STATES: Mapping[str, BankState] = {
    "RCVD": BankState.ACCEPTED,
    "ACTC": BankState.ACCEPTED,
    "ACCP": BankState.ACCEPTED,
    "ACFC": BankState.ACCEPTED,
    "ACWC": BankState.ACCEPTED,
    "ACSP": BankState.PROCESSING,
    "ACWP": BankState.PROCESSING,
    "PDNG": BankState.PROCESSING,
    "PATC": BankState.PROCESSING,
    "PART": BankState.PROCESSING,
    "ACSC": BankState.PAID,
    "ACCC": BankState.PAID,
    "RJCT": BankState.REJECTED,
    "CANC": BankState.REJECTED,
}
"""ISO's external status codes; a status that is not here says nothing that can be acted on."""


def line(record: Node) -> Said:
    """Return what the bank says of one payment."""
    said = _said(record, "TxSts", record.must("OrgnlEndToEndId").text)
    if said is None:
        raise record.wrong("missing", "TxSts")
    return said


def answer(document: Node, lines: list[Said]) -> Answer:
    """Return what a status report says; raises ``Unreadable`` for what it cannot mean."""
    seen: set[str] = set()
    for said in lines:
        if said.reference in seen:
            raise Unreadable("twice", said.reference, line=said.line, column=said.column)
        seen.add(said.reference)
    report = document.must("CstmrPmtStsRpt")
    group = report.must("OrgnlGrpInfAndSts")
    blocks = list(report.all("OrgnlPmtInfAndSts"))
    whole = _said(group, "GrpSts")
    for block in blocks:
        whole = _worse(whole, _said(block, "PmtInfSts"), alone=len(blocks) == 1)
    count, total = group.one("OrgnlNbOfTxs"), group.one("OrgnlCtrlSum")
    return Answer(
        message_id=report.must("GrpHdr/MsgId").text,
        about=group.must("OrgnlMsgId").text,
        whole=whole,
        lines=tuple(lines),
        count=None if count is None else values.count(count),
        total=None if total is None else values.number(total),
    )


def _said(node: Node, name: str, reference: str = "") -> Said | None:
    """Return what one level says, with its first reason and all its remarks."""
    status = node.one(name)
    if status is None:
        return None
    state = STATES.get(status.text, BankState.UNKNOWN)
    amount = node.one("OrgnlTxRef/Amt/InstdAmt")
    code = node.said("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    if state is BankState.REJECTED and not code:
        code = "NARR" if status.text == "RJCT" else status.text
    if code in SAME_AGAIN:
        code = "DUPL"
    return Said(
        state=state,
        code=code if state is BankState.REJECTED else status.text,
        text=" ".join(one.text for one in node.all("StsRsnInf/AddtlInf"))[:MOST_TEXT],
        reference=reference,
        amount=None if amount is None else values.amount(amount),
        line=status.line,
        column=status.column,
    )


def _worse(whole: Said | None, block: Said | None, *, alone: bool) -> Said | None:
    """Return what holds for all payments: a refusal of the only block refuses the batch."""
    if whole is not None and whole.state is BankState.REJECTED:
        return whole
    if block is not None and alone and (whole is None or block.state is BankState.REJECTED):
        return block
    return whole
