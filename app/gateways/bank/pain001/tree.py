"""XML of a bank as a tree that knows its lines: no DTD, no entity, no outside reference.

Elements that repeat without end are handed over one by one and not kept, so that a statement
with many entries takes no more memory than one entry.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from app.gateways.bank.orders import MOST_BYTES, Unreadable

DEEPEST, LONGEST = 40, 20_000
ISO = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(slots=True)
class Node:
    """An element: its name without prefix, where it begins, what is in it."""

    name: str
    line: int
    column: int
    currency: str = ""
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, path: str) -> Iterator["Node"]:
        """Give the elements at a path such as ``StsRsnInf/Rsn/Cd``."""
        first, _, rest = path.partition("/")
        for child in self.children:
            if child.name == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def one(self, path: str) -> "Node | None":
        """Return the first element at a path, or None."""
        return next(self.all(path), None)

    def said(self, *paths: str) -> str:
        """Return the text at the first of the paths that is there, or nothing."""
        found = (self.one(path) for path in paths)
        return next((node.text for node in found if node is not None), "")

    def must(self, *paths: str) -> "Node":
        """Return the element at the first of the paths that is there, or raise ``Unreadable``."""
        for path in paths:
            if (node := self.one(path)) is not None:
                return node
        raise self.wrong("missing", paths[0])

    def wrong(self, code: str, what: str = "") -> Unreadable:
        """Return the error that something is wrong here."""
        return Unreadable(code, what or self.name, line=self.line, column=self.column)


class _Builder:
    """Makes the tree from what the parser reports."""

    def __init__(self, repeating: Collection[str], take: Callable[[Node], None]) -> None:
        self.repeating, self.take = repeating, take
        self.open: list[Node] = [Node("", 1, 1)]
        self.namespace = ""
        self.place: Locator | None = None

    def reporting(self) -> ContentHandler:
        """Return the parser's way to report, under the names it gives them."""
        made = ContentHandler()
        deeds = {
            "setDocumentLocator": self.keep_place,
            "startElement": self.begin,
            "characters": self.add,
            "endElement": self.end,
        }
        for name, deed in deeds.items():
            setattr(made, name, deed)
        return made

    def keep_place(self, locator: Locator) -> None:
        self.place = locator

    def begin(self, name: str, attrs: AttributesImpl) -> None:
        if len(self.open) == 1:
            spaces = [value for key, value in attrs.items() if key.startswith("xmlns")]
            self.namespace = next((one for one in spaces if one.startswith(ISO)), "")
        line, column = self.at()
        if len(self.open) > DEEPEST:
            raise Unreadable("not_known", "depth", line=line, column=column)
        self.open.append(Node(name.rpartition(":")[2], line, column, attrs.get("Ccy", "")))

    def add(self, content: str) -> None:
        node = self.open[-1]
        node.text += content
        if len(node.text) > LONGEST:
            raise node.wrong("too_long")

    def end(self, _name: str) -> None:
        node = self.open.pop()
        node.text = node.text.strip()
        if node.name in self.repeating:
            self.take(node)
        else:
            self.open[-1].children.append(node)

    def at(self) -> tuple[int, int]:
        if self.place is None:
            return 1, 1
        return self.place.getLineNumber() or 1, (self.place.getColumnNumber() or 0) + 1


def read(
    data: bytes, *, repeating: Collection[str], take: Callable[[Node], None]
) -> tuple[str, Node]:
    """Read a message; return its name, such as ``pain.002.001.10``, and its outermost element.

    Each element named in ``repeating`` is given to ``take`` and left out of the tree. Raises
    ``Unreadable`` for what is not well formed, and for every DTD, entity or reference.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("too_long", line=1, column=1)
    builder = _Builder(repeating, take)
    try:
        parseString(data, builder.reporting(), forbid_dtd=True)
    except DefusedXmlException as fault:
        line, column = builder.at()
        raise Unreadable("dtd", type(fault).__name__, line=line, column=column) from None
    except SAXParseException as fault:
        line, column = fault.getLineNumber() or 1, (fault.getColumnNumber() or 0) + 1
        raise Unreadable("syntax", fault.getMessage(), line=line, column=column) from None
    except (UnicodeError, LookupError, ValueError) as fault:
        line, column = builder.at()
        raise Unreadable("syntax", str(fault), line=line, column=column) from None
    if not (outermost := builder.open[0].children):
        raise Unreadable("not_known", "one record alone", line=1, column=1)
    return builder.namespace.removeprefix(ISO), outermost[0]
