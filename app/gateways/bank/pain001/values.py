"""Values of ISO 20022 elements: amounts in yuan, days, counts."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from .tree import Node
from .writing import CURRENCY

CENT = Decimal("0.01")
MOST = Decimal(10) ** 12
"""No sum of a bank reaches it, yuan: so many of them added up still fit a column."""

SHANGHAI = timezone(timedelta(hours=8))


def amount(node: Node, currency: str = CURRENCY) -> Decimal:
    """Return an amount in yuan; other currencies and parts of a fen are refused."""
    if node.currency not in ("", currency):
        raise node.wrong("value", f"{node.name} {node.currency}")
    value = number(node)
    if value < 0 or value != value.quantize(CENT):
        raise node.wrong("value", f"{node.name} {node.text}")
    return value.quantize(CENT)


def number(node: Node) -> Decimal:
    """Return a decimal number."""
    try:
        value = Decimal(node.text)
    except InvalidOperation:
        raise node.wrong("value", f"{node.name} {node.text}") from None
    if not value.is_finite() or abs(value) > MOST:
        raise node.wrong("value", f"{node.name} {node.text}")
    return value


def count(node: Node) -> int:
    """Return a count."""
    if not (node.text.isascii() and node.text.isdigit() and len(node.text) <= len("9" * 15)):
        raise node.wrong("value", f"{node.name} {node.text}")
    return int(node.text)


def signed(node: Node) -> Decimal:
    """Return the amount of an entry or a balance: credits positive, debits negative."""
    side = node.must("CdtDbtInd")
    if side.text not in ("CRDT", "DBIT"):
        raise side.wrong("value", f"CdtDbtInd {side.text}")
    value = amount(node.must("Amt"))
    return value if side.text == "CRDT" else -value


def day(node: Node) -> date:
    """Return the date, in Shanghai, of an element that holds ``Dt`` or ``DtTm``, or is one."""
    inner = node.one("Dt") or node.one("DtTm") or node
    try:
        if "T" in inner.text:
            at = datetime.fromisoformat(inner.text)
            return (at.astimezone(SHANGHAI) if at.tzinfo else at).date()
        return date.fromisoformat(inner.text[:10])
    except (ValueError, OverflowError):
        raise inner.wrong("value", f"{inner.name} {inner.text}") from None
