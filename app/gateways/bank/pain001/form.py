"""The ISO 20022 way of a bank: which message is which."""

from app.gateways.bank.orders import Advice, Order, Read, Said, Unreadable

from . import reports, statements, tree, writing

ADVICES = ("camt.052.", "camt.054.", "pacs.004.")


class Pain001:
    """Writes pain.001.001.09; reads pain.002 and camt.053; keeps advices unread."""

    name = "pain001"
    suffix = ".xml"

    def write(self, order: Order) -> bytes:
        """Write a batch, the same bytes for the same order; raises ``Unwritable``."""
        return writing.write(order)

    def read(self, data: bytes) -> Read:
        """Read a whole file of the bank; raises ``Unreadable`` naming line and column."""
        said: list[Said] = []
        entries: list[statements.Entry] = []

        def take(node: tree.Node) -> None:
            if node.name == reports.RECORD:
                said.append(reports.line(node))
            elif (booked := statements.entry(node)) is not None:
                entries.append(booked)

        kinds = (reports.RECORD, statements.RECORD)
        name, document = tree.read(data, repeating=kinds, take=take)
        if name.startswith("pain.002."):
            return reports.answer(document, said)
        if name.startswith("camt.053."):
            return statements.statement(document, entries)
        if name.startswith(ADVICES):
            body = document.children[0] if document.children else document
            return Advice(body.must("GrpHdr/MsgId").text)
        raise Unreadable("not_known", name or document.name, line=document.line, column=1)
