"""Texts of agencies (agreement, privacy, notes) as HTML: a small, safe part of Markdown."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from markupsafe import Markup, escape

BOLD = re.compile(r"(?<!\*)\*\*(?=[^*\s])(.+?)(?<=[^*\s])\*\*(?!\*)")
NUMBERED = re.compile(r"\s*\d+\.\s+")
DOTTED = re.compile(r"\s*[-*]\s+")
HEADING = re.compile(r"#{2,4}\s+")
TITLE = re.compile(r"#\s+")

SHAPES = {
    "ol": Markup("<ol>{}</ol>"),
    "ul": Markup("<ul>{}</ul>"),
    "heading": Markup("<h2>{}</h2>"),
    "text": Markup("<p>{}</p>"),
}


def prose(text: str, words: Mapping[str, str] | None = None) -> Markup:
    """Return paragraphs, lists, headings and bold words; everything else is shown as typed.

    ``words`` fill ``{name}`` places. A line with a single ``#`` is the title of the text,
    which the page shows itself, and is left out.
    """
    for name, word in (words or {}).items():
        text = text.replace("{" + name + "}", word)
    return Markup("\n").join(_blocks(text.splitlines()))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    for kind, group in groupby(lines, key=_kind):
        said = [line.strip() for line in group]
        if kind in ("ol", "ul"):
            items = (
                _inline((NUMBERED if kind == "ol" else DOTTED).sub("", one)) for one in said
            )
            yield SHAPES[kind].format(Markup("").join(map(Markup("<li>{}</li>").format, items)))
        elif kind == "heading":
            yield from (SHAPES[kind].format(_inline(HEADING.sub("", one))) for one in said)
        elif kind == "text":
            yield SHAPES[kind].format(_inline(" ".join(said)))


def _kind(line: str) -> str:
    """Tell what a line is: part of a list, a heading, text, or nothing to show."""
    if not line.strip() or TITLE.match(line):
        return ""
    shapes = (("ol", NUMBERED), ("ul", DOTTED), ("heading", HEADING))
    return next((kind for kind, pattern in shapes if pattern.match(line)), "text")


def _inline(text: str) -> Markup:
    """Return a line with its bold words; every second part of the split is one."""
    parts = enumerate(BOLD.split(text))
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if place % 2 else escape(part) for place, part in parts
    )
