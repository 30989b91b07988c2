"""Texts of agencies (agreement, privacy, notes) as HTML: a small, safe part of Markdown."""

import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup, escape

BOLD = re.compile(r"\*\*(.+?)\*\*")
ITEM = re.compile(r"\s*(?:(\d+)\.|[-*])\s+(.*)")
HEADING = re.compile(r"(#{1,4})\s+(.*)")


def prose(text: str, words: Mapping[str, str] | None = None, *, top: int = 2) -> Markup:
    """Return paragraphs, lists, headings and bold words; everything else is shown as typed.

    ``words`` fill ``{name}`` places. ``top`` is the level of ``##``; a first ``#`` line is the
    title of the text, which the page shows itself, and is left out.
    """
    for name, word in (words or {}).items():
        text = text.replace("{" + name + "}", word)
    return Markup("\n").join(_blocks(text.strip().splitlines(), top))


def _blocks(lines: list[str], top: int) -> Iterator[Markup]:
    paragraph: list[str] = []
    items: list[str] = []
    kind = "ul"
    for line in [*lines, ""]:
        item, heading = ITEM.fullmatch(line), HEADING.fullmatch(line)
        if paragraph and (item or heading or not line.strip()):
            yield Markup("<p>{}</p>").format(_inline(" ".join(paragraph)))
            paragraph = []
        if items and not item and line.strip():
            yield _list(kind, items)
            items = []
        if item:
            kind = "ol" if item[1] else "ul"
            items.append(item[2])
        elif heading:
            level = len(heading[1]) - 2 + top
            if level >= top:
                yield Markup("<h{0}>{1}</h{0}>").format(level, _inline(heading[2]))
        elif line.strip():
            paragraph.append(line.strip())
    if items:
        yield _list(kind, items)


def _list(kind: str, items: list[str]) -> Markup:
    rows = Markup("").join(Markup("<li>{}</li>").format(_inline(one)) for one in items)
    return Markup("<{0}>{1}</{0}>").format(Markup(kind), rows)


def _inline(text: str) -> Markup:
    return Markup(BOLD.sub(r"<b>\1</b>", str(escape(text))))
